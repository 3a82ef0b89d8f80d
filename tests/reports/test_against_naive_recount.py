"""Whatever happens to contacts, a report says what a slow recount of the ledger says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django_scopes import scope
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from alongside.accounts.roles import PERMISSIONS
from alongside.encounters.changes import bring_back, submission_of, undo
from alongside.encounters.erasure import erase
from alongside.encounters.ingest import ingest
from alongside.encounters.models import Encounter
from alongside.encounters.submissions import Said, Sender, Submission
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.kernel.indicators import Period
from alongside.participants.actions import merge, undo_change
from alongside.participants.models import Change, Participant
from alongside.participants.queries import current_scheme, scheme_size
from alongside.participants.rules import people_from_codes
from alongside.reports.catalogue import all_indicators, listed_indicators
from alongside.reports.figures import CountedFigure, Figure, Line, PeopleFigure, Question, make_report
from alongside.reports.periods import NAMED, period_named
from alongside.reports.rolling import roll_up_program, stale_months
from alongside.sites.models import Site
from tests.programs import make_member, make_program
from tests.reports.naive import Recount, recount

TODAY = date(2026, 2, 20)
FIRST = date(2024, 11, 1)
SUPPLIES = ("syringe-1ml-29g-half", "cooker", "kit-needle", "kit-wound", "alcohol-pad")
NALOXONE = ("naloxone-nasal-4mg", "kit-naloxone-im", "naloxone-kit-unrecorded")

ROOM_VISITS: tuple[dict[str, Any], ...] = (
    {"uses": 1, "substances": ["fentanyl", "cocaine"], "route": "smoked", "minutes": 30},
    {
        "uses": 2,
        "emergencies": [
            {"type": "opioid", "naloxone_doses": 3, "oxygen": True, "ambulance": "took", "outcome": "hospital"},
            {"type": "opioid", "oxygen": True, "outcome": "recovered"},
            {"type": "other", "ambulance": "called", "outcome": "died"},
        ],
    },
)
small = st.integers(1, 12)
days = st.integers(0, (TODAY - FIRST).days).map(lambda number: FIRST + timedelta(days=number))


def quantities(keys: tuple[str, ...]) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from(keys), small, min_size=1, max_size=3)


entries = st.lists(
    st.one_of(
        quantities(SUPPLIES).map(lambda items: Said("distribution.supplies_given", 1, {"items": items})),
        quantities(NALOXONE).map(lambda items: Said("naloxone.kit_given", 1, {"items": items})),
        small.map(lambda count: Said("syringes.returned", 1, {"count": count})),
        st.sampled_from(("0.5", "1", "2.25")).map(
            lambda filled: Said("syringes.returned", 1, {"count": 3, "containers": {"quart": filled, "pocket": "1"}})
        ),
        small.map(lambda people: Said("naloxone.people_trained", 1, {"people": people})),
        st.sampled_from(({"doses": 2, "survived": "yes"}, {"doses": "unknown"})).map(
            lambda payload: Said("naloxone.reversal_reported", 1, payload)
        ),
        st.sampled_from(ROOM_VISITS).map(lambda payload: Said("consumption_room.visit", 1, payload)),
        st.just(Said("distribution.supplies_given", 1, {"items": {"not-in-the-catalogue": 1}})),
        st.just(Said("weather.rain", 1, {})),
    ),
    max_size=4,
)
contacts = st.fixed_dictionaries(
    {
        "site": st.integers(0, 2),
        "day": days,
        "precision": st.sampled_from("ddddmy"),
        "people": st.sampled_from((1, 1, 1, 1, 4, None)),
        "is_each": st.booleans(),
        "reached": st.sampled_from((None, 0, 3)),
        "participant": st.sampled_from((None, 0, 1, 2, 3)),
        "entries": entries,
    }
)
which = st.integers(0, 30)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("record"), contacts),
        st.tuples(st.just("record"), contacts),
        st.tuples(st.just("record"), contacts),
        st.tuples(st.just("correct"), which, contacts),
        st.tuples(st.just("undo"), which),
        st.tuples(st.just("bring_back"), which),
        st.tuples(st.just("merge"), which, which),
        st.tuples(st.just("part"), which),
        st.tuples(st.just("forget"), which),
        st.tuples(st.just("count_months")),
    ),
    min_size=3,
    max_size=25,
)
periods = st.one_of(
    st.sampled_from(NAMED).map(lambda name: period_named(name, today=TODAY)),
    st.tuples(days, days).map(lambda ends: Period(start=min(ends), end=max(ends))),
    st.just(Period(start=FIRST, end=date(2026, 12, 31))),
)


class World:
    """A program to which things happen."""

    def __init__(self) -> None:
        self.program = make_program()
        user = make_member(self.program)
        self.sender = Sender(program=self.program, user_id=user.pk, permissions=frozenset(PERMISSIONS), door="desk")
        with scope(program=self.program):
            Site.objects.create(program=self.program, name="Pawtucket", kind=Site.Kind.AREA)
            self.sites = list(Site.objects.all())
            self.people = [Participant.objects.create(program=self.program, made_on=FIRST) for _ in range(4)]

    def submission(self, said: dict[str, Any]) -> Submission:
        alive = set(Participant.objects.values_list("pk", flat=True))
        person = None if said["participant"] is None else self.people[said["participant"]].pk
        return Submission(
            id=uuid7(),
            site_id=self.sites[said["site"]].pk,
            occurred_at=datetime.combine(said["day"], datetime.min.time(), tzinfo=UTC) + timedelta(hours=17),
            precision=said["precision"],
            participant_id=person if person in alive else None,
            people=said["people"],
            is_each=said["is_each"],
            reached=said["reached"],
            entries=tuple(said["entries"]),
        )

    def take(self, name: str, *values: Any) -> None:
        getattr(self, name)(*values)

    def record(self, said: dict[str, Any]) -> None:
        ingest([self.submission(said)], sender=self.sender)

    def correct(self, number: int, said: dict[str, Any]) -> None:
        if contact := self._contact(number, state="live"):
            ingest([replace(self.submission(said), corrects=contact.pk)], sender=self.sender)

    def undo(self, number: int) -> None:
        if contact := self._contact(number):
            undo([contact.pk], sender=self.sender)

    def bring_back(self, number: int) -> None:
        if contact := self._contact(number, state="undone"):
            assert submission_of(contact, ()).id == contact.pk
            bring_back([contact.pk], sender=self.sender)

    def merge(self, one: int, other: int) -> None:
        people = list(Participant.objects.order_by("pk"))
        try:
            merge(people[one % len(people)], people[other % len(people)], **self._by())
        except (Refusal, ZeroDivisionError):
            return

    def part(self, number: int) -> None:
        changes = list(Change.objects.filter(undone_at=None).order_by("at"))
        if changes:
            undo_change(changes[number % len(changes)], **self._by())

    def forget(self, number: int) -> None:
        people = list(Participant.objects.order_by("pk"))
        if number % 4 == 0 and people:
            erase(people[number % len(people)], program=self.program, by_id=self.sender.user_id)

    def count_months(self) -> None:
        roll_up_program(self.program)
        assert stale_months(self.program) == []

    def _contact(self, number: int, **wanted: str) -> Encounter | None:
        found = list(Encounter.objects.filter(**wanted).order_by("received_at", "pk"))
        return found[number % len(found)] if found else None

    def _by(self) -> dict[str, Any]:
        return {"program": self.program, "by_id": self.sender.user_id}


@pytest.mark.slow
class TestAgainstNaiveRecount(TestCase):
    @settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(steps=steps, asked=st.lists(st.tuples(periods, st.integers(0, 3)), min_size=3, max_size=3))
    def test_every_figure(self, steps: list[tuple[Any, ...]], asked: list[tuple[Period, int]]) -> None:
        world = World()
        with scope(program=world.program):
            for step in steps:
                world.take(*step)
            everything = make_report(Question(period=asked[0][0], today=TODAY, site_id=None))
            assert list(everything.figures) == [indicator.name for indicator in listed_indicators()]
            for period, number in asked:
                site = world.sites[number] if number < len(world.sites) else None
                agree(world, Question(period=period, today=TODAY, site_id=site.pk if site else None))


def agree(world: World, question: Question) -> None:
    naive = recount(question.period, site_id=question.site_id)
    report = make_report(
        question, names=[name for name, each in all_indicators().items() if each.is_listed or each.for_funders]
    )
    size = scheme_size(current_scheme(world.program))
    for figure in report.figures.values():
        if isinstance(figure, PeopleFigure):
            agree_on_people(figure, naive, size)
        else:
            assert isinstance(figure, CountedFigure)
            agree_on_sums(figure, naive)
        agree_on_notes(figure, naive)


def agree_on_sums(figure: CountedFigure, naive: Recount) -> None:
    name = figure.name
    assert figure.total.value == naive.total(name), name
    assert filled(figure.months) == text(naive.by(name, month_of))
    assert filled(figure.sites) == text(naive.by(name, lambda place: place[2]))
    details = figure.indicator.details_from or name
    assert filled(figure.details) == (text(naive.by(details, lambda place: place[3])) if figure.detail_title else {})
    finest = {(each.year, each.month, each.site, each.detail): each.amount.value for each in figure.finest()}
    assert sum(finest.values()) == figure.total.value
    assert len(finest) == len({place: value for place, value in naive.sums[name].items() if value})


def agree_on_people(figure: PeopleFigure, naive: Recount, size: int) -> None:
    def estimated(people: set[Any]) -> tuple[int, int | None, int | None]:
        found = people_from_codes(len(people), size=size)
        return found.estimate, found.low, found.high

    everybody = set().union(*naive.people[figure.name].values())
    assert (figure.total.value, figure.total.low, figure.total.high) == estimated(everybody)
    by_month = {key: estimated(people) for key, people in naive.people_by(figure.name, month_of).items()}
    assert {line.key: amounts(line) for line in figure.months if line.amount.value} == by_month
    by_site = {
        str(key): estimated(people) for key, people in naive.people_by(figure.name, lambda place: place[2]).items()
    }
    assert {line.key: amounts(line) for line in figure.sites} == by_site


def agree_on_notes(figure: Figure, naive: Recount) -> None:
    """What is left out is said with its number, and nothing else is."""
    expected = [naive.total(each.indicator) for each in figure.indicator.beside if naive.total(each.indicator)]
    left_out = naive.left_out[figure.name]
    if isinstance(figure, PeopleFigure):
        left_out = len(naive.people_left_out[figure.name] - set().union(*naive.people[figure.name].values()))
    expected += [left_out] if left_out else []
    assert [int(re.sub(r"[^0-9]", "", note)) for note in figure.notes] == expected, figure.name


def amounts(line: Line) -> tuple[int, int | None, int | None]:
    return line.amount.value, line.amount.low, line.amount.high


def filled(lines: list[Line]) -> dict[str, int]:
    return {line.key: line.amount.value for line in lines if line.amount.value}


def text(found: dict[Any, int]) -> dict[str, int]:
    return {str(key): value for key, value in found.items() if value}


def month_of(place: tuple[Any, ...]) -> str:
    year, month = place[:2]
    return f"{year}" if month is None else f"{year}-{month:02}"
