"""Every question of every form, as the registry's payloads and the contact itself have them, and those taken out.

A question that a program took out is on no form any more. An answer that an old phone still sends is ignored; the
contact is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.encounters.registry import registry
from alongside.encounters.submissions import Said
from alongside.kernel.errors import Refusal
from alongside.kernel.questions import Question
from alongside.kernel.services import EntryKind
from alongside.sites.audit import record_audit
from alongside.sites.models import Program

REACHED = "reached"
ITEMS = "items"


def _own(title: Any, why: Any, *feeds: str, basis: Any = "", could_identify: bool = False) -> Question:
    return Question(title=title, why=why, basis=basis, feeds=feeds, could_identify=could_identify)


_FOR_GROUPS = gettext_lazy("So that a group can be recorded at once.")
_WHEN_AND_WHERE = gettext_lazy("Filled in by itself. It says when and where we are needed.")

OF_THE_CONTACT: Mapping[str, Question] = {
    "code": _own(
        gettext_lazy("Code, if they like"),
        gettext_lazy("So that different people can be counted without names. Nobody needs a code."),
        "people.all",
        "contacts.with_code",
        "distribution.people_given_syringes",
        could_identify=True,
    ),
    "people": _own(
        gettext_lazy("People in this entry"),
        _FOR_GROUPS,
        "contacts.all",
        "contacts.without_code",
        "contacts.by_service",
    ),
    "each": _own(
        gettext_lazy("Whether amounts are for each"), gettext_lazy("So that a group can be recorded at once.")
    ),
    REACHED: _own(
        gettext_lazy("Others they collect for"),
        gettext_lazy("So that you get enough for everybody you bring supplies to."),
        "people.reached",
        "contacts.asked_reached",
    ),
    "visit": _own(
        gettext_lazy("Just came by"), gettext_lazy("So that a visit counts, whatever was handed out."), "contacts.all"
    ),
    "day": _own(gettext_lazy("Day"), _WHEN_AND_WHERE, "contacts.all", could_identify=True),
    "time": _own(gettext_lazy("Time"), _WHEN_AND_WHERE, could_identify=True),
    "site": _own(gettext_lazy("Site"), _WHEN_AND_WHERE, "contacts.all", could_identify=True),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question with its place: `name` is the field of the form, `kind` is None for the contact's own."""

    name: str
    question: Question
    kind: EntryKind | None
    field: str

    @property
    def is_on_form(self) -> bool:
        return self.kind is None or self.field not in self.kind.beside_form

    @property
    def is_in_texts(self) -> bool:
        return bool(self.kind and self.kind.text and any(each.name == self.field for each in self.kind.text.figures))

    @property
    def can_be_removed(self) -> bool:
        """What makes the record what it is stays: an entry of supplies without supplies says nothing."""
        if self.kind is None:
            return self.name == REACHED
        if not self.is_on_form or self.field == ITEMS:
            return False
        is_needed = self.kind.payload.model_fields[self.field].is_required()
        return not is_needed or len(self.kind.payload.model_fields) == 1


@cache
def all_questions() -> Mapping[str, Asked]:
    """By name: what the services ask in the order of the form, then what is asked of the contact."""
    return {each.name: each for each in _every_question()}


def _every_question() -> Iterator[Asked]:
    for kind in registry.kinds.values():
        for field, question in kind.questions.items():
            yield Asked(name=f"{kind.name}.{field}", question=question, kind=kind, field=field)
    for name, question in OF_THE_CONTACT.items():
        yield Asked(name=name, question=question, kind=None, field=name)


def question_of(field: str) -> str:
    """The question that a field of the form belongs to: many fields can be one question."""
    return ITEMS if field.startswith("items.") else ".".join(field.split(".")[:3])


def removed_fields(kind: EntryKind, program: Program) -> frozenset[str]:
    """Fields of this kind that the program does not ask for any more."""
    start = f"{kind.name}."
    return frozenset(name.removeprefix(start) for name in program.questions_removed if name.startswith(start))


def without_removed(payload: Mapping[str, Any], kind: EntryKind, program: Program) -> dict[str, Any]:
    gone = removed_fields(kind, program)
    return {field: value for field, value in payload.items() if field not in gone}


def as_still_asked(said: Said, program: Program) -> Said | None:
    """An entry without the answers that nobody asks for any more; None if nothing is left of it."""
    kind = registry.kinds.get(said.kind)
    if kind is None or not removed_fields(kind, program) & said.payload.keys():
        return said
    left = without_removed(said.payload, kind, program)
    return replace(said, payload=left) if left else None


def remove_question(name: str, *, program: Program, by_id: int) -> None:
    """Stop asking. What was answered so far stays. Raises Refusal for a question that can't go."""
    _change(name, program=program, by_id=by_id, is_removed=True)


def put_back_question(name: str, *, program: Program, by_id: int) -> None:
    _change(name, program=program, by_id=by_id, is_removed=False)


def _change(name: str, *, program: Program, by_id: int, is_removed: bool) -> None:
    asked = all_questions().get(name)
    if asked is None or not asked.can_be_removed:
        raise Refusal(_("This question can’t be taken out: without it the record would say nothing."))
    with transaction.atomic():
        locked = Program.objects.select_for_update().get(pk=program.pk)
        others = [each for each in locked.questions_removed if each != name]
        program.questions_removed = sorted([*others, name]) if is_removed else others
        program.save(update_fields=["questions_removed"])
        action = "questions.removed" if is_removed else "questions.put_back"
        record_audit(action, program_id=program.pk, by_id=by_id, target=name)
