"""A typed code becomes somebody: once, however many desks type it at the same moment."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django_scopes import scope, scopes_disabled

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.kernel.errors import Refusal
from alongside.participants.actions import choose_scheme, recognise, split
from alongside.participants.models import Code, CodeScheme, Participant
from alongside.participants.queries import find_code, unique_people
from alongside.sites.models import Program
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


def test_no_code_is_nobody(program: Program) -> None:
    assert recognise("  ", program=program) is None
    assert not Participant.objects.exists()


def test_the_same_code_is_the_same_person_however_it_is_typed(program: Program) -> None:
    card = new_card(program)
    first = recognise(card, program=program)
    assert first == recognise(f" {card[:3].lower()} {card[3:]}", program=program)
    assert Participant.objects.count() == Code.objects.count() == 1


def test_looking_up_makes_nobody(program: Program) -> None:
    assert find_code(new_card(program), program=program) is None
    assert not Participant.objects.exists()


def test_the_code_is_not_stored(program: Program) -> None:
    card = new_card(program)
    code = code_of(program, card) if recognise(card, program=program) else None
    assert code is not None
    assert card.encode() not in bytes(code.digest)


def test_another_program_does_not_know_the_code(program: Program) -> None:
    card = new_card(program)
    here = recognise(card, program=program)
    other = make_program("Elsewhere")
    with scope(program=other):
        assert find_code(card, program=other) is None
        assert recognise(card, program=other) != here


@pytest.mark.parametrize("typed", ["K7M", "hello", "Ω" * 8, "7" * 5000, "<script>", "\x00\x00"])
def test_a_mistyped_card_is_refused_with_a_sentence(program: Program, typed: str) -> None:
    with pytest.raises(Refusal, match="mistake"):
        recognise(typed, program=program)


def test_a_code_off_the_recipe_is_refused(program: Program, boss: User) -> None:
    use_recipe(program, boss)
    with pytest.raises(Refusal, match="recipe"):
        recognise("7785MA", program=program)
    assert recognise("ma-07 85", program=program) == recognise("MA0785", program=program)


def test_a_letter_that_nobody_was_given_is_refused(program: Program, boss: User) -> None:
    use_recipe(program, boss)
    recognise("MA0785", program=program)
    with pytest.raises(Refusal, match="Nobody has this code"):
        recognise("MA0785X", program=program)


def test_a_program_without_codes_says_so(program: Program, boss: User) -> None:
    choose_scheme(CodeScheme.Kind.NONE, program=program, by_id=boss.pk)
    with pytest.raises(Refusal, match="does not use codes"):
        recognise("MA0785", program=program)


def test_codes_of_an_older_scheme_go_on_working(program: Program, boss: User) -> None:
    card = new_card(program)
    first = recognise(card, program=program)
    use_recipe(program, boss)
    assert recognise(card, program=program) == first
    with pytest.raises(Refusal, match="Nobody has this code"):
        recognise(new_card(program), program=program)
    choose_scheme(CodeScheme.Kind.NONE, program=program, by_id=boss.pk)
    assert recognise(card, program=program) == first


def test_unique_people_are_told_with_the_recipes_interval(program: Program, boss: User) -> None:
    person(program)
    use_recipe(program, boss)
    for number in range(1, 13):
        recognise(f"AB{number:02}70", program=program)
    recognise("AB0170", program=program)
    split(code_of(program, "AB0170"), program=program, by_id=boss.pk)
    told = unique_people(Participant.objects.values("pk"))
    assert told.codes == told.low == 14
    few = unique_people(Participant.objects.none().values("pk"))
    assert (few.codes, few.low, few.high) == (0, 0, 0)


def _recognise_together(program: Program, card: str, desks: int) -> list[object]:
    ready, found = threading.Barrier(desks), []

    def desk() -> None:
        with scope(program=program):
            ready.wait()
            found.append(recognise(card, program=program))
        connection.close()

    threads = [threading.Thread(target=desk) for _ in range(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.usefixtures("committing")
def test_two_desks_that_see_a_code_for_the_first_time_at_once_make_one_person() -> None:
    program = make_program()
    for _round in range(8):
        with scope(program=program):
            card = new_card(program)
        found = _recognise_together(program, card, desks=4)
        assert len(found) == 4
        assert len(set(found)) == 1
    with scopes_disabled():
        assert Participant.objects.count() == Code.objects.count() == 8
