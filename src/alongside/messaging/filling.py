"""Putting values into the body that a gateway expects. Plain functions, for processes without Django."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

NUMBER, TEXT = "{number}", "{text}"
_MARK = re.compile(r"\{number\}|\{text\}")


def filled(template: str, *, body: str, number: str, text: str) -> bytes:
    """The body of the request. Values are put in after the template is read, so that none can change its form."""
    values = {NUMBER: number, TEXT: text}
    if body == "json":
        return json.dumps(_put_in(json.loads(template), values)).encode()
    lines = [line.partition("=") for line in template.splitlines() if line.strip()]
    if not all(equals for _name, equals, _value in lines):
        raise ValueError
    return urlencode({name.strip(): _put_in(value.strip(), values) for name, _equals, value in lines}).encode()


def content_type(body: str) -> str:
    return "application/json" if body == "json" else "application/x-www-form-urlencoded"


def as_header(line: str) -> dict[str, str]:
    """ "Name: value", as a gateway's settings have it."""
    name, colon, value = line.partition(":")
    return {name.strip(): value.strip()} if colon else {}


def _put_in(part: Any, values: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _put_in(value, values) for key, value in part.items()}
    if isinstance(part, list):
        return [_put_in(value, values) for value in part]
    if isinstance(part, str):
        return _MARK.sub(lambda mark: values[mark.group()], part)
    return part
