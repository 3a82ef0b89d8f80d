"""The copy for analytics says what the ledger says, holds nothing that leads to a person, and mends itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import connection

from alongside.encounters.changes import undo
from alongside.encounters.erasure import erase
from alongside.encounters.submissions import Said
from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import Period
from alongside.participants.models import Participant
from alongside.reports.asking import all_facts, people_figures
from alongside.reports.catalogue import all_indicators
from alongside.reports.elsewhere.taking_along import write_plain
from alongside.reports.figures import Question, make_report
from alongside.reports.ledger import rows_within
from alongside.reports.models import CopiedMonth, UncopiedDay
from alongside.reports.reading import count_period
from alongside.reports.rolling import roll_up_program
from alongside.reports.store import files, places, refreshing
from alongside.reports.store.counting import copy_of, count_in_copy, mend
from alongside.reports.store.people import People, count_people
from alongside.reports.store.places import is_behind
from alongside.reports.store.refreshing import rebuild, refresh
from alongside.reports.store.sealing import address
from alongside.sites.models import Site
from tests.reports.conftest import TODAY, YEAR, Ledger, syringes

pytestmark = pytest.mark.django_db
PERIODS = (
    YEAR,
    Period(start=date(2026, 1, 1), end=date(2026, 3, 31)),
    Period(start=date(2026, 2, 10), end=date(2026, 3, 9)),
    Period(start=date(2025, 11, 1), end=date(2026, 2, 28)),
)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ledger_is_never_touched(filled: Ledger) -> Iterator[None]:
    """Every row of every table but the reports' own is what it was."""
    before = rows_of_the_ledger()
    assert before["encounters_encounter"]
    yield
    assert rows_of_the_ledger() == before


def rows_of_the_ledger() -> dict[str, list[str]]:
    tables = [name for name in connection.introspection.table_names() if not name.startswith(("reports_", "jobs_"))]
    with connection.cursor() as cursor:
        found = {}
        for name in tables:
            cursor.execute(f'SELECT * FROM "{name}"')
            found[name] = sorted(map(repr, cursor.fetchall()))
        return found


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """Every kind of record, days, months and years, people seen twice, one of them with two codes."""
    people = [ledger.person() for _ in range(4)]
    Participant.objects.filter(pk=people[3]).update(counted_as=people[0])
    kits = Said("naloxone.kit_given", 1, {"items": {"naloxone-nasal-4mg": 2, "naloxone-kit-unrecorded": 1}})
    back = Said("syringes.returned", 1, {"count": 3, "containers": {"quart": "0.5"}})
    told = Said("naloxone.reversal_reported", 1, {"doses": 2, "survived": "yes"})
    for number, (month, day) in enumerate([(1, 5), (1, 5), (2, 11), (3, 4), (3, 9), (3, 20)]):
        ledger.contact(
            date(2026, month, day),
            syringes(10 + number),
            *([kits, back] if number % 2 else [told]),
            participant_id=people[number % 4],
            reached=number % 3 or None,
        )
    ledger.contact(date(2025, 12, 30), syringes(3), participant_id=people[0], people=5)
    ledger.contact(date(2026, 1, 1), syringes(100), precision="y", people=None)
    ledger.contact(date(2026, 2, 1), Said("naloxone.people_trained", 1, {"people": 4}), precision="m")
    refresh(ledger.program)
    return ledger


def agree(ledger: Ledger, periods: Sequence[Period] = (YEAR, PERIODS[2])) -> None:
    """A whole year, and days in the middle of two months; all of `PERIODS` where nothing has gone wrong yet."""
    names = [name for name in all_indicators() if name not in people_figures()]
    sites = dict(Site.objects.values_list("name", "pk"))
    with copy_of(ledger.program) as copy:
        for period in periods:
            kept, copied = count_period(period, names=names), copy.count(period, names=names)
            for name in names:
                assert summed(copied.cells[name]) == summed(kept.cells[name]), (name, period)
                assert summed(copied.left_out[name]) == summed(kept.left_out[name]), (name, period)
        for period in [each for each in periods if each.start.year == each.end.year]:
            report = make_report(Question(period=period, today=TODAY), names=list(people_figures()))
            for name, indicator in people_figures().items():
                agree_on_people(count_people(copy, indicator, period), report.figures[name], sites)


def agree_on_people(people: People, figure: Any, sites: dict[str, int]) -> None:
    assert people.total == figure.total.value, figure.name
    finest = {(each.year, each.month, sites[each.site]): each.amount.value for each in figure.finest()}
    assert people.finest == finest, figure.name
    months = {
        f"{year}" if month is None else f"{year}-{month:02}": each for (year, month), each in people.months.items()
    }
    assert months == {line.key: line.amount.value for line in figure.months if line.amount.value}, figure.name
    assert people.sites == {int(line.key): line.amount.value for line in figure.sites}, figure.name


def summed(cells: Any) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for cell in cells:
        place = (cell.year, cell.month, cell.site_id, cell.detail)
        found[place] = found.get(place, 0) + cell.value
    return found


def test_every_figure_is_the_ledgers_whatever_happens(filled: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    agree(filled, PERIODS)
    assert not is_behind(filled.program)
    undone = filled.contact(date(2026, 3, 4), syringes(50))
    filled.contact(date(2026, 3, 30), syringes(2))
    assert refresh(filled.program) == refreshing.Refreshed(months=1, days=2)
    agree(filled)
    undo([undone], sender=filled.sender)
    read: list[Period] = []
    monkeypatch.setattr(refreshing, "rows_within", lambda facts, part: read.append(part) or rows_within(facts, part))
    assert refresh(filled.program) == refreshing.Refreshed(months=1, days=1)
    assert {part.start for part in read} == {part.end for part in read} == {date(2026, 3, 4)}
    agree(filled)
    assert refresh(filled.program) == refreshing.Refreshed(months=0, days=0)
    assert not UncopiedDay.objects.exists()


def test_joining_and_forgetting_people_reaches_the_copy(filled: Ledger) -> None:
    Participant.objects.filter(counted_as__isnull=False).update(counted_as=None)
    refresh(filled.program)
    agree(filled)
    person = Participant.objects.order_by("pk")[0]
    erase(person, program=filled.program, by_id=filled.sender.user_id)
    refresh(filled.program)
    agree(filled)


@pytest.mark.once
def test_nothing_on_the_disk_can_be_read_and_nothing_in_it_leads_to_a_person(filled: Ledger) -> None:
    names = {"day", "precision", "is_year_only", "site_id", "person"}
    known = {str(each.pk).replace("-", "")[:12] for each in Participant.objects.all()}
    with files.engine() as engine:
        for place in places.folder(filled.program.pk).iterdir():
            assert b"PAR1" not in place.read_bytes()
        for facts in all_facts():
            (place,) = places.folder(filled.program.pk).glob(f"{facts.name}.2026-03.*")
            rows = engine.execute(f"SELECT * FROM read_parquet('{address(place)}')")
            assert {column[0] for column in rows.description} == names | set(facts.columns)
            text = repr(rows.fetchall())
            assert not [each for each in known if each in text]


@pytest.mark.once
def test_two_years_and_two_copies_cannot_be_linked(filled: Ledger) -> None:
    before = numbers(filled)
    assert len(before) == len(set(before))
    rebuild(filled.program)
    assert not set(before) & set(numbers(filled))
    agree(filled)
    with copy_of(filled.program) as copy, pytest.raises(Refusal, match="year by year"):
        count_people(copy, people_figures()["people.all"], PERIODS[3])


def numbers(ledger: Ledger) -> list[int]:
    """Of each year, everybody once."""
    (contacts,) = [facts for facts in all_facts() if facts.name == "contacts"]
    with copy_of(ledger.program) as copy:
        copy.see(contacts, copy.months)
        rows = copy.engine.execute(
            "SELECT DISTINCT year(day), person FROM contacts WHERE person IS NOT NULL"
        ).fetchall()
    return [person for _year, person in rows]


@pytest.mark.once
@pytest.mark.usefixtures("ledger_is_never_touched")
@pytest.mark.parametrize(
    ("name", "period"),
    [("sums", YEAR), ("contacts", Period(start=date(2026, 3, 2), end=YEAR.end))],
    ids=["of a whole month", "of a part of one"],
)
def test_a_damaged_file_is_noticed_and_made_again(filled: Ledger, name: str, period: Period) -> None:
    names = ["contacts.all"]
    expected = sum(cell.value for cell in count_period(period, names=names).cells["contacts.all"])
    for harm in ("flipped", "cut", "gone", "emptied"):
        place = next(places.folder(filled.program.pk).glob(f"{name}.2026-03.*"))
        harmed(place, harm)
        counted = count_in_copy(period, names=names, program=filled.program)
        assert sum(cell.value for cell in counted.cells["contacts.all"]) == expected > 0, harm
        assert not place.exists(), harm
    assert mend(filled.program) == 0
    agree(filled)


def harmed(place: Path, harm: str) -> None:
    whole = place.read_bytes()
    middle = len(whole) // 2
    changed = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    if harm == "gone":
        place.unlink()
    else:
        place.write_bytes({"flipped": changed, "cut": whole[:-20], "emptied": b""}[harm])


@pytest.mark.once
def test_a_day_changed_in_a_damaged_month_reads_the_month_again(filled: Ledger) -> None:
    for place in places.folder(filled.program.pk).glob("*.2026-03.*"):
        place.write_bytes(place.read_bytes()[:-1])
    filled.contact(date(2026, 3, 30), syringes(2))
    refresh(filled.program)
    agree(filled)


@pytest.mark.once
def test_a_full_disk_is_said_and_the_earlier_copy_stays(filled: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(CopiedMonth.objects.values_list("month", "version"))
    filled.contact(date(2026, 3, 30), syringes(2))

    def full(*_anything: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("alongside.reports.store.sealing.SealedWriter.finish", full)
        with pytest.raises(Refusal, match="Nothing is lost"):
            refresh(filled.program)
    assert set(CopiedMonth.objects.values_list("month", "version")) == before
    assert is_behind(filled.program)
    refresh(filled.program)
    agree(filled)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte; only root can make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "alongside", str(disk)]
    if os.geteuid() != 0 or not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("Making a small disk needs root.")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.mark.once
@pytest.mark.usefixtures("ledger_is_never_touched")
def test_a_disk_that_is_really_full(filled: Ledger, tiny_disk: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tiny_disk
    rebuild(filled.program)
    before = {place.name for place in places.folder(filled.program.pk).iterdir()}
    CopiedMonth.objects.update(stamp="an earlier version's")
    with suppress(OSError), (tiny_disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))
    with pytest.raises(Refusal, match="Nothing is lost"):
        refresh(filled.program)
    assert before <= {place.name for place in places.folder(filled.program.pk).iterdir()}
    (tiny_disk / "filler").unlink()
    refresh(filled.program)
    agree(filled)


@pytest.mark.once
def test_it_can_be_taken_along_as_plain_parquet(filled: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "it's mine"
    assert write_plain(folder, program=filled.program) == len(all_facts()) * CopiedMonth.objects.count()
    with duckdb.connect() as engine:
        pattern = str(folder / "contacts" / "*" / "*" / "*.parquet").replace("'", "''")
        question = f"SELECT month, sum(people) FROM read_parquet('{pattern}', hive_partitioning = true) GROUP BY month"
        found = {str(month): people for month, people in engine.execute(question).fetchall()}
    assert found["2026-03-01"] == 3
    assert folder.stat().st_mode & 0o077 == 0


def test_the_job_starts_nothing_while_nothing_changed(filled: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    from alongside.config import copying

    started: list[list[str]] = []

    def run(command: list[str], **_options: Any) -> Any:
        started.append(command)
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(copying.subprocess, "run", run)
    copying.refresh_copies(None)  # type: ignore[arg-type]
    assert started == []
    filled.contact(date(2026, 3, 30), syringes(2))
    roll_up_program(filled.program)
    copying.refresh_copies(None)  # type: ignore[arg-type]
    assert started[0][-4:] == ["analytics", "refresh", "--program", filled.program.slug]
    refresh(filled.program)
    assert not is_behind(filled.program)
    next(places.folder(filled.program.pk).glob("contacts.*")).unlink()
    assert is_behind(filled.program)
