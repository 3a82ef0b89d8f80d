"""Reading a recording form. The same code reads a plain post, an htmx post and a phone's outbox.

Field names: `items.<item key>` for what was given, `<service>.<kind>.<field>` for everything a service asks, and a
few of the contact's own (`id`, `site`, `when`, `day`, `time`, `people`, `each`, `reached`, `code`, `corrects`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import ValidationError

from alongside.encounters.judging import AHEAD, EARLIEST, MOST_PEOPLE, readable
from alongside.encounters.registry import registry
from alongside.encounters.sentences import sentences
from alongside.encounters.submissions import Said, Submission
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.kernel.services import Catalogue
from alongside.sites.models import Program

MOST_OF_AN_ITEM = 100_000


@dataclass(slots=True)
class Read:
    """A form as it was understood: a submission, or a sentence for each field that can't be taken."""

    submission: Submission | None = None
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads forms of one program. `recognise` turns a typed code into a participant's id."""

    program: Program
    catalogue: Catalogue
    recognise: Callable[[str], UUID | None]

    def read(self, form: QueryDict) -> Read:
        read = Read()
        entries = self._entries(form, read.errors)
        values = {
            name: _field(read.errors, name, get, form)
            for name, get in (
                ("id", _id),
                ("site", _site),
                ("day", self._moment),
                ("people", _people),
                ("reached", _reached),
                ("corrects", _corrects),
            )
        }
        if not entries and not read.errors and form.get("visit") != "on":
            read.errors["items"] = _("Nothing is entered yet. Choose what was given, or tick “Just came by”.")
        code = (
            _field(read.errors, "code", lambda form: self.recognise(form.get("code", "")), form)
            if not read.errors
            else None
        )
        if not read.errors:
            read.submission = Submission(
                id=values["id"],
                site_id=values["site"],
                occurred_at=values["day"],
                people=values["people"],
                is_each=form.get("each") == "on",
                reached=values["reached"],
                corrects=values["corrects"],
                participant_id=code or _kept_participant(form),
                entries=tuple(entries),
            )
        return read

    def _entries(self, form: QueryDict, errors: dict[str, str]) -> list[Said]:
        payloads = _nested(form)
        for kind, items in self._items_by_kind(form, errors).items():
            payloads[kind]["items"] = items
        entries = []
        for name, payload in payloads.items():
            kind = registry.kinds.get(name)
            if kind is None:
                continue
            if kind.gives_items and "items" not in payload:
                continue
            said = Said(name, kind.version, payload)
            try:
                readable(kind, said)
                entries.append(said)
            except ValidationError as error:
                errors.update({f"{name}.{place}" if place else name: text for place, text in sentences(error).items()})
        return entries

    def _items_by_kind(self, form: QueryDict, errors: dict[str, str]) -> dict[str, dict[str, int]]:
        """Each item goes to the one kind that records it, so that naloxone is recorded in one place."""
        chosen: dict[str, dict[str, int]] = defaultdict(dict)
        for name, typed in form.items():
            if not name.startswith("items.") or not str(typed).strip():
                continue
            key = name.removeprefix("items.")
            item = self.catalogue.by_key.get(key)
            if item is None:
                errors[name] = _("This item is not in the catalogue. Choose it again from the list.")
                continue
            quantity = _quantity(str(typed), name, errors)
            if quantity:
                chosen[item.recorded_as][key] = quantity
        return chosen

    def _moment(self, form: QueryDict) -> datetime:
        """Now, or the day and time that were entered in the program's zone."""
        typed_day, typed_time = form.get("day", "").strip(), form.get("time", "").strip()
        if not typed_day:
            return now()
        try:
            day = date.fromisoformat(typed_day)
            hour = time.fromisoformat(typed_time) if typed_time else time(12)
            moment = datetime.combine(day, hour, tzinfo=ZoneInfo(self.program.timezone))
        except ValueError:
            raise Refusal(_("Write a date, such as 2026-03-31.")) from None
        if not typed_time and day == now().astimezone(moment.tzinfo).date():
            return now()
        if moment > now() + AHEAD:
            raise Refusal(_("This date is in the future. Check the date."))
        if moment < EARLIEST:
            raise Refusal(_("This date is before the year 2000. Check the date."))
        return moment


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


def _people(form: QueryDict) -> int:
    return _whole(form.get("people", "").strip() or "1", least=1)


def _reached(form: QueryDict) -> int | None:
    typed = form.get("reached", "").strip()
    return _whole(typed, least=0) if typed else None


def _whole(typed: str, *, least: int) -> int:
    if not typed.lstrip("-").isdecimal():
        raise Refusal(_("Write a whole number, such as 10."))
    if not least <= int(typed[:12]) <= MOST_PEOPLE:
        raise Refusal(_("Write a number from %(least)s to %(most)s.") % {"least": least, "most": MOST_PEOPLE})
    return int(typed)


def _quantity(typed: str, name: str, errors: dict[str, str]) -> int:
    text = typed.strip()
    if not text.lstrip("-").isdecimal():
        errors[name] = _("Write a whole number, such as 10.")
        return 0
    number = int(text[:12])
    if not 0 <= number <= MOST_OF_AN_ITEM:
        errors[name] = _("Write a number from %(least)s to %(most)s.") % {"least": 0, "most": MOST_OF_AN_ITEM}
        return 0
    return number


def _nested(form: QueryDict) -> dict[str, dict[str, Any]]:
    """`<service>.<kind>.<field>[.<key>]` as payloads by kind; blank answers are not asked. Two levels at most."""
    payloads: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, values in form.lists():
        parts = name.split(".")
        filled = [value for value in values if str(value).strip()]
        if not 3 <= len(parts) <= 4 or not filled:
            continue
        kind, place = ".".join(parts[:2]), parts[2:]
        value = filled if len(filled) > 1 else filled[0]
        if len(place) == 1:
            payloads[kind][place[0]] = value
        else:
            inner: Mapping[str, Any] = payloads[kind].get(place[0], {})
            payloads[kind][place[0]] = {**(inner if isinstance(inner, dict) else {}), place[1]: value}
    return payloads
