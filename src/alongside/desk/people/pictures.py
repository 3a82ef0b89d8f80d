"""The square on a card."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_of(code: str) -> SafeString:
    """Holds the code and nothing else: no address that a phone would open, and so send to somebody."""
    drawn = segno.make(code, error="q", micro=False).svg_inline(border=2, omitsize=True, dark="#000", light="#fff")
    return mark_safe(drawn)  # noqa: S308 - drawn here from our own alphabet
