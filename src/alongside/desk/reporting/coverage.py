"""Coverage: do people get as many syringes as they need? At three levels, each with who is in it and who is not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from alongside.accounts.doors import needs
from alongside.desk.reporting.forms import ReportForm
from alongside.kernel.clock import today
from alongside.kernel.coverage import Band
from alongside.kernel.indicators import Period
from alongside.reports.coverage import (
    GIVEN,
    MEASURES,
    coverage_of_area,
    coverage_of_need,
    coverage_of_persons,
    twelve_months_to,
)
from alongside.reports.models import PopulationEstimate
from alongside.reports.periods import last_day_so_far
from alongside.reports.wording import period_in_words
from alongside.sites.audit import record_audit
from alongside.sites.middleware import MemberRequest

MOST_PEOPLE = 50_000_000
BANDS = {
    Band.LOW: gettext_lazy("Low: under 100 syringes a year for each person"),
    Band.MID: gettext_lazy("Mid: 100 to 200 syringes a year for each person"),
    Band.HIGH: gettext_lazy("High: over 200 syringes a year for each person"),
}


class EstimateForm(forms.Form):
    """How many people inject in the area, and who says so."""

    area = forms.CharField(label=gettext_lazy("Area"), max_length=120)
    people = forms.IntegerField(label=gettext_lazy("People who inject, estimated"), min_value=1, max_value=MOST_PEOPLE)
    low = forms.IntegerField(label=gettext_lazy("At least"), min_value=1, max_value=MOST_PEOPLE, required=False)
    high = forms.IntegerField(label=gettext_lazy("At most"), min_value=1, max_value=MOST_PEOPLE, required=False)
    source = forms.CharField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("Who estimated it, how, and for which year."),
        max_length=300,
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        people = said.get("people")
        if people:
            said["low"], said["high"] = said.get("low") or people, said.get("high") or people
            if not said["low"] <= people <= said["high"]:
                self.add_error("people", _("The estimate has to lie between “at least” and “at most”."))
        return said


@needs("reports.see")
@require_safe
def coverage(request: MemberRequest) -> HttpResponse:
    form = ReportForm(request.GET, program=request.member.program)
    if not form.is_valid():
        return render(request, "desk/reporting/coverage.html", {"form": form}, status=422)
    return render(request, "desk/reporting/coverage.html", {"form": form, **_levels(request, form)})


def _levels(request: MemberRequest, form: ReportForm) -> dict[str, Any]:
    period, this_day = form.question().period, today(request.member.program.timezone)
    form.fill_days(period)
    so_far = Period(start=period.start, end=last_day_so_far(period, today=this_day))
    area = coverage_of_area(so_far.end)
    measures = {each.name.rpartition(".")[2]: each for each in MEASURES}
    return {
        "period": period_in_words(period, today=this_day),
        "measures": measures,
        "persons": coverage_of_persons(period),
        "need": coverage_of_need(period, today=this_day),
        "area": area,
        "area_period": period_in_words(twelve_months_to(so_far.end), today=this_day),
        "band": BANDS[area.band] if area else "",
        "can_estimate": request.member.can("coverage.estimate"),
        "can_survey": request.member.can("surveys.manage"),
        "given": GIVEN,
    }


@needs("coverage.estimate")
def estimate(request: MemberRequest) -> HttpResponse:
    """Enter the denominator of the area's coverage."""
    form = EstimateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = PopulationEstimate.objects.create(
            program=request.member.program, entered_by_id=request.member.user_id, **form.cleaned_data
        )
        program_id, by_id = request.member.program.pk, request.member.user_id
        record_audit("coverage.estimated", program_id=program_id, by_id=by_id, target=str(made.pk), people=made.people)
        return redirect("desk:coverage")
    earlier = PopulationEstimate.objects.select_related("entered_by").order_by("-pk")[:20]
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/reporting/estimate.html", {"form": form, "earlier": earlier}, status=status)
