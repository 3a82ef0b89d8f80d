"""The two languages that what a program names may have."""

from __future__ import annotations

from django.utils.translation import get_language


def in_spanish() -> bool:
    """True if the reader's language is Spanish."""
    return (get_language() or "en").startswith("es")
