"""A report for the public: small numbers of people hidden, checked against what its cycle published before.

What is protected are numbers of people and reports about people (reversals); supplies and contacts are exact. A number
that stands in two reports is one cell, named by what it counts, and so links them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import Indicator, PeopleIndicator, Period, Unit
from alongside.reports.catalogue import all_indicators
from alongside.reports.figures import month_key
from alongside.reports.funders.answers import Answer, Filled, Row
from alongside.reports.funders.surveyed import answer_from_survey
from alongside.reports.models import Publication
from alongside.reports.periods import last_of_month
from alongside.science.disclosure.tables import Relation, Tables, covered_by, small, total_of, within

PROTECTED = frozenset({Unit.PEOPLE, Unit.REPORTS})
MOST_HIDDEN = 10
SPREAD = 3
EVERY_MONTH = "/every month"


def cycle_of(period: Period) -> str:
    """What is published about one year is read together."""
    return str(period.end.year)


def protect(filled: Filled) -> Filled:
    """The report with every small number hidden, and what would give it away. Inside the program's scope.

    Raises Refusal if a number could be worked out all the same, because of what was published before.
    """
    from alongside.science.disclosure.audit import too_well_known
    from alongside.science.disclosure.suppression import Unprotectable, Wish, cells_to_hide

    own = _tables(filled)
    earlier = _earlier(filled, own)
    everything = own
    for each in earlier:
        everything = everything.joined(each.tables)
    everything = replace(everything, relations=(*everything.relations, *_nested(everything.values)))
    shown = frozenset(key for each in earlier for key in each.shown)
    hidden_before = frozenset(key for each in earlier for key in each.hidden) - shown
    wanted = small(everything, most=MOST_HIDDEN, among=own.values) | hidden_before
    try:
        hidden = cells_to_hide(everything, Wish(small=wanted, fixed=shown, spread=SPREAD))
    except Unprotectable as error:
        raise Refusal(_given_away(error.key)) from error
    if narrow := too_well_known(everything, hidden, spread=SPREAD):
        raise Refusal(_given_away(min(narrow)))
    return _without(filled, hidden, [*filled.warnings, *_nested_warnings(filled), *_changed_warnings(earlier)])


def record_publication(filled: Filled, *, by_id: int | None) -> None:
    """Remember what was shown and what was hidden, so that the next one of the cycle can be checked with it."""
    tables = _tables(filled)
    hidden = {key for key, row in _named_rows(filled) if row.is_hidden}
    Publication.objects.create(
        program=filled.program,
        cycle=cycle_of(filled.question.period),
        report=filled.definition.name,
        start=filled.question.period.start,
        end=filled.question.period.end,
        by_id=by_id,
        cells={key: [value, key in hidden] for key, value in tables.values.items()},
        relations=[[dict(each.terms), each.is_sum] for each in tables.relations],
    )


@dataclass(frozen=True, kw_only=True)
class _Earlier:
    publication: Publication
    tables: Tables
    hidden: frozenset[str]
    has_changed: bool

    @property
    def shown(self) -> frozenset[str]:
        return frozenset(self.tables.values) - self.hidden


def _earlier(filled: Filled, own: Tables) -> list[_Earlier]:
    """What the cycle published. Where a number has changed since, the old one is another cell under its own name."""
    known, found = dict(own.values), []
    for publication in Publication.objects.filter(cycle=cycle_of(filled.question.period)).order_by("pk"):
        cells = {key: (int(value), bool(is_hidden)) for key, (value, is_hidden) in publication.cells.items()}
        changed = {key for key, (value, _hidden) in cells.items() if known.get(key, value) != value}
        names = {key: f"{key}@{publication.pk}" if changed else key for key in cells}
        tables = Tables(
            values={names[key]: value for key, (value, _hidden) in cells.items()},
            relations=tuple(_relation(terms, names, is_sum=is_sum) for terms, is_sum in publication.relations),
        )
        hidden = frozenset(names[key] for key, (_value, is_hidden) in cells.items() if is_hidden)
        found.append(_Earlier(publication=publication, tables=tables, hidden=hidden, has_changed=bool(changed)))
        known |= tables.values
    return found


def _relation(terms: dict[str, int], names: dict[str, str], *, is_sum: bool) -> Relation:
    renamed = {names[key]: times for key, times in terms.items()}
    return Relation(renamed) if is_sum else Relation(renamed, high=float("inf"))


def _named_rows(filled: Filled) -> Iterator[tuple[str, Row]]:
    for answer in filled.answers:
        if answer.unit in PROTECTED:
            for row in [*answer.rows, *([answer.total] if answer.total else [])]:
                yield _cell(filled, answer, row), row


def _cell(filled: Filled, answer: Answer, row: Row) -> str:
    """What a number counts: figure, first and last day, site, detail. The same wherever it stands."""
    assert answer.indicator is not None  # noqa: S101 (has a unit)
    period, site, detail = filled.question.period, str(filled.question.site_id or ""), ""
    if row.key and answer.line.by == "site":
        site = row.key
    elif row.key and answer.line.by == "detail":
        detail = row.key
    elif row.key:
        period = _month(row.key, period)
    name = answer.indicator.name + (EVERY_MONTH if answer.line.every_month else "")
    return "|".join((name, period.start.isoformat(), period.end.isoformat(), site, detail))


def _month(key: str, period: Period) -> Period:
    year, _dash, month = key.partition("-")
    if not month:
        return Period(start=date(int(year), 1, 1), end=date(int(year), 1, 1), precisions="y")
    first = date(int(year), int(month), 1)
    assert month_key(first.year, first.month) == key  # noqa: S101 (figures write keys so)
    return Period(start=max(first, period.start), end=min(last_of_month(first), period.end))


def _tables(filled: Filled) -> Tables:
    values: dict[str, int] = {}
    relations: list[Relation] = []
    for answer in filled.answers:
        if answer.unit not in PROTECTED:
            continue
        values |= {_cell(filled, answer, row): int(row.value or 0) for row in answer.rows}
        if answer.total:
            total = _cell(filled, answer, answer.total)
            values[total] = int(answer.total.value or 0)
            relations += _between(total, [_cell(filled, answer, row) for row in answer.rows], answer.indicator)
    return Tables(values=values, relations=tuple(relations))


def _between(total: str, parts: Sequence[str], indicator: Indicator | None) -> Iterable[Relation]:
    """Reports add up; somebody who was at two sites is a person of both."""
    if not parts:
        return []
    if isinstance(indicator, PeopleIndicator):
        return [covered_by(total, parts), *(within(total, part) for part in parts)]
    return [total_of(total, parts)]


def _nested(values: Iterable[str]) -> Iterator[Relation]:
    """Whoever was seen in March was seen in the first quarter, and who came every month came at all."""
    values = set(values)
    for key in values:
        if EVERY_MONTH in key and (whole := key.replace(EVERY_MONTH, "")) in values:
            yield within(whole, key)
    named = [(key, key.partition("@")[0].split("|")) for key in values]
    for key, (name, start, end, *rest) in named:
        for other, (other_name, other_start, other_end, *other_rest) in named:
            if key != other and (name, rest) == (other_name, other_rest) and start <= other_start and other_end <= end:
                yield within(key, other)


def _without(filled: Filled, hidden: frozenset[str], warnings: Sequence[str]) -> Filled:
    names = {
        name for name in all_indicators() for key in hidden if key.startswith(f"{name}|") and _is_whole(key, filled)
    }
    answers = [_without_small(answer, filled, hidden, names) for answer in filled.answers]
    return replace(filled, answers=answers, warnings=warnings, is_protected=True)


def _without_small(answer: Answer, filled: Filled, hidden: frozenset[str], names: set[str]) -> Answer:
    """Notes on people may say small numbers, so they go too; a share of a hidden number is hidden with it.

    A survey is protected by itself, always in the same way: nothing links its sheets to anything that is counted here.
    """
    if answer.line.survey:
        return answer_from_survey(answer.line, filled.question.period, is_public=True)
    if answer.unit in PROTECTED:
        rows = [_hide(row) if _cell(filled, answer, row) in hidden else row for row in answer.rows]
        return replace(answer, rows=rows, notes=[])
    if names & set(answer.line.indicators):
        return replace(answer, rows=[_hide(row) for row in answer.rows], notes=[])
    return answer


def _is_whole(key: str, filled: Filled) -> bool:
    """The whole of a figure in this report: a share of it would give it away."""
    period = filled.question.period
    return key.split("|")[1:] == [
        period.start.isoformat(),
        period.end.isoformat(),
        str(filled.question.site_id or ""),
        "",
    ]


def _hide(row: Row) -> Row:
    """The true number stays for the record of what was published; files and pages show none."""
    return replace(row, low=None, high=None, is_hidden=True)


def _given_away(key: str) -> str:
    name, start, end = key.partition("@")[0].split("|")[:3]
    return _(
        "This can't be published: “%(figure)s” from %(start)s to %(end)s could be worked out from what was published "
        "before. Publish fewer tables of these days, or the same ones as before."
    ) % {
        "figure": all_indicators()[name.removesuffix(EVERY_MONTH)].title,
        "start": date_format(date.fromisoformat(start), "DATE_FORMAT"),
        "end": date_format(date.fromisoformat(end), "DATE_FORMAT"),
    }


def _nested_warnings(filled: Filled) -> Iterator[str]:
    """Two periods that overlap without being the same can be subtracted from one another."""
    period = filled.question.period
    others = Publication.objects.filter(start__lte=period.end, end__gte=period.start)
    for start, end in sorted(set(others.values_list("start", "end")) - {(period.start, period.end)}):
        yield _(
            "Numbers from %(start)s to %(end)s were published before, and these days overlap with them. Whoever has "
            "both can subtract. It is safer to publish one kind of period only."
        ) % {"start": date_format(start, "DATE_FORMAT"), "end": date_format(end, "DATE_FORMAT")}


def _changed_warnings(earlier: Iterable[_Earlier]) -> Iterator[str]:
    for each in earlier:
        if each.has_changed:
            yield _(
                "Some numbers have changed since %(report)s was published on %(day)s. Whoever has both can see by "
                "how much."
            ) % {"report": each.publication.report, "day": date_format(each.publication.made_at, "DATE_FORMAT")}
