"""The secret keys of this installation: each made once, readable by its owner only, never overwritten."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from alongside.config import paths
from alongside.kernel.errors import Refusal

DATABASE = "database.key"
CODES = "codes.key"
DJANGO = "django.key"

#: What a restored program needs to go on as the same program. The database key stays with its own disk.
CARRIED_IN_BACKUPS = (CODES, DJANGO)

WHAT_LOSING_MEANS = {
    DATABASE: "Without it nobody, you included, can open the database on this computer.",
    CODES: "Without it no participant code can be matched to its earlier contacts.",
    DJANGO: "Without it everyone has to sign in again.",
}

_KEY_BYTES = 32
_made: list[Path] = []


def database_key() -> str:
    """64 hex digits. The codes' key is made with it, so that one missing beside a database is always a loss."""
    _refuse_if_lost(DATABASE)
    code_key()
    return _read_or_make(DATABASE)


def code_key() -> bytes:
    """The key of the participant codes' digests."""
    _refuse_if_lost(CODES)
    return bytes.fromhex(_read_or_make(CODES))


def django_secret() -> str:
    return _read_or_make(DJANGO)


def key_file(name: str) -> Path:
    return paths.keys_folder() / name


def made() -> list[Path]:
    """The key files that this process had to make."""
    return list(_made)


def keep(name: str, hex_digits: str) -> None:
    """Put the key that a backup carries into place. A different key that is already there stays, and this refuses."""
    if not _write_once(key_file(name), hex_digits) and _read(key_file(name)) != hex_digits:
        raise Refusal(
            f"The key {key_file(name)} belongs to another program than the backup. "
            "Set ALONGSIDE_KEYS to an empty folder, and restore again."
        )


def _refuse_if_lost(name: str) -> None:
    """A new key beside an old database would only hide that the old key is gone."""
    database, place = paths.database_file(), key_file(name)
    if place.exists() or not database.exists() or database.stat().st_size == 0:
        return
    raise Refusal(
        f"The database {database} is there but its key {place} is not. {WHAT_LOSING_MEANS[name]} "
        "Put the key file back, or set ALONGSIDE_KEYS to the folder that holds it. "
        "If the key is lost, move the database file away and restore a backup."
    )


def _read_or_make(name: str) -> str:
    place = key_file(name)
    if not place.exists() and _write_once(place, secrets.token_hex(_KEY_BYTES)):
        _made.append(place)
    return _read(place)


def _write_once(place: Path, hex_digits: str) -> bool:
    """False when another process was first. A link appears with its whole content or not at all."""
    folder = paths.make_private_folder(place.parent)
    with NamedTemporaryFile("w", dir=folder, prefix=".new-", delete=True) as draft:  # O_EXCL, mode 0600
        draft.write(hex_digits + "\n")
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, place)
            _sync_folder(folder)
            return True
    return False


def _read(place: Path) -> str:
    try:
        content = place.read_text(encoding="ascii").strip()
        if len(bytes.fromhex(content)) == _KEY_BYTES:
            return content
    except PermissionError:
        raise Refusal(f"The key file {place} is not yours to read. Start Alongside as its owner.") from None
    except ValueError:
        pass
    raise Refusal(f"The key file {place} is damaged. Put your copy of it back.")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
