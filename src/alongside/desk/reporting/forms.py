"""What a report is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.kernel.clock import today
from alongside.kernel.indicators import Period
from alongside.reports import periods
from alongside.reports.catalogue import listed_indicators
from alongside.reports.figures import Question, everything
from alongside.sites.models import Program, Site

EARLIEST = date(2000, 1, 1)
PERIODS = (
    (periods.TWELVE_MONTHS, gettext_lazy("Last 12 months")),
    (periods.THIS_MONTH, gettext_lazy("This month")),
    (periods.LAST_MONTH, gettext_lazy("Last month")),
    (periods.THIS_QUARTER, gettext_lazy("This quarter")),
    (periods.LAST_QUARTER, gettext_lazy("Last quarter")),
    (periods.THIS_YEAR, gettext_lazy("This year")),
    (periods.LAST_YEAR, gettext_lazy("Last year")),
    (periods.ALL, gettext_lazy("Everything")),
    (periods.CUSTOM, gettext_lazy("Other dates")),
)
NOT_A_DAY = gettext_lazy("Write a date, such as 2026-03-31.")


class DayField(forms.DateField):
    """A day as a browser sends it."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            input_formats=["%Y-%m-%d"],
            error_messages={"invalid": NOT_A_DAY},
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )


class ReportForm(forms.Form):
    """Everything has an answer already: an address without any question shows the last twelve months."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), choices=PERIODS)
    start = DayField(label=gettext_lazy("From"))
    end = DayField(label=gettext_lazy("To"))
    site: forms.ModelChoiceField[Site] = forms.ModelChoiceField(
        label=gettext_lazy("Site"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("All sites together"),
        error_messages={"invalid_choice": gettext_lazy("This site is not one of the program’s. Choose another.")},
    )
    figure = forms.ChoiceField(
        label=gettext_lazy("Figure"),
        choices=(),
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": gettext_lazy("There is no such figure. Choose one below.")},
    )

    def __init__(self, asked: QueryDict, *, program: Program) -> None:
        listed = listed_indicators()
        defaults = {"period": periods.TWELVE_MONTHS, "figure": listed[0].name}
        super().__init__(defaults | {name: value for name, value in asked.items() if str(value).strip()})
        self.fields["site"].queryset = Site.objects.order_by("kind", "name")  # type: ignore[attr-defined]
        self.fields["figure"].choices = [(each.name, each.title) for each in listed]  # type: ignore[attr-defined]
        self.fields["start"].widget.attrs["min"] = self.fields["end"].widget.attrs["min"] = EARLIEST.isoformat()
        self._today = today(program.timezone)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("period") == periods.CUSTOM:
            self._check_days(said)
        return said

    def _check_days(self, said: dict[str, Any]) -> None:
        for name in ("start", "end"):
            if name in self.errors:
                continue
            day = said.get(name)
            if day is None:
                self.add_error(name, _("Choose the first and the last day."))
            elif not EARLIEST <= day <= self._latest:
                ends = {"first": EARLIEST.year, "last": self._latest.year}
                self.add_error(name, _("Choose a day from %(first)s to %(last)s.") % ends)
        start, end = said.get("start"), said.get("end")
        if start and end and start > end:
            self.add_error("end", _("The last day is before the first. Choose a later one."))

    @property
    def _latest(self) -> date:
        return date(self._today.year + 1, 12, 31)

    def question(self) -> Question:
        """For a valid form, inside the program's scope."""
        site = self.cleaned_data["site"]
        return Question(period=self._period(), today=self._today, site_id=site.pk if site else None)

    def fill_days(self, period: Period) -> None:
        """So that somebody who wants other days begins at those that are shown."""
        self.data = {**self.data, "start": period.start.isoformat(), "end": period.end.isoformat()}

    def _period(self) -> Period:
        name = self.cleaned_data["period"]
        if name == periods.CUSTOM:
            return Period(start=self.cleaned_data["start"], end=self.cleaned_data["end"])
        if name == periods.ALL:
            return everything(today=self._today)
        return periods.period_named(name, today=self._today)

    def address(self, **changed: str) -> str:
        """The query of an address that asks the same, but for what is changed."""
        asked = QueryDict(mutable=True)
        asked.update({name: self.data[name] for name in self.fields if self.data.get(name)} | changed)
        if asked["period"] != periods.CUSTOM:
            asked.pop("start", None)
            asked.pop("end", None)
        return asked.urlencode()
