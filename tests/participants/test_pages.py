"""The pages about codes: what they show, what they change, and what they never let out."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.encounters.models import Encounter
from alongside.participants.actions import recognise
from alongside.participants.models import Change, Code, CodeScheme, Participant
from alongside.participants.queries import current_scheme, find_code
from alongside.participants.rules import is_random_code, normalise, spaced
from alongside.sites.models import AuditEvent, Program
from tests.access.pages import post_forms
from tests.participants.people import contact, new_card, person, use_recipe
from tests.programs import make_member, make_program, signed_in

pytestmark = pytest.mark.django_db
PEOPLE = "/people/"


@pytest.fixture(autouse=True)
def no_limits_left_over() -> None:
    cache.clear()


@pytest.fixture
def program(db: None) -> Program:
    return make_program()


@pytest.fixture
def boss(program: Program) -> User:
    return make_member(program, Role.COORDINATOR)


@pytest.fixture
def office(client: Client, boss: User) -> Client:
    return signed_in(client, boss)


@pytest.fixture
def card(program: Program) -> str:
    with scope(program=program):
        return new_card(program)


@pytest.fixture
def known(program: Program, boss: User, card: str) -> Participant:
    """Somebody with a card who came twice."""
    with scope(program=program):
        holder = person(program, card)
        for _ in range(2):
            contact(program, boss, participant=holder.pk)
        return holder


def look_up(client: Client, code: str) -> HttpResponseBase:
    answer: HttpResponseBase = client.post(PEOPLE, {"code": code})
    return answer


def ticket_on(answer: HttpResponseBase) -> str:
    return re.findall(r'name="ticket" value="([^"]+)"', text(answer))[0]


def text(answer: HttpResponseBase) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]
    return content.decode()


def test_a_code_shows_how_often_and_when_last_and_nothing_more(office: Client, card: str, known: Participant) -> None:
    page = look_up(office, spaced(card).lower())
    assert page.status_code == 200
    assert re.search(r"\b2\b", text(page))
    assert card not in text(page)
    assert str(known.pk) not in text(page)
    assert "no-store" in page["Cache-Control"]


def test_a_worker_looks_up_but_changes_nothing(client: Client, program: Program, card: str, known: Participant) -> None:
    signed_in(client, make_member(program, Role.WORKER))
    page = look_up(client, card)
    assert page.status_code == 200
    assert 'name="ticket"' not in text(page)
    for name in ("people_same", "people_two", "people_lost_card", "people_forget"):
        assert client.post(reverse(f"desk:{name}")).status_code == 403


def test_a_code_that_nobody_has_makes_nobody(office: Client, program: Program, card: str) -> None:
    assert "Nobody has used this code yet" in text(look_up(office, card))
    with scope(program=program):
        assert not Participant.objects.exists()


def test_a_mistake_in_a_code_is_said_and_stays(office: Client) -> None:
    page = look_up(office, "K7M 2XQ")
    assert page.status_code == 422
    assert "mistake" in text(page)
    assert "K7M 2XQ" in text(page)


def test_lookups_are_counted_without_the_code_and_limited(office: Client, program: Program, card: str) -> None:
    answers = [look_up(office, card).status_code for _ in range(61)]
    assert answers[-1] == 429
    with scope(program=program):
        events = AuditEvent.objects.filter(action="participants.looked_up")
        assert events.count() == 60
        assert card not in repr(list(events.values()))


def test_a_form_for_a_code_asks_the_browser_to_forget(office: Client) -> None:
    page = text(office.get(PEOPLE))
    [field] = re.findall(r'<input[^>]*name="code"[^>]*>', page)
    for promise in ('autocomplete="off"', 'spellcheck="false"'):
        assert promise in field
    assert not [form for form in re.findall(r"<form[^>]*>", page) if 'method="post"' not in form.lower()]


def test_two_codes_become_one_person_and_two_again(
    office: Client, program: Program, card: str, known: Participant
) -> None:
    with scope(program=program):
        other_card = new_card(program)
        other = person(program, other_card)
    data = {"ticket": ticket_on(look_up(office, card)), "other": spaced(other_card)}
    page = office.post(reverse("desk:people_same"), data, follow=True)
    assert "one person" in text(page)
    assert "2</dd>" in text(look_up(office, other_card))
    [change] = Change._base_manager.all()
    office.post(reverse("desk:people_undo", kwargs={"pk": change.pk}))
    assert Participant._base_manager.get(pk=other.pk).counted_as_id is None
    assert Participant._base_manager.get(pk=known.pk).counted_as_id is None
    again = office.post(reverse("desk:people_undo", kwargs={"pk": change.pk}), follow=True)
    assert "already undone" in text(again)


@pytest.mark.parametrize("other", ["", "nonsense", "unused"])
def test_a_merge_needs_a_code_that_somebody_has(
    office: Client, program: Program, card: str, known: Participant, other: str
) -> None:
    with scope(program=program):
        typed = new_card(program) if other == "unused" else other
    page = office.post(reverse("desk:people_same"), {"ticket": ticket_on(look_up(office, card)), "other": typed})
    assert page.status_code == 422
    assert 'class="field-error"' in text(page)
    assert not Change._base_manager.exists()


def test_a_lost_card_is_replaced(office: Client, program: Program, card: str, known: Participant) -> None:
    page = office.post(reverse("desk:people_lost_card"), {"ticket": ticket_on(look_up(office, card))})
    [shown] = re.findall(r'class="code-card-code">([^<]+)<', text(page))
    assert is_random_code(normalise(shown))
    assert "no-store" in page["Cache-Control"]
    with scope(program=program):
        assert recognise(shown, program=program) == known.pk
    assert "reported lost" in text(look_up(office, card))
    assert normalise(shown) not in text(office.get(reverse("desk:people_changes")))


def test_a_shared_recipe_code_is_split(office: Client, program: Program, boss: User) -> None:
    with scope(program=program):
        use_recipe(program, boss)
        first = recognise("MA0785", program=program)
    page = office.post(reverse("desk:people_two"), {"ticket": ticket_on(look_up(office, "ma 07 85"))})
    assert "<strong>X</strong>" in text(page)
    with scope(program=program):
        assert recognise("MA0785X", program=program) != first


def test_forgetting_asks_first_and_then_does_it(
    office: Client, program: Program, card: str, known: Participant
) -> None:
    ticket = ticket_on(look_up(office, card))
    asked = office.post(reverse("desk:people_forget"), {"ticket": ticket})
    assert "can’t be undone" in text(asked)
    assert Participant._base_manager.filter(pk=known.pk).exists()
    done = office.post(reverse("desk:people_forget"), {"ticket": ticket, "sure": "yes"}, follow=True)
    assert "2 contacts stay" in text(done)
    assert not Participant._base_manager.exists()
    assert not Code._base_manager.exists()
    assert Encounter._base_manager.filter(participant=None).count() == 2


def test_a_ticket_is_good_for_one_member_and_one_program(
    office: Client, program: Program, card: str, known: Participant
) -> None:
    ticket = ticket_on(look_up(office, card))
    stranger = signed_in(Client(), make_member(make_program("Elsewhere"), Role.COORDINATOR))
    colleague = signed_in(Client(), make_member(program, Role.COORDINATOR))
    for visit in (stranger, colleague):
        for name in ("people_same", "people_two", "people_lost_card", "people_forget"):
            answer = visit.post(reverse(f"desk:{name}"), {"ticket": ticket, "other": card, "sure": "yes"})
            assert answer.status_code == 404
    for made_up in ("", "x", "x:y:z", ticket[:-1]):
        assert office.post(reverse("desk:people_forget"), {"ticket": made_up}).status_code == 404
    assert Participant._base_manager.filter(pk=known.pk).exists()


def test_a_sheet_of_cards_holds_codes_and_no_address(office: Client, program: Program) -> None:
    page = office.post(reverse("desk:cards"), {"cards": "20"})
    shown = re.findall(r'class="code-card-code">([^<]+)<', text(page))
    assert len(set(shown)) == 20
    assert all(is_random_code(normalise(each)) for each in shown)
    assert "no-store" in page["Cache-Control"]
    with scope(program=program):
        assert not Code.objects.exists()


def test_a_card_names_the_program_only_if_asked(office: Client, program: Program) -> None:
    def named(**more: str) -> bool:
        return f'class="code-card-program">{program.name}<' in text(
            office.post(reverse("desk:cards"), {"cards": "10", **more})
        )

    assert not named()
    assert named(with_name="on")


@pytest.mark.parametrize("cards", ["0", "7", "-3", "100000", "ten", ""])
def test_an_odd_number_of_cards_is_refused(office: Client, cards: str) -> None:
    assert office.post(reverse("desk:cards"), {"cards": cards}).status_code == 422


def test_a_recipe_is_looked_at_and_then_used(office: Client, program: Program) -> None:
    chosen = {"kind": "recipe", "name": "Ours", "part_1": "mother_2", "part_2": "month_2", "part_3": "year_2"}
    preview = text(office.post(reverse("desk:code_scheme"), chosen))
    assert "14,400" in preview
    assert "MA0785" in preview
    with scope(program=program):
        assert current_scheme(program).kind == CodeScheme.Kind.RANDOM
    office.post(reverse("desk:code_scheme"), chosen | {"use": "yes"})
    with scope(program=program):
        assert current_scheme(program).kind == CodeScheme.Kind.RECIPE
        assert find_code("MA0785", program=program) is None


@pytest.mark.parametrize("number", range(3))
def test_a_shipped_recipe_fills_the_form_in(office: Client, number: int) -> None:
    page = text(office.post(reverse("desk:code_scheme"), {"example": str(number)}))
    [form] = [each for each in post_forms(page) if "part_1" in each.choices]
    assert form.data["kind"] == ["recipe"]
    assert form.data["part_3"] != [""]


@pytest.mark.parametrize(
    "wrong",
    [
        {"part_2": ""},
        {"part_2": "mother_2"},
        {"part_1": "shoe_size"},
        {"kind": "guess"},
        {"name": "x" * 100},
        {"example": "9"},
    ],
)
def test_half_a_recipe_is_refused(office: Client, program: Program, wrong: dict[str, str]) -> None:
    chosen = {"kind": "recipe", "name": "Ours", "part_1": "mother_2", "part_2": "month_2", "use": "yes"} | wrong
    answer = office.post(reverse("desk:code_scheme"), chosen)
    if wrong != {"example": "9"}:
        assert answer.status_code == 422
        with scope(program=program):
            assert current_scheme(program).kind == CodeScheme.Kind.RANDOM


def test_a_program_can_do_without_codes(office: Client, program: Program) -> None:
    office.post(reverse("desk:code_scheme"), {"kind": "none", "use": "yes"})
    with scope(program=program):
        assert current_scheme(program).kind == CodeScheme.Kind.NONE
    assert "does not use codes" in text(look_up(office, "K7M2XQ9"))
