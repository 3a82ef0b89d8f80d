"""What a person holds: a secret in their page's address, and a word to text. Both are random; only digests are kept."""

from __future__ import annotations

import hashlib
import re
import secrets

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WORD_LETTERS = 10
"""50 bits: a million guesses find one of a thousand running check-ins once in a million years of trying."""
_LOOK_ALIKE = str.maketrans("OIL", "011")
_SAYS_OK = re.compile(r"\s*(?:ok|okay|bien|estoy bien)\s*[:.,]?\s*([0-9a-z][0-9a-z\s-]{8,20})\s*", re.IGNORECASE)


def new_secret() -> str:
    return secrets.token_urlsafe(24)


def new_word() -> str:
    return "".join(secrets.choice(_LETTERS) for _each in range(WORD_LETTERS))


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def spaced(word: str) -> str:
    return f"{word[:5]} {word[5:]}"


def word_in(text: str) -> str | None:
    """The word of a text that says OK, or None if it says something else."""
    found = _SAYS_OK.fullmatch(text)
    if found is None:
        return None
    letters = re.sub(r"[\s-]", "", found.group(1)).upper().translate(_LOOK_ALIKE)
    return letters if len(letters) == WORD_LETTERS and set(letters) <= set(_LETTERS) else None
