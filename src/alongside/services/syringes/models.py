"""Syringes back, the containers they come back in, and how many new ones somebody needs."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.encounters.models import Fact
from alongside.sites.languages import in_spanish
from alongside.sites.models import Scoped


class Container(Scoped):
    """A sharps container with the number of syringes the program reckons it holds when full."""

    key = models.SlugField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    name_es = models.CharField(_("name in Spanish"), max_length=80, blank=True)
    syringes_when_full = models.PositiveIntegerField(_("syringes when full (estimate)"))
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "key"], name="container_key_once")]
        ordering: ClassVar = ["position", "name"]

    @property
    def local_name(self) -> str:
        return self.name_es if self.name_es and in_spanish() else self.name


class Returned(Fact):
    """Used syringes that came back with a contact."""

    quantity = models.PositiveIntegerField()
    is_estimated = models.BooleanField()


class NeedTold(Fact):
    """How much somebody said they inject, told at the desk and kept because they agreed."""

    injections = models.PositiveIntegerField()
    """In 28 days, of one person."""
    people = models.PositiveIntegerField()
    """Whom they collect for, themselves included."""
