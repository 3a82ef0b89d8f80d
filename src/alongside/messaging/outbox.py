"""Answers that wait for a gateway: a row each, and a job that tries until it is sent or too late."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django_scopes import scope

from alongside.jobs.queue import enqueue
from alongside.jobs.specs import Work
from alongside.kernel.clock import now
from alongside.messaging.filling import filled
from alongside.messaging.gateway import post
from alongside.messaging.models import OutgoingText, TextLine
from alongside.sites.models import Program

JOB = "messaging.send"
TIDY_JOB = "messaging.forget_outgoing"
STALE = timedelta(hours=12)
"""An answer that comes later than this helps nobody."""


def send_later(text: str, *, number: str, line: TextLine) -> None:
    """In the caller's transaction: it is sent if and only if the rest is kept. The job names only the row."""
    outgoing = OutgoingText(program_id=line.program_id, made_at=now())
    outgoing.keep_sealed("number", number)
    outgoing.keep_sealed("text", text)
    with transaction.atomic():
        outgoing.save(force_insert=True)
        enqueue(JOB, {"program": line.program_id, "text": str(outgoing.pk)})


def send(work: Work) -> None:
    """May run twice, and then sends twice: the same answer two times does no harm."""
    program = Program.objects.get(pk=work.payload["program"])
    with scope(program=program):
        outgoing = OutgoingText.objects.filter(pk=UUID(work.payload["text"]), sent_at=None, made_at__gt=now() - STALE)
        for each in outgoing.exclude(text=None):
            line = TextLine.objects.get(program=program)
            content = filled(
                line.gateway_template, body=line.gateway_body, number=each.opened("number"), text=each.opened("text")
            )
            post(line.gateway_url, content, body=line.gateway_body, header=line.opened("gateway_header"))
            OutgoingText.objects.filter(pk=each.pk).update(sent_at=now(), number=None, text=None)


def forget_outgoing(_work: Work) -> None:
    """What could not be sent in time loses its number and words; after a month the row goes too."""
    for program in Program.objects.all():
        with scope(program=program):
            OutgoingText.objects.filter(made_at__lt=now() - STALE).update(number=None, text=None)
            OutgoingText.objects.filter(made_at__lt=now() - timedelta(days=30)).delete()
