"""The one door for records: five words, nothing lost, nothing applied twice."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from alongside.encounters.changes import apply_held, bring_back, undo
from alongside.encounters.erasure import redacted
from alongside.encounters.ingest import ingest
from alongside.encounters.models import Attempt, Encounter, Entry
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Said, Word
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.kernel.services import Effects
from alongside.services.distribution.models import Given
from alongside.services.naloxone.models import KitGiven, Reversal
from alongside.services.syringes.models import Returned
from alongside.sites.models import AuditEvent
from alongside.supplies.models import Lot, StockMove
from tests.places import NALOXONE, SYRINGE, Place, supplies
from tests.programs import make_program, site_of

pytestmark = pytest.mark.django_db


def test_an_accepted_contact_is_stored_counted_moved_and_audited(place: Place) -> None:
    place.stock(SYRINGE, 100)
    said = place.submission(
        Said("distribution.supplies_given", 1, {"items": {SYRINGE: "10"}}),
        Said("syringes.returned", 1, {"count": "7", "containers": {"quart": "0.5"}}),
        Said("naloxone.kit_given", 1, {"items": {NALOXONE: 1}, "first": "refill", "why": ["used"]}),
        Said("naloxone.reversal_reported", 1, {"doses": "unknown"}),
        reached=2,
    )
    receipt = ingest([said], sender=place.sender)[0]
    assert receipt.word is Word.ACCEPTED, receipt
    encounter = Encounter.objects.get(pk=said.id)
    assert (encounter.people, encounter.reached, encounter.state) == (1, 2, "live")
    assert Given.objects.get().quantity == 10
    assert Given.objects.get().barrels == 10
    assert sorted(Returned.objects.values_list("quantity", "is_estimated")) == [(7, False), (25, True)]
    assert KitGiven.objects.get().doses == 2
    assert Reversal.objects.get().doses is None
    assert place.on_hand(SYRINGE) == 90
    assert AuditEvent.objects.filter(action="contacts.recorded", target=str(said.id)).count() == 1


def test_a_repeat_is_a_duplicate_and_does_nothing(place: Place) -> None:
    said = place.submission(supplies())
    assert [ingest([said], sender=place.sender)[0].word for _ in range(3)] == ["accepted", "duplicate", "duplicate"]
    assert (Encounter.objects.count(), Given.objects.count()) == (1, 1)


def test_a_repeat_is_answered_before_any_rule(place: Place) -> None:
    said = place.submission(supplies())
    ingest([said], sender=place.sender)
    place.site.is_active = False
    place.site.save()
    assert ingest([said], sender=place.sender)[0].word is Word.DUPLICATE


def test_the_same_id_with_other_content_is_a_conflict_and_both_are_kept(place: Place) -> None:
    said = place.submission(supplies())
    other = dataclasses.replace(said, people=3)
    ingest([said], sender=place.sender)
    assert ingest([other], sender=place.sender)[0].word is Word.CONFLICT
    assert ingest([other], sender=place.sender)[0].word is Word.CONFLICT
    assert Encounter.objects.get().people == 1
    assert '"people":3' in Attempt.objects.get().content


def test_an_unknown_kind_is_held_and_its_siblings_are_taken(place: Place) -> None:
    receipt = ingest([place.submission(Said("teleport.used", 4, {"to": "moon"}), supplies())], sender=place.sender)[0]
    assert receipt.word is Word.HELD
    assert [entry.outcome for entry in receipt.entries] == ["held", "accepted"]
    assert Entry.objects.get(kind="teleport.used").payload == {"to": "moon"}
    assert Given.objects.count() == 1


def test_a_newer_version_is_held_and_applied_once_it_is_known(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = ingest([place.submission(Said("syringes.returned", 2, {"count": 4}))], sender=place.sender)[0]
    assert receipt.word is Word.HELD
    newer = dataclasses.replace(registry.kinds["syringes.returned"], version=2, upgrades={1: dict})
    monkeypatch.setattr(registry, "_kinds", {**registry.kinds, "syringes.returned": newer})
    assert apply_held(sender=place.sender) == 1
    assert Entry.objects.get().outcome == "accepted"
    assert Returned.objects.get().quantity == 4


@pytest.mark.parametrize(
    ("payload", "part"),
    [
        ({"items": {SYRINGE: -3}}, "1 or more"),
        ({"items": {SYRINGE: 10**9}}, "100000 or less"),
        ({"items": {"no-such-item": 1}}, "not in the catalogue"),
        ({"items": {NALOXONE: 1}}, "under naloxone"),
        ({"items": {}}, ""),
        ({"items": {SYRINGE: "many"}}, "whole number"),
        ({"items": {SYRINGE: 1}, "name": "x"}, "not known here"),
        ({"items": [1, 2]}, ""),
    ],
)
def test_what_is_forbidden_is_refused_with_a_sentence_and_kept(place: Place, payload: dict, part: str) -> None:
    receipt = ingest([place.submission(Said("distribution.supplies_given", 1, payload))], sender=place.sender)[0]
    assert receipt.word is Word.REFUSED
    assert part in receipt.reason
    assert receipt.reason.endswith(".")
    assert Entry.objects.get().outcome == "refused"
    assert not Given.objects.exists()
    assert not StockMove.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"occurred_at": datetime(1900, 1, 1, tzinfo=UTC)},
        {"occurred_at": datetime(2100, 1, 1, tzinfo=UTC)},
        {"site_id": 999_999},
        {"people": 0},
        {"people": -1},
        {"people": 10**9},
    ],
)
def test_a_contact_that_can_not_be_placed_is_refused_and_kept_whole(place: Place, fields: dict) -> None:
    said = place.submission(supplies(), **fields)
    receipt = ingest([said], sender=place.sender)[0]
    assert receipt.word is Word.REFUSED
    assert receipt.reason
    assert not Encounter.objects.exists()
    assert Attempt.objects.get().content == said.as_text()


def test_a_service_that_breaks_holds_its_entry_and_loses_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_payload: object, _placed: object) -> None:
        raise RuntimeError("a secret that must not be logged")

    kind = dataclasses.replace(registry.kinds["syringes.returned"], apply=broken)
    monkeypatch.setattr(registry, "_kinds", {**registry.kinds, "syringes.returned": kind})
    receipt = ingest([place.submission(Said("syringes.returned", 1, {"count": 4}), supplies())], sender=place.sender)[0]
    assert [entry.outcome for entry in receipt.entries] == ["held", "accepted"]


def test_a_row_the_database_refuses_holds_its_entry_only(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def impossible(_payload: object, _placed: object) -> Effects:
        return Effects(rows=[Returned(quantity=None, is_estimated=False)])

    kind = dataclasses.replace(registry.kinds["syringes.returned"], apply=impossible)
    monkeypatch.setattr(registry, "_kinds", {**registry.kinds, "syringes.returned": kind})
    good, bad = place.submission(supplies()), place.submission(Said("syringes.returned", 1, {"count": 4}), supplies())
    receipts = ingest([good, bad], sender=place.sender)
    assert [receipt.word for receipt in receipts] == [Word.ACCEPTED, Word.HELD]
    assert [entry.outcome for entry in receipts[1].entries] == ["held", "accepted"]
    assert (Encounter.objects.count(), Given.objects.count()) == (2, 2)


def test_undo_puts_everything_back_once_and_bring_back_counts_it_again(place: Place) -> None:
    place.stock(SYRINGE, 100)
    said = place.submission(supplies(), Said("naloxone.kit_given", 1, {"items": {NALOXONE: 2}}))
    ingest([said], sender=place.sender)
    assert [undo([said.id], sender=place.sender) for _ in range(2)] == [1, 0]
    assert place.on_hand(SYRINGE) == 100
    assert place.on_hand(NALOXONE) == 0
    assert not Given.objects.exists()
    assert Entry.objects.count() == 2
    assert [bring_back([said.id], sender=place.sender) for _ in range(2)] == [1, 0]
    assert place.on_hand(SYRINGE) == 90
    assert KitGiven.objects.get().doses == 4


def test_a_correction_is_a_new_revision_and_only_it_counts(place: Place) -> None:
    place.stock(SYRINGE, 100)
    first = place.submission(supplies())
    ingest([first], sender=place.sender)
    second = place.submission(supplies(**{SYRINGE: 30}), corrects=first.id)
    assert ingest([second], sender=place.sender)[0].word is Word.ACCEPTED
    assert Encounter.objects.get(pk=first.id).state == "corrected"
    assert Given.objects.get().quantity == 30
    assert place.on_hand(SYRINGE) == 70
    late = place.submission(supplies(**{SYRINGE: 50}), corrects=first.id)
    assert ingest([late], sender=place.sender)[0].word is Word.CONFLICT
    assert place.on_hand(SYRINGE) == 70


def test_amounts_for_each_of_many_people_are_multiplied(place: Place) -> None:
    ingest([place.submission(supplies(**{"kit-meth-smoking": 2}), people=12, is_each=True)], sender=place.sender)
    bubble = Given.objects.get(item__key="bubble-pipe")
    assert bubble.quantity == 24
    assert bubble.kit is not None


def test_too_little_stock_is_a_shortfall_and_never_a_refusal(place: Place) -> None:
    place.stock(SYRINGE, 4)
    assert ingest([place.submission(supplies())], sender=place.sender)[0].word is Word.ACCEPTED
    assert place.on_hand(SYRINGE) == -6
    moves = StockMove.objects.filter(reason="handed_out").values_list("quantity", "is_shortfall")
    assert sorted(moves) == [(-6, True), (-4, False)]


def test_the_earliest_expiry_goes_first_and_a_named_lot_is_respected(place: Place) -> None:
    today = now().date()
    for code, days in (("LATE", 400), ("SOON", 30)):
        place.stock(NALOXONE, 5, lot=code)
        Lot.objects.filter(code=code).update(expires_on=today + timedelta(days=days))
    ingest([place.submission(Said("naloxone.kit_given", 1, {"items": {NALOXONE: 3}}))], sender=place.sender)
    ingest(
        [place.submission(Said("naloxone.kit_given", 1, {"items": {NALOXONE: 1}, "lot": "late"}))], sender=place.sender
    )
    moves = StockMove.objects.filter(reason="handed_out").values_list("lot__code", "quantity")
    assert sorted(moves) == [("LATE", -1), ("SOON", -3)]


def test_another_programs_site_and_contact_are_out_of_reach(place: Place) -> None:
    elsewhere = make_program("Elsewhere")
    said = place.submission(supplies(), site_id=site_of(elsewhere).pk)
    assert ingest([said], sender=place.sender)[0].word is Word.REFUSED
    assert ingest([place.submission(supplies(), corrects=uuid7())], sender=place.sender)[0].word is Word.CONFLICT


def test_a_thousand_entries_are_too_many_for_one_contact(place: Place) -> None:
    said = place.submission(*[supplies() for _ in range(1000)])
    assert ingest([said], sender=place.sender)[0].word is Word.REFUSED
    assert Attempt.objects.count() == 1


def test_an_older_version_is_read_as_the_newest(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(payload: dict) -> dict:
        return {"count": payload["number"]}

    newer = dataclasses.replace(registry.kinds["syringes.returned"], version=2, upgrades={1: renamed})
    monkeypatch.setattr(registry, "_kinds", {**registry.kinds, "syringes.returned": newer})
    receipt = ingest([place.submission(Said("syringes.returned", 1, {"number": 4}))], sender=place.sender)[0]
    assert receipt.word is Word.ACCEPTED
    assert Returned.objects.get().quantity == 4
    assert Entry.objects.get().payload == {"number": 4}, "what was said stays as it was said"
    assert redacted(Said("syringes.returned", 1, {"number": 4})) == Said("syringes.returned", 2, {"count": 4})


def test_a_contact_that_says_no_time_is_the_same_contact_when_it_comes_again(place: Place) -> None:
    first = place.submission(supplies(), is_now=True)
    again = dataclasses.replace(first, occurred_at=first.occurred_at + timedelta(minutes=3))
    assert ingest([first], sender=place.sender)[0].word is Word.ACCEPTED
    assert ingest([again], sender=place.sender)[0].word is Word.DUPLICATE
    told = dataclasses.replace(again, is_now=False)
    assert ingest([told], sender=place.sender)[0].word is Word.CONFLICT


def test_the_same_contact_twice_in_one_call_is_taken_once(place: Place) -> None:
    said = place.submission(supplies())
    assert [receipt.word for receipt in ingest([said, said], sender=place.sender)] == ["accepted", "duplicate"]
    assert Given.objects.count() == 1


def test_a_contact_and_its_correction_may_come_in_one_call(place: Place) -> None:
    """A phone that was without a network sends both at once."""
    first = place.submission(supplies())
    second = place.submission(supplies(**{SYRINGE: 30}), corrects=first.id)
    third = place.submission(supplies(**{SYRINGE: 40}), corrects=first.id)
    words = [receipt.word for receipt in ingest([first, second, third], sender=place.sender)]
    assert words == ["accepted", "accepted", "conflict"]
    assert Given.objects.get().quantity == 30
    assert place.on_hand(SYRINGE) == -30


def test_a_correction_of_an_imported_contact_leaves_the_shelf_alone(place: Place) -> None:
    batch = uuid7()
    first = place.submission(supplies(), batch=batch, moves_stock=False, people=None, precision="m")
    ingest([first], sender=place.sender)
    second = place.submission(supplies(**{SYRINGE: 30}), corrects=first.id, people=None, precision="m")
    assert ingest([second], sender=place.sender)[0].word is Word.ACCEPTED
    corrected = Encounter.objects.get(pk=second.id)
    assert (corrected.batch, corrected.moves_stock) == (batch, False)
    assert place.levels() == {}


def test_a_fault_in_a_correction_still_replaces_what_it_corrects(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def impossible(_payload: object, _placed: object) -> Effects:
        return Effects(rows=[Returned(quantity=None, is_estimated=False)])

    first = place.submission(supplies())
    ingest([first], sender=place.sender)
    kind = dataclasses.replace(registry.kinds["syringes.returned"], apply=impossible)
    monkeypatch.setattr(registry, "_kinds", {**registry.kinds, "syringes.returned": kind})
    second = place.submission(supplies(**{SYRINGE: 30}), Said("syringes.returned", 1, {"count": 4}), corrects=first.id)
    assert ingest([second], sender=place.sender)[0].word is Word.HELD
    assert Given.objects.get().quantity == 30
    assert Encounter.objects.get(pk=first.id).state == "corrected"


HOSTILE = {
    "a zero character": Said("naloxone.kit_given", 1, {"items": {NALOXONE: 1}, "lot": "a\x00b"}),
    "half a character": Said("naloxone.kit_given", 1, {"items": {NALOXONE: 1}, "lot": "a\ud800b"}),
    "a zero in a name": Said("syringes.returned", 1, {"containers": {"a\x00b": 1}}),
    "version 0": Said("syringes.returned", 0, {"count": 1}),
    "version -1": Said("syringes.returned", -1, {"count": 1}),
    "a huge version": Said("syringes.returned", 10**12, {"count": 1}),
    "a huge number": Said("syringes.returned", 1, {"count": 10**400}),
    "a long kind": Said("x" * 5000, 1, {}),
    "a kind with a zero": Said("a.\x00", 1, {}),
    "a megabyte": Said("naloxone.kit_given", 1, {"items": {NALOXONE: 1}, "lot": "y" * 2**20}),
    "a deep payload": Said("syringes.returned", 1, {"containers": {"quart": [[[[[[{}]]]]]]}}),
    "no payload": Said("syringes.returned", 1, {}),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_is_sent_is_answered_and_kept_and_its_siblings_are_taken(place: Place, hostile: Said) -> None:
    said = place.submission(hostile, supplies())
    other = place.submission(supplies())
    receipts = ingest([said, other], sender=place.sender)
    assert receipts[0].word in {Word.HELD, Word.REFUSED, Word.ACCEPTED}
    assert receipts[1].word is Word.ACCEPTED
    kept = Entry.objects.filter(encounter_id=said.id).count() + 2 * Attempt.objects.filter(encounter_id=said.id).count()
    assert kept == 2
    assert ingest([other], sender=place.sender)[0].word is Word.DUPLICATE
