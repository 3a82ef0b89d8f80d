"""Check-ins: somebody who uses alone is looked after by somebody who is not there."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from alongside.kernel.services import ServiceSpec
from alongside.services.checkins.actions import answer_text
from alongside.services.checkins.queries import protocols_in_use
from alongside.services.checkins.rules.keeping import KIND


def door_of(program_id: int) -> tuple[str, Any] | None:
    """Only where a program has confirmed how people check in."""
    return (
        ("check_in:begin", _("Using alone? Check in, without an account."))
        if protocols_in_use(program_id).exists()
        else None
    )


SERVICE = ServiceSpec(
    name="checkins",
    title=_("Check-ins"),
    kinds=(),
    facts=(),
    indicators=(),
    form_template=None,
    form_context=dict,
    set_up=lambda program_id: None,
    answer_text=answer_text,
    public_door=door_of,
    incident_pages={KIND: "checkins:plan"},
)
