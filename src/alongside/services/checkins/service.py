"""Check-ins: somebody who uses alone is looked after by somebody who is not there."""

from django.utils.translation import gettext_lazy as _

from alongside.kernel.services import ServiceSpec
from alongside.services.checkins.actions import answer_text
from alongside.services.checkins.rules.keeping import KIND

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
    incident_pages={KIND: "checkins:plan"},
)
