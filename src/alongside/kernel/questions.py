"""What a form asks, why, and who wants to know: declared beside the field that holds the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a form. Nothing has a default: who adds a question says what it is good for."""

    title: Any
    why: Any
    """One sentence to the person who is asked."""
    basis: Any
    """The law or rule that is known to ask for it, in words; empty if we know of none."""
    feeds: tuple[str, ...]
    """Indicators that are counted from the answer."""
    could_identify: bool
    """With the day and the place, the answer could point to one person: erasing takes it out."""


def check_questions(kind: str, fields: Iterable[str], questions: Mapping[str, Question]) -> None:
    """Raises ValueError for a field that says nothing about itself, or a question that no field holds."""
    if differing := set(fields) ^ set(questions):
        raise ValueError(f"Kind {kind!r} has to declare a question for each of its fields: {sorted(differing)}")
