"""Figures for the program and its funders: tiles, one figure at length, and files to take along."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from alongside.accounts.doors import needs
from alongside.desk.reporting.forms import ReportForm
from alongside.desk.reporting.showing import page_of
from alongside.reports.charts import SHAPES, THEMES, month_chart
from alongside.reports.exports.files import KINDS, file_name, write_report
from alongside.reports.figures import make_report
from alongside.sites.audit import record_audit
from alongside.sites.middleware import MemberRequest

IN_MEMORY_BYTES = 1_000_000


@needs("reports.see")
@require_safe
def reports(request: MemberRequest) -> HttpResponse:
    form = ReportForm(request.GET, program=request.member.program)
    if not form.is_valid():
        return render(request, "desk/reporting/reports.html", {"form": form}, status=422)
    context = page_of(form, make_report(form.question()))
    return render(request, "desk/reporting/reports.html", {"form": form, **context})


@needs("reports.see")
@require_safe
def chart(request: MemberRequest) -> HttpResponse:
    """One figure by month, for an `<img>`: drawn for a light or dark page, for a wide or a narrow one."""
    form = ReportForm(request.GET, program=request.member.program)
    theme, shape = request.GET.get("theme", "light"), request.GET.get("shape", "wide")
    if not form.is_valid() or theme not in THEMES or shape not in SHAPES:
        raise Http404
    name = form.cleaned_data["figure"]
    figure = make_report(form.question(), names=[name]).figures[name]
    response = HttpResponse(month_chart(figure.months, theme=theme, shape=shape), content_type="image/svg+xml")
    patch_cache_control(response, private=True, no_cache=True)
    return response


@needs("reports.see")
@require_safe
def download(request: MemberRequest, kind: str) -> HttpResponse | FileResponse:
    """Written to a nameless file first: it may be long, and what fails on the way must not look like a report."""
    member = request.member
    form = ReportForm(request.GET, program=member.program)
    if kind not in KINDS:
        raise Http404
    if not form.is_valid():
        return render(request, "desk/reporting/reports.html", {"form": form}, status=422)
    question = form.question()
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - the response closes it
    write_report(question, file, kind=kind, program=member.program)
    file.seek(0)
    days = {"start": question.period.start.isoformat(), "end": question.period.end.isoformat()}
    record_audit("reports.exported", program_id=member.program.pk, by_id=member.user_id, target=kind, **days)
    return FileResponse(
        file, as_attachment=True, filename=file_name(question, kind), content_type=KINDS[kind].content_type
    )
