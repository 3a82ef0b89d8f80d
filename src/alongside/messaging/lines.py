"""A program's line: opening it, its secret, how answers go back."""

from __future__ import annotations

import secrets
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.accounts.models import User
from alongside.kernel.errors import Refusal
from alongside.messaging.gateway import check_template, check_url
from alongside.messaging.models import TextLine
from alongside.messaging.webhooks import Places
from alongside.sites.audit import record_audit
from alongside.sites.models import Program

SETTINGS = (
    "is_on",
    "region",
    "answer",
    "number_field",
    "text_field",
    "id_field",
    "gateway_url",
    "gateway_body",
    "gateway_template",
)
_SECRET_BYTES = 24


def line_of(program: Program) -> TextLine | None:
    found: TextLine | None = TextLine.objects.filter(program=program).first()
    return found


def open_line(*, program: Program, by_id: int) -> tuple[TextLine, str]:
    """The program's line and its new secret, which is shown once."""
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program.pk)
        if line_of(program):
            raise Refusal(_("This program has a text line already."))
        keeper = recorder(_("Text line"))
        line: TextLine = TextLine.objects.create(program=program, keeper=keeper, region="US")
        record_audit("texts.line_opened", program_id=program.pk, by_id=by_id, target=str(line.pk))
        return line, renew_secret(line, by_id=by_id)


def renew_secret(line: TextLine, *, by_id: int) -> str:
    """A new secret; the old one opens nothing any more."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    line.keep_sealed("secret", secret)
    line.save(update_fields=["secret"])
    record_audit("texts.secret_renewed", program_id=line.program_id, by_id=by_id, target=str(line.pk))
    return secret


def save_line(line: TextLine, *, header: str, by_id: int) -> None:
    """Keep the settings. An empty `header` leaves the one that is there."""
    if line.answer == TextLine.Answer.GATEWAY:
        check_url(line.gateway_url)
        check_template(line.gateway_template, body=line.gateway_body)
    if header:
        line.keep_sealed("gateway_header", header)
    line.save(update_fields=[*SETTINGS, "gateway_header"])
    record_audit("texts.line_changed", program_id=line.program_id, by_id=by_id, target=str(line.pk))


def places_of(line: TextLine) -> Places:
    """Where this line's gateway puts things, before the usual places."""
    return Places(number=line.number_field, text=line.text_field, id=line.id_field)


def recorder(name: str) -> User:
    """An account that nobody can sign in to and that belongs to no program: contacts are recorded in its name."""
    user: User = User.objects.create_user(f"text-{uuid.uuid4().hex}", name=name, is_active=False)
    return user
