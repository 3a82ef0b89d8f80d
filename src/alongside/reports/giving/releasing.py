"""Publishing numbers for everybody, a quarter at a time, each exactly once.

Numbers of people and reversals are published with noise, and every draw is paid from the privacy budget: drawn a second
time, the average would be closer to the truth. So a number is drawn once, kept, and shown from then on, whatever is
corrected later and however often the page is read or the server started. The database refuses a second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from django.db import transaction
from django_scopes import scope

from alongside.jobs.specs import Work
from alongside.kernel.clock import now, today
from alongside.kernel.indicators import PeopleIndicator, Period
from alongside.reports.figures import Question, everything, make_report
from alongside.reports.funders.publishing import MOST_HIDDEN
from alongside.reports.giving.figures import Given, figures_given
from alongside.reports.models import GiveBack, Released
from alongside.reports.periods import last_of_month, months_later
from alongside.reports.reading import people_seen
from alongside.reports.uses import reports_made_since
from alongside.science.privacy.noise import can_draw, noisy_count
from alongside.sites.audit import record_audit
from alongside.sites.models import Program

JOB = "giving.release"
EPSILON = 0.5
"""For each figure of people or reversals and each quarter: in 95 of 100 draws no more than 6 from the truth."""
QUARTERS = 4
"""How far back a page begins when it is opened."""
SETTLED = timedelta(days=14)
"""Phones without a network send what they hold within these days; what comes later is not in the number."""
SEEN_WITHIN = timedelta(days=366)


def release_everywhere(_work: Work) -> None:
    """The job: publish what is due for every program whose page is open."""
    for program in Program.objects.all():
        with scope(program=program):
            if GiveBack.objects.filter(is_open=True).exists():
                release(program)


def release(program: Program) -> int:
    """Publish every quarter that is over and not published yet; answers how many numbers. In the program's scope."""
    day = today(program.timezone)
    began = everything(today=day).start
    count = sum(_release_quarter(each, program) for each in quarters_over(day) if each.end >= began)
    GiveBack.objects.filter(program=program).update(seen_by=reports_made_since(now() - SEEN_WITHIN))
    return count


def quarters_over(day: date) -> list[Period]:
    """The latest quarters that are over and settled, the oldest first."""
    settled = day - SETTLED
    running = date(settled.year, settled.month - (settled.month - 1) % 3, 1)
    starts = [months_later(running, -3 * back) for back in range(QUARTERS, 0, -1)]
    return [Period(start=start, end=last_of_month(months_later(start, 2))) for start in starts]


def _release_quarter(quarter: Period, program: Program) -> int:
    """Two processes may both draw: the first one's numbers are kept, and nobody sees the others."""
    known = set(Released.objects.filter(start=quarter.start).values_list("indicator", flat=True))
    missing = [each for each in figures_given() if each.name not in known and (can_draw() or not each.needs_noise)]
    rows = list(_rows(missing, quarter, program)) if missing else []
    with transaction.atomic():
        Released.objects.bulk_create(rows, ignore_conflicts=True)
        if rows:
            noisy = sum(row.epsilon is not None for row in rows)
            days = {"start": quarter.start.isoformat(), "end": quarter.end.isoformat()}
            record_audit("giving.released", program_id=program.pk, by_id=None, numbers=len(rows), noisy=noisy, **days)
    return len(rows)


def _rows(missing: Iterable[Given], quarter: Period, program: Program) -> Iterator[Released]:
    true = _true_numbers(missing, quarter, program)
    for each in missing:
        row = Released(program=program, indicator=each.name, start=quarter.start, end=quarter.end, made_at=now())
        if each.needs_noise:
            drawn = noisy_count(true[each.name], epsilon=EPSILON)
            row.value, row.within, row.epsilon = drawn.value, drawn.within, drawn.epsilon
        else:
            row.value = _unless_small(true[each.name])
        yield row


def _unless_small(value: int) -> int | None:
    """A handful of contacts or syringes can be one person's."""
    return None if 1 <= value <= MOST_HIDDEN else value


def _true_numbers(missing: Iterable[Given], quarter: Period, program: Program) -> Mapping[str, int]:
    """Different people are counted as codes, without the estimate for shared ones: then one person is one at most."""
    of_people = [each.indicator for each in missing if isinstance(each.indicator, PeopleIndicator)]
    others = [each.name for each in missing if not isinstance(each.indicator, PeopleIndicator)]
    seen = people_seen(of_people, quarter, is_asked=lambda _site_id: True)
    true = {name: len(set().union(*each.people.values())) for name, each in seen.items()}
    if others:
        report = make_report(Question(period=quarter, today=today(program.timezone)), names=others)
        true |= {name: figure.total.value for name, figure in report.figures.items()}
    return true
