"""What each month came to, counted once and kept, so that a report on years need not read every contact again.

Everything here can be worked out again from the ledger at any time. A month that changed since it was counted is
read from the ledger until `rolling` has counted it again, so a report is never out of date.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from alongside.sites.models import Scoped, Site


class RolledMonth(Scoped):
    """A month that was counted whole, and by which version of the indicators."""

    month = models.DateField()
    """The first day."""
    stamp = models.CharField(max_length=16)
    times_counted = models.PositiveIntegerField(default=1)
    """So that of two processes counting at once, the one that looked first can't overwrite the other."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "month"], name="rolled_month_once")]


class ChangedMonth(Scoped):
    """A mark that a month's contacts changed. Written by database triggers only (migration 0002); marks only add up,
    so that no contact waits for another one to be saved."""

    month = models.DateField()
    day = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "month"], name="changed_month")]


class MonthCell(Scoped):
    """One counted figure of a month. Those of records that know only their year stand in January, and say so."""

    month = models.DateField()
    indicator = models.CharField(max_length=80)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    detail = models.CharField(max_length=80)
    is_year_only = models.BooleanField()
    value = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "month", "indicator", "site", "detail", "is_year_only"], name="month_cell_once"
            )
        ]


class MonthPeople(Scoped):
    """Who was seen at a site in a month, as numbers of 64 bits that say nothing without the participants' table."""

    month = models.DateField()
    indicator = models.CharField(max_length=80)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    is_year_only = models.BooleanField()
    people = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "month", "indicator", "site", "is_year_only"], name="month_people_once"
            )
        ]


class UncopiedDay(Scoped):
    """A day whose change was counted, but is not in the copy for analytics yet."""

    day = models.DateField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "day"], name="uncopied_day_once")]


class CopiedMonth(Scoped):
    """Which version of a month's files in the copy counts. Files that no row names are thrown away."""

    month = models.DateField()
    version = models.CharField(max_length=16)
    stamp = models.CharField(max_length=16)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "month"], name="copied_month_once")]


class YearKey(Scoped):
    """What turns participants into the copy's numbers for one reporting year. Never leaves the database."""

    year = models.PositiveSmallIntegerField()
    key = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "year"], name="year_key_once")]


class Publication(Scoped):
    """What a protected report showed and hid. Kept to check later ones of the same cycle against it."""

    cycle = models.CharField(max_length=20)
    report = models.CharField(max_length=80)
    start = models.DateField()
    end = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cells = models.JSONField()
    """By name: the true number, and whether it was hidden."""
    relations = models.JSONField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "cycle"], name="publication_cycle")]


class GiveBack(Scoped):
    """Whether a program has a public page, and what stands there beside the numbers."""

    is_open = models.BooleanField(default=False)
    address = models.URLField(max_length=200, blank=True)
    """Where people reach this server, for the square on the poster; empty if it is the address that staff use."""
    seen_by = models.JSONField(default=list)
    """Who got a report within a year: name and day, by report. Looked up when numbers are published."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program"], name="give_back_once")]


class Released(Scoped):
    """A number that was published about a quarter. Drawn once and kept: reading it again says nothing new."""

    indicator = models.CharField(max_length=80)
    start = models.DateField()
    end = models.DateField()
    value = models.BigIntegerField(null=True)
    """None: it was so small that it is not said."""
    epsilon = models.FloatField(null=True)
    """What it cost of the privacy budget; None for a number without noise."""
    within = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "indicator", "start"], name="released_once")
        ]


class PopulationEstimate(Scoped):
    """How many people inject in the program's area, as somebody estimated. The last one counts; earlier ones stay."""

    people = models.PositiveIntegerField()
    low = models.PositiveIntegerField()
    high = models.PositiveIntegerField()
    area = models.CharField(max_length=120)
    source = models.CharField(max_length=300)
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(low__gte=1, low__lte=models.F("people"), high__gte=models.F("people")),
                name="estimate_in_its_interval",
            )
        ]
