"""Merges, splits and lost cards: each can be undone, whatever happened since."""

from collections.abc import Iterator

import pytest
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.kernel.errors import Refusal
from alongside.participants.actions import merge, recognise, replace_lost_card, split, undo_change
from alongside.participants.models import Change, Code, Participant
from alongside.participants.queries import group_of, sharing
from alongside.sites.models import AuditEvent, Program
from tests.participants.people import code_of, new_card, person, use_recipe
from tests.programs import make_member, make_program


@pytest.fixture
def program(db: None) -> Iterator[Program]:
    program = make_program()
    with scope(program=program):
        yield program


@pytest.fixture
def boss(program: Program) -> User:
    return make_member(program, Role.COORDINATOR)


def as_one(*people: Participant) -> bool:
    return {each.pk for each in people} <= {each.pk for each in group_of(_now(people[0]))}


def _now(participant: Participant) -> Participant:
    again: Participant = Participant.objects.get(pk=participant.pk)
    return again


def test_a_merge_and_its_undo(program: Program, boss: User) -> None:
    one, other = person(program), person(program)
    change = merge(one, other, program=program, by_id=boss.pk)
    assert as_one(one, other)
    undo_change(change, program=program, by_id=boss.pk)
    assert not as_one(one, other)
    with pytest.raises(Refusal, match="already undone"):
        undo_change(change, program=program, by_id=boss.pk)


def test_one_person_is_not_merged_twice(program: Program, boss: User) -> None:
    one, other, third = person(program), person(program), person(program)
    merge(one, other, program=program, by_id=boss.pk)
    merge(_now(third), _now(other), program=program, by_id=boss.pk)
    with pytest.raises(Refusal, match="already counted as one"):
        merge(_now(one), _now(third), program=program, by_id=boss.pk)


def test_merges_are_undone_in_the_order_they_were_made(program: Program, boss: User) -> None:
    """The older one first, then the newer: nobody comes back that was taken apart before."""
    one, other, third = person(program), person(program), person(program)
    older = merge(one, other, program=program, by_id=boss.pk)
    newer = merge(third, _now(one), program=program, by_id=boss.pk)
    undo_change(older, program=program, by_id=boss.pk)
    assert as_one(one, third)
    assert not as_one(one, other)
    undo_change(newer, program=program, by_id=boss.pk)
    assert not Participant.objects.exclude(counted_as=None).exists()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8), st.randoms())
def test_after_undoing_everything_nobody_is_merged(
    program: Program, boss: User, links: list[tuple[int, int]], dice: object
) -> None:
    people = [person(program) for _ in range(6)]
    changes = []
    for one, other in links:
        if not as_one(people[one], people[other]):
            changes.append(merge(people[one], people[other], program=program, by_id=boss.pk))
    dice.shuffle(changes)  # type: ignore[attr-defined]
    for change in changes:
        undo_change(change, program=program, by_id=boss.pk)
    assert all(_now(each).counted_as_id is None for each in people)


def test_a_shared_recipe_code_is_split_by_a_letter(program: Program, boss: User) -> None:
    use_recipe(program, boss)
    first = person(program, "MA0785")
    change, letter = split(code_of(program, "MA0785"), program=program, by_id=boss.pk)
    assert letter == "X"
    second = person(program, "ma0785 x")
    assert second.pk == change.other_id != first.pk
    assert sharing(code_of(program, "MA0785")) == 2
    undo_change(change, program=program, by_id=boss.pk)
    assert as_one(first, second)


def test_a_code_can_be_shared_by_seven_at_most(program: Program, boss: User) -> None:
    use_recipe(program, boss)
    recognise("MA0785", program=program)
    letters = [split(code_of(program, "MA0785"), program=program, by_id=boss.pk)[1] for _ in range(6)]
    assert letters == list("XYZWVU")
    with pytest.raises(Refusal, match="too many people"):
        split(code_of(program, "MA0785"), program=program, by_id=boss.pk)


def test_a_card_is_not_split(program: Program, boss: User) -> None:
    card = new_card(program)
    recognise(card, program=program)
    with pytest.raises(Refusal, match="recipe"):
        split(code_of(program, card), program=program, by_id=boss.pk)


def test_a_lost_card_gets_a_new_one_for_the_same_person(program: Program, boss: User) -> None:
    card = new_card(program)
    holder = person(program, card)
    change, new = replace_lost_card(holder, program=program, by_id=boss.pk)
    assert new != card
    assert recognise(new, program=program) == recognise(card, program=program) == holder.pk
    assert code_of(program, card).is_lost
    assert not code_of(program, new).is_lost
    undo_change(change, program=program, by_id=boss.pk)
    assert not code_of(program, card).is_lost
    assert code_of(program, new).is_lost


def test_lost_cards_are_undone_in_any_order(program: Program, boss: User) -> None:
    card = new_card(program)
    holder = person(program, card)
    first, second_card = replace_lost_card(holder, program=program, by_id=boss.pk)
    second, third_card = replace_lost_card(holder, program=program, by_id=boss.pk)
    for change in (first, second):
        undo_change(change, program=program, by_id=boss.pk)
    assert not code_of(program, card).is_lost
    assert code_of(program, second_card).is_lost
    assert code_of(program, third_card).is_lost


def test_a_recipe_has_no_card_to_lose(program: Program, boss: User) -> None:
    use_recipe(program, boss)
    with pytest.raises(Refusal, match="no cards"):
        replace_lost_card(person(program, "MA0785"), program=program, by_id=boss.pk)


def test_the_audit_names_changes_and_never_participants(program: Program, boss: User) -> None:
    one, other = person(program), person(program)
    merge(one, other, program=program, by_id=boss.pk)
    replace_lost_card(one, program=program, by_id=boss.pk)
    for event in AuditEvent.objects.filter(action__startswith="participants."):
        assert str(one.pk) not in f"{event.target} {event.detail}"
        assert str(other.pk) not in f"{event.target} {event.detail}"
    assert AuditEvent.objects.filter(target=str(Change.objects.earliest("at").pk)).exists()
    assert Code.objects.count() == 3
