"""Programs, the sites they work from, shifts, and who works there."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.accounts.roles import Role
from alongside.sites.languages import in_spanish
from alongside.sites.scoping import ProgramManager


class Program(models.Model):
    """An organisation that does harm reduction and keeps its own records."""

    name = models.CharField(_("name"), max_length=120)
    name_es = models.CharField(_("name in Spanish"), max_length=120, blank=True)
    slug = models.SlugField(unique=True)
    timezone = models.CharField(_("time zone"), max_length=60, default="UTC")
    language = models.CharField(_("language"), max_length=8, default="en")
    idle_minutes = models.PositiveSmallIntegerField(_("lock after, minutes"), default=15)
    """Without a request from a signed-in device; 0 never locks."""
    catalogue_stamp = models.PositiveIntegerField(default=1)
    questions_removed = models.JSONField(default=list)
    """Names of questions that nobody is asked here any more (see encounters.questions)."""
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """For participants. Staff pages and files for funders keep to the one name, by which they are filed."""
        return self.name_es if self.name_es and in_spanish() else self.name


class Session(AbstractBaseSession):
    """A browser that the program knows again, with whoever is signed in there."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")


class Scoped(models.Model):
    """Anything that belongs to one program. A query outside that program's scope raises.

    Each table brings the index that starts with `program` itself, if its size asks for one.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+", db_index=False)
    objects: ClassVar[models.Manager[Self]] = ProgramManager()

    class Meta:
        abstract = True


class Site(Scoped):
    """A place supplies go out from: a desk, a van, a post address, a machine, a room, or an area in an import."""

    class Kind(models.TextChoices):
        DESK = "desk", _("desk")
        VAN = "van", _("van or on foot")
        MAIL = "mail", _("mail")
        MACHINE = "machine", _("machine")
        ROOM = "room", _("supervised room")
        AREA = "area", _("area (from an import)")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.DESK)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "name"], name="site_name_once")]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(Scoped):
    """A role somebody has at a program, or had: `ended_at` says until when."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "program", "role"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=[role.value for role in Role]), name="membership_role"),
        ]


class Device(Scoped):
    """A computer or tablet that colleagues share: there they take turns by PIN. A signed cookie names it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(_("name"), max_length=80)
    shared_at = models.DateTimeField()
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "shared_at"], name="device_shared_at")]

    def __str__(self) -> str:
        return self.name


class Shift(Scoped):
    """Some hours that a team worked from a site."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="shifts")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    workers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="shift_ends_after_it_starts",
            )
        ]
        ordering: ClassVar = ["-started_at"]


class AuditEvent(Scoped):
    """Who did what, when. Holds no personal detail; the database refuses to change or delete it."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=80)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "at"], name="audit_at")]
