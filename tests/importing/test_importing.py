"""From lines to contacts: nothing twice, nothing by halves, nothing lost, and everything back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from alongside.encounters.changes import submission_of, undo
from alongside.encounters.importing import actions, files, intake
from alongside.encounters.importing.mapping import ColumnMapping
from alongside.encounters.importing.models import Import
from alongside.encounters.importing.sealed import open_sealed
from alongside.encounters.ingest import ingest
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.submissions import Said, Sender
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.participants.models import Code, Participant
from alongside.participants.rules import random_code
from alongside.services.distribution.models import Given
from alongside.services.naloxone.models import KitGiven, Reversal
from alongside.services.syringes.models import Returned
from alongside.sites.models import AuditEvent, Site
from alongside.supplies.models import StockMove
from tests.importing.sheets import csv_of, import_file, program_with_sender, taken

pytestmark = pytest.mark.django_db

HEADER = ["Date", "Site", "Out", "Kits"]
MAPPING = ColumnMapping(
    columns={
        "Date": "date",
        "Site": "site",
        "Out": "item:syringe-1ml-29g-half",
        "Kits": "item:naloxone-nasal-4mg",
    }
)


@pytest.fixture
def sender() -> Iterator[Sender]:
    with program_with_sender() as sender:
        yield sender


def reading(**more: Any) -> ColumnMapping:
    """The usual mapping with more columns, or anything else of it changed."""
    columns = MAPPING.columns | more.pop("columns", {})
    return MAPPING.model_copy(update={"columns": columns, **more})


def lines(*rows: list[Any], header: list[str] = HEADER) -> bytes:
    return csv_of([header, *rows])


def live() -> int:
    return int(Encounter.objects.filter(state=Encounter.State.LIVE).count())


def test_lines_become_contacts_with_facts_and_no_stock_moves(sender: Sender) -> None:
    found = import_file(lines(["2020-01-02", "Van", 10, 1], ["2020-01-03", "front desk", "1,000", ""]), MAPPING, sender)
    assert found.counts == {"accepted": 2}
    assert sorted(Given.objects.values_list("site__name", "quantity", "barrels")) == [
        ("Front desk", 1000, 1000),
        ("Van", 10, 10),
    ]
    assert list(KitGiven.objects.values_list("quantity", "doses")) == [(1, 2)]
    assert not StockMove.objects.exists()
    contact = Encounter.objects.get(site__name="Van")
    assert (contact.people, contact.door, contact.batch, contact.precision) == (1, "import", found.pk, "d")
    assert str(contact.day) == "2020-01-02"
    assert AuditEvent.objects.filter(action="imports.done", target=str(found.pk)).count() == 1


def test_stock_moves_only_if_asked(sender: Sender) -> None:
    import_file(lines(["2020-01-02", "Van", 10, 1]), reading(moves_stock=True), sender)
    assert sorted(StockMove.objects.values_list("quantity", flat=True)) == [-10, -1]


def test_a_second_import_of_the_same_file_adds_nothing(sender: Sender) -> None:
    content = lines(["2020-01-02", "Van", 10, 1], ["2020-01-02", "Van", 10, 1], ["2020-01-03", "Van", 5, ""])
    first = import_file(content, MAPPING, sender)
    second = import_file(content, MAPPING, sender)
    assert first.counts == {"accepted": 3}
    assert second.counts == {"duplicate": 3}
    assert live() == 3


def test_the_same_lines_in_another_form_are_the_same_lines(sender: Sender) -> None:
    """Next month's file: other columns, other order, other writing, more lines."""
    import_file(lines(["2020-01-02", "Van", 10, 1], ["2020-01-03", "Van", 5, ""]), MAPPING, sender)
    grown = csv_of(
        [
            ["Note", "Kits", "Site", "Date", "OUT"],
            ["x", "1.0", "VAN", "January 2, 2020", "10"],
            ["y", "NA", "Van", "2020/01/03", "5"],
            ["z", "", "Van", "2020-01-04", "7"],
        ],
        encoding="utf-16",
    )
    assert import_file(grown, MAPPING, sender).counts == {"duplicate": 2, "accepted": 1}


def test_a_dry_run_says_what_the_import_does_and_writes_nothing(sender: Sender) -> None:
    content = lines(
        ["2020-01-02", "Van", 10, 1],
        ["2020-01-02", "Boat", 10, 1],
        ["Total", "", 20, 2],
        ["", "", "", ""],
        ["2020-01-04", "Van", 0, "NA"],
        ["2020-01-05", "Van", "ten", "-1"],
        ["2020-01-06", "Van", "999999", ""],
        ["2099-01-06", "Van", "1", ""],
    )
    found = taken(content, reading(missing_sites="area", people="nobody"), sender)
    actions.check(found, sender=sender)
    expected = {"accepted": 2, "refused": 3, "total": 1, "nothing": 1, "blank": 1}
    assert found.counts == expected
    assert not Encounter.objects.exists()
    assert not Site.objects.filter(name="Boat").exists()
    assert found.report["new_sites"] == ["Boat"]
    assert found.report["totals"] == [
        [2020, "item:naloxone-nasal-4mg", 2],
        [2020, "item:syringe-1ml-29g-half", 20],
    ]
    assert [(fault["line"], fault["word"]) for fault in found.report["faults"]] == [
        (7, "refused"),
        (8, "refused"),
        (9, "refused"),
    ]
    assert found.report["faults"][0]["reason"] == (
        "Out: Write a whole number, such as 10. Kits: Write a number of 0 or more."
    )
    actions.bring_in(found, sender=sender)
    assert found.counts == expected
    assert live() == 2
    assert Site.objects.get(name="Boat").kind == "area"
    assert not Entry.objects.exclude(outcome="accepted").exists()


def test_a_line_with_one_wrong_entry_is_not_taken_by_halves(sender: Sender) -> None:
    found = import_file(lines(["2020-01-02", "Van", 100_001, 1], ["2020-01-03", "Van", 5, 1]), MAPPING, sender)
    assert found.counts == {"refused": 1, "accepted": 1}
    assert live() == 1
    assert Encounter.objects.count() == 1
    mended = import_file(lines(["2020-01-02", "Van", 10_001, 1], ["2020-01-03", "Van", 5, 1]), MAPPING, sender)
    assert mended.counts == {"duplicate": 1, "accepted": 1}


def test_sites_that_are_missing_are_refused_unless_they_are_to_be_made(sender: Sender) -> None:
    found = import_file(lines(["2020-01-02", "Boat", 10, 1]), MAPPING, sender)
    assert found.counts == {"refused": 1}
    assert "no site of this name" in found.report["faults"][0]["reason"]
    import_file(
        lines(["2020-01-02", "Boat", 10, 1], ["2020-01-02", " boat ", 1, 1]), reading(missing_sites="desk"), sender
    )
    assert Site.objects.get(name="Boat").kind == "desk"
    assert AuditEvent.objects.filter(action="sites.made_by_import").count() == 1


def test_a_site_that_is_out_of_use_refuses(sender: Sender) -> None:
    Site.objects.filter(name="Van").update(is_active=False)
    assert import_file(lines(["2020-01-02", "Van", 10, 1]), MAPPING, sender).counts == {"refused": 1}


def test_undo_takes_everything_back_and_bringing_it_back_counts_it_again(sender: Sender) -> None:
    found = import_file(
        lines(["2020-01-02", "Van", 10, 1], ["2020-01-03", "Van", 5, ""]), reading(moves_stock=True), sender
    )
    actions.take_out(found, sender=sender)
    assert (live(), Given.objects.count(), found.state) == (0, 0, Import.State.UNDONE)
    assert sum(StockMove.objects.values_list("quantity", flat=True)) == 0
    actions.return_all(found, sender=sender)
    assert (live(), Given.objects.count(), found.state) == (2, 2, Import.State.DONE)
    assert AuditEvent.objects.filter(action="imports.undone").exists()


def test_importing_again_brings_an_undone_import_back(sender: Sender) -> None:
    content = lines(["2020-01-02", "Van", 10, 1], ["2020-01-03", "Van", 5, ""])
    first = import_file(content, MAPPING, sender)
    actions.take_out(first, sender=sender)
    second = import_file(content, MAPPING, sender)
    assert second.counts == {"back": 2}
    assert live() == 2
    with pytest.raises(Refusal, match="later import"):
        actions.return_all(first, sender=sender)
    actions.take_out(second, sender=sender)
    assert live() == 0


def test_what_somebody_undid_by_hand_stays_undone(sender: Sender) -> None:
    content = lines(["2020-01-02", "Van", 10, 1], ["2020-01-03", "Van", 5, ""])
    first = import_file(content, MAPPING, sender)
    undo([Encounter.objects.get(day="2020-01-02").pk], sender=sender)
    assert import_file(content, MAPPING, sender).counts == {"left": 1, "duplicate": 1}
    actions.take_out(first, sender=sender)
    actions.return_all(first, sender=sender)
    assert live() == 1
    actions.take_out(first, sender=sender)
    assert import_file(content, MAPPING, sender).counts == {"left": 1, "back": 1}


def correct(contact: Encounter, sender: Sender) -> UUID:
    """Say the contact again, as a correction with other supplies."""
    said = submission_of(contact, ())
    entries = (Said("distribution.supplies_given", 1, {"items": {"cooker": 3}}),)
    corrected = replace(said, id=uuid7(), corrects=contact.pk, entries=entries)
    assert ingest([corrected], sender=sender)[0].word == "accepted"
    return corrected.id


def test_a_corrected_contact_goes_and_comes_back_as_it_was_corrected(sender: Sender) -> None:
    content = lines(["2020-01-02", "Van", 10, 1])
    first = import_file(content, MAPPING, sender)
    again = correct(Encounter.objects.get(), sender)
    correct(Encounter.objects.get(pk=again), sender)
    assert import_file(content, MAPPING, sender).counts == {"duplicate": 1}
    actions.take_out(first, sender=sender)
    assert (live(), Given.objects.count()) == (0, 0)
    second = import_file(content, MAPPING, sender)
    assert second.counts == {"back": 1}
    assert list(Given.objects.values_list("item__key", flat=True)) == ["cooker"]
    actions.take_out(second, sender=sender)
    assert live() == 0


def test_the_same_file_read_differently_is_refused_until_the_first_is_undone(sender: Sender) -> None:
    content = lines(["2020-01-02", "Van", 10, 1])
    first = import_file(content, MAPPING, sender)
    other = reading(columns={"Kits": "item:naloxone-vial"})
    second = taken(content, other, sender)
    actions.check(second, sender=sender)
    assert second.counts == {"conflict": 1}
    with pytest.raises(Refusal, match="other columns"):
        actions.bring_in(second, sender=sender)
    actions.take_out(first, sender=sender)
    actions.check(second, sender=sender)
    assert second.counts == {"accepted": 1}
    actions.bring_in(second, sender=sender)
    assert list(KitGiven.objects.values_list("item__key", flat=True)) == ["naloxone-vial"]
    assert live() == 1


def test_work_that_an_earlier_import_may_hold_is_pointed_out(sender: Sender) -> None:
    import_file(lines(["2020-01-02", "Van", 10, 1], ["2020-01-05", "Van", 5, 1]), MAPPING, sender)
    found = taken(lines(["2020-01-02", "Van", 11, 1], ["2020-01-09", "Van", 5, 1]), MAPPING, sender)
    actions.check(found, sender=sender)
    assert found.report["overlap"] == 2


def test_a_number_of_its_own_makes_a_corrected_line_a_conflict(sender: Sender) -> None:
    header, mapping = ["ID", *HEADER], reading(columns={"ID": "number"})
    import_file(lines(["7", "2020-01-02", "Van", 10, 1], header=header), mapping, sender)
    again = import_file(
        lines(
            ["7", "2020-01-02", "Van", 12, 1],
            ["8", "2020-01-02", "Van", 1, 1],
            ["8", "2020-01-02", "Van", 1, 1],
            header=header,
        ),
        mapping,
        sender,
    )
    assert again.counts == {"conflict": 1, "accepted": 1, "duplicate": 1}
    assert Given.objects.count() == 2


def test_an_import_that_was_stopped_is_completed_by_running_again(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CHUNK", 10)
    content = lines(*(["2020-01-02", "Van", number + 1, ""] for number in range(35)))
    found = taken(content, MAPPING, sender)
    actions.check(found, sender=sender)
    calls = iter(range(100))

    def stopping(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return ingest(*args, **kwargs)

    monkeypatch.setattr(intake, "ingest", stopping)
    with pytest.raises(KeyboardInterrupt):
        actions.bring_in(found, sender=sender)
    found.refresh_from_db()
    assert (found.state, live()) == (Import.State.RUNNING, 20)
    actions.bring_in(found, sender=sender)
    assert (found.state, found.counts, live()) == (Import.State.DONE, {"accepted": 35}, 35)


def test_dates_of_a_month_or_year_and_people_nobody_counted(sender: Sender) -> None:
    header = ["Date", "Site", "Out", "Kits", "People"]
    mapping = reading(columns={"People": "people"}, people="nobody")
    import_file(lines(["2019", "Van", 10, 1, ""], ["2019-03", "Van", 5, 1, 12], header=header), mapping, sender)
    assert sorted(Encounter.objects.values_list("precision", "day", "people")) == [
        ("m", _day("2019-03-01"), 12),
        ("y", _day("2019-01-01"), None),
    ]


def _day(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)


def test_years_months_and_days_in_columns_of_their_own(sender: Sender) -> None:
    header = ["Date", "M", "D", "T", "Site", "Out", "Kits"]
    mapping = reading(columns={"M": "month", "D": "day", "T": "time"})
    import_file(
        lines(
            ["2019", "3", "14", "3:05 PM", "Van", 1, ""],
            ["2019", "abril", "", "", "Van", 2, ""],
            ["2019", "2", "30", "", "Van", 3, ""],
            header=header,
        ),
        mapping,
        sender,
    )
    assert sorted(Encounter.objects.values_list("precision", "day")) == [
        ("d", _day("2019-03-14")),
        ("m", _day("2019-04-01")),
    ]
    assert Encounter.objects.get(precision="d").occurred_at.isoformat() == "2019-03-14T19:05:00+00:00"


def test_returned_syringes_reversals_and_training(sender: Sender) -> None:
    header = [*HEADER, "Back", "About", "Reversals", "Doses", "Trained", "Others"]
    mapping = reading(
        columns={
            "Back": "figure:syringes.returned:count",
            "About": "figure:syringes.returned:estimate",
            "Reversals": "figure:naloxone.reversal_reported:count",
            "Doses": "figure:naloxone.reversal_reported:doses",
            "Trained": "figure:naloxone.people_trained:people",
            "Others": "reached",
        }
    )
    found = import_file(
        lines(
            ["2020-01-02", "Van", "", "", 5, 40, 1, 3, 2, 4],
            ["2020-01-03", "Van", "", "", "", "", 2, 5, "", ""],
            ["2020-01-04", "Van", "", "", "", "", "", 2, "", ""],
            header=header,
        ),
        mapping,
        sender,
    )
    assert found.counts == {"accepted": 3}
    assert sorted(Returned.objects.values_list("quantity", "is_estimated")) == [(5, False), (40, True)]
    assert sorted(Reversal.objects.values_list("doses", flat=True), key=str) == [2, 3, None, None]
    assert Encounter.objects.get(day="2020-01-02").reached == 4


def test_more_reversals_than_one_contact_holds(sender: Sender) -> None:
    mapping = reading(columns={"Reversals": "figure:naloxone.reversal_reported:count"})
    content = lines(["2019", "Van", 10, 1, 450], ["2018", "Van", "", "", 10_001], header=[*HEADER, "Reversals"])
    found = import_file(content, mapping, sender)
    assert found.counts == {"accepted": 1, "refused": 1}
    assert Reversal.objects.count() == 450
    assert sum(people or 0 for people in Encounter.objects.values_list("people", flat=True)) == 1
    assert import_file(content, mapping, sender).counts == {"duplicate": 1, "refused": 1}
    actions.take_out(found, sender=sender)
    assert Reversal.objects.count() == 0
    assert import_file(content, mapping, sender).counts == {"back": 1, "refused": 1}
    assert Reversal.objects.count() == 450


def test_one_line_for_each_item_joined_by_number(sender: Sender) -> None:
    mapping = ColumnMapping(
        columns={"Day": "date", "Place": "site", "Visit": "number", "What": "item", "How many": "quantity"},
        items={"big rigs": "syringe-3ml-23g-1in"},
    )
    rows = [
        ["Day", "Place", "Visit", "What", "How many"],
        ["2020-01-02", "Van", "V1", "Big Rigs", 10],
        ["2020-01-02", "Van", "V1", "Cooker", 5],
        ["2020-01-02", "Van", "V2", "Naloxone nasal 4 mg (box of 2)", 1],
        ["2020-01-02", "Van", "V3", "Unicorn", 1],
        ["2020-01-02", "Van", "V4", "Cooker", ""],
    ]
    found = import_file(csv_of(rows), mapping, sender)
    assert found.counts == {"accepted": 4, "refused": 1}
    assert live() == 3
    assert sorted(Given.objects.values_list("item__key", "quantity")) == [("cooker", 5), ("syringe-3ml-23g-1in", 10)]
    assert import_file(csv_of(rows), mapping, sender).counts == {"duplicate": 4, "refused": 1}


def test_codes_join_a_persons_contacts_and_are_kept_nowhere(sender: Sender, caplog: pytest.LogCaptureFixture) -> None:
    codes = [random_code() for _ in range(3)]
    header, mapping = ["Card", *HEADER], reading(columns={"Card": "code"})
    rows = [[code, f"2020-01-0{day}", "Van", 10, ""] for day, code in enumerate([*codes, codes[0]], 1)]
    rows += [["NOTACODE", "2020-01-08", "Van", 10, ""], [codes[1], "2020-01-09", "Van", "ten", ""]]
    found = taken(lines(*rows, header=header), mapping, sender)
    actions.check(found, sender=sender)
    assert not Participant.objects.exists()
    actions.bring_in(found, sender=sender)
    assert found.counts == {"accepted": 4, "refused": 2}
    assert (Participant.objects.count(), Code.objects.count()) == (3, 3)
    assert Encounter.objects.exclude(participant=None).count() == 4
    with open_sealed(files.faults_file(found.pk)) as file:
        listed = file.read().decode("utf-8-sig")
    stored = " ".join(_everything_stored())
    for code in [*codes, "NOTACODE"]:
        assert code not in listed
        assert code not in stored
        assert code not in caplog.text
    assert import_file(lines(*rows, header=header), mapping, sender).counts == {"duplicate": 4, "refused": 2}


def _everything_stored() -> Iterator[str]:
    from django.apps import apps

    for model in apps.get_models():
        for row in model._base_manager.values_list():
            yield str(row)


def test_the_list_of_refused_lines_can_be_mended_and_imported(sender: Sender) -> None:
    found = import_file(lines(["2020-01-02", "Van", "ten", "=1+1"], ["2020-01-03", "Van", 5, ""]), MAPPING, sender)
    with open_sealed(files.faults_file(found.pk)) as file:
        rows = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))
    assert rows[0] == ["Line", "Reason", *HEADER]
    assert rows[1][0] == "2"
    assert rows[1][2:] == ["2020-01-02", "Van", "ten", "'=1+1"]
    rows[1][4:] = ["10", "2"]
    assert import_file(csv_of(rows), MAPPING, sender).counts == {"accepted": 1}


def test_another_program_with_the_same_file_has_contacts_of_its_own(sender: Sender) -> None:
    content = lines(["2020-01-02", "Van", 10, 1])
    import_file(content, MAPPING, sender)
    with program_with_sender() as other:
        assert import_file(content, MAPPING, other).counts == {"accepted": 1}
        assert live() == 1


def test_the_file_is_gone_once_it_is_imported_or_thrown_away(sender: Sender) -> None:
    found = import_file(lines(["2020-01-02", "Van", 10, 1]), MAPPING, sender)
    assert not files.waiting_file(found.pk).exists()
    found = taken(lines(["2020-01-02", "Van", 10, 1]), MAPPING, sender)
    assert b"Van" not in files.waiting_file(found.pk).read_bytes()
    actions.discard(found, sender=sender)
    assert not files.waiting_file(found.pk).exists()
    assert not Import.objects.filter(pk=found.pk).exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"columns": {}}, "date"),
        ({"columns": {"Date": "date", "Nowhere": "site"}}, "Nowhere"),
        ({"columns": {"Date": "date", "Site": "site", "Out": "item:unicorn"}}, "catalogue"),
        ({"columns": {"Date": "date", "Site": "site", "Out": "figure:what.is:this"}}, "Nothing here records"),
        ({"columns": {"Date": "date", "Site": "site", "Out": "item"}}, "belong together"),
        ({"columns": {"Date": "date", "Out": "item:cooker"}}, "site"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_with_a_sentence(
    sender: Sender, changed: dict[str, Any], said: str
) -> None:
    found = taken(lines(["2020-01-02", "Van", 10, 1]), ColumnMapping(**changed), sender)
    with pytest.raises(Refusal, match=said):
        actions.check(found, sender=sender)
