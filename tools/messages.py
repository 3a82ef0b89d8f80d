"""Gather every sentence that is marked for translation and bring each language's catalogue up to date.

`python tools/messages.py` writes `src/alongside/locale/*/LC_MESSAGES/django.po`; with `--check` it writes nothing and
says what is missing. Only Babel is needed: no GNU gettext. A third language is a folder with an empty django.po.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "alongside"
LOCALES = SOURCE / "locale"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "now_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

NOISE = re.compile(r'^"(?!Language|Plural|MIME|Content)[^"]*: [^"]*"\n', re.MULTILINE)
"""Header lines that change with the day and say nothing."""

Found = tuple[str, int, str | tuple[str, ...], list[str], str | None]


def found_in_source() -> Iterator[Found]:
    """(file, line, message, comments, context) of every marked sentence in Python files and templates."""
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        code = text if path.suffix == ".py" else _as_python(text)
        for line, message, comments, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
            yield str(path.relative_to(ROOT)), line, message, comments, context


def _as_python(template: str) -> str:
    """Django turns a template into calls of gettext amid filler; without indentation it can be read as Python."""
    from django.utils.translation.template import templatize

    return "\n".join(line.strip() for line in templatize(template).split("\n"))


def gathered() -> Catalog:
    catalog = Catalog(charset="utf-8")
    for _path, _line, message, _comments, context in found_in_source():
        if message and message != ("", ""):
            catalog.add(message, context=context)
    return catalog


def main() -> None:
    sys.exit(_check() if "--check" in sys.argv else _update())


def _catalogues() -> Iterator[tuple[Path, Catalog]]:
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            yield path, read_po(file, locale=path.parts[-3], charset="utf-8")


def _update() -> int:
    template = gathered()
    for path, catalog in _catalogues():
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.header_comment = f"# Alongside in the language {catalog.locale_identifier}."
        buffer = io.BytesIO()
        write_po(buffer, catalog, width=110, sort_output=True, omit_header=False)
        header, _, sentences = buffer.getvalue().decode().partition("\n\n")
        path.write_text(f"{NOISE.sub('', header)}\n\n{sentences}", encoding="utf-8")
        left = sum(1 for message in catalog if message.id and not _is_translated(message.string))
        print(f"{path.relative_to(ROOT)}: {len(catalog)} sentences, {left} without a translation")
    return 0


def _check() -> int:
    wanted = {(message.context, _key(message.id)) for message in gathered() if message.id}
    missing = [
        f"{path.relative_to(ROOT)}: {problem}"
        for path, catalog in _catalogues()
        for problem in _problems(catalog, wanted)
    ]
    print("\n".join(missing[:40]) or "Every sentence is translated.")
    return min(len(missing), 1)


def _problems(catalog: Catalog, wanted: set[tuple[str | None, str]]) -> Iterator[str]:
    held = {(message.context, _key(message.id)): message for message in catalog if message.id}
    for key in sorted(wanted, key=str):
        if key not in held or not _is_translated(held[key].string) or held[key].fuzzy:
            yield f"not translated: {key[1]!r}"
    for key in sorted(set(held) - wanted, key=str):
        yield f"no longer used: {key[1]!r}"
    for message, errors in catalog.check():
        yield f"{message.id!r}: {'; '.join(str(error) for error in errors)}"


def _key(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def _is_translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(text) if isinstance(text, str | None) else all(text)


if __name__ == "__main__":
    main()
