"""Phones' contacts that can't be taken as they are: kept whole, closed, for a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from alongside.encounters.agreeing import without_what_nobody_agreed_to
from alongside.encounters.ingest import known_digests, number_is_taken
from alongside.encounters.models import Attempt
from alongside.encounters.outbox.envelopes import Opened, id_of
from alongside.encounters.outbox.sealing import Keyring, Sealed
from alongside.encounters.submissions import Word
from alongside.sites.models import Program

CLOSED = {"id", "v", "kid", "epk", "iv", "ct"}
NOT_SHOWN = ("code", "csrfmiddlewaretoken")


class Kept(Exception):
    """A contact is kept for a person, under a word and with a sentence for the worker."""

    def __init__(self, word: Word, sentence: str) -> None:
        super().__init__()
        self.word, self.sentence = word, sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class ToKeep:
    """What `keep_all` writes down; `by_id` is who recorded it, or who sent it if nobody knows."""

    contact_id: UUID | None
    content: str
    word: Word
    reason: str
    by_id: int


def as_sent(opened: Opened) -> str:
    """A contact that was understood: its answers to read, and the whole of it, with a code, closed."""
    readable = without_what_nobody_agreed_to(opened.form)
    answers = {name: values for name, values in readable.lists() if name not in NOT_SHOWN}
    return _text(
        {"answers": answers, "made_at": opened.made_at.isoformat(), "sealed": {"v": 1, **asdict(opened.sealed)}}
    )


def as_it_came(envelope: object, keyring: Keyring) -> str:
    """An envelope that nobody here can read. What is not closed already is closed: it may hold a code."""
    if isinstance(envelope, Mapping) and envelope.keys() <= CLOSED:
        return _text({"sealed": envelope})
    contact_id = str(id_of(envelope) or "")
    closed = keyring.seal(json.dumps(envelope, sort_keys=True).encode(), contact_id=contact_id)
    return _text({"as_it_came": asdict(closed), "sealed": None})


def envelope_of(content: str, keyring: Keyring) -> object:
    """The envelope that is kept in an attempt. Raises Unopened if its key is gone."""
    kept = json.loads(content)
    if closed := kept.get("as_it_came"):
        return json.loads(keyring.open(Sealed(**closed)))
    return kept.get("sealed")


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def keep_all(contacts: Sequence[ToKeep], *, program: Program, at: datetime) -> list[tuple[Word, str]]:
    """Write them down once, however often they come. Answers each with its word and sentence.

    What comes under the number of a contact that is stored already, and says something else, is a conflict.
    """
    taken = known_digests(each.contact_id for each in contacts if each.contact_id)
    final = [_with_conflict(each, is_taken=each.contact_id in taken) for each in contacts]
    known = _known(each.contact_id for each in contacts)
    fresh = {_identity(each): each for each in final if _identity(each) not in known}
    Attempt.objects.bulk_create(
        Attempt(
            program=program,
            encounter_id=each.contact_id,
            word=each.word,
            content=each.content,
            reason=each.reason[:400],
            door="field",
            by_id=each.by_id,
            at=at,
        )
        for each in fresh.values()
    )
    return [(each.word, each.reason) for each in final]


def _with_conflict(each: ToKeep, *, is_taken: bool) -> ToKeep:
    if not is_taken:
        return each
    return ToKeep(
        contact_id=each.contact_id,
        content=each.content,
        word=Word.CONFLICT,
        reason=number_is_taken(),
        by_id=each.by_id,
    )


def _known(contact_ids: Iterable[UUID | None]) -> set[tuple[UUID | None, str, str]]:
    named = set(contact_ids)
    rows = Attempt.objects.filter(encounter_id__in=named - {None})
    if None in named:
        rows = rows | Attempt.objects.filter(encounter_id=None)
    return set(rows.values_list("encounter_id", "word", "content"))


def _identity(each: ToKeep) -> tuple[UUID | None, str, str]:
    return each.contact_id, each.word.value, each.content


def unreadable() -> Kept:
    return Kept(Word.HELD, _("This contact can’t be read here. It is kept for a coordinator."))


def from_a_newer_app() -> Kept:
    return Kept(Word.HELD, _("A newer app than this server knows recorded this contact. It is kept for a coordinator."))


def by_nobody_we_know() -> Kept:
    return Kept(Word.HELD, _("It can’t be told who recorded this contact. It is kept for a coordinator."))


def after_the_end() -> Kept:
    return Kept(Word.HELD, _("Whoever recorded this contact did not work here then. It is kept for a coordinator."))


def from_a_revoked_phone() -> Kept:
    return Kept(Word.HELD, _("This phone was taken off the list before. The contact is kept for a coordinator."))


def with_two_numbers() -> Kept:
    return Kept(Word.REFUSED, _("This contact came with two different numbers. It is kept for a coordinator."))
