"""Walking the JSON schema of a payload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alongside.kernel.services import EntryKind

Schema = Mapping[str, Any]


def fields_of(kind: EntryKind) -> dict[str, Schema]:
    properties: dict[str, Schema] = kind.payload.model_json_schema().get("properties", {})
    return properties


def free_text_fields(kind: EntryKind) -> Iterator[tuple[str, int]]:
    """(name, longest) of each field into which anything can be typed."""
    for name, schema in fields_of(kind).items():
        for each in _alternatives(schema):
            if each.get("type") == "string" and not {"enum", "const", "format"} & each.keys():
                yield name, int(each.get("maxLength", 1000))


def _alternatives(schema: Schema) -> Iterator[Schema]:
    for each in schema.get("anyOf", [schema]):
        yield each
        yield from _alternatives(each["items"]) if "items" in each else ()
