"""Errors whose text a worker can read and act on."""

from __future__ import annotations

from typing import Any


class Refusal(ValueError):
    """Something readable that is not allowed; `sentence` says what to do next (may be a lazy translation)."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class KeyAway(Refusal):
    """A key that lives off this machine is not plugged in now. What does not need it goes on."""


def gettext_noop(text: str) -> str:
    """Marks a sentence for translation where Django may not be imported; the door that shows it translates it."""
    return text
