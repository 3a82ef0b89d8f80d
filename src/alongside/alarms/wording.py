"""What messages say, in a program's language and from the same catalogue as the pages. Without Django."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from alongside.kernel.errors import gettext_noop

MOST_LETTERS = 300
LATE_MS = 5_000
"""From here on it is said that an alarm was found late: those who are told have to know how much time is gone."""
_FOUND_LATE = gettext_noop("Found %(time)s late.")
_CODE_LETTERS = len(" (ABCD-1234)")
_LOCALE = Path(__file__).resolve().parents[1] / "locale"


def said(sentence: str, language: str) -> str:
    return _catalogue(language).gettext(sentence)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("django", _LOCALE, languages=[language], fallback=True)


def as_time(ms: int) -> str:
    """Hours, minutes and seconds: 1:02:03."""
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def found_late(words: str, late_ms: int, language: str) -> str:
    """First how late, then the words. If that is too long, what is cut is not the incident's code at their end."""
    first = said(_FOUND_LATE, language) % {"time": as_time(late_ms)}
    room = MOST_LETTERS - len(first) - 1
    kept = words if len(words) <= room else words[: room - _CODE_LETTERS] + words[-_CODE_LETTERS:]
    return f"{first} {kept}"
