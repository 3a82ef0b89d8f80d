"""Recorded inputs, one a file in `services/<name>/vectors/`, that must be understood for ever.

A vector is never edited once phones have sent its like: a new version of a kind brings new vectors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import alongside.services
from alongside.encounters.submissions import Said
from tests.places import in_order

SERVICES = Path(alongside.services.__path__[0])


@dataclass(frozen=True, kw_only=True)
class Vector:
    """One recorded entry: what was sent and what has to become of it."""

    name: str
    about: str
    kind: str
    version: int
    payload: dict[str, Any]
    """The entry as an API body; for a form, what the form has to be read as."""
    facts: Mapping[str, Sequence[Mapping[str, Any]]]
    """Rows by model, without what the ledger adds."""
    stock: Mapping[str, int]
    """Changes on the shelf by item."""
    words: str
    """What a worker reads on today's list, in English."""
    form: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    """The fields as a browser posts them; empty for an API body or a line of a spreadsheet."""
    contact: Mapping[str, Any] = field(default_factory=dict)
    """What is said of the contact as a whole."""

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> Said:
        return Said(self.kind, self.version, self.payload)


@cache
def all_vectors() -> tuple[Vector, ...]:
    return tuple(_read(file) for file in sorted(SERVICES.glob("*/vectors/*.json")))


def _read(file: Path) -> Vector:
    recorded = json.loads(file.read_text(encoding="utf-8"))
    facts = {model: in_order(rows) for model, rows in recorded.pop("facts").items()}
    return Vector(name=f"{file.parent.parent.name}/{file.stem}", facts=facts, **recorded)
