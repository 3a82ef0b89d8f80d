"""Rules of codes, on whatever hypothesis thinks of."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import luhn

from alongside.participants.rules import (
    ALPHABET,
    RANDOM_LENGTH,
    digest,
    is_random_code,
    normalise,
    random_code,
    spaced,
)

pytestmark = pytest.mark.once

bodies = st.text(ALPHABET, min_size=RANDOM_LENGTH, max_size=RANDOM_LENGTH)
cards = bodies.map(lambda body: body + luhn.calc_check_digit(body, ALPHABET))
places = st.integers(0, RANDOM_LENGTH)


def test_a_random_code_is_a_card() -> None:
    codes = {random_code() for _ in range(200)}
    assert all(is_random_code(code) for code in codes)
    assert len(codes) == 200


@given(cards, places, st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_caught(card: str, place: int, wrong: str) -> None:
    assume(card[place] != wrong)
    assert not is_random_code(card[:place] + wrong + card[place + 1 :])


@given(cards, st.integers(0, RANDOM_LENGTH - 1))
def test_swapped_neighbours_are_caught_but_for_the_first_and_last_symbol(card: str, place: int) -> None:
    one, other = card[place], card[place + 1]
    assume(one != other and {one, other} != {ALPHABET[0], ALPHABET[-1]})
    assert not is_random_code(card[:place] + other + one + card[place + 2 :])


def test_of_all_swaps_only_one_pair_in_496_slips_through() -> None:
    missed = {
        frozenset((one, other))
        for one in ALPHABET
        for other in ALPHABET
        if one != other
        and luhn.checksum(one + other + "2222", ALPHABET) == luhn.checksum(other + one + "2222", ALPHABET)
    }
    assert missed == {frozenset((ALPHABET[0], ALPHABET[-1]))}


@given(cards)
def test_as_printed_or_in_small_letters_it_is_the_same_code(card: str) -> None:
    assert normalise(spaced(card)) == card
    assert normalise(f" {card.lower()}. ") == card


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(typed: str) -> None:
    assert normalise(normalise(typed)) == normalise(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("ma-07 85", "MA0785"), ("José 3", "JOSE3"), ("ñu", "NU"), ("Łódź", "LODZ"), ("ørn", "ORN"), ("ﬀ12", "FF12")],
)
def test_accents_and_punctuation_do_not_matter(typed: str, code: str) -> None:
    assert normalise(typed) == code


@given(cards, st.integers(1, 50), st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_digest_depends_on_the_program_and_the_key(card: str, program: int, key: bytes, other: bytes) -> None:
    assume(key != other)
    here = digest(card, program_id=program, key=key)
    assert here == digest(card, program_id=program, key=key)
    assert here != digest(card, program_id=program + 1, key=key)
    assert here != digest(card, program_id=program, key=other)
