"""Start, more time, OK, no answer, release, refusal; and never "covered" when it is not so."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from alongside.alarms.actions import Closed
from alongside.alarms.models import Alarm, Beat, Duty, Finding, Incident
from alongside.alarms.runner import fire_due
from alongside.jobs import database_clock
from alongside.jobs.django_store import DjangoStore
from alongside.messaging.alerting.models import Dispatch, Target
from alongside.services.checkins.actions import answer_text, say_ok
from alongside.services.checkins.models import CheckIn, PlanEvent, PlanKey, Protocol, SealedPlan
from alongside.services.checkins.queries import check_in_with
from alongside.services.checkins.rules.secrets import digest, new_word, word_in
from tests.checkins.covering import PLACE, Covered
from tests.programs import signed_in


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    assert not answer.cookies
    return " ".join(answer.content.decode().split())


def later(ms: int) -> int:
    return DjangoStore().now_ms() + ms


def test_covered_is_said_from_what_is_on_the_disk(covered: Covered, client: Client) -> None:
    address, _word = covered.started(client)
    assert "Covered. Answer by" in text(client, address)
    assert 0 <= Alarm.objects.get().due_ms - CheckIn.objects.get().due_ms - 30_000 < 2_000
    Alarm.objects.all().delete()
    assert "You are not covered." in text(client, address)


def test_answering_in_time_ends_it_and_destroys_the_plan(covered: Covered, client: Client) -> None:
    address, _word = covered.started(client)
    assert len(list(covered.keys.iterdir())) == 25
    client.post(address, {"do": "ok"})
    assert "Your plan is being destroyed." in text(client, address)
    assert not SealedPlan.objects.exists()
    covered.keeper.destroy_keys(DjangoStore())
    assert len(list(covered.keys.iterdir())) == 24
    assert "Your plan is destroyed. Nobody can open it any more." in text(client, address)
    with database_clock.set_to(later(10**7)):
        assert fire_due(DjangoStore()) == 0


def test_more_time_moves_the_deadline_and_only_under_cover(covered: Covered, client: Client) -> None:
    address, _word = covered.started(client)
    before = Alarm.objects.get().due_ms
    with database_clock.set_to(later(60_000)):
        covered.alive()
        client.post(address, {"do": "more"})
        moved = Alarm.objects.get().due_ms
        assert moved >= before + 59_000
        Duty.objects.update(until_ms=later(1000))
        answer = client.post(address, {"do": "more"})
    assert "the time that runs still holds" in answer.content.decode()
    assert Alarm.objects.get().due_ms == moved


def test_no_answer_and_the_plan_opens_after_the_refusal_window(covered: Covered, client: Client) -> None:
    address, _word = covered.started(client)
    covered.pass_deadline()
    assert "People have been told." in text(client, address)
    desk = signed_in(Client(), covered.responder)
    plan = reverse("checkins:plan", args=[covered.incident().pk])
    assert PLACE not in desk.post(plan).content.decode()
    covered.pass_refusal()
    assert PLACE not in desk.get(plan).content.decode(), "looking at the page is not reading"
    assert PLACE in desk.post(plan).content.decode()
    page = text(client, address)
    assert "opened, because there was no answer" in page
    assert "read by somebody on duty" in page
    assert [event.action for event in PlanEvent.objects.order_by("pk")] == ["released", "read"]


def test_no_is_no(covered: Covered, client: Client) -> None:
    address, _word = covered.started(client)
    covered.pass_deadline()
    assert "No: do not open it" in text(client, address)
    client.post(address, {"do": "no"})
    with database_clock.set_to(later(10**8)):
        covered.keeper.open_due(DjangoStore())
    assert not SealedPlan.objects.exists()
    assert CheckIn.objects.get().opened_plan is None
    assert "Your plan was not opened and has been destroyed." in text(client, address)
    desk = signed_in(Client(), covered.responder)
    page = desk.get(reverse("desk:incident", args=[covered.incident().pk])).content.decode()
    assert "The person did not want anybody sent." in page


def test_no_after_the_plan_was_opened_is_told_so(covered: Covered, client: Client) -> None:
    address, _word = covered.started(client)
    covered.pass_deadline()
    covered.pass_refusal()
    assert "It was too late" in client.post(address, {"do": "no"}).content.decode()


def test_a_late_ok_keeps_the_plan_closed_and_the_incident_open(covered: Covered, client: Client) -> None:
    address, _word = covered.started(client)
    covered.pass_deadline()
    client.post(address, {"do": "ok"})
    assert "They know that you are OK." in text(client, address)
    with database_clock.set_to(later(10**8)):
        covered.keeper.open_due(DjangoStore())
    assert CheckIn.objects.get().opened_plan is None
    assert covered.incident().late_ok_ms is not None
    assert covered.incident().closed_ms is None


def test_what_was_opened_goes_with_the_end_of_the_incident(covered: Covered, client: Client) -> None:
    covered.started(client)
    covered.pass_deadline()
    covered.pass_refusal()
    assert CheckIn.objects.get().opened_plan
    Incident.objects.update(closed_ms=1, outcome="ok")
    covered.keeper.forget_opened(DjangoStore())
    assert CheckIn.objects.get().opened_plan is None


def test_a_friend_gets_a_text_without_the_place(covered: Covered, client: Client) -> None:
    covered.started(client, friend="415 555 2671")
    covered.pass_deadline()
    assert not Dispatch.objects.filter(target=None).exists()
    covered.pass_refusal()
    message = Dispatch.objects.get(target=None)
    assert message.channel == "text"
    assert message.opened("address") == '{"number": "+14155552671"}'
    assert "Heron" not in message.words


def _broken() -> object:
    return Finding.objects.create(what="unclaimed", detail="", since_ms=1, last_ms=1)


MISSING: dict[str, Callable[[], object]] = {
    "Nobody is on duty": lambda: Duty.objects.update(ended_ms=1),
    "has not answered their own check": lambda: Duty.objects.update(proven_ms=None),
    "is not running as it should": lambda: Beat.objects.filter(part="sender").delete(),
    "can’t be reached at the moment": lambda: Target.objects.update(failed_ms=1),
    "only one way to reach": lambda: Target.objects.filter(channel="email").update(failed_ms=1),
    "for as long as this would take": lambda: Duty.objects.update(until_ms=later(300_000)),
    "can’t be sealed": lambda: PlanKey.objects.update(taken_ms=1),
    "The alarm is not running": _broken,
}


@pytest.mark.parametrize("sentence", MISSING)
def test_what_is_missing_is_said_and_nothing_is_kept(covered: Covered, client: Client, sentence: str) -> None:
    MISSING[sentence]()
    answer = covered.start(client)
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 503
    assert "You would not be covered now." in page
    assert sentence in page
    assert PLACE in page, "what was written stays"
    assert not Alarm.objects.exists()
    assert not CheckIn.objects.exists()


def test_a_program_that_confirmed_no_interval_offers_none(covered: Covered, client: Client) -> None:
    Protocol.objects.update(retired_ms=1)
    page = text(client, covered.address)
    assert "has not set up check-ins" in page
    assert "<form" not in page


@pytest.mark.parametrize(
    "wrong", [{"place": "x" * 1_000_000}, {"place": ""}, {"protocol": "unheard-of"}, {"friend": "12"}]
)
def test_what_can_not_be_is_told_and_is_not_cover(covered: Covered, client: Client, wrong: dict[str, str]) -> None:
    answer = covered.start(client, **wrong)
    assert answer.status_code == 422
    assert "You are not covered yet." in answer.content.decode()
    assert not CheckIn.objects.exists()


def test_another_secret_opens_nothing(covered: Covered, client: Client) -> None:
    address, _word = covered.started(client)
    other, _word = covered.started(client)
    swapped = address.rsplit("/", 2)[0] + "/" + other.rsplit("/", 2)[1] + "/"
    for wrong in (swapped, address[:-2] + "/", address.replace(covered.program.slug, "elsewhere")):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong, {"do": "ok"}).status_code == 404


def test_a_million_guesses_find_nothing(covered: Covered, client: Client) -> None:
    """Some through the very doors, a million as the doors compare them."""
    covered.started(client)
    check_in = CheckIn.objects.get()
    for _guess in range(300):
        assert check_in_with(check_in.pk, secrets.token_urlsafe(24)) is None
        assert "No running check-in" in str(answer_text(f"OK {new_word()}", covered.program.pk))
    known = bytes(check_in.word_digest)
    assert not any(digest(f"{guess:010d}") == known for guess in range(1_000_000))
    assert Alarm.objects.get().state == "waiting"


def test_ok_by_text(covered: Covered, client: Client) -> None:
    _address, word = covered.started(client)
    assert answer_text("where are you", covered.program.pk) is None
    assert "has ended" in str(answer_text(f"ok {word[:5]} {word[5:].lower()}", covered.program.pk))
    assert "No running check-in" in str(answer_text(f"OK {word}", covered.program.pk)), "a replay does nothing"
    assert Alarm.objects.get().state == "closed"


@pytest.mark.once
@pytest.mark.parametrize("written", ["OK K7QDM2XW4H", "ok k7qd-m2xw-4h", " Bien K7QDM 2XW4H ", "Okay: K7QDM2XW4H"])
def test_a_word_is_read_however_it_is_typed(written: str) -> None:
    assert word_in(written) == "K7QDM2XW4H"


@pytest.mark.once
@pytest.mark.parametrize("written", ["OK", "OK 12 kits", "K7QDM2XW4H", "5 people 3 cookers", "OK K7QDM2XW4HZZZZZ"])
def test_other_texts_are_no_word(written: str) -> None:
    assert word_in(written) is None


def test_somebody_on_duty_notes_it(covered: Covered, client: Client) -> None:
    covered.started(client)
    desk = signed_in(Client(), covered.responder)
    assert desk.get(reverse("checkins:check_ins")).status_code == 200
    desk.post(reverse("checkins:noted_ok", args=[CheckIn.objects.get().pk]))
    assert Alarm.objects.get().state == "closed"


def test_saying_ok_twice_is_saying_it_once(covered: Covered, client: Client) -> None:
    covered.started(client)
    check_in = CheckIn.objects.get()
    assert [say_ok(check_in), say_ok(check_in)] == [Closed.ON_TIME, Closed.NOTHING]


def test_two_never_seal_to_one_key(covered: Covered, client: Client) -> None:
    for _each in range(5):
        covered.started(client)
    taken = PlanKey.objects.exclude(check_in=None).values_list("check_in", flat=True)
    assert len(taken) == len(set(taken)) == 5
