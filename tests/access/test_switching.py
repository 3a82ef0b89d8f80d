"""Taking turns at a shared computer by PIN, and the lock that comes when nobody uses it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from alongside.accounts.actions import Answer, choose_pin, try_pin
from alongside.accounts.models import User
from alongside.accounts.pins import MOST_WRONG, hashed, is_easily_guessed, matches
from alongside.accounts.roles import NEEDS_PASSWORD, Role
from alongside.accounts.sign_in import OPENED_AT
from alongside.desk.account.switching import OPEN_HOURS
from alongside.encounters.models import Encounter
from alongside.kernel import clock
from alongside.kernel.errors import Refusal
from alongside.sites.models import Device, Program
from alongside.sites.staff import end_work
from tests.access.addresses import closed_addresses
from tests.access.pages import post_forms
from tests.access.test_addresses import ask, made_up
from tests.programs import PASSWORD, add_role, make_member, make_program, site_of

pytestmark = pytest.mark.django_db

PIN, OTHER_PIN = "2580", "7391"
SWITCH, ACCOUNT = "/account/switch/", "/account/"


@pytest.fixture(autouse=True)
def no_limits_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def program(db: None) -> Program:
    return make_program()


@pytest.fixture
def ana(program: Program) -> User:
    return with_pin(make_member(program, Role.WORKER, name="Ana"), PIN)


@pytest.fixture
def boss(program: Program) -> User:
    return with_pin(make_member(program, Role.ADMINISTRATOR, name="Boleslav"), OTHER_PIN)


@pytest.fixture
def desk(client: Client, ana: User, boss: User) -> Client:
    """A shared computer at which Ana signed in with her password."""
    sign_in(client, ana)
    client.post(reverse("desk:share_device"), {"name": "Front desk computer"})
    return client


def with_pin(user: User, pin: str) -> User:
    choose_pin(user, pin)
    return user


def sign_in(client: Client, user: User) -> None:
    client.post("/sign-in/", {"login": user.username, "password": PASSWORD})


def who(client: Client) -> int | None:
    member = getattr(client.get(ACCOUNT).wsgi_request, "member", None)
    return member and member.user_id


def tap(client: Client, user: User, pin: str, **more: str) -> int:
    return client.post(SWITCH, {"worker": str(user.pk), "pin": pin, **more}).status_code


def later(minutes: int) -> object:
    return clock.set_to(clock.now() + timedelta(minutes=minutes))


def test_a_name_and_a_pin_change_who_works(desk: Client, ana: User, boss: User) -> None:
    page = desk.get(SWITCH).content.decode()
    assert "Ana" in page
    assert "Boleslav" in page
    assert tap(desk, boss, OTHER_PIN) == 302
    assert who(desk) == boss.pk
    assert tap(desk, ana, PIN) == 302
    assert who(desk) == ana.pk


def test_the_site_stays_and_nothing_else_of_the_last_session(desk: Client, program: Program, boss: User) -> None:
    desk.post(reverse("desk:choose_site"), {"site": str(site_of(program, "Van").pk)})
    desk.session.save()
    session = desk.session
    session["something"] = "of Ana's"
    session.save()
    tap(desk, boss, OTHER_PIN)
    assert desk.session["site"] == site_of(program, "Van").pk
    assert "something" not in desk.session


def test_a_pin_never_opens_what_needs_a_password(desk: Client, boss: User) -> None:
    tap(desk, boss, OTHER_PIN)
    for address in closed_addresses():
        if address.permission in NEEDS_PASSWORD:
            for method in ("get", "post"):
                assert ask(desk, method, address, made_up(address)).status_code == 403, address.name
    assert desk.get(reverse("desk:shifts")).status_code == 200


def test_signing_in_with_the_password_opens_it_again(desk: Client, boss: User) -> None:
    tap(desk, boss, OTHER_PIN)
    assert desk.get(reverse("desk:staff")).status_code == 403
    desk.post(reverse("account_logout"))
    sign_in(desk, boss)
    assert desk.get(reverse("desk:staff")).status_code == 200


def test_a_computer_that_is_not_shared_does_not_switch(client: Client, ana: User, boss: User) -> None:
    sign_in(client, ana)
    assert "Boleslav" not in client.get(SWITCH).content.decode()
    assert tap(client, boss, OTHER_PIN) == 422
    assert who(client) == ana.pk


def test_without_a_sign_in_no_pin_is_asked(desk: Client, boss: User) -> None:
    desk.post(reverse("account_logout"))
    assert tap(desk, boss, OTHER_PIN) == 302
    assert who(desk) is None


def test_pins_are_enough_for_a_day_only(desk: Client, boss: User) -> None:
    session = desk.session
    session[OPENED_AT] -= OPEN_HOURS * 3600 + 1
    session.save()
    assert tap(desk, boss, OTHER_PIN) == 422


def test_a_forged_cookie_names_no_device(desk: Client, boss: User) -> None:
    desk.cookies["alongside_device"] = "eyJub25zZW5zZSI6MX0:made-up"
    assert tap(desk, boss, OTHER_PIN) == 422


def test_a_device_of_another_program_is_not_shared_here(desk: Client, ana: User, boss: User) -> None:
    other = make_program("Elsewhere")
    Device._base_manager.update(program=other)
    assert tap(desk, boss, OTHER_PIN) == 422


def test_a_revoked_device_ends_the_sessions_that_began_there(desk: Client, boss: User) -> None:
    tap(desk, boss, OTHER_PIN)
    office = Client()
    sign_in(office, boss)
    office.post(reverse("desk:device_revoke", kwargs={"pk": Device._base_manager.get().pk}))
    assert who(desk) is None


def test_after_a_pin_only_the_devices_program_is_open(desk: Client, boss: User) -> None:
    other = make_program("Elsewhere")
    add_role(boss, other, Role.ADMINISTRATOR)
    tap(desk, boss, OTHER_PIN)
    answer = desk.post(reverse("desk:choose_program"), {"program": str(other.pk)})
    assert answer.status_code == 404


def test_somebody_who_left_is_not_offered_and_is_out(desk: Client, program: Program, ana: User, boss: User) -> None:
    from django_scopes import scope

    tap(desk, ana, PIN)
    with scope(program=program):
        end_work(ana, program=program, by_id=boss.pk)
    assert who(desk) is None


def test_five_wrong_pins_then_the_password(desk: Client, ana: User, boss: User) -> None:
    for _ in range(MOST_WRONG):
        assert tap(desk, boss, "0000") == 422
    assert tap(desk, boss, OTHER_PIN) == 422
    assert who(desk) == ana.pk
    desk.post(reverse("account_logout"))
    sign_in(desk, boss)
    desk.post(reverse("account_logout"))
    sign_in(desk, ana)
    assert tap(desk, boss, OTHER_PIN) == 302


def test_wrong_pins_for_all_colleagues_are_limited_too(desk: Client, program: Program, ana: User) -> None:
    colleagues = [with_pin(make_member(program, Role.WORKER), PIN) for _ in range(9)]
    answers = [desk.post(SWITCH, {"worker": str(each.pk), "pin": "0000"}) for each in colleagues for _ in range(4)]
    assert "Too many PINs" in answers[-1].content.decode()
    assert "Too many PINs" not in answers[0].content.decode()


@pytest.mark.usefixtures("committing")
def test_many_guesses_at_once_are_still_five(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    monkeypatch.setattr(User, "has_pin", lambda _user, pin: checked.append(pin))
    user = with_pin(make_member(make_program(), Role.WORKER), PIN)

    def guess(number: int) -> Answer:
        try:
            return try_pin(User.objects.get(pk=user.pk), f"{number:04}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as desks:
        answers = list(desks.map(guess, range(16)))
    assert len(checked) == MOST_WRONG
    assert Answer.RIGHT not in answers
    assert User.objects.get(pk=user.pk).wrong_pins == MOST_WRONG


@pytest.mark.once
@given(st.text("0123456789", min_size=4, max_size=4))
def test_a_pin_is_kept_keyed_and_hashed(pin: str) -> None:
    if is_easily_guessed(pin):
        with pytest.raises(Refusal):
            choose_pin(User(), pin)


@pytest.mark.once
def test_pins_that_anybody_would_try_are_refused() -> None:
    assert all(map(is_easily_guessed, ("0000", "1234", "4321", "7890", "1212")))
    assert not any(map(is_easily_guessed, (PIN, OTHER_PIN, "2468")))
    for typed in ("123", "12345", "12a4", "", "１２３４"):
        with pytest.raises(Refusal, match="digits"):
            choose_pin(User(), typed)
    assert matches(PIN, hashed(PIN))
    assert PIN not in hashed(PIN)
    assert not matches(PIN, "")


def test_a_pin_needs_the_password(desk: Client, ana: User) -> None:
    answer = desk.post(reverse("desk:pin"), {"pin": "8642", "password": "wrong"})
    assert answer.status_code == 422
    desk.post(reverse("desk:pin"), {"pin": "8642", "password": PASSWORD})
    ana.refresh_from_db()
    assert ana.has_pin("8642")


def test_a_computer_that_nobody_uses_locks(desk: Client) -> None:
    desk.get(ACCOUNT)
    with later(16):
        answer = desk.get(ACCOUNT)
        assert answer.status_code == 302
        assert answer["Location"] == f"{SWITCH}?next=%2Faccount%2F"


def test_requests_keep_it_open(desk: Client) -> None:
    for minutes in (10, 20, 30):
        with later(minutes):
            assert desk.get(ACCOUNT).status_code == 200


def test_a_page_that_is_being_used_keeps_it_open(desk: Client) -> None:
    desk.get(ACCOUNT)
    with later(14):
        assert desk.post(reverse("desk:here")).status_code == 204
    with later(28):
        assert desk.get(ACCOUNT).status_code == 200
    with later(60):
        assert desk.post(reverse("desk:here")).status_code == 423


def test_a_program_can_do_without_the_lock(desk: Client, program: Program) -> None:
    Program.objects.filter(pk=program.pk).update(idle_minutes=0)
    desk.get(ACCOUNT)
    with later(600):
        assert desk.get(ACCOUNT).status_code == 200


def test_ones_own_pin_unlocks(desk: Client, ana: User) -> None:
    desk.get(ACCOUNT)
    with later(16):
        assert tap(desk, ana, "0000") == 422
        answer = desk.post(SWITCH, {"worker": str(ana.pk), "pin": PIN, "next": "/account/pin/"})
        assert answer["Location"] == "/account/pin/"
        assert desk.get(ACCOUNT).status_code == 200


def test_the_password_unlocks_without_any_pin(desk: Client, ana: User) -> None:
    desk.get(ACCOUNT)
    with later(16):
        assert desk.post(SWITCH, {"password": "wrong"}).status_code == 422
        assert desk.post(SWITCH, {"password": PASSWORD}).status_code == 302
        assert desk.get(ACCOUNT).status_code == 200


def test_unlocking_does_not_lead_elsewhere(desk: Client, ana: User) -> None:
    answer = desk.post(SWITCH, {"worker": str(ana.pk), "pin": PIN, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def record_form(program: Program) -> dict[str, str]:
    return {
        "id": "01980000-0000-7000-8000-00000000beef",
        "site": str(site_of(program).pk),
        "items.cooker": "7",
        "people": "1",
    }


def test_a_form_that_is_posted_after_the_lock_is_not_lost(desk: Client, program: Program, ana: User) -> None:
    desk.get(ACCOUNT)
    with later(16):
        answer = desk.post(reverse("desk:record"), record_form(program))
        assert answer.status_code == 423
        assert not Encounter._base_manager.exists()
        [unlock, *_others] = [form for form in post_forms(answer.content.decode()) if "pin" in form.choices]
        data = {name: values[0] for name, values in unlock.data.items()}
        assert "cooker" not in data["kept"]
        data |= {"worker": str(ana.pk), "pin": "0000"}
        again = desk.post(unlock.action, data)
        assert again.status_code == 422
        [retry, *_others] = [form for form in post_forms(again.content.decode()) if "pin" in form.choices]
        assert retry.data["kept"] == [data["kept"]]
        page = desk.post(unlock.action, data | {"pin": PIN})
        [going_on] = [form for form in post_forms(page.content.decode()) if "items.cooker" in form.choices]
        assert going_on.action == reverse("desk:record")


def test_what_somebody_entered_is_not_given_to_a_colleague(
    desk: Client, program: Program, ana: User, boss: User
) -> None:
    desk.get(ACCOUNT)
    with later(16):
        kept = post_forms(desk.post(reverse("desk:record"), record_form(program)).content.decode())[0].data["kept"][0]
        tap(desk, boss, OTHER_PIN)
        answer = desk.post(SWITCH, {"worker": str(boss.pk), "pin": OTHER_PIN, "kept": kept})
        assert answer.status_code == 302
        assert tap(desk, boss, OTHER_PIN, kept="made up") == 302


def test_a_board_that_looks_for_news_does_not_keep_the_computer_open(desk: Client) -> None:
    part = {"hx-request": "true"}
    desk.get(ACCOUNT)
    with later(14):
        assert desk.get(reverse("desk:queue"), headers=part).status_code == 200
    with later(16):
        assert desk.get(reverse("desk:queue"), headers=part).status_code == 204
        answer = desk.post(reverse("desk:queue_join"), headers=part)
        assert answer["HX-Redirect"] == SWITCH
        assert desk.get(ACCOUNT).status_code == 302


def test_the_lock_over_a_page_is_answered_in_a_few_words(desk: Client, ana: User) -> None:
    desk.get(ACCOUNT)
    with later(16):
        quiet = {"accept": "application/json"}
        wrong = desk.post(SWITCH, {"worker": str(ana.pk), "pin": "0000"}, headers=quiet)
        assert (wrong.status_code, wrong.json()) == (422, {"error": "This PIN is not right."})
        assert desk.post(SWITCH, {"worker": str(ana.pk), "pin": PIN}, headers=quiet).status_code == 200
        assert desk.get(ACCOUNT).status_code == 200
