"""Texts that wait for a person, and forgetting what nobody needs any more."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django_scopes import scope

from alongside.encounters.models import Attempt
from alongside.encounters.texting.contacts import DOOR
from alongside.jobs.specs import Work
from alongside.kernel.clock import now
from alongside.messaging.models import InboundText
from alongside.messaging.sealing import Unreadable
from alongside.sites.models import Program

TIDY_JOB = "texting.forget"
WORDS_KEPT = timedelta(days=30)
"""After somebody dealt with a text."""
ROWS_KEPT = timedelta(days=90)


def texts_behind(attempts: Iterable[Attempt]) -> dict[int, str]:
    """The words of those that came by text, by the attempt's id. For people who may review, and for nobody else."""
    ids = {attempt.pk: found for attempt in attempts if (found := _text_of(attempt))}
    texts = InboundText.objects.in_bulk(list(ids.values()))
    return {pk: _words(texts.get(text_id)) for pk, text_id in ids.items()}


def _text_of(attempt: Attempt) -> UUID | None:
    """A contact that was understood but refused came by text too: its attempt holds what was said, and no text."""
    if attempt.door != DOOR:
        return None
    text_id = json.loads(attempt.content).get("text")
    return UUID(text_id) if text_id else None


def _words(text: InboundText | None) -> str:
    try:
        words = text.opened("text") if text else ""
    except Unreadable:
        return _("This text can't be read: it was kept with another key.")
    return words or _("This text is no longer kept.")


def forget_texts(_work: Work) -> None:
    """Words go a month after somebody dealt with them, rows after three months. What still waits stays."""
    for program in Program.objects.all():
        with scope(program=program):
            _forget_in_scope()


def _forget_in_scope() -> None:
    waiting = Attempt.objects.filter(Q(settled_at=None) | Q(settled_at__gt=now() - WORDS_KEPT), door=DOOR)
    needed = [text_id for each in waiting if (text_id := _text_of(each))]
    InboundText.objects.exclude(text=None).exclude(pk__in=needed).update(text=None)
    InboundText.objects.filter(text=None, at__lt=now() - ROWS_KEPT).delete()
