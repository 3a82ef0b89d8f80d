"""Recipes: codes made from things that a person remembers. Declared as data; plain Python."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from math import prod
from typing import Any

MOST_PARTS = 5


@dataclass(frozen=True, kw_only=True)
class RecipePart:
    """One piece: what is asked, whether letters or digits answer it, and how many different answers there are."""

    key: str
    ask: str
    ask_es: str
    letters: bool
    length: int
    values: int
    example: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A program's recipe, in the order its parts are written."""

    name: str
    parts: tuple[RecipePart, ...]

    @property
    def size(self) -> int:
        """How many different codes there effectively are: a stated guess, never a promise."""
        return prod(part.values for part in self.parts)

    @property
    def example(self) -> str:
        return "".join(part.example for part in self.parts)

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def recipe_from(data: Mapping[str, Any]) -> Recipe:
    """A recipe from its JSON. Raises KeyError or TypeError for data that is not one."""
    return Recipe(name=str(data["name"]), parts=tuple(RecipePart(**part) for part in data["parts"]))


def fits_recipe(code: str, recipe: Recipe) -> bool:
    """True if a normalised code has each part's kind of character in its place."""
    position = 0
    for part in recipe.parts:
        piece = code[position : position + part.length]
        if len(piece) != part.length or not (piece.isalpha() if part.letters else piece.isdigit()):
            return False
        position += part.length
    return position == len(code)


def expected_pairs(people: int, *, size: int) -> float:
    """How many pairs among so many people are expected to share a code."""
    return people * (people - 1) / 2 / size


def recipe_of(name: str, keys: Sequence[str]) -> Recipe:
    """A recipe from shipped parts. Raises KeyError for a part that is not shipped."""
    parts = shipped_parts()
    return Recipe(name=name, parts=tuple(parts[key] for key in keys))


@cache
def shipped_parts() -> dict[str, RecipePart]:
    return {row["key"]: RecipePart(**row) for row in _data()["part"]}


def example_recipes(*, in_spanish: bool = False) -> list[Recipe]:
    """Three recipes that programs use, from the shortest to the longest."""
    return [recipe_of(row["name_es" if in_spanish else "name"], row["parts"]) for row in _data()["recipe"]]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "data" / "recipes.toml").read_text(encoding="utf-8"))
