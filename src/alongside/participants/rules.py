"""Codes: how one is made, checked and normalised, and how many people a count of codes stands for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, expm1, log1p, sqrt
from uuid import UUID

from stdnum import luhn

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 symbols without 0, 1, I and O, which people misread."""
RANDOM_LENGTH = 6
SUFFIXES = "XYZWVU"
RANDOM_SIZE = len(ALPHABET) ** RANDOM_LENGTH
LONGEST = 60
_UNDECOMPOSED = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH"})


def normalise(code: str) -> str:
    """Upper case, without accents, spaces and punctuation, so that "ma-07 85" is "MA0785"."""
    plain = unicodedata.normalize("NFKD", code[:LONGEST].upper().translate(_UNDECOMPOSED))
    return "".join(letter for letter in plain.upper() if letter.isascii() and letter.isalnum())


def random_code(choose: Callable[[str], str] = secrets.choice) -> str:
    """Six random symbols and a check character (Luhn mod 32)."""
    body = "".join(choose(ALPHABET) for _ in range(RANDOM_LENGTH))
    return body + luhn.calc_check_digit(body, ALPHABET)


def is_random_code(code: str) -> bool:
    """True if a normalised code has the right length and its check character fits."""
    if len(code) != RANDOM_LENGTH + 1 or any(letter not in ALPHABET for letter in code):
        return False
    return bool(luhn.is_valid(code, ALPHABET))


def spaced(code: str) -> str:
    """A card's code as it is printed: "K7M 2XQ 9"."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"


def digest(code: str, *, program_id: int, key: bytes) -> bytes:
    """Keyed HMAC-SHA256 of a normalised code; another program's digest of the same code differs."""
    return hmac.new(key, f"{program_id}:{code}".encode(), hashlib.sha256).digest()


def joined(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """Who counts as whom when each pair is one person: everybody in a group as its smallest id.

    Depends on which pairs there are, not on their order, so taking any of them away again is a clean undo.
    """
    leader: dict[UUID, UUID] = {}

    def lead(one: UUID) -> UUID:
        while leader.setdefault(one, one) != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for one, other in pairs:
        first, second = sorted((lead(one), lead(other)))
        leader[second] = first
    return {one: lead(one) for one in list(leader)}


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """An estimate of unique people from distinct codes, with its 95 % interval for shared codes."""

    codes: int
    estimate: int
    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    def __add__(self, other: People) -> People:
        """People under two schemes together; the ends are added, so the interval is wide enough, never too narrow."""
        return People(
            codes=self.codes + other.codes,
            estimate=self.estimate + other.estimate,
            low=self.low + other.low,
            high=self.high + other.high,
        )


NOBODY = People(codes=0, estimate=0, low=0, high=0)


def people_from_codes(codes: int, *, size: int) -> People:
    """How many people `codes` distinct codes stand for, if each person's code is one of `size` at random.

    Occupancy: n people give on average size·(1 − (1 − 1/size)^n) distinct codes. The interval holds every n for
    which the observed number lies within 1.96 standard deviations of that, and half a code more on either side,
    because codes come whole (without it, few collisions are covered 85 % of the time instead of 95). It covers two
    people sharing a code, not one person with two codes.
    """
    if codes <= 0:
        return NOBODY
    observed = min(codes, size - 1)
    estimate = round(log1p(-observed / size) / log1p(-1 / size))
    low = _smallest(lambda n: _mean(n, size) + _reach(n, size) >= observed, codes)
    high = _smallest(lambda n: _mean(n, size) - _reach(n, size) > observed, max(low, estimate)) - 1
    return People(codes=codes, estimate=max(estimate, codes), low=max(low, codes), high=max(high, estimate, codes))


def _mean(n: int, size: int) -> float:
    return size * -expm1(n * log1p(-1 / size))


def _reach(n: int, size: int) -> float:
    return 1.96 * _spread(n, size) + 0.5


def _spread(n: int, size: int) -> float:
    """Standard deviation of the number of distinct codes (birthday occupancy).

    Var = S·e·(1 − e) + S·(S − 1)·e²·((1 − 1/(S − 1)²)^n − 1) with e = (1 − 1/S)^n: the textbook form loses every
    digit for a billion codes.
    """
    if size < 3:
        return 0.0
    empty = exp(n * log1p(-1 / size))
    filled = -expm1(n * log1p(-1 / size))
    apart = expm1(n * log1p(-1 / (size - 1) ** 2))
    return sqrt(max(size * empty * filled + size * (size - 1) * empty**2 * apart, 0.0))


def _smallest(is_enough: Callable[[int], bool], start: int) -> int:
    """The smallest n from `start` up for which a rising condition holds (capped at 50 times the start)."""
    low, high = start, max(start * 50, start + 10)
    if not is_enough(high):
        return high
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low
