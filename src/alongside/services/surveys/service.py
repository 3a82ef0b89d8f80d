"""Surveys: two weeks a year, anonymous, and never linked to a contact."""

from django.utils.translation import gettext_lazy as _

from alongside.kernel.services import ServiceSpec
from alongside.services.surveys.pages.funders import survey_table
from alongside.services.surveys.queries import told_in

SERVICE = ServiceSpec(
    name="surveys",
    title=_("Surveys"),
    kinds=(),
    facts=(),
    indicators=(),
    form_template=None,
    form_context=dict,
    set_up=lambda program_id: None,
    coverage_told=told_in,
    survey_table=survey_table,
)
