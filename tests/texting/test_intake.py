"""A text becomes a contact once, or waits for a person, and is answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from alongside.encounters.changes import undo
from alongside.encounters.models import Encounter
from alongside.encounters.texting import intake
from alongside.encounters.texting.intake import TooMany
from alongside.encounters.texting.waiting import forget_texts, texts_behind
from alongside.encounters.texting.words import add_word
from alongside.jobs.specs import Work
from alongside.kernel import clock
from alongside.kernel.errors import Refusal
from alongside.messaging.models import InboundText, Peer
from alongside.messaging.peers import change_number, end, enrol
from alongside.sites.models import Site
from alongside.supplies.models import Bag, Item, StockLevel
from tests.programs import item_of, site_of
from tests.texting.conftest import NUMBER, STRANGER, Line, make_line

REPORT = "SAM 5 PEOPLE 15 NEEDLES 2 NARCAN NO RETURNS"
Outcome = InboundText.Outcome


def test_a_report_is_a_contact_of_its_peer(line: Line) -> None:
    answer = line.text(REPORT)
    [contact] = line.contacts()
    assert (contact.people, contact.door, contact.recorded_by_id) == (5, "text", line.sam.user_id)
    assert contact.site == site_of(line.program, "Van")
    assert line.said(contact) == {
        "distribution.supplies_given": {"items": {"syringe-1ml-29g-half": 15}},
        "naloxone.kit_given": {"items": {"naloxone-nasal-4mg": 2}},
        "syringes.returned": {"count": 0},
    }
    assert answer == "Got it: 5 people, 15 needles, 2 narcan, 0 returns. Wrong? Text UNDO."
    stock = StockLevel.objects.get(site=contact.site, item__key="syringe-1ml-29g-half")
    assert stock.quantity == -15
    assert line.last().text is None, "what was understood in full is kept in the ledger, and nowhere else"


def test_a_report_in_spanish_is_answered_in_spanish(line: Line) -> None:
    Peer.objects.update(language="es")
    assert "personas" in line.text("5 personas, doce agujas ayer")
    [contact] = line.contacts()
    assert contact.day == clock.today(line.program.timezone) - timedelta(days=1)


def test_nobody_counted_is_nobody_counted(line: Line) -> None:
    assert "not counted" in line.text("15 needles")
    assert line.contacts()[0].people is None


def test_each_multiplies(line: Line) -> None:
    line.text("12 people 6 needles each")
    [contact] = line.contacts()
    assert (contact.people, contact.is_each) == (12, True)
    assert StockLevel.objects.get(site=contact.site, item__key="syringe-1ml-29g-half").quantity == -72


def test_a_repeat_is_answered_the_same_and_counts_once(line: Line) -> None:
    first = line.take(REPORT, message_id="SM-A")
    again = line.take(REPORT, message_id="SM-A")
    assert (again.text, again.is_repeat) == (first.text, True)
    assert len(line.contacts()) == 1
    line.text(REPORT)
    assert len(line.contacts()) == 2


def test_a_gateway_without_ids_repeats_within_minutes(line: Line) -> None:
    moment = clock.now().replace(minute=1, second=0)
    for minutes, contacts in ((0, 1), (5, 1), (20, 2)):
        with clock.set_to(moment + timedelta(minutes=minutes)):
            line.text(REPORT, message_id="")
            assert len(line.contacts()) == contacts


def test_undo_takes_the_last_text_back_within_a_day(line: Line) -> None:
    line.text(REPORT)
    line.text("3 narcan")
    assert "taken back" in line.text("UNDO")
    assert len(line.contacts()) == 1
    assert "no text" in line.text("Sam deshacer").lower()
    assert len(line.contacts()) == 1
    with clock.set_to(clock.now() + timedelta(days=1, minutes=1)):
        line.text("UNDO")
    assert len(line.contacts()) == 1


def test_undo_leaves_what_others_recorded_and_what_was_corrected(line: Line) -> None:
    line.text(REPORT)
    [contact] = line.contacts()
    undo([contact.pk], sender=intake.sender_for(line.program, user_id=line.boss.pk))
    assert "no text" in line.text("UNDO").lower()


def test_what_is_not_read_waits_for_a_person(line: Line) -> None:
    answer = line.text("SAM 5 people 3 spaceships")
    assert "“spaceships”" in answer
    [attempt] = line.waiting()
    assert attempt.by_id == line.sam.user_id
    assert "spaceships" not in attempt.content + attempt.reason
    assert texts_behind([attempt]) == {attempt.pk: "SAM 5 people 3 spaceships"}
    assert line.contacts() == []


def test_another_name_goes_to_a_person(line: Line) -> None:
    line.text("ANA 5 people 15 needles")
    assert "name" in line.waiting()[0].reason


def test_what_the_ledger_refuses_waits_with_its_reason(line: Line) -> None:
    Site.objects.filter(name="Van").update(is_active=False)
    assert "person" in line.text(REPORT)
    [attempt] = line.waiting()
    assert "site" in attempt.reason
    assert texts_behind([attempt]) == {}, "the attempt itself holds what was said"


def test_a_stranger_is_kept_without_a_number(line: Line) -> None:
    answers = [line.text(f"hello {turn}", number=STRANGER) for turn in range(4)]
    assert answers == ["Thank you. Your message was received."] * 2 + ["", ""]
    assert len(line.waiting()) == 4
    assert {attempt.by.name for attempt in line.waiting()} == {"Text line"}
    assert line.text("STOP", number=STRANGER) == ""
    assert line.text("", number=STRANGER) == ""
    assert len(line.waiting()) == 4


@pytest.mark.parametrize("number", ["TWILIO", "12345", "", "+999999999999999999999999", "🦔", "tel:+14155552671;ext=5"])
def test_a_sender_that_is_no_phone_is_a_stranger(line: Line, number: str) -> None:
    line.text(REPORT, number=number)
    assert (len(line.contacts()), len(line.waiting())) == (0, 1)


@pytest.mark.parametrize(
    "number", ["4155552671", "(415) 555-2671", "+14155552671", "0014155552671"[2:], "１４１５５５５２６７１"]
)
def test_a_number_is_known_however_it_is_written(line: Line, number: str) -> None:
    line.text(REPORT, number=number)
    assert len(line.contacts()) == 1


def test_stop_and_start(line: Line) -> None:
    assert "no more answers" in line.text("STOP")
    assert line.text("STOP") == ""
    assert line.text(REPORT) == ""
    assert len(line.contacts()) == 1, "reports count without answers"
    assert line.text("SAM 3 spaceships") == ""
    assert len(line.waiting()) == 1
    assert "SAM 5 PEOPLE" in line.text("HELP")
    assert "again" in line.text("START")
    assert line.text(REPORT) != ""


def test_a_phone_that_sends_very_much(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_READ_AN_HOUR", 3)
    monkeypatch.setattr(intake, "MOST_A_DAY", 5)
    answers = [line.text(REPORT) for _turn in range(5)]
    assert [bool(answer) for answer in answers] == [True] * 3 + [False] * 2
    assert (len(line.contacts()), len(line.waiting())) == (3, 2)
    with pytest.raises(TooMany):
        line.text(REPORT)


def test_many_strangers_do_not_fill_the_list(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_FROM_A_STRANGER_A_DAY", 2)
    monkeypatch.setattr(intake, "MOST_FROM_STRANGERS_A_DAY", 4)
    for turn in range(8):
        line.text("hi", number=f"+1415555{2680 + turn // 3}")
    assert len(line.waiting()) == 4


def test_a_fault_of_ours_keeps_the_text(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError(REPORT)

    monkeypatch.setattr(intake, "read", broken)
    assert "person" in line.text(REPORT, message_id="SM-F")
    [attempt] = line.waiting()
    assert texts_behind([attempt])[attempt.pk] == REPORT
    monkeypatch.undo()
    assert line.take(REPORT, message_id="SM-F").is_repeat


def test_an_outage_keeps_nothing_by_half(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "ingest", away)
        with pytest.raises(OperationalError):
            line.text(REPORT, message_id="SM-O")
    assert not InboundText.objects.exists()
    assert not line.take(REPORT, message_id="SM-O").is_repeat
    assert len(line.contacts()) == 1


def test_a_lost_phone(line: Line) -> None:
    end(line.sam, by_id=line.boss.pk)
    line.text(REPORT)
    assert line.contacts() == []
    line.sam.refresh_from_db()
    assert line.sam.number_digest is None
    change_number(line.sam, STRANGER, line=line.line, by_id=line.boss.pk)
    line.text(REPORT, number=STRANGER)
    assert len(line.contacts()) == 1


def test_another_program_knows_neither_the_number_nor_the_text(line: Line) -> None:
    other = make_line("Elsewhere")
    line.text(REPORT, message_id="SM-X")
    with scope(program=other.program):
        assert not other.take(REPORT, message_id="SM-X").is_repeat
        assert bytes(other.last().number_digest) != bytes(other.sam.pk.bytes)
        theirs = bytes(other.last().number_digest)
    assert bytes(line.last().number_digest) != theirs


def test_a_word_of_the_programs_own(line: Line) -> None:
    kit, bag = item_of(line.program, "kit-needle"), Bag.objects.get(key="bag-injecting-10")
    add_word("kits", item=kit, bag=None, program=line.program, by_id=line.boss.pk)
    add_word("Bolsas", item=None, bag=bag, program=line.program, by_id=line.boss.pk)
    add_word(
        "NEEDLES", item=item_of(line.program, "needle-23g-1in"), bag=None, program=line.program, by_id=line.boss.pk
    )
    line.text("2 kits, 3 bolsa, 4 needles")
    items = line.said(line.contacts()[0])["distribution.supplies_given"]["items"]
    assert (items["kit-needle"], items["cooker"], items["needle-23g-1in"]) == (2, 30, 4)


def test_what_the_program_does_not_stock_is_no_word(line: Line) -> None:
    Item.objects.filter(recorded_as="naloxone.kit_given").update(is_active=False)
    Item.objects.filter(key="cooker").update(is_active=False)
    line.program.catalogue_stamp += 1
    line.program.save()
    assert "cookers" in line.text("2 cookers")
    line.text("2 narcan")
    assert line.said(line.contacts()[0])["naloxone.kit_given"]["items"] == {"naloxone-kit-unrecorded": 2}


def test_texts_are_forgotten_when_nobody_needs_them(line: Line) -> None:
    line.text(REPORT)
    line.text("SAM 3 spaceships")
    line.text("SAM 3 rockets")
    settled = line.waiting()[0]
    settled.settled_at = clock.now()
    settled.save()
    work = Work(job_id=line.sam.pk, payload={}, attempt=1, report_progress=lambda _done, _all: None)
    for days, rows, words in ((10, 3, 2), (40, 3, 1), (100, 1, 1)):
        with clock.set_to(clock.now() + timedelta(days=days)):
            forget_texts(work)
        assert InboundText.objects.count() == rows
        assert InboundText.objects.exclude(text=None).count() == words
    assert Encounter.objects.count() == 1


def test_two_at_once_count_once(line: Line) -> None:
    """The line's row is locked first, so that a repeat that comes meanwhile waits and then finds the first."""
    with CaptureQueriesContext(connection) as asked:
        line.text(REPORT)
    if connection.features.has_select_for_update:
        first = next(query["sql"] for query in asked if "messaging_" in query["sql"])
        assert "FOR UPDATE" in first


def test_a_peer_can_be_enrolled_twice_only_with_two_phones(line: Line) -> None:
    for number in (NUMBER, "4155552671", "no number", "911", ""):
        with pytest.raises(Refusal):
            enrol(name="Ana", number=number, language="es", site=line.sam.site, line=line.line, by_id=line.boss.pk)
    assert Peer.objects.count() == 1
