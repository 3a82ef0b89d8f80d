"""`Not asked`, `asked, prefers not to say`, `unknown` and a value are four things.

A payload field of type `Answer[T]` is absent (None) when nobody asked, one of the two words, or a value.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator

DECLINED = "declined"
UNKNOWN = "unknown"
NOT_ASKED = "not_asked"

T = TypeVar("T")


def _blank_is_not_asked(value: object) -> object:
    return None if value in ("", NOT_ASKED) else value


Answer = Annotated[T | Literal["declined", "unknown"] | None, BeforeValidator(_blank_is_not_asked)]
"""None means not asked."""
