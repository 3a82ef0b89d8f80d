"""What to order, to look at, print or take along as a file."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.desk.stock.forms import OrderForm
from alongside.desk.stock.sheets import as_csv, as_xlsx
from alongside.desk.stock.sites import ChosenSite, chosen_site
from alongside.jobs.queue import enqueue, open_jobs
from alongside.kernel.clock import now, today
from alongside.sites.middleware import MemberRequest
from alongside.supplies.ordering import JOB, Expected, ToOrder, expected_use, what_to_order

LEAD_DAYS, REVIEW_DAYS = 14, 28
OLD = timedelta(days=8)


@needs("stock.see")
def order(request: MemberRequest) -> HttpResponse:
    chosen = chosen_site(request)
    form, expected, rows = _worked_out(request, chosen)
    context = {
        "chosen": chosen,
        "address": request.GET.urlencode(),
        "form": form,
        "expected": expected,
        "is_old": expected.made_at is not None and expected.made_at < now() - OLD,
        "is_being_made": open_jobs([JOB]).filter(due__lte=now()).exists(),
        "wanted": [row for row in rows if row.line.suggested],
        "enough": [row for row in rows if not row.line.suggested],
        "can_manage": request.member.can("stock.manage"),
    }
    return render(request, "desk/stock/order.html", context)


@needs("stock.see")
def download(request: MemberRequest, kind: str) -> HttpResponse:
    makers = {"csv": as_csv, "xlsx": as_xlsx}
    if kind not in makers:
        raise Http404
    _form, _expected, rows = _worked_out(request, chosen_site(request))
    table = [_row(row) for row in rows if row.line.suggested]
    name = f"order-{today(request.member.program.timezone):%Y-%m-%d}"
    return makers[kind](name, _columns(), table)


def _worked_out(request: MemberRequest, chosen: ChosenSite) -> tuple[OrderForm, Expected, list[ToOrder]]:
    """With what was asked, or with the usual days where that can't be read."""
    asked = "lead_days" in request.GET or "review_days" in request.GET
    form = OrderForm(request.GET if asked else None)
    said = form.cleaned_data if asked and form.is_valid() else {"lead_days": LEAD_DAYS, "review_days": REVIEW_DAYS}
    expected = expected_use(request.member.program, site=chosen.site)
    rows = what_to_order(expected, site=chosen.site, **said)
    return form, expected, rows


def _columns() -> list[str]:
    return [
        _("Item"),
        _("Key"),
        _("Counted in"),
        _("To order"),
        _("On hand"),
        _("Lasts, days"),
        _("Expected use a week"),
        _("Order when below"),
    ]


def _row(row: ToOrder) -> list[str | int | float | None]:
    cover = row.line.days_of_cover
    return [
        row.item.local_name,
        row.item.key,
        row.item.local_unit,
        row.line.suggested,
        row.line.on_hand,
        None if cover is None else int(cover),
        round(row.weekly_mean, 1),
        row.item.reorder_point,
    ]


@needs("stock.manage")
@require_POST
def forecast_now(request: MemberRequest) -> HttpResponse:
    """Ask the background runner; the page says when it is done."""
    if not open_jobs([JOB]).filter(due__lte=now()).exists():
        enqueue(JOB, {"program": request.member.program.pk})
    messages.success(request, _("The forecast is being worked out. Come back to this page in a minute."))
    return redirect("desk:stock_order")
