"""A name for one visit: two words by chance, that say nothing about anybody and are not kept for the next time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

TRIES = 50


def handle(words: Sequence[str], *, taken: Collection[str], choose: Callable[[Sequence[str]], str]) -> str:
    """Two different words that nobody in the room goes by."""
    for _try in range(TRIES):
        first, second = choose(words), choose(words)
        found = f"{first} {second}"
        if first != second and found not in taken:
            return found
    raise RuntimeError(f"{len(taken)} people in the room leave no name free")
