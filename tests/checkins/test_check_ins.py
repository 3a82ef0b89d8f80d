"""Start, more time, OK, no answer, release, refusal; and never "covered" when it is not so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from alongside import reports
from alongside.alarms.actions import Closed
from alongside.alarms.models import Alarm, Beat, Duty, Finding, Incident
from alongside.alarms.runner import fire_due
from alongside.jobs import database_clock
from alongside.jobs.django_store import DjangoStore
from alongside.messaging.alerting.models import Carrier, Dispatch, Target
from alongside.services.checkins.actions import answer_text, say_ok
from alongside.services.checkins.models import CheckIn, PlanEvent, PlanKey, Protocol, SealedPlan
from alongside.services.checkins.queries import check_in_with, word_digest
from alongside.services.checkins.rules.keeping import PlanKeeper
from alongside.services.checkins.rules.secrets import new_mark, new_word, word_in
from tests.checkins.covering import PLACE, Covered, Phone, text
from tests.programs import make_program, signed_in


def later(ms: int) -> int:
    return DjangoStore().now_ms() + ms


def test_covered_is_said_from_what_is_on_the_disk(covered: Covered, client: Client) -> None:
    phone = covered.started(client)
    assert "Covered. Answer by" in phone.text()
    assert "demonstration" not in phone.text(), "here somebody is"
    assert 0 <= Alarm.objects.get().due_ms - CheckIn.objects.get().due_ms - 30_000 < 2_000
    Alarm.objects.all().delete()
    assert "You are not covered." in phone.text()


def test_answering_in_time_ends_it_and_destroys_the_plan(covered: Covered, client: Client) -> None:
    phone = covered.started(client)
    assert len(list(covered.keys.iterdir())) == 25
    phone.press("ok")
    assert "Your plan is being destroyed." in phone.text()
    assert not SealedPlan.objects.exists()
    covered.keeper.destroy_keys(DjangoStore())
    assert len(list(covered.keys.iterdir())) == 24
    assert "Your plan is destroyed. Nobody can open it any more." in phone.text()
    with database_clock.set_to(later(10**7)):
        assert fire_due(DjangoStore()) == 0


def test_more_time_moves_the_deadline_and_only_under_cover(covered: Covered, client: Client) -> None:
    phone = covered.started(client)
    before = Alarm.objects.get().due_ms
    with database_clock.set_to(later(60_000)):
        covered.alive()
        phone.press("more")
        moved = Alarm.objects.get().due_ms
        assert moved >= before + 59_000
        Duty.objects.update(until_ms=later(1000))
        answer = phone.press("more")
    assert "the time that runs still holds" in answer.content.decode()
    assert Alarm.objects.get().due_ms == moved


def test_no_answer_and_the_plan_opens_after_the_refusal_window(covered: Covered, client: Client) -> None:
    phone = covered.started(client)
    covered.pass_deadline()
    assert "People have been told." in phone.text()
    desk = signed_in(Client(), covered.responder)
    plan = reverse("checkins:plan", args=[covered.incident().pk])
    assert PLACE not in desk.post(plan).content.decode()
    covered.pass_refusal()
    assert PLACE not in desk.get(plan).content.decode(), "looking at the page is not reading"
    assert PLACE in desk.post(plan).content.decode()
    page = phone.text()
    assert "opened, because there was no answer" in page
    assert "read by somebody on duty" in page
    assert [event.action for event in PlanEvent.objects.order_by("pk")] == ["released", "read"]


def test_no_is_no(covered: Covered, client: Client) -> None:
    phone = covered.started(client)
    covered.pass_deadline()
    assert "No: do not open it" in phone.text()
    phone.press("no")
    with database_clock.set_to(later(10**8)):
        covered.keeper.open_due(DjangoStore())
    assert not SealedPlan.objects.exists()
    assert CheckIn.objects.get().opened_plan is None
    assert "Your plan was not opened and has been destroyed." in phone.text()
    desk = signed_in(Client(), covered.responder)
    page = desk.get(reverse("desk:incident", args=[covered.incident().pk])).content.decode()
    assert "The person did not want anybody sent." in page


def test_an_ambulance_is_for_a_person_to_call(covered: Covered, client: Client) -> None:
    """Without a friend nobody is told but those whom the program set up; and they have the words to say."""
    covered.started(client, more="Naloxone is on the table.")
    covered.pass_deadline()
    covered.keeper.tell_friends(DjangoStore())
    covered.pass_refusal()
    with database_clock.set_to(later(600_000)):
        fire_due(DjangoStore())
    assert set(Dispatch.objects.values_list("target", flat=True)) == set(Target.objects.values_list("pk", flat=True))
    desk = signed_in(Client(), covered.responder)
    page = desk.post(reverse("checkins:plan", args=[covered.incident().pk])).content.decode()
    for said in (
        PLACE,
        "Code kestrel-4711",
        "Naloxone is on the table.",
        "To say on the phone",
        "This program never calls one.",
    ):
        assert said in page


def test_a_page_that_is_open_is_no_answer(covered: Covered, client: Client) -> None:
    """Whatever the phone shows or asks: only a person's word moves or ends it. A dead phone asks nothing at all."""
    phone = covered.started(client)
    state, shown = f"{phone.here}state/", {"pass": phone.shown_pass}
    due_ms = Alarm.objects.get().due_ms
    for moment_ms in (due_ms - 60_000, due_ms - 1):
        with database_clock.set_to(moment_ms):
            assert client.post(state, shown).status_code == client.get(phone.here).status_code == 200
    assert (Alarm.objects.get().state, Alarm.objects.get().due_ms) == ("waiting", due_ms)
    covered.pass_deadline()
    client.post(state, shown)
    assert covered.incident().late_ok_ms is None


@pytest.mark.once
def test_no_figure_and_no_export_reads_check_ins_or_alarms() -> None:
    """What is never counted can not be worked out from a table, and locates nobody."""
    compiled = Path(reports.__file__).parent / "compiled"
    for file in compiled.glob("*.sql"):
        assert "checkins_" not in file.read_text()
        assert "alarms_" not in file.read_text()


def test_no_after_the_plan_was_opened_is_told_so(covered: Covered, client: Client) -> None:
    phone = covered.started(client)
    covered.pass_deadline()
    covered.pass_refusal()
    assert "It was too late" in phone.press("no").content.decode()


def test_a_late_ok_keeps_the_plan_closed_and_the_incident_open(covered: Covered, client: Client) -> None:
    phone = covered.started(client)
    covered.pass_deadline()
    phone.press("ok")
    assert "They know that you are OK." in phone.text()
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


def test_a_friend_is_told_first_and_without_the_place(covered: Covered, client: Client) -> None:
    phone = covered.started(client, friend="415 555 2671")
    covered.keeper.tell_friends(DjangoStore())
    assert not Dispatch.objects.filter(target=None).exists()
    covered.pass_deadline()
    for _round in range(2):
        PlanKeeper(covered.keys, message_key=settings.MESSAGE_KEY()).tell_friends(DjangoStore())
    assert CheckIn.objects.get().released_ms is None, "before anybody could read the plan"
    message = Dispatch.objects.get(target=None)
    assert message.channel == "text"
    assert message.opened("address") == '{"number": "+14155552671"}'
    assert "Heron" not in message.words
    assert "your friend is texted" in phone.text()
    covered.pass_refusal()
    plan = signed_in(Client(), covered.responder).post(reverse("checkins:plan", args=[covered.incident().pk]))
    steps = plan.content.decode()
    assert steps.index("Ring their friend") < steps.index("Go there") < steps.index("the ambulance")


def test_no_friend_is_offered_where_none_can_be_told(covered: Covered, client: Client) -> None:
    assert "A friend’s phone number" in text(client, covered.address)
    Carrier.objects.all().delete()
    assert "A friend’s phone number" not in text(client, covered.address)
    covered.started(client, friend="415 555 2671")


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


def test_another_word_opens_nothing(covered: Covered, client: Client) -> None:
    phone = covered.started(client)
    name, kept = next((name, morsel.value) for name, morsel in phone.page.cookies.items())
    elsewhere = make_program(slug="elsewhere")
    word, signature = kept.split(":")
    for wrong in (f"{new_word()}:{signature}", word, f"{word}:", ""):
        other = Client()
        other.cookies[name] = wrong
        assert "knows of no check-in" in other.get(phone.here).content.decode()
        assert other.post(phone.here, {"do": "ok", "pass": wrong}).status_code == 404
        assert other.post(f"{phone.here}state/", {"pass": wrong}).status_code == 404
    assert client.post(phone.here.replace(covered.program.slug, elsewhere.slug), {"pass": kept}).status_code == 404
    assert Alarm.objects.get().state == "waiting"


def test_the_cookie_alone_presses_nothing(covered: Covered, client: Client) -> None:
    """So no other site can say OK for anybody, whatever browsers do with cookies."""
    phone = covered.started(client)
    assert client.post(phone.here, {"do": "ok"}).status_code == 404
    assert Alarm.objects.get().state == "waiting"


def test_a_million_guesses_find_nothing(covered: Covered, client: Client) -> None:
    """Some through the very doors, a million as the doors compare them."""
    covered.started(client)
    door = reverse("check_in:word", args=[covered.program.slug])
    answers = [Client().post(door, {"word": new_word()}).status_code for _guess in range(40)]
    assert (answers[0], answers[-1]) == (422, 429), "after some wrong words nothing is looked up for a while"
    for _guess in range(100):
        assert check_in_with(new_word(), program_id=covered.program.pk) is None
        assert "No running check-in" in str(answer_text(f"OK {new_word()}", covered.program.pk))
    known = bytes(CheckIn.objects.get().word_digest)
    guesses = (word_digest(f"{guess:010d}", program_id=covered.program.pk) for guess in range(1_000_000))
    assert known not in guesses
    assert Alarm.objects.get().state == "waiting"


def test_a_word_opens_it_on_another_phone(covered: Covered, client: Client) -> None:
    first = covered.started(client)
    door = reverse("check_in:word", args=[covered.program.slug])
    friend = Client()
    for wrong in ("", "Heron", new_word(), "x" * 1_000_000):
        answer = friend.post(door, {"word": wrong})
        assert answer.status_code == 422
        assert "covers nobody" in answer.content.decode()
        assert "Covered" not in answer.content.decode()
    written = f" {first.word[:5].lower()}-{first.word[5:]}"
    other = Phone(client=friend, here=first.here, page=friend.post(door, {"word": written}))  # type: ignore[arg-type]
    assert other.word == first.word
    assert "Covered. Answer by" in other.text()
    other.press("ok")
    assert "Thank you. It has ended." in first.text()


def test_a_phone_that_keeps_no_cookie_answers_all_the_same(covered: Covered) -> None:
    phone = covered.started(Client())
    without = Client()
    answer = without.post(phone.here, {"do": "more", "pass": phone.shown_pass})
    assert "Covered. Answer by" in answer.content.decode()
    assert without.post(f"{phone.here}state/", {"pass": phone.shown_pass}).json()["left_ms"] > 100_000
    assert "Thank you." in without.post(phone.here, {"do": "ok", "pass": phone.shown_pass}).content.decode()


def test_a_start_that_is_sent_twice_is_one(covered: Covered, client: Client) -> None:
    mark = new_mark()
    first = covered.started(client, mark=mark)
    assert covered.start(client, mark=mark).status_code == 302, "on to the one that runs"
    assert covered.started(Client(), mark=mark).word == first.word, "also when the answer was lost"
    assert CheckIn.objects.count() == 1
    first.press("ok")
    assert covered.started(Client(), mark=mark).word != first.word, "a page of before starts a new one"


def test_one_after_another_on_one_phone(covered: Covered, client: Client) -> None:
    first = covered.started(client)
    assert client.get(covered.address).status_code == 302, "one that runs is not left by accident"
    assert "running on this phone already" in covered.start(client).content.decode()
    first.press("ok")
    assert "Using alone?" in text(client, covered.address)
    second = covered.started(client)
    assert second.word != first.word
    answer = second.press("forget")
    assert answer.cookies[next(iter(first.page.cookies))].value == ""
    assert "Using alone?" in text(client, covered.address)
    assert Alarm.objects.filter(state="waiting").count() == 1, "forgetting it ends nothing"


def test_behind_https_no_other_site_can_put_its_own_in(covered: Covered, client: Client) -> None:
    plain = next(iter(covered.started(Client()).page.cookies.values()))
    with override_settings(BEHIND_HTTPS=True):
        secure = next(iter(covered.started(client).page.cookies.values()))
    assert secure.key.startswith("__Host-")
    assert (secure["secure"], secure["path"]) == (True, "/")
    assert (plain["secure"], plain["path"]) == ("", covered.address)
    for each in (plain, secure):
        assert (each["httponly"], each["samesite"], each["domain"]) == (True, "Strict", "")


def test_ok_by_text(covered: Covered, client: Client) -> None:
    word = covered.started(client).word
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
        covered.started(Client())
    taken = PlanKey.objects.exclude(check_in=None).values_list("check_in", flat=True)
    assert len(taken) == len(set(taken)) == 5
