"""How many people a number of codes stands for: the interval has to hold the truth, for few people and for many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.participants.rules import NOBODY, RANDOM_SIZE, people_from_codes

pytestmark = pytest.mark.once

RECIPES = (50, 365, 14_400, 43_400, 186_000, 1_200_000, RANDOM_SIZE)
PEOPLE = (1, 2, 3, 5, 8, 12, 20, 40, 65, 100, 150, 300, 500, 1000, 2000, 4000)


def chances(people: int, size: int) -> np.ndarray:
    """The chance of 0, 1, 2 … people too few when that many draw their code: one person after the other, exactly."""
    expected = people * people / 2 / size
    most = int(min(people - 1, expected + 12 * expected**0.5 + 30))
    missing = np.arange(most + 2)
    chance = np.zeros(most + 2)
    chance[0] = 1.0
    for already in range(1, people):
        taken = np.clip((already - missing) / size, 0, 1)
        moved = chance * taken
        chance = chance * (1 - taken)
        chance[1:] += moved[:-1]
    return chance


@pytest.mark.parametrize("size", RECIPES)
def test_the_interval_holds_the_true_number_in_93_of_100_populations(size: int) -> None:
    for people in (each for each in PEOPLE if each <= 1.5 * size):
        covered = 0.0
        for missing, chance in enumerate(chances(people, size)):
            if chance > 1e-9 and missing < people:
                told = people_from_codes(people - missing, size=size)
                covered += chance * (told.low <= people <= told.high)
        assert covered >= 0.93, f"{people} people, {size} codes: covered {covered:.3f}"


@given(st.integers(2, 400), st.integers(100, 20_000), st.integers(0, 2**32 - 1))
def test_simulated_populations_are_never_told_as_fewer_than_their_codes(people: int, size: int, seed: int) -> None:
    codes = len(set(np.random.default_rng(seed).integers(0, size, people).tolist()))
    told = people_from_codes(codes, size=size)
    assert codes == told.codes <= told.low <= told.estimate <= told.high


@given(st.integers(1, 3000), st.integers(2, 2_000_000))
def test_more_codes_never_mean_fewer_people(codes: int, size: int) -> None:
    fewer, more = people_from_codes(codes, size=size), people_from_codes(codes + 1, size=size)
    assert (fewer.low, fewer.estimate, fewer.high) <= (more.low, more.estimate, more.high)
    assert fewer.low <= more.low
    assert fewer.high <= more.high


def test_simulation_agrees_with_the_exact_chances() -> None:
    """300 programs of 1,000 people with the shortest recipe: the interval holds 1,000 in at least 93 of 100."""
    dice = np.random.default_rng(20260101)
    drawn = [len(np.unique(dice.integers(0, 14_400, 1000))) for _ in range(300)]
    told = [people_from_codes(codes, size=14_400) for codes in drawn]
    assert np.mean([each.low <= 1000 <= each.high for each in told]) >= 0.93


def test_random_cards_count_people_exactly() -> None:
    assert people_from_codes(5000, size=RANDOM_SIZE).is_exact
    assert people_from_codes(0, size=RANDOM_SIZE) == NOBODY


def test_people_under_two_schemes_add_up() -> None:
    both = people_from_codes(900, size=14_400) + people_from_codes(50, size=RANDOM_SIZE)
    assert both.codes == 950
    assert both.low < both.estimate < both.high
