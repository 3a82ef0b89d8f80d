"""From a request to the one door for records."""

from __future__ import annotations

from functools import partial

from django.http import QueryDict

from alongside.accounts.roles import PERMISSIONS
from alongside.encounters.gathering import ingest_with_others
from alongside.encounters.reading import Read, Reader
from alongside.encounters.submissions import Receipt, Sender, Submission
from alongside.participants.actions import recognise
from alongside.sites.members import Member
from alongside.supplies.queries import catalogue


def sender_of(member: Member, *, door: str = "desk") -> Sender:
    return Sender(
        program=member.program,
        user_id=member.user_id,
        permissions=frozenset(permission for permission in PERMISSIONS if member.can(permission)),
        door=door,
    )


def read_form(member: Member, form: QueryDict) -> Read:
    reader = Reader(
        program=member.program,
        catalogue=catalogue(member.program),
        recognise=partial(recognise, program=member.program),
    )
    return reader.read(form)


def store(member: Member, submission: Submission) -> Receipt:
    return ingest_with_others(submission, sender=sender_of(member))
