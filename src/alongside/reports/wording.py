"""How months, units and notes read, in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alongside.kernel.indicators import Beside, Period, Unit

UNITS: dict[Unit, Any] = {
    Unit.PEOPLE: gettext_lazy("People"),
    Unit.CONTACTS: gettext_lazy("Contacts"),
    Unit.REACHED: gettext_lazy("People reached through others"),
    Unit.RECORDS: gettext_lazy("Records"),
    Unit.ITEMS: gettext_lazy("Items"),
    Unit.DOSES: gettext_lazy("Doses"),
    Unit.SYRINGES: gettext_lazy("Syringes"),
    Unit.TRAININGS: gettext_lazy("Trainings"),
    Unit.REPORTS: gettext_lazy("Reports"),
    Unit.VISITS: gettext_lazy("Visits"),
    Unit.USES: gettext_lazy("Uses"),
    Unit.EMERGENCIES: gettext_lazy("Emergencies"),
}


def month_in_words(year: int, month: int | None, *, is_running: bool = False) -> str:
    """ "March 2026", or "2015, month not recorded": such records are never put into January."""
    if month is None:
        return _("%(year)s, month not recorded") % {"year": year}
    name = date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")
    return _("%(month)s, so far") % {"month": name} if is_running else name


def period_in_words(period: Period, *, today: date) -> str:
    ends = {"start": date_format(period.start, "DATE_FORMAT"), "end": date_format(period.end, "DATE_FORMAT")}
    if period.start <= today < period.end:
        return _("%(start)s to %(end)s, so far") % ends
    return _("%(start)s to %(end)s") % ends


def sentence_of(beside: Beside, count: int) -> str:
    return str(beside.sentence % {"count": _Grouped(count)})


def left_out_in_words(count: int) -> str:
    sentence = ngettext(
        "%(count)s more was recorded for a whole year or month that lies only partly in this period. It is not in "
        "this figure.",
        "%(count)s more were recorded for a whole year or month that lies only partly in this period. They are not "
        "in this figure.",
        count,
    )
    return sentence % {"count": _Grouped(count)}


class _Grouped(int):
    """A number that a plural can be chosen by, and that reads with the reader's separators."""

    def __str__(self) -> str:
        return number_format(int(self), force_grouping=True)
