"""Questions about surveys."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled
from pydantic import ValidationError

from alongside.encounters.models import Encounter
from alongside.kernel.clock import today
from alongside.kernel.coverage import Told
from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import Period
from alongside.services.surveys.models import Sheet, Survey
from alongside.services.surveys.rules import tables
from alongside.services.surveys.rules.answering import told_of, week_of
from alongside.services.surveys.rules.questionnaires import Questionnaire
from alongside.services.surveys.rules.shares import site_weights

SHIPPED = Path(__file__).parent / "questionnaires"


@dataclass(frozen=True, kw_only=True)
class Unusable:
    """A file that is no questionnaire, and why, in a sentence."""

    reason: str


def own_folder() -> Path:
    """Where a program puts questionnaires of its own."""
    return Path(settings.MEDIA_ROOT) / "questionnaires"


def questionnaires() -> list[Questionnaire | Unusable]:
    """Those of Alongside, then those of the program."""
    return [_tried(file) for file in (*sorted(SHIPPED.glob("*.toml")), *sorted(own_folder().glob("*.toml")))]


def read_questionnaire(file: Path) -> Questionnaire:
    """Raises Refusal with a sentence for a file that can't be used."""
    try:
        return Questionnaire(**tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        reason = str(error)
    except ValidationError as error:
        first = error.errors()[0]
        place = ", ".join(str(each + 1 if isinstance(each, int) else each) for each in first["loc"])
        reason = f"{place}: {first['msg']}" if place else first["msg"]
    raise Refusal(_("%(file)s can't be used as a survey: %(reason)s.") % {"file": file.name, "reason": reason})


def _tried(file: Path) -> Questionnaire | Unusable:
    try:
        return read_questionnaire(file)
    except Refusal as refusal:
        return Unusable(reason=str(refusal))


def questions_of(survey: Survey) -> Questionnaire:
    return Questionnaire.model_validate(survey.questions)


def survey_at(token: str) -> Survey | None:
    """For people who answer: they belong to no program, and the address says which survey it is."""
    with scopes_disabled():
        return Survey._base_manager.select_related("program").filter(token=token).first()


def is_running(survey: Survey) -> bool:
    """Whether people can answer now. Paper that turns up late is taken until the survey is closed."""
    day = today(survey.program.timezone)
    return survey.closed_on is None and survey.starts_on <= day <= survey.ends_on


def surveys_with_counts() -> QuerySet[Any]:
    return Survey.objects.annotate(sheet_count=Count("sheets"))


def counts_by_site(survey: Survey) -> dict[int, int]:
    return dict(survey.sheets.order_by().values_list("site").annotate(count=Count("pk")))


def counts_by_door(survey: Survey) -> list[tuple[str, int]]:
    found = Counter(survey.sheets.values_list("door", flat=True))
    return [(str(Sheet.Door(door).label), count) for door, count in found.most_common()]


def visits_by_site(survey: Survey) -> dict[int, int]:
    """Contacts of the survey's days, which say how much each site's answers weigh."""
    rows = Encounter.objects.filter(
        state=Encounter.State.LIVE,
        precision=Encounter.Precision.DAY,
        day__gte=survey.starts_on,
        day__lte=survey.ends_on,
    )
    return {site: people or 0 for site, people in rows.order_by().values_list("site").annotate(people=Sum("people"))}


def tables_of(survey: Survey, *, is_weighted: bool) -> tables.Tables:
    """Inside the program's scope."""
    weights = site_weights(counts_by_site(survey), visits_by_site(survey)) if is_weighted else {}
    sheets = [
        tables.Sheet(answers=answers, weight=weights.get(site_id, 1.0))
        for answers, site_id in survey.sheets.values_list("answers", "site_id")
    ]
    return tables.make_tables(questions_of(survey), sheets)


def weeks_to_choose(survey: Survey) -> list[date]:
    """The Mondays of the survey's weeks."""
    first, last = week_of(survey.starts_on), week_of(survey.ends_on)
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1, 7)]


def told_in(period: Period) -> list[Told]:
    """What people told of their coverage in surveys that began in these days; inside the program's scope."""
    return list(_told_in(period))


def _told_in(period: Period) -> Iterator[Told]:
    for survey in Survey.objects.filter(starts_on__gte=period.start, starts_on__lte=period.end):
        coverage = questions_of(survey).coverage
        if coverage:
            for answers in survey.sheets.values_list("answers", flat=True):
                yield told_of(answers, coverage)
