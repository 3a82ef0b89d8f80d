"""Who counts as whom: merges in any order, taken away in any order."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.participants.rules import joined

pytestmark = pytest.mark.once

people = st.integers(1, 12).map(lambda number: UUID(int=number))
pairs = st.lists(st.tuples(people, people), max_size=20)


def by_walking(links: list[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """The same in the slowest, plainest way."""
    groups = {one: {one} for pair in links for one in pair}
    for one, other in links * len(links or [0]):
        both = groups[one] | groups[other]
        groups.update(dict.fromkeys(both, both))
    return {one: min(group) for one, group in groups.items()}


@given(pairs)
def test_everybody_who_is_linked_counts_as_one(links: list[tuple[UUID, UUID]]) -> None:
    assert joined(links) == by_walking(links)


@given(pairs, st.randoms())
def test_the_order_of_merges_does_not_matter(links: list[tuple[UUID, UUID]], dice: object) -> None:
    shuffled = links.copy()
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert joined(shuffled) == joined(links)
