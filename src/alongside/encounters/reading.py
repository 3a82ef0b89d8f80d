"""Reading a recording form. The same code reads a plain post, an htmx post and a phone's outbox.

Field names: `items.<item key>` for what was given, `<service>.<kind>.<field>` for everything a service asks, and a
few of the contact's own (`id`, `site`, `when`, `day`, `time`, `people`, `each`, `reached`, `code`, `corrects`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import ValidationError

from alongside.encounters.agreeing import without_what_nobody_agreed_to
from alongside.encounters.judging import AHEAD, EARLIEST, MOST_PEOPLE, readable
from alongside.encounters.models import Encounter
from alongside.encounters.questions import REACHED, as_still_asked
from alongside.encounters.registry import registry
from alongside.encounters.sentences import sentences
from alongside.encounters.submissions import Said, Submission
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.kernel.services import Catalogue
from alongside.sites.models import Program

MOST_OF_AN_ITEM = 100_000
NOON = time(12)
WHOLE_NUMBER = re.compile(r"-?\d+")
KIND_NAME = re.compile(r"[a-z_]{1,29}\.[a-z_]{1,30}")


@dataclass(slots=True)
class Read:
    """A form as it was understood: a submission, or a sentence for each field that can't be taken."""

    submission: Submission | None = None
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """When a form was filled in: by the clock that it was filled in by, and as far as we know in truth."""

    shown: datetime
    true: datetime


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads forms of one program. `recognise` turns a typed code into a participant's id."""

    program: Program
    catalogue: Catalogue
    recognise: Callable[[str], UUID | None]

    def read(self, form: QueryDict, *, moment: Moment | None = None) -> Read:
        """`moment` is for a form that waited on a phone; without it, it was filled in now."""
        read = Read()
        form = without_what_nobody_agreed_to(form)
        payloads = self._payloads(form, read.errors)
        asked = self._still_asked(payloads)
        entries = [said for name, payload in asked.items() if (said := _said(name, payload, read.errors))]
        values = {
            name: _field(read.errors, name, get, form)
            for name, get in (
                ("id", _id),
                ("site", _site),
                ("day", self._day),
                ("time", _time),
                ("precision", _precision),
                ("people", _people),
                ("reached", _reached),
                ("corrects", _corrects),
                ("participant", _kept_participant),
            )
        }
        if not payloads and not read.errors and form.get("visit") != "on":
            read.errors["items"] = _("Nothing is entered yet. Choose what was given, or tick “Just came by”.")
        if not read.errors:
            code = _field(read.errors, "code", lambda form: self.recognise(form.get("code", "")), form)
            values["participant"] = code or values["participant"]
        if not read.errors:
            read.submission = self._submission(form, values, entries, moment or Moment(shown=now(), true=now()))
        return read

    def _submission(
        self, form: QueryDict, values: Mapping[str, Any], entries: list[Said], moment: Moment
    ) -> Submission:
        today = moment.shown.astimezone(self._zone).date()
        day = values["day"] or today
        is_now = day == today and values["time"] is None
        return Submission(
            id=values["id"],
            site_id=values["site"],
            occurred_at=moment.true if is_now else datetime.combine(day, values["time"] or NOON, tzinfo=self._zone),
            is_now=is_now,
            precision=values["precision"],
            people=values["people"],
            is_each=form.get("each") == "on",
            reached=None if REACHED in self.program.questions_removed else values["reached"],
            corrects=values["corrects"],
            participant_id=values["participant"],
            entries=tuple(entries),
        )

    def _payloads(self, form: QueryDict, errors: dict[str, str]) -> dict[str, dict[str, Any]]:
        payloads = _nested(form)
        for kind, items in self._items_by_kind(form, errors).items():
            payloads[kind]["items"] = items
        return payloads

    def _still_asked(self, payloads: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """An old phone may still send an answer to a question that was taken out: ignored, the contact is taken."""
        asked = (as_still_asked(Said(name, 1, payload), self.program) for name, payload in payloads.items())
        return {said.kind: said.payload for said in asked if said}

    def _items_by_kind(self, form: QueryDict, errors: dict[str, str]) -> dict[str, dict[str, int]]:
        """Each item goes to the one kind that records it, so that naloxone is recorded in one place."""
        chosen: dict[str, dict[str, int]] = defaultdict(dict)
        for name in form:
            if not name.startswith("items.") or not form.get(name, "").strip():
                continue
            key = name.removeprefix("items.")
            item = self.catalogue.by_key.get(key)
            if item is None:
                errors[name] = _(
                    "“%(item)s” (%(quantity)s) is not in the catalogue. Choose it again from the list."
                ) % {
                    "item": key[:60],
                    "quantity": form[name][:12],
                }
                continue
            quantity = _field(errors, name, partial(_quantity, name), form)
            if quantity:
                chosen[item.recorded_as][key] = quantity
        return chosen

    def _day(self, form: QueryDict) -> date | None:
        """The day that was entered, in the program's time zone; None if none was."""
        typed = form.get("day", "").strip()
        if not typed:
            return None
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            raise Refusal(_("Write a date, such as 2026-03-31.")) from None
        if day > (now() + AHEAD).astimezone(self._zone).date():
            raise Refusal(_("This date is in the future. Check the date."))
        if day < EARLIEST.date():
            raise Refusal(_("This date is before the year 2000. Check the date."))
        return day

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.program.timezone)


def _said(name: str, payload: dict[str, Any], errors: dict[str, str]) -> Said | None:
    """An entry that its kind can read, or one of a kind that this program does not know yet: `ingest` keeps that."""
    kind = registry.kinds.get(name)
    if kind is None:
        return Said(name, 1, payload)
    if kind.gives_items and "items" not in payload:
        errors[name] = _("Choose which of them was given, or take these answers out.")
        return None
    said = Said(name, kind.version, payload)
    try:
        readable(kind, said)
    except ValidationError as error:
        errors.update({f"{name}.{place}" if place else name: text for place, text in sentences(error, payload).items()})
        return None
    return said


def _field(errors: dict[str, str], name: str, get: Callable[[QueryDict], Any], form: QueryDict) -> Any:
    try:
        return get(form)
    except Refusal as refusal:
        errors[name] = str(refusal)
        return None


def _id(form: QueryDict) -> UUID:
    typed = form.get("id", "").strip()
    try:
        return UUID(typed) if typed else uuid7()
    except ValueError:
        raise Refusal(_("This form lost its number. Reload the page and enter it again.")) from None


def _corrects(form: QueryDict) -> UUID | None:
    return _optional_id(form, "corrects")


def _kept_participant(form: QueryDict) -> UUID | None:
    """When correcting or repeating, the participant comes along without the code being typed again."""
    return _optional_id(form, "participant")


def _optional_id(form: QueryDict, name: str) -> UUID | None:
    typed = form.get(name, "").strip()
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise Refusal(_("This form lost its number. Reload the page and enter it again.")) from None


def _site(form: QueryDict) -> int:
    typed = form.get("site", "").strip()
    if not typed.isdecimal() or len(typed) > 18:
        raise Refusal(_("Choose the site."))
    return int(typed)


def _time(form: QueryDict) -> time | None:
    typed = form.get("time", "").strip()
    try:
        return time.fromisoformat(typed) if typed else None
    except ValueError:
        raise Refusal(_("Write a time, such as 14:30.")) from None


def _precision(form: QueryDict) -> str:
    """How exactly the day is known. Only the form that corrects an imported contact asks."""
    chosen = form.get("precision", "") or Encounter.Precision.DAY.value
    if chosen not in Encounter.Precision.values:
        raise Refusal(_("Choose one of the answers offered."))
    return chosen


def _people(form: QueryDict) -> int | None:
    typed = form.get("people", "").strip()
    if not typed and form.get("uncounted") == "on":
        return None
    return _whole(typed or "1", least=1, most=MOST_PEOPLE)


def _reached(form: QueryDict) -> int | None:
    typed = form.get("reached", "").strip()
    return _whole(typed, least=0, most=MOST_PEOPLE) if typed else None


def _quantity(name: str, form: QueryDict) -> int:
    return _whole(form.get(name, "").strip(), least=0, most=MOST_OF_AN_ITEM)


def _whole(typed: str, *, least: int, most: int) -> int:
    if not WHOLE_NUMBER.fullmatch(typed):
        raise Refusal(_("Write a whole number, such as 10."))
    number = int(typed) if len(typed) < 12 else most + 1
    if not least <= number <= most:
        raise Refusal(_("Write a number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return number


def _nested(form: QueryDict) -> dict[str, dict[str, Any]]:
    """`<service>.<kind>.<field>[.<key>]` as payloads by kind; blank answers are not asked. Two levels at most."""
    payloads: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, values in form.lists():
        parts = _plain(name).split(".")
        filled = [_plain(value) for value in values if str(value).strip()]
        kind, place = ".".join(parts[:2]), parts[2:]
        if not 3 <= len(parts) <= 4 or not filled or parts[0] == "items" or not KIND_NAME.fullmatch(kind):
            continue
        value = filled if len(filled) > 1 else filled[0]
        if len(place) == 1:
            payloads[kind][place[0]] = value
        else:
            inner: Mapping[str, Any] = payloads[kind].get(place[0], {})
            payloads[kind][place[0]] = {**(inner if isinstance(inner, dict) else {}), place[1]: value}
    return payloads


def _plain(typed: str) -> str:
    """Nobody types a zero character, and PostgreSQL can't store one."""
    return typed.replace("\x00", "")
