"""Opening and closing a survey, and keeping what somebody answered."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.kernel.clock import today
from alongside.kernel.errors import Refusal
from alongside.services.surveys.models import Sheet, Survey
from alongside.services.surveys.rules.answering import Answers, week_of
from alongside.services.surveys.rules.questionnaires import Questionnaire
from alongside.sites.audit import record_audit
from alongside.sites.models import Program, Site

LONGEST_DAYS = 31
MOST_SHEETS = 20_000
"""An address on a poster is open to everybody, so that there has to be an end."""
PARTS = ("site_id", "week", "door", "key", "answers")
_TOKEN_BYTES = 9


def open_survey(
    questionnaire: Questionnaire, *, starts_on: date, ends_on: date, program: Program, by_id: int | None
) -> Survey:
    """Raises Refusal for days that can't be: in the past, too many, or those of another survey."""
    _check_days(starts_on, ends_on, program)
    with transaction.atomic():
        survey = Survey.objects.create(
            program=program,
            questions=questionnaire.model_dump(mode="json"),
            token=secrets.token_urlsafe(_TOKEN_BYTES),
            starts_on=starts_on,
            ends_on=ends_on,
        )
        days = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
        record_audit("surveys.opened", program_id=program.pk, by_id=by_id, target=str(survey.pk), **days)
    return survey


def _check_days(starts_on: date, ends_on: date, program: Program) -> None:
    if ends_on < starts_on:
        raise Refusal(_("The last day is before the first. Choose a later one."))
    if ends_on - starts_on >= timedelta(days=LONGEST_DAYS):
        raise Refusal(_("A survey can take %(days)s days at most. Two weeks are usual.") % {"days": LONGEST_DAYS})
    if ends_on < today(program.timezone):
        raise Refusal(_("These days are over. Choose a last day from today on."))
    if Survey.objects.filter(closed_on=None, starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise Refusal(_("Another survey has some of these days. Close it first, or choose other days."))


def close_survey(survey: Survey, *, by_id: int) -> None:
    """No more answers, on paper neither. What was answered stays, and its tables can be published."""
    with transaction.atomic():
        if Survey.objects.filter(pk=survey.pk, closed_on=None).update(closed_on=today(survey.program.timezone)):
            record_audit("surveys.closed", program_id=survey.program_id, by_id=by_id, target=str(survey.pk))


def keep(answers: Answers, *, survey: Survey, site: Site, door: str, key: UUID, day: date) -> bool:
    """Keep one person's answers, once. Answers False if this sheet was kept before.

    The new sheet changes places with one that is drawn by chance (a shuffle as it goes, Fisher and Yates inside out),
    so the order of rows says nothing of the order in which people came. No audit line is written: it would say when.
    """
    with transaction.atomic():
        Survey.objects.select_for_update().get(pk=survey.pk, closed_on=None)
        if survey.sheets.filter(key=key).exists():
            return False
        count = survey.sheets.count()
        if count >= MOST_SHEETS:
            raise Refusal(_("This survey has all the answers it can take. Thank you for wanting to help."))
        new = Sheet(
            program_id=survey.program_id,
            survey=survey,
            site=site,
            week=week_of(day),
            door=door,
            key=key,
            answers=answers,
        )
        _swap_with_one_of(survey, count, new)
        new.save(force_insert=True)
    return True


def _swap_with_one_of(survey: Survey, count: int, new: Sheet) -> None:
    place = secrets.randbelow(count + 1)
    if place == count:
        return
    other = survey.sheets.order_by("pk")[place]
    before = {part: getattr(other, part) for part in PARTS}
    Sheet.objects.filter(pk=other.pk).update(**{part: getattr(new, part) for part in PARTS})
    for part, value in before.items():
        setattr(new, part, value)
