"""Reports that funders ask for: choose one and a period, look at every number, take it along."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from alongside.accounts.doors import needs
from alongside.desk.reporting.forms import ReportForm
from alongside.kernel.errors import Refusal
from alongside.reports.funders.answering import definition_of, fill, number_said
from alongside.reports.funders.answers import Answer, Filled
from alongside.reports.funders.definitions import Definition, Unusable, all_definitions, definition_named
from alongside.reports.funders.files import KINDS, file_name, shown, unit_of
from alongside.reports.funders.publishing import protect, record_publication
from alongside.sites.audit import record_audit
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Program

IN_MEMORY_BYTES = 1_000_000
HAND = "hand-"


class FunderForm(ReportForm):
    """The period and site of any report, whom it is for, and what only a person knows."""

    aim = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=[
            ("submission", gettext_lazy("Submission to the funder: exact numbers")),
            ("publication", gettext_lazy("Publication: small numbers of people are hidden")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    org_unit = forms.CharField(
        label=gettext_lazy("Your code in DHIS2"),
        help_text=gettext_lazy("Only for the file for DHIS2: the code of your organisation unit."),
        max_length=60,
        required=False,
    )

    def __init__(self, asked: QueryDict, *, program: Program, definition: Definition) -> None:
        super().__init__(asked, program=program)
        self.definition = definition
        self.data = {"aim": "submission", **self.data}
        for line in definition.by_hand:
            self.fields[HAND + line.code] = forms.CharField(
                label=line.title,
                max_length=2000 if line.by_hand == "text" else 20,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2})
                if line.by_hand == "text"
                else forms.TextInput(attrs={"inputmode": "decimal"}),
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        for line in self.definition.by_hand:
            text = said.get(HAND + line.code) or ""
            if line.by_hand == "number" and text.strip() and number_said(text) is None:
                self.add_error(HAND + line.code, _("Write a number from 0 on, such as 40 or 12.5."))
        return said

    @property
    def said(self) -> dict[str, str]:
        return {
            name.removeprefix(HAND): text for name, text in self.cleaned_data.items() if name.startswith(HAND) and text
        }

    def hand_fields(self) -> list[Any]:
        return [self[HAND + line.code] for line in self.definition.by_hand]

    @property
    def is_for_publication(self) -> bool:
        return bool(self.cleaned_data["aim"] == "publication")


@needs("reports.see")
@require_safe
def funder_reports(request: MemberRequest) -> HttpResponse:
    every = all_definitions()
    context = {
        "definitions": [each for each in every if isinstance(each, Definition)],
        "unusable": [each for each in every if isinstance(each, Unusable)],
    }
    return render(request, "desk/reporting/funders.html", context)


@needs("reports.see")
@require_safe
def funder_report(request: MemberRequest, name: str) -> HttpResponse:
    definition = _definition(name)
    form = FunderForm(request.GET, program=request.member.program, definition=definition)
    context: dict[str, Any] = {"form": form, "definition": definition}
    if not form.is_valid():
        return render(request, "desk/reporting/funder.html", context, status=422)
    try:
        filled = _filled(form, request.member.program)
    except Refusal as refusal:
        return render(request, "desk/reporting/funder.html", context | {"refusal": str(refusal)}, status=422)
    form.fill_days(filled.question.period)
    return render(request, "desk/reporting/funder.html", context | _shown(filled, form))


@needs("reports.see")
@require_safe
def funder_file(request: MemberRequest, name: str, kind: str) -> HttpResponse | FileResponse:
    definition = _definition(name)
    member = request.member
    form = FunderForm(request.GET, program=member.program, definition=definition)
    if kind not in KINDS:
        raise Http404
    context: dict[str, Any] = {"form": form, "definition": definition}
    if not form.is_valid():
        return render(request, "desk/reporting/funder.html", context, status=422)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - the response closes it
    try:
        filled = _filled(form, member.program)
        KINDS[kind].write(filled, file, org_unit=form.cleaned_data["org_unit"])
    except Refusal as refusal:
        return render(request, "desk/reporting/funder.html", context | {"refusal": str(refusal)}, status=422)
    file.seek(0)
    if filled.is_protected:
        record_publication(filled, by_id=member.user_id)
    days = {"start": filled.question.period.start.isoformat(), "end": filled.question.period.end.isoformat()}
    about = days | {"report": name, "aim": form.cleaned_data["aim"] or "submission"}
    record_audit("reports.exported", program_id=member.program.pk, by_id=member.user_id, target=kind, **about)
    return FileResponse(
        file, as_attachment=True, filename=file_name(filled, kind), content_type=KINDS[kind].content_type
    )


def _definition(name: str) -> Definition:
    """One that can't be used leads back to the list, which says why."""
    try:
        return definition_named(name)
    except Refusal:
        raise Http404 from None


def _filled(form: FunderForm, program: Program) -> Filled:
    filled = fill(form.definition, form.question(), said=form.said, program=program)
    return protect(filled) if form.is_for_publication else filled


@dataclass(frozen=True, kw_only=True)
class ShownLine:
    """A line for the page."""

    answer: Answer
    unit: str
    definition: Any
    rows: Sequence[tuple[str, str, Any]]


def _shown(filled: Filled, form: FunderForm) -> dict[str, Any]:
    lines = [
        ShownLine(
            answer=answer,
            unit=unit_of(answer),
            definition=definition_of(answer),
            rows=[(row.label, shown(row), row) for row in answer.rows],
        )
        for answer in filled.answers
    ]
    return {"filled": filled, "lines": lines, "address": form.address(), "kinds": list(KINDS)}
