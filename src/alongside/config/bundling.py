"""Modules and style sheets that import others, as one file each.

We write many small files. A phone pays a kilobyte of headers for each and waits for each in turn; so what pages ask for
is put together when assets are gathered, without comments and indentation. This knows the few forms that our files
use, and refuses any other.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

Read = Callable[[str], str]

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function\*? |const |class )(\w+)", re.MULTILINE)
_EXPORT_LIST = re.compile(r"^export \{([^}]*)\};?\n?", re.MULTILINE)
_ANY_IMPORT_OR_EXPORT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)

_STYLE_IMPORT = re.compile(r'^@import url\("([^"]+)"\) layer\((\w+)\);\n', re.MULTILINE)
_STYLE_URL = re.compile(r'url\("(?!data:|/)([^"]+)"\)')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BEGINNINGS = re.compile(r"^\s+", re.MULTILINE)
_COMMENT_LINES = re.compile(r"^[ \t]*(?://[^\n]*|/\*.*?\*/)\n", re.MULTILINE | re.DOTALL)


def bundled_module(entry: str, read: Read) -> str:
    """Every module in a function of its own, each after those it imports; what the entry exports stays exported."""
    names = list(dict.fromkeys(_with_imports(entry, read, ())))
    places = {name: f"m{number}" for number, name in enumerate(names)}
    parts = [_as_function(name, read(name), places) for name in names]
    exported = ", ".join(_exports(read(entry)))
    return "".join(parts) + (f"export const {{ {exported} }} = {places[entry]};\n" if exported else "")


def bundled_styles(entry: str, read: Read) -> str:
    """Each imported sheet inside its layer, with addresses as seen from the entry."""

    def inside(match: re.Match[str]) -> str:
        name, layer = _beside(entry, match[1]), match[2]
        text = _STYLE_URL.sub(lambda url: f'url("{_seen_from(entry, _beside(name, url[1]))}")', read(name))
        return f"@layer {layer} {{\n{_COMMENT.sub('', text)}}}\n"

    return _STYLE_IMPORT.sub(inside, read(entry))


def _with_imports(name: str, read: Read, importers: tuple[str, ...]) -> Iterator[str]:
    if name in importers:
        raise ValueError(f"{name} imports itself, by way of {' and '.join(importers)}.")
    for match in _IMPORT.finditer(read(name)):
        yield from _with_imports(_beside(name, match[2]), read, (*importers, name))
    yield name


def _as_function(name: str, text: str, places: dict[str, str]) -> str:
    exported = ", ".join(_exports(text))
    text = _IMPORT.sub(lambda match: f"const {{{_renamed(match[1])}}} = {places[_beside(name, match[2])]};\n", text)
    text = _EXPORT_LIST.sub("", _EXPORT.sub(r"\1\2", text))
    if left := _ANY_IMPORT_OR_EXPORT.search(text):
        raise ValueError(f"{name} says “{left[0]}”, which alongside.config.bundling does not know.")
    if any(line.count("`") % 2 for line in text.splitlines()):
        raise ValueError(f"{name} has a text of several lines, whose beginnings alongside.config.bundling would take.")
    text = _BEGINNINGS.sub("", _COMMENT_LINES.sub("", text))
    return f"const {places[name]} = (() => {{\n{text}\nreturn {{ {exported} }};\n}})();\n"


def _exports(text: str) -> list[str]:
    listed = [each.strip() for match in _EXPORT_LIST.finditer(text) for each in match[1].split(",") if each.strip()]
    return [match[2] for match in _EXPORT.finditer(text)] + listed


def _renamed(imported: str) -> str:
    return imported.replace(" as ", ": ")


def _beside(name: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))


def _seen_from(entry: str, name: str) -> str:
    return posixpath.relpath(name, posixpath.dirname(entry))
