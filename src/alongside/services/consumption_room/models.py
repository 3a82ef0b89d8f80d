"""The room: its places, its minutes of observation, who is in it now, and the record that only grows."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alongside.encounters.models import Fact
from alongside.participants.models import Participant
from alongside.services.consumption_room.rules import lines as rules
from alongside.sites.models import Scoped, Site


class Room(Scoped):
    """A supervised room. Whoever writes a line locks this row first, so that lines are numbered without gaps."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="+")
    paper_minutes = models.PositiveSmallIntegerField(_("a sheet for paper every … minutes"), default=5)
    """How often the room's state is written for paper; 0 never does."""
    last_number = models.PositiveBigIntegerField(default=0)
    last_digest = models.BinaryField(max_length=32, default=bytes(32))

    def __str__(self) -> str:
        return self.site.name


class Place(Scoped):
    """A booth, a seat, a bed: where one person can be."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="places")
    name = models.CharField(_("name"), max_length=30)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["room", "name"], name="room_place_once")]
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class ConfirmedProtocol(Scoped):
    """Minutes of observation that somebody at the program stands for. Never changed: new minutes are a new version."""

    version = models.PositiveIntegerField()
    rows = models.JSONField()
    source = models.CharField(_("where these minutes are from"), max_length=600)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "version"], name="room_protocol_version_once")
        ]


class Visit(Scoped):
    """Somebody's time in the room, as the lines of the record add up to it."""

    id = models.UUIDField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="visits")
    place = models.ForeignKey(Place, on_delete=models.SET_NULL, null=True, related_name="+")
    """None while they wait."""
    handle = models.CharField(max_length=60)
    participant = models.ForeignKey(Participant, on_delete=models.SET_NULL, null=True, related_name="+")
    """Only while they are here, and only if they gave their code. The contact keeps it afterwards."""
    arrived_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)
    look_alarm = models.UUIDField(null=True)
    """What the alarms core knows the next look by; None where nobody is set up to be told."""
    open_emergencies = models.PositiveSmallIntegerField(default=0)
    contact_id = models.UUIDField(null=True)
    """The contact in the ledger, once they left."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place"], condition=Q(left_at__isnull=True), name="room_place_for_one"),
            models.UniqueConstraint(
                fields=["room", "handle"], condition=Q(left_at__isnull=True), name="room_handle_for_one"
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(open_emergencies=0), name="room_left_without_emergency"
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(participant__isnull=True), name="room_left_without_person"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["room", "arrived_at"], name="room_visit_day")]


class RecordLine(Scoped):
    """One line of the record. The database refuses to change or delete it. It holds no code and no free text."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="lines", db_index=False)
    number = models.PositiveBigIntegerField()
    visit_id = models.UUIDField(null=True)
    emergency_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in rules.Kind])
    value = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    corrects = models.PositiveBigIntegerField(null=True)
    source = models.UUIDField(null=True)
    """The form it came from: sent twice, it is written once."""
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "number"], name="room_line_number_once"),
            models.UniqueConstraint(fields=["room", "source"], name="room_line_source_once"),
            models.UniqueConstraint(fields=["room", "corrects"], name="room_line_corrected_once"),
            models.CheckConstraint(
                condition=Q(emergency_id__isnull=False) | ~Q(kind__in=["emergency", *sorted(rules.STEPS)]),
                name="room_step_of_emergency",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["visit_id"], name="room_line_visit"),
            models.Index(fields=["room", "happened_at"], name="room_line_day"),
        ]

    def plain(self) -> rules.Line:
        return rules.Line(
            number=self.number,
            kind=self.kind,
            value=self.value,
            happened_at=self.happened_at,
            entered_at=self.entered_at,
            by_id=self.by_id,
            visit_id=self.visit_id,
            emergency_id=self.emergency_id,
            corrects=self.corrects,
        )


class VisitCounted(Fact):
    """A visit to the room that has ended. What was used stands beside it, without anybody's name."""

    uses = models.PositiveSmallIntegerField()
    minutes = models.PositiveIntegerField(null=True)
    substances = models.CharField(max_length=200, blank=True)
    """Keys, joined by commas; empty if nobody asked."""
    route = models.CharField(max_length=10)


class EmergencyCounted(Fact):
    """An overdose or another emergency in the room, and what was done."""

    type = models.CharField(max_length=10)
    response = models.CharField(max_length=10)
    """none, oxygen, naloxone or both."""
    naloxone_doses = models.PositiveSmallIntegerField()
    ambulance = models.CharField(max_length=10)
    outcome = models.CharField(max_length=10)
