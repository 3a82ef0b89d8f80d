"""How a page remembers whom it is about between two posts: a signed ticket, never a code.

Bound to the member and to half an hour, so that nobody can walk through participants by number, and a page left open
or printed is of no use to somebody else.
"""

from __future__ import annotations

from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404

from alongside.participants.models import Code
from alongside.sites.members import Member

_SALT = "alongside.people"
VALID_SECONDS = 30 * 60


def ticket_for(code: Code, member: Member) -> str:
    return signing.dumps([code.pk, member.user_id], salt=_SALT)


def code_on(ticket: str, member: Member) -> Code:
    """The code a ticket stands for. Raises Http404 if it is old, somebody else's or another program's."""
    try:
        pk, user_id = signing.loads(ticket, salt=_SALT, max_age=VALID_SECONDS)
    except (signing.BadSignature, ValueError):
        raise Http404 from None
    if user_id != member.user_id:
        raise Http404
    code: Code = get_object_or_404(Code.objects.select_related("participant", "scheme"), pk=pk)
    return code
