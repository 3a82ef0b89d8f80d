"""The catalogue, usual bags, lots, and the append-only stock ledger."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.sites.languages import in_spanish
from alongside.sites.models import Scoped, Site


class Item(Scoped):
    """Something a program gives out, or a kit made of such things."""

    class Group(models.TextChoices):
        SYRINGES = "syringes", _("Syringes and needles")
        INJECTING = "injecting", _("Injecting supplies")
        DISPOSAL = "disposal", _("Disposal")
        SMOKING = "smoking", _("Smoking supplies")
        SNORTING = "snorting", _("Snorting supplies")
        OVERDOSE = "overdose", _("Overdose response")
        CHECKING = "checking", _("Drug checking")
        WOUND = "wound", _("Wound care")
        SEX = "sex", _("Safer sex")
        HYGIENE = "hygiene", _("Hygiene")
        OTHER = "other", _("Other")

    key = models.SlugField(max_length=60)
    name = models.CharField(_("name"), max_length=120)
    name_es = models.CharField(_("name in Spanish"), max_length=120, blank=True)
    search = models.CharField(_("other words people search for"), max_length=300, blank=True)
    group = models.CharField(_("group"), max_length=12, choices=Group.choices)
    unit = models.CharField(_("counted in"), max_length=30, default="each")
    unit_es = models.CharField(_("counted in (Spanish)"), max_length=30, blank=True)
    gauge = models.PositiveSmallIntegerField(_("gauge"), null=True, blank=True)
    length_mm = models.DecimalField(_("length, mm"), max_digits=5, decimal_places=1, null=True, blank=True)
    volume_ml = models.DecimalField(_("volume, mL"), max_digits=6, decimal_places=2, null=True, blank=True)
    low_dead_space = models.BooleanField(_("low dead space"), default=False)
    barrels = models.PositiveSmallIntegerField(_("syringe barrels in one"), default=0)
    doses = models.PositiveSmallIntegerField(_("naloxone doses in one"), default=0)
    recorded_as = models.CharField(max_length=60, default="distribution.supplies_given")
    reorder_point = models.PositiveIntegerField(_("order when below"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "key"], name="item_key_once")]
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        return self.name_es if self.name_es and in_spanish() else self.name

    @property
    def local_unit(self) -> str:
        return self.unit_es if self.unit_es and in_spanish() else self.unit


class KitPart(Scoped):
    """How many of a part one kit holds."""

    kit = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="parts")
    part = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kit", "part"], name="kit_part_once"),
            models.CheckConstraint(condition=~models.Q(kit=models.F("part")), name="kit_is_not_its_own_part"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="kit_part_is_some"),
        ]


class Bag(Scoped):
    """What people usually take, recorded with one tap."""

    key = models.SlugField(max_length=60)
    name = models.CharField(_("name"), max_length=80)
    name_es = models.CharField(_("name in Spanish"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "key"], name="bag_key_once")]
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        return self.name_es if self.name_es and in_spanish() else self.name


class BagLine(Scoped):
    """An item in a usual bag."""

    bag = models.ForeignKey(Bag, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bag", "item"], name="bag_line_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="bag_line_is_some"),
        ]


class Lot(Scoped):
    """A maker's batch of an item. Each item has one lot with an empty code: "no lot recorded"."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="lots")
    code = models.CharField(_("lot"), max_length=60, blank=True)
    expires_on = models.DateField(_("expires"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "code"], name="lot_code_once")]

    def __str__(self) -> str:
        return self.code


class StockMove(Scoped):
    """Units that came to (positive) or left (negative) a site. Never changed, never deleted."""

    class Reason(models.TextChoices):
        OPENING = "opening", _("opening stock")
        RECEIVED = "received", _("received")
        TRANSFER = "transfer", _("transfer")
        COUNT = "count", _("count")
        ADJUSTMENT = "adjustment", _("adjustment")
        DISPOSAL = "disposal", _("disposal")
        HANDED_OUT = "handed_out", _("handed out")
        PUT_BACK = "put_back", _("put back")

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    reason = models.CharField(max_length=12, choices=Reason.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.UUIDField(null=True, blank=True)
    """The encounter, delivery, count or transfer this move is part of."""
    note = models.CharField(max_length=300, blank=True)
    is_shortfall = models.BooleanField(default=False)
    """Went out although the books had none left."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["item", "site", "at"], name="move_item_site_at"),
            models.Index(fields=["source"], name="move_source"),
            models.Index(fields=["program", "at"], name="move_program_at", condition=models.Q(is_shortfall=True)),
            # A thousandth of all moves, and the ones that people look through.
            models.Index(
                fields=["item", "-at"],
                name="move_without_contact",
                condition=~models.Q(reason__in=["handed_out", "put_back"]),
            ),
        ]
        constraints: ClassVar = [models.CheckConstraint(condition=~models.Q(quantity=0), name="move_is_some")]


class StockLevel(Scoped):
    """What the moves of a lot at a site add up to. Written by a database trigger only (migration 0002)."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "lot"], name="level_once")]


class UseForecast(Scoped):
    """What is expected to leave a site, or all sites together, in the coming weeks. Worked out anew every day."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    method = models.CharField(max_length=12)
    weekly_mean = models.JSONField()
    """Units for each coming week, the first week first; `weekly_low` and `weekly_high` hold four weeks in five."""
    weekly_low = models.JSONField()
    weekly_high = models.JSONField()
    total_error = models.JSONField()
    """Units: standard deviation of the error in the sum of the first week, of the first two, and so on."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "item"], name="forecast_once_a_site"),
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(site__isnull=True), name="forecast_once_for_all_sites"
            ),
        ]
