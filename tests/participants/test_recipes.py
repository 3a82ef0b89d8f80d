"""Recipes are data: what they are made of, how large they are, which codes fit."""

import pytest

from alongside.participants.recipes import (
    example_recipes,
    expected_pairs,
    fits_recipe,
    recipe_from,
    recipe_of,
    shipped_parts,
)

pytestmark = pytest.mark.once


def test_three_recipes_ship_with_the_sizes_of_the_field_notes() -> None:
    assert [recipe.size for recipe in example_recipes()] == [14_400, 43_400, 1_200_000]
    assert all(recipe.name for recipe in example_recipes(in_spanish=True))


def test_expected_pairs_are_those_of_the_field_notes() -> None:
    short, _surname, long = example_recipes()
    assert expected_pairs(1000, size=short.size) == pytest.approx(35, abs=0.5)
    assert expected_pairs(5000, size=long.size) == pytest.approx(10, abs=0.5)


def test_an_example_fits_its_own_recipe() -> None:
    for recipe in example_recipes():
        assert fits_recipe(recipe.example, recipe)
        assert not fits_recipe(recipe.example + "1", recipe)
        assert not fits_recipe(recipe.example[:-1], recipe)
        assert not fits_recipe("", recipe)


def test_a_recipe_survives_the_way_into_the_database() -> None:
    recipe = recipe_of("Ours", ["mother_2", "day_2"])
    assert recipe_from(recipe.as_data()) == recipe


def test_every_shipped_part_has_an_example_of_its_length() -> None:
    for part in shipped_parts().values():
        assert len(part.example) == part.length
        assert part.ask_es
