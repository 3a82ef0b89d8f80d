"""Starting a check-in, asking for more time, saying OK, saying no, and reading an opened plan."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alongside.alarms.actions import Closed, close_alarm, move_alarm, set_alarm
from alongside.alarms.plans import stages_for
from alongside.alarms.queries import incident_of
from alongside.alarms.story import tell_story
from alongside.jobs.django_store import DjangoStore
from alongside.kernel.errors import Refusal
from alongside.services.checkins.models import CheckIn, PlanEvent, PlanKey, Protocol, SealedPlan
from alongside.services.checkins.queries import (
    check_in_with,
    free_keys,
    is_over,
    protocols_in_use,
    why_not_covered,
    word_digest,
)
from alongside.services.checkins.rules.keeping import KIND
from alongside.services.checkins.rules.plans import MOST_BYTES, Plan
from alongside.services.checkins.rules.sealing import seal
from alongside.services.checkins.rules.secrets import new_word, word_in
from alongside.sites.audit import record_audit
from alongside.sites.models import Program

MOST_RUNNING = 500
MOST_A_MINUTE = 60


class NotCovered(Refusal):
    """Nobody would be told. `why` is a word of `queries.why_not_covered`."""

    def __init__(self, why: str) -> None:
        super().__init__(_("You are not covered."))
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Started:
    """What only the person gets to know."""

    check_in: CheckIn
    word: str = field(repr=False)


def start(plan: Plan, *, protocol: Protocol, program: Program, language: str, word: str = "") -> Started:
    """All of it is on the disk when this returns, or none. Raises NotCovered, or Refusal with a sentence.

    A word that a running check-in has is that check-in: its page was sent again because the answer was lost.
    """
    text = plan.as_text()
    if len(text.encode()) > MOST_BYTES:
        raise Refusal(_("That is too long. Write only what somebody needs to find you."))
    if known := _started_before(word, program):
        return known
    try:
        return _start(text, protocol=protocol, program=program, language=language, word=_unused(word, program))
    except IntegrityError:  # sent twice at the same moment
        if known := _started_before(word, program):
            return known
        raise


def _started_before(word: str, program: Program) -> Started | None:
    found = check_in_with(word, program_id=program.pk) if word else None
    return Started(check_in=found, word=word) if found and not is_over(found) else None


def _unused(word: str, program: Program) -> str:
    return word if word and check_in_with(word, program_id=program.pk) is None else new_word()


def _start(text: str, *, protocol: Protocol, program: Program, language: str, word: str) -> Started:
    wait_ms = (protocol.wait_seconds + protocol.grace_seconds) * 1000
    with transaction.atomic():
        now_ms = DjangoStore().now_ms()
        _refuse_floods(program, now_ms)
        if why := why_not_covered(program, until_ms=now_ms + wait_ms):
            raise NotCovered(why)
        check_in = _keep(protocol, program, language, word, now_ms)
        _seal(check_in, text, now_ms)
        _set_alarm(check_in, program, in_seconds=wait_ms / 1000)
    return Started(check_in=check_in, word=word)


def _refuse_floods(program: Program, now_ms: int) -> None:
    """Counted by program alone: nobody's address is looked at."""
    rows = CheckIn._base_manager.filter(program=program)
    running = rows.filter(ended_ms=None, started_ms__gt=now_ms - 24 * 3_600_000).count()
    if running >= MOST_RUNNING or rows.filter(started_ms__gt=now_ms - 60_000).count() >= MOST_A_MINUTE:
        raise NotCovered("full")


def _keep(protocol: Protocol, program: Program, language: str, word: str, now_ms: int) -> CheckIn:
    check_in = CheckIn(
        id=uuid4(),
        program=program,
        word_digest=word_digest(word, program_id=program.pk),
        protocol=protocol,
        language=language,
        started_ms=now_ms,
        due_ms=now_ms + protocol.wait_seconds * 1000,
    )
    check_in.save(force_insert=True)
    return check_in


def _seal(check_in: CheckIn, text: str, now_ms: int) -> None:
    """Each key is taken by one plan: of two that want the same, the second takes another."""
    taken = [
        key
        for key in free_keys()
        if PlanKey.objects.filter(pk=key.pk, taken_ms=None).update(taken_ms=now_ms, check_in=check_in.pk)
    ]
    if not taken:
        raise NotCovered("keys")
    sealed, boxes = seal(text, keys={key.pk: bytes(key.public) for key in taken})
    SealedPlan._base_manager.create(
        check_in=check_in,
        program_id=check_in.program_id,
        sealed=sealed,
        boxes=json.dumps({key_id.hex: box.hex() for key_id, box in boxes.items()}),
    )


def _set_alarm(check_in: CheckIn, program: Program, *, in_seconds: float) -> None:
    with translation.override(program.language):
        words = _("A check-in has no answer.")
    set_alarm(
        check_in.pk,
        kind=KIND,
        program_id=program.pk,
        site_id=None,
        in_seconds=in_seconds,
        stages=stages_for(program.pk),
        words=words,
    )


def extend(check_in: CheckIn) -> None:
    """The same time again, from now. Raises NotCovered: then the old time still holds. Raises AlreadyRaised."""
    protocol, wait = check_in.protocol, check_in.protocol.wait_seconds + check_in.protocol.grace_seconds
    with transaction.atomic():
        now_ms = DjangoStore().now_ms()
        if why := why_not_covered(check_in.program, until_ms=now_ms + wait * 1000):
            raise NotCovered(why)
        move_alarm(check_in.pk, kind=KIND, program_id=check_in.program_id, in_seconds=wait)
        due_ms = now_ms + protocol.wait_seconds * 1000
        CheckIn._base_manager.filter(pk=check_in.pk).update(due_ms=due_ms)


def say_ok(check_in: CheckIn, *, by_id: int | None = None) -> Closed:
    """From the page, by text, or noted by a responder. A repeat changes nothing."""
    with transaction.atomic():
        closed = close_alarm(check_in.pk, kind=KIND, program_id=check_in.program_id, by_id=by_id)
        if closed is not Closed.NOTHING:
            now_ms = DjangoStore().now_ms()
            CheckIn._base_manager.filter(pk=check_in.pk).update(ended_ms=now_ms, release_ms=None)
            _erase(check_in, now_ms)
            if by_id is not None:
                target = str(check_in.pk)
                record_audit("checkins.ok_noted", program_id=check_in.program_id, by_id=by_id, target=target)
    return closed


def _erase(check_in: CheckIn, now_ms: int) -> None:
    """The sealed plan goes now, the keys that could open a copy of it within seconds (see rules.keeping)."""
    SealedPlan._base_manager.filter(check_in=check_in).delete()
    PlanKey.objects.filter(check_in=check_in.pk, ending_ms=None).update(ending_ms=now_ms)


def decline(check_in: CheckIn) -> bool:
    """Do not open my plan. False if it is open already: a race that the database decides. A repeat changes nothing."""
    with transaction.atomic():
        now_ms = DjangoStore().now_ms()
        rows = CheckIn._base_manager.filter(
            pk=check_in.pk, released_ms=None, declined_ms=None, release_ms__isnull=False
        )
        if not rows.update(declined_ms=now_ms, release_ms=None):
            return CheckIn._base_manager.filter(pk=check_in.pk, released_ms=None).exists()
        _erase(check_in, now_ms)
        incident = incident_of(check_in.pk, kind=KIND)
        if incident is not None:
            tell_story(incident.pk, program_id=check_in.program_id, action="declined", by_id=None)
    return True


def read_plan(check_in: CheckIn, *, by_id: int) -> str:
    """What the person wrote, for a responder. Every reading is a row that the person sees. Nothing if it is closed."""
    with transaction.atomic():
        text = check_in.opened_text()
        if text:
            PlanEvent._base_manager.create(
                program_id=check_in.program_id,
                check_in=check_in,
                at_ms=DjangoStore().now_ms(),
                action="read",
                by_id=by_id,
            )
    return text


def confirm_protocol(
    *, key: str, name: str, wait_seconds: int, grace_seconds: int, source: str, program_id: int, by_id: int
) -> Protocol:
    """The program's own decision, with its source. An earlier version stays with the check-ins that used it."""
    with transaction.atomic():
        now_ms = DjangoStore().now_ms()
        rows = Protocol._base_manager.filter(program_id=program_id, key=key)
        version = rows.count() + 1
        rows.filter(retired_ms=None).update(retired_ms=now_ms)
        try:
            protocol: Protocol = Protocol._base_manager.create(
                program_id=program_id,
                key=key,
                version=version,
                name=name,
                wait_seconds=wait_seconds,
                grace_seconds=grace_seconds,
                source=source,
                confirmed_by_id=by_id,
                confirmed_ms=now_ms,
            )
        except IntegrityError:
            raise Refusal(_("A colleague has just changed it too. Look at it again.")) from None
        record_audit("checkins.protocol_confirmed", program_id=program_id, by_id=by_id, target=f"{key} {version}")
    return protocol


def retire_protocol(protocol: Protocol, *, by_id: int) -> None:
    with transaction.atomic():
        protocols_in_use(protocol.program_id).filter(pk=protocol.pk).update(retired_ms=DjangoStore().now_ms())
        record_audit("checkins.protocol_retired", program_id=protocol.program_id, by_id=by_id, target=f"{protocol.key}")


def answer_text(text: str, program_id: int) -> str | None:
    """What is texted back, or None if the text is nothing of ours. A wrong word and one of an ended check-in get the
    same answer.
    """
    word = word_in(text)
    if word is None:
        return None
    found = check_in_with(word, program_id=program_id)
    if found is None or say_ok(found) is Closed.NOTHING:
        return _("No running check-in has this word. If you need help, call. If you are OK, look at your page.")
    return _("Thank you. Your check-in has ended.")
