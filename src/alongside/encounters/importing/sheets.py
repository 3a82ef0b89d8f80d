"""Opening a spreadsheet by what is in it, whatever its name says."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from django.utils.translation import gettext as _

from alongside.encounters.importing.tables import Table
from alongside.encounters.importing.text_tables import TextTable
from alongside.encounters.importing.workbooks import Workbook
from alongside.kernel.errors import Refusal

MOST_BYTES = 100 * 1024 * 1024
_HEAD_BYTES = 8_192
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SIGNS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"SQLite format", b"PAR1")


def open_table(file: BinaryIO, *, sheet: str = "") -> Table:
    """The table in `file`, which has to stay open and be seekable. Raises Refusal with what to do instead.

    `sheet` names one of a workbook's sheets; empty is the first.
    """
    _refuse_size(file)
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if not head.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise Refusal(_("This file is empty. Choose the one that holds the lines."))
    if head.startswith(b"PK"):
        return _open_zip(file, sheet)
    if head.startswith(_OLE):
        raise _old_or_locked(file)
    if head.startswith(_SIGNS):
        raise Refusal(_("This is not a spreadsheet. Choose an XLSX or CSV file."))
    if head.lstrip()[:200].lower().startswith((b"<html", b"<!doctype html", b"<?xml", b"<table")):
        raise Refusal(
            _(
                "This file is a web page or XML, whatever its name says. "
                "Open it in your spreadsheet program, and save it as XLSX."
            )
        )
    return TextTable(file)


def _refuse_size(file: BinaryIO) -> None:
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise too_large(size)


def too_large(size_bytes: int) -> Refusal:
    """What to do about a file of this size."""
    return Refusal(
        _(
            "This file has %(size)s MB, and at most %(most)s MB can be read. "
            "Split it by year, and import one after the other."
        )
        % {"size": size_bytes // 1024**2, "most": MOST_BYTES // 1024**2}
    )


def _open_zip(file: BinaryIO, sheet: str) -> Table:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, EOFError):
        raise Refusal(
            _("This workbook is damaged or only half copied. Save it again, and choose the new file.")
        ) from None
    if "xl/workbook.xml" in parts:
        return Workbook(file, sheet=sheet)
    if "xl/workbook.bin" in parts or "mimetype" in parts or "Index/Document.iwa" in parts:
        raise Refusal(_("This kind of workbook can’t be read here. Save it as XLSX or CSV, and choose that file."))
    raise Refusal(_("This is a zip file. Unpack it, and choose the spreadsheet inside."))


def _old_or_locked(file: BinaryIO) -> Refusal:
    file.seek(0)
    while piece := file.read(1 << 20):
        if _ENCRYPTED in piece:
            return Refusal(_("This workbook has a password. Save a copy without a password, and choose that file."))
    return Refusal(_("This is an old XLS file. Open it, save it as XLSX or CSV, and choose that file."))
