"""The word that a person is given: it opens their check-in on any phone and says OK by text. Only a digest is kept."""

from __future__ import annotations

import hashlib
import re
import secrets

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WORD_LETTERS = 10
"""50 bits: a million guesses find one of a thousand running check-ins once in a million years of trying."""
_LOOK_ALIKE = str.maketrans("OIL", "011")
_SAYS_OK = re.compile(r"\s*(?:ok|okay|bien|estoy bien)\s*[:.,]?\s*([0-9a-z][0-9a-z\s-]{8,20})\s*", re.IGNORECASE)
_MARK = re.compile(r"[\w-]{32}")


def new_word() -> str:
    return "".join(secrets.choice(_LETTERS) for _each in range(WORD_LETTERS))


def new_mark() -> str:
    """What a page that was not sent yet is known by, so that sending it twice is sending it once."""
    return secrets.token_urlsafe(24)


def word_from(mark: str) -> str:
    """The word that a page leads to, however often it is sent. A new one for what is no mark."""
    if not _MARK.fullmatch(mark):
        return new_word()
    digest = hashlib.sha256(b"alongside check-in " + mark.encode()).digest()
    return "".join(_LETTERS[each % len(_LETTERS)] for each in digest[:WORD_LETTERS])


def spaced(word: str) -> str:
    return f"{word[:5]} {word[5:]}"


def word_in(text: str) -> str | None:
    """The word of a text that says OK, or None if it says something else."""
    found = _SAYS_OK.fullmatch(text)
    return as_word(found.group(1)) if found else None


def as_word(written: str) -> str | None:
    """A word as somebody writes it down: with spaces, in small letters, with an O for a zero."""
    letters = re.sub(r"[\s-]", "", written).upper().translate(_LOOK_ALIKE)
    return letters if len(letters) == WORD_LETTERS and set(letters) <= set(_LETTERS) else None
