"""Codes: how one is made, checked and normalised, and how many people a count of codes stands for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, expm1, log1p, sqrt

from stdnum import luhn

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 symbols without 0, 1, I and O, which people misread."""
RANDOM_LENGTH = 6
SUFFIXES = "XYZWVU"
RANDOM_SIZE = len(ALPHABET) ** RANDOM_LENGTH


def normalise(code: str) -> str:
    """Upper case, without accents, spaces and punctuation, so that "ma-07 85" is "MA0785"."""
    plain = unicodedata.normalize("NFKD", code)
    return "".join(letter for letter in plain.upper() if letter.isascii() and letter.isalnum())


def random_code() -> str:
    """Six random symbols and a check character (Luhn mod 32)."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
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


@dataclass(frozen=True, kw_only=True)
class RecipePart:
    """One piece of a recipe: what is asked, how it is written (letters or digits), how many characters."""

    ask: str
    ask_es: str
    letters: bool
    length: int


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A code made from things a person remembers. `size` is the effective number of different codes (a guess, stated)."""

    name: str
    parts: tuple[RecipePart, ...]
    size: int


def recipe_from(data: Mapping[str, object]) -> Recipe:
    """A recipe from its JSON. Raises KeyError or TypeError for data that is not one."""
    parts = data["parts"]
    if not isinstance(parts, Sequence):
        raise TypeError("A recipe's parts are a list.")
    return Recipe(
        name=str(data["name"]), parts=tuple(RecipePart(**part) for part in parts), size=int(str(data["size"]))
    )


def fits_recipe(code: str, recipe: Recipe) -> bool:
    """True if a normalised code has each part's kind of character in its place."""
    position = 0
    for part in recipe.parts:
        piece = code[position : position + part.length]
        if len(piece) != part.length or not (piece.isalpha() if part.letters else piece.isdigit()):
            return False
        position += part.length
    return position == len(code)


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


def people_from_codes(codes: int, *, size: int) -> People:
    """How many people `codes` distinct codes stand for, if each person's code is one of `size` at random.

    Occupancy: n people give on average size·(1 − (1 − 1/size)^n) distinct codes. The interval holds every n for
    which the observed number lies within 1.96 standard deviations of that. It covers two people sharing a code, not
    one person with two codes.
    """
    if codes <= 0:
        return People(codes=0, estimate=0, low=0, high=0)
    observed = min(codes, size - 1)
    estimate = round(log1p(-observed / size) / log1p(-1 / size))
    low = _smallest(lambda n: _mean(n, size) + 1.96 * _spread(n, size) >= observed, codes)
    high = _smallest(lambda n: _mean(n, size) - 1.96 * _spread(n, size) > observed, max(low, estimate)) - 1
    return People(codes=codes, estimate=max(estimate, codes), low=max(low, codes), high=max(high, estimate, codes))


def _mean(n: int, size: int) -> float:
    return size * -expm1(n * log1p(-1 / size))


def _spread(n: int, size: int) -> float:
    """Standard deviation of the number of distinct codes (birthday occupancy)."""
    empty_one = exp(n * log1p(-1 / size))
    empty_two = exp(n * log1p(-2 / size))
    variance = size * empty_one + size * (size - 1) * empty_two - (size * empty_one) ** 2
    return sqrt(max(variance, 0.0))


def _smallest(is_enough: Callable[[int], bool], start: int) -> int:
    """The smallest n from `start` up for which a rising condition holds (capped at 50 times the start)."""
    low, high = start, max(start * 50, start + 10)
    if not is_enough(high):
        return high
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low
