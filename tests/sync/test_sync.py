"""What waited on a phone: taken once, whoever sends it, whenever it comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django_scopes import scope

from alongside.accounts.roles import Role
from alongside.encounters.changes import bring_back
from alongside.encounters.models import Attempt, Encounter
from alongside.encounters.outbox.models import Phone as PhoneRow
from alongside.encounters.outbox.tokens import worker_token
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.participants.models import Code
from alongside.participants.rules import random_code
from alongside.sites.members import Member
from alongside.sites.models import AuditEvent, Membership
from alongside.supplies.handing_out import Wanted
from tests.places import NALOXONE, SYRINGE, Place
from tests.programs import make_member, make_program, signed_in
from tests.sync.conftest import Send, set_up, words
from tests.sync.phone import Phone, seal

pytestmark = pytest.mark.django_db


def state_of(contact_id: object) -> str:
    return str(Encounter.objects.get(pk=contact_id).state)


def test_a_contact_is_taken_as_the_form_said_it(place: Place, phone: Phone, send: Send) -> None:
    place.stock(SYRINGE, 100)
    made_at = now() - timedelta(hours=5)
    (answer,) = send(phone.contact(made_at=made_at))
    assert answer == {"id": str(phone.made[0]), "word": "accepted", "sentence": ""}
    contact = Encounter.objects.get(pk=phone.made[0])
    assert (contact.recorded_by_id, contact.door) == (place.worker.pk, "field")
    assert abs(contact.occurred_at - made_at) < timedelta(seconds=1)
    assert {entry.kind for entry in contact.entries.all()} == {
        "distribution.supplies_given",
        "naloxone.kit_given",
        "syringes.returned",
    }
    assert place.on_hand(SYRINGE) == 90


def test_one_that_was_not_sealed_is_taken_too(phone: Phone, send: Send) -> None:
    contact_id = str(uuid7())
    plain = phone.plain({"site": str(phone.site), "visit": "on"})
    envelope = {"id": contact_id, "v": 1, "open": plain}
    assert words(send(envelope)) == ["accepted"]
    assert words(send(envelope)) == ["duplicate"]
    assert str(Encounter.objects.get().pk) == contact_id


def test_all_of_it_again_changes_nothing(place: Place, phone: Phone, send: Send) -> None:
    place.stock(SYRINGE, 1000)
    contacts = [phone.contact() for _ in range(7)]
    assert words(send(*contacts)) == ["accepted"] * 7
    assert words(send(*reversed(contacts), contacts[0])) == ["duplicate"] * 8
    assert Encounter.objects.count() == 7
    assert place.on_hand(SYRINGE) == 930
    assert not Attempt.objects.exists()


def test_twice_in_one_upload_is_once(phone: Phone, send: Send) -> None:
    contact = phone.contact()
    assert words(send(contact, contact)) == ["accepted", "duplicate"]


def test_a_repeat_is_known_whatever_has_changed_meanwhile(place: Place, phone: Phone, send: Send) -> None:
    """The site closed, the item left the catalogue, the clock was put right: it is still the same contact."""
    contact = phone.contact()
    send(contact)
    place.site.is_active = False
    place.site.save()
    phone.clock_off = timedelta(hours=3)
    assert words(send(contact)) == ["duplicate"]


def test_other_content_under_the_same_number_is_a_conflict(phone: Phone, send: Send) -> None:
    contact_id = uuid7()
    send(phone.contact(contact_id=contact_id))
    answers = send(phone.contact(contact_id=contact_id, visit="on"))
    assert words(answers) == ["conflict"]
    assert "Both are kept" in answers[0]["sentence"]
    assert Attempt.objects.get().encounter_id == contact_id


def test_what_is_refused_says_why_and_is_kept_without_its_code_in_the_open(phone: Phone, send: Send) -> None:
    card = random_code()
    refused = phone.contact(people="0", code=card, **{"items.cooker": "2"})
    good = phone.contact()
    for _again in range(2):
        answers = send(refused, good)
    assert words(answers) == ["refused", "duplicate"]
    assert "from 1 to" in answers[0]["sentence"]
    attempt = Attempt.objects.get()
    assert (attempt.word, attempt.encounter_id) == ("refused", phone.made[0])
    assert '"items.cooker":["2"]' in attempt.content
    assert card not in attempt.content


def test_a_code_is_the_participants(place: Place, phone: Phone, send: Send) -> None:
    card = random_code()
    send(phone.contact(code=card, visit="on"), phone.contact(code=card.lower(), visit="on"))
    assert Code.objects.count() == 1
    assert len({each.participant_id for each in Encounter.objects.all()} - {None}) == 1


def test_what_cannot_be_read_is_kept_and_does_not_stop_the_others(phone: Phone, send: Send) -> None:
    sealed = phone.contact()
    strange: list[object] = [
        "nonsense",
        None,
        7,
        [],
        {},
        {"id": "x", "v": 1},
        {**sealed, "v": 2},
        {**sealed, "v": True},
        {**sealed, "ct": sealed["ct"][:-4]},
        {**sealed, "ct": "!"},
        {**sealed, "epk": "AAAA"},
        {**sealed, "kid": "nobody"},
        {**sealed, "id": str(uuid7())},
        {**sealed, "iv": ["a"]},
        seal(b"\xff\xfe", contact_id=sealed["id"], key=phone.key),
        seal({"form": 1}, contact_id=sealed["id"], key=phone.key),
        {"id": str(uuid7()), "v": 1, "open": "form"},
        {"id": str(uuid7()), "v": 1, "open": {**phone.plain("visit=on"), "made_at": "yesterday"}},
        {"id": str(uuid7()), "v": 1, "open": {**phone.plain("visit=on"), "worker": "forged:token"}},
        {"id": str(uuid7()), "v": 1, "open": {**phone.plain("\ud800"), "form": "\ud800"}},
    ]
    answers = send(*strange, phone.contact())
    assert words(answers) == ["held"] * len(strange) + ["accepted"]
    assert all(answer["sentence"] for answer in answers[:-1])
    count = Attempt.objects.count()
    assert count == len(strange)
    send(*strange)
    assert Attempt.objects.filter(word="held").count() == count


def test_a_fault_of_ours_holds_one_and_takes_the_others(
    phone: Phone, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(wanted: list[Wanted], **_others: object) -> None:
        if any(each.quantity == 13 for each in wanted):
            raise RuntimeError("on purpose")

    monkeypatch.setattr("alongside.encounters.effects.hand_out", broken)
    faulty, strange = phone.contact(**{"items.cooker": "13"}), phone.contact(code="\x00K7M")
    assert words(send(phone.contact(), faulty, strange, phone.contact())) == ["accepted", "held", "refused", "accepted"]
    assert Encounter.objects.count() == 2
    assert {each.encounter_id for each in Attempt.objects.all()} == {phone.made[0], phone.made[1]}


def test_two_numbers(phone: Phone, send: Send) -> None:
    other = seal(phone.plain({"id": str(uuid7()), "visit": "on"}), contact_id=str(uuid7()), key=phone.key)
    assert words(send(other)) == ["refused"]


@pytest.mark.parametrize("off", [timedelta(hours=9), -timedelta(days=40), -timedelta(days=20_000)])
def test_a_clock_that_is_wrong_is_put_right(place: Place, phone: Phone, send: Send, off: timedelta) -> None:
    phone.clock_off = off
    assert words(send(phone.contact(made_at=phone.clock() - timedelta(hours=1)))) == ["accepted"]
    happened = Encounter.objects.get().occurred_at
    assert abs(happened - (now() - timedelta(hours=1))) < timedelta(minutes=1)
    moved = AuditEvent.objects.get(action="contacts.sent").detail["clock_moved_seconds"]
    assert abs(moved + off.total_seconds()) < 60


def test_a_time_that_a_worker_typed_is_not_moved(phone: Phone, send: Send) -> None:
    phone.clock_off = timedelta(days=2)
    send(phone.contact(visit="on", day="2026-01-05", time="14:30"))
    assert Encounter.objects.get().occurred_at.isoformat().startswith("2026-01-05T19:30")


@pytest.mark.parametrize("day", ["2999-01-01", "1912-04-15"])
def test_days_that_cannot_be_are_refused(phone: Phone, send: Send, day: str) -> None:
    assert words(send(phone.contact(visit="on", day=day))) == ["refused"]


def test_ten_thousand_entries(phone: Phone, send: Send) -> None:
    many = {f"made_up.kind_{'x' * (number % 9)}{chr(97 + number % 26)}.field_{number}": "1" for number in range(10_000)}
    three_hundred = {
        f"made_up.kind_{'abcdefghij'[n // 30]}{chr(97 + n % 26)}{'z' * (n % 3)}.a": "1" for n in range(300)
    }
    answers = send(phone.contact(**many), phone.contact(**three_hundred), phone.contact())
    assert words(answers)[0] == "held"
    assert words(answers)[2] == "accepted"
    assert Attempt.objects.filter(encounter_id=phone.made[0]).exists()


def test_a_colleague_may_send_it(place: Place, phone: Phone, send: Send) -> None:
    colleague = signed_in(Client(), make_member(place.program, Role.COORDINATOR))
    send(phone.contact(), client=colleague)
    assert Encounter.objects.get().recorded_by == place.worker


def test_work_that_ended_afterwards_does_not_matter(place: Place, phone: Phone, send: Send) -> None:
    colleague = signed_in(Client(), make_member(place.program))
    before, after = phone.contact(made_at=now() - timedelta(hours=2)), phone.contact()
    Membership.objects.filter(user=place.worker).update(ended_at=now() - timedelta(hours=1))
    assert words(send(before, after, client=colleague)) == ["accepted", "held"]


def test_a_phone_is_known_from_its_first_contact_and_can_be_revoked(place: Place, phone: Phone, send: Send) -> None:
    send(phone.contact())
    row = PhoneRow.objects.get()
    assert row.worker == place.worker
    PhoneRow.objects.update(revoked_at=now() - timedelta(hours=1))
    answers = send(phone.contact(made_at=now() - timedelta(hours=2)), phone.contact())
    assert words(answers) == ["accepted", "held"]
    assert PhoneRow.objects.count() == 1


def test_a_role_that_may_not_record_this(place: Place, phone: Phone, send: Send) -> None:
    Membership.objects.filter(user=place.worker).update(role=Role.PLANNER)
    answers = send(phone.contact(), client=signed_in(Client(), make_member(place.program)))
    assert words(answers) == ["refused"]
    assert "Ask a coordinator" in answers[0]["sentence"]


def test_sentences_come_in_the_workers_language(place: Place, phone: Phone, desk: Client, send: Send) -> None:
    desk.cookies["alongside_language"] = "es"
    (answer,) = send(phone.contact(people="0"))
    assert "Escrib" in answer["sentence"]


class TestUndo:
    def test_of_what_was_sent(self, place: Place, phone: Phone, send: Send) -> None:
        place.stock(SYRINGE, 50)
        send(phone.contact())
        undo = phone.undo(phone.made[0])
        assert words(send(undo)) == ["accepted"]
        assert words(send(undo)) == ["duplicate"]
        assert state_of(phone.made[0]) == "undone"
        assert place.on_hand(SYRINGE) == 50

    def test_that_overtakes_its_contact(self, place: Place, phone: Phone, send: Send) -> None:
        contact = phone.contact()
        assert words(send(phone.undo(phone.made[0]))) == ["accepted"]
        assert words(send(contact)) == ["accepted"]
        assert state_of(phone.made[0]) == "undone"
        assert place.on_hand(NALOXONE) == 0

    def test_in_the_same_upload(self, phone: Phone, send: Send) -> None:
        contact, undo = phone.contact(), phone.undo(phone.made[0])
        assert words(send(contact, undo, phone.contact())) == ["accepted"] * 3
        assert [state_of(each) for each in phone.made] == ["undone", "live"]

    def test_that_comes_again_after_the_contact_was_brought_back(self, place: Place, phone: Phone, send: Send) -> None:
        send(phone.contact())
        undo = phone.undo(phone.made[0])
        send(undo)
        bring_back([phone.made[0]], sender=place.sender)
        assert words(send(undo)) == ["duplicate"]
        assert state_of(phone.made[0]) == "live"

    def test_of_what_was_refused_needs_nobody_any_more(self, phone: Phone, send: Send) -> None:
        send(phone.contact(people="0"))
        send(phone.undo(phone.made[0]))
        assert not Attempt.objects.filter(settled_at=None).exists()

    def test_of_nothing(self, phone: Phone, send: Send) -> None:
        envelope = seal(phone.plain({"undo": "yes"}), contact_id=str(uuid7()), key=phone.key)
        assert words(send(envelope)) == ["refused"]

    def test_of_another_programs_contact(self, place: Place, phone: Phone, send: Send) -> None:
        other = make_program("Elsewhere")
        stranger = make_member(other)
        with scope(program=other):
            theirs = set_up(other, stranger)
            client = signed_in(Client(), stranger)
            client.post("/api/sync/", theirs.upload(theirs.contact()), content_type="application/json")
        send(phone.undo(theirs.made[0]))
        with scope(program=other):
            assert state_of(theirs.made[0]) == "live"


class TestPrograms:
    def test_a_contact_waits_for_somebody_of_its_program(self, place: Place, phone: Phone, desk: Client) -> None:
        other = make_program("Elsewhere")
        with scope(program=other):
            theirs = set_up(other, make_member(other))
            sealed, plain = theirs.contact(), {"id": str(uuid7()), "v": 1, "open": theirs.plain("visit=on")}
        answer = desk.post(
            "/api/sync/", phone.upload(sealed, phone.contact(), plain), content_type="application/json"
        ).json()
        assert [each["id"] for each in answer["waiting"]] == [sealed["id"], plain["id"]]
        assert words(answer["answers"]) == ["accepted"]
        with scope(program=other):
            assert not Encounter.objects.exists()
            assert not Attempt.objects.exists()

    def test_somebody_who_works_for_both_sends_both(self, place: Place, phone: Phone, send: Send) -> None:
        other = make_program("Elsewhere")
        with scope(program=other):
            Membership.objects.create(program=other, user=place.worker, role=Role.WORKER)
            theirs = set_up(other, place.worker)
        assert words(send(theirs.contact(), phone.contact())) == ["accepted", "accepted"]
        assert Encounter.objects.get().pk == phone.made[0]
        with scope(program=other):
            assert Encounter.objects.get().pk == theirs.made[0]

    def test_a_token_of_another_program_records_nothing_here(self, place: Place, phone: Phone, send: Send) -> None:
        other = make_program("Elsewhere")
        member = Member(user_id=place.worker.pk, name="", program=other, roles=frozenset({Role.WORKER}))
        phone.worker = worker_token(member)
        assert words(send(phone.contact())) == ["held"]
