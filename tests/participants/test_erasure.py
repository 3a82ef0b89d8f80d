"""Forgetting a person: what stays is counted and points to nobody, and nothing that is left joins it together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.encounters.changes import undo
from alongside.encounters.erasure import erase, redacted
from alongside.encounters.ingest import ingest
from alongside.encounters.models import Attempt, Encounter, Entry
from alongside.encounters.submissions import Said, Submission, Word
from alongside.participants.actions import merge, replace_lost_card
from alongside.participants.models import Change, Code, Participant
from alongside.reports.models import MonthPeople
from alongside.reports.rolling import roll_up_program
from alongside.services.naloxone.models import Reversal
from alongside.sites.models import AuditEvent, Program
from alongside.supplies.models import StockMove
from tests.access.stores import everything_stored
from tests.participants.people import contact, new_card, person, sender
from tests.programs import make_member, make_program

REVERSAL = Said(
    "naloxone.reversal_reported",
    1,
    {"doses": 2, "area": "02907", "happened_on": "2026-03-01", "survived": "yes"},
)
GIVEN = Said("distribution.supplies_given", 1, {"items": {"cooker": 4}})
UNKNOWN = Said("tarot.reading", 1, {"card": "The Hermit"})


@pytest.fixture
def program(db: None) -> Iterator[Program]:
    program = make_program()
    with scope(program=program):
        yield program


@pytest.fixture
def boss(program: Program) -> User:
    return make_member(program, Role.COORDINATOR)


@pytest.fixture
def known(program: Program) -> Participant:
    return person(program)


def test_contacts_stay_with_nobody(program: Program, boss: User, known: Participant) -> None:
    stranger = person(program)
    for who in (known, known, stranger):
        contact(program, boss, participant=who.pk, entries=(GIVEN,))
    moves = StockMove.objects.count()
    erased = erase(known, program=program, by_id=boss.pk)
    assert (erased.people, erased.contacts) == (1, 2)
    assert Encounter.objects.filter(state="live").count() == 3
    assert list(Encounter.objects.exclude(participant=None).values_list("participant", flat=True)) == [stranger.pk]
    assert list(Participant.objects.all()) == [stranger]
    assert StockMove.objects.count() == moves


def test_undone_and_corrected_contacts_are_let_go_too(program: Program, boss: User, known: Participant) -> None:
    undone, _receipt = contact(program, boss, participant=known.pk)
    undo([undone.id], sender=sender(program, boss))
    wrong, _receipt = contact(program, boss, participant=known.pk)
    contact(program, boss, participant=known.pk, corrects=wrong.id)
    erase(known, program=program, by_id=boss.pk)
    assert Encounter.objects.count() == 3
    assert not Encounter.objects.exclude(participant=None).exists()


def test_merged_people_and_lost_cards_go_together(program: Program, boss: User, known: Participant) -> None:
    other = person(program)
    merge(known, other, program=program, by_id=boss.pk)
    replace_lost_card(known, program=program, by_id=boss.pk)
    contact(program, boss, participant=other.pk)
    erased = erase(Participant.objects.get(pk=other.pk), program=program, by_id=boss.pk)
    assert (erased.people, erased.contacts) == (2, 1)
    assert not Participant.objects.exists()
    assert not Code.objects.exists()
    assert not Change.objects.exists()


def test_what_could_point_to_somebody_is_taken_out_and_the_rest_still_counts(
    program: Program, boss: User, known: Participant
) -> None:
    contact(program, boss, participant=known.pk, entries=(REVERSAL, GIVEN))
    erase(known, program=program, by_id=boss.pk)
    payload = Entry.objects.get(kind=REVERSAL.kind).payload
    assert payload == {"doses": 2, "survived": "yes"}
    assert Reversal.objects.get().doses == 2
    assert Entry.objects.get(kind=GIVEN.kind).payload == GIVEN.payload


def test_of_a_kind_that_is_not_installed_nothing_is_left(program: Program, boss: User, known: Participant) -> None:
    contact(program, boss, participant=known.pk, entries=(UNKNOWN,))
    erase(known, program=program, by_id=boss.pk)
    entry = Entry.objects.get()
    assert (entry.payload, entry.outcome) == ({}, Entry.Outcome.HELD)


def test_an_erased_contact_looks_like_one_that_never_had_a_code(
    program: Program, boss: User, known: Participant
) -> None:
    """Its digest is that of what the row says, as for anybody; an old id or a guessed answer fits no digest."""
    said, _receipt = contact(program, boss, participant=known.pk, entries=(REVERSAL,))
    plain, _receipt = contact(program, boss, entries=(GIVEN,))
    erase(known, program=program, by_id=boss.pk)
    stored = {each.pk: bytes(each.digest) for each in Encounter.objects.all()}
    assert stored[said.id] != said.digest()
    assert stored[plain.id] == plain.digest()
    left = Entry.objects.get(encounter=said.id)
    as_said_now = Submission(
        id=said.id,
        site_id=said.site_id,
        occurred_at=said.occurred_at,
        entries=(Said(left.kind, left.version, left.payload),),
    )
    assert stored[said.id] == as_said_now.digest()


def test_attempts_are_redacted(program: Program, boss: User, known: Participant) -> None:
    said, _receipt = contact(program, boss, participant=known.pk, entries=(REVERSAL,))
    contact(program, boss, id=said.id, participant=known.pk, entries=(REVERSAL, GIVEN))
    contact(program, boss, participant=known.pk, entries=(REVERSAL,), people=0)
    assert Attempt.objects.count() == 2
    erase(known, program=program, by_id=boss.pk)
    for attempt in Attempt.objects.all():
        assert str(known.pk) not in attempt.content
        assert "02907" not in attempt.content
        assert '"doses":2' in attempt.content


def test_nothing_in_the_database_names_them_any_more(program: Program, boss: User, known: Participant) -> None:
    other = person(program)
    merge(known, other, program=program, by_id=boss.pk)
    contact(program, boss, participant=known.pk, entries=(REVERSAL,))
    names = [each for one in (known, other) for each in (str(one.pk), one.pk.hex)]
    assert any(name in everything_stored() for name in names)
    erase(known, program=program, by_id=boss.pk)
    assert [row for row in everything_stored().splitlines() if any(name in row for name in names)] == []
    assert AuditEvent.objects.filter(action="participants.forgotten", detail__contacts=1).exists()


def test_a_phone_that_sends_it_again_changes_nothing(program: Program, boss: User, known: Participant) -> None:
    said, _receipt = contact(program, boss, participant=known.pk, entries=(GIVEN,))
    erase(known, program=program, by_id=boss.pk)
    [receipt] = ingest([said], sender=sender(program, boss))
    assert receipt.word is Word.DUPLICATE
    assert not Attempt.objects.exists()
    assert not Encounter.objects.exclude(participant=None).exists()


def test_an_erased_id_on_a_form_is_nobody(program: Program, boss: User, known: Participant) -> None:
    erase(known, program=program, by_id=boss.pk)
    _said, receipt = contact(program, boss, participant=known.pk)
    assert receipt.word is Word.ACCEPTED
    assert Encounter.objects.get().participant is None


def test_the_same_card_begins_again_as_somebody_new(program: Program, boss: User) -> None:
    card = new_card(program)
    before = person(program, card)
    contact(program, boss, participant=before.pk)
    erase(before, program=program, by_id=boss.pk)
    after = person(program, card)
    assert after.pk != before.pk
    assert not Encounter.objects.filter(participant=after).exists()


def test_an_erased_contact_can_still_be_undone(program: Program, boss: User, known: Participant) -> None:
    said, _receipt = contact(program, boss, participant=known.pk, entries=(REVERSAL, GIVEN))
    erase(known, program=program, by_id=boss.pk)
    assert undo([said.id], sender=sender(program, boss)) == 1
    assert not Reversal.objects.exists()


def test_counted_months_let_go_when_they_are_next_counted(program: Program, boss: User, known: Participant) -> None:
    contact(program, boss, participant=known.pk)
    roll_up_program(program)
    assert b"".join(bytes(each.people) for each in MonthPeople.objects.all())
    erase(known, program=program, by_id=boss.pk)
    assert roll_up_program(program) == 1
    assert not b"".join(bytes(each.people) for each in MonthPeople.objects.all())


@pytest.mark.once
@pytest.mark.parametrize("said", [GIVEN, REVERSAL, UNKNOWN, Said("syringes.returned", 1, {"count": 3})])
def test_redacting_twice_changes_nothing(said: Said) -> None:
    assert redacted(redacted(said)) == redacted(said)
