"""A text on its way in: known once, understood or kept for a person, and answered.

Everything about one text happens in one transaction: after a crash the gateway's repeat finds nothing and is taken like
the first, and after success it finds the answer that was given.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from django.db import InterfaceError, OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_scopes import scope

from alongside.encounters.changes import undo
from alongside.encounters.ingest import ingest
from alongside.encounters.models import Attempt, Encounter
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Word
from alongside.encounters.texting import answering
from alongside.encounters.texting.contacts import DOOR, contact_of, sender_for
from alongside.encounters.texting.phrases import Command
from alongside.encounters.texting.rules import Heard, Unclear, Why, command_in, read
from alongside.encounters.texting.words import words_of
from alongside.kernel.clock import local_day, now
from alongside.messaging.alerting.receipts import start_texts, stop_texts
from alongside.messaging.lines import line_of
from alongside.messaging.models import InboundText, Peer, TextLine
from alongside.messaging.numbers import number_digest
from alongside.messaging.outbox import send_later
from alongside.messaging.sealing import Unreadable, keyed_digest
from alongside.messaging.webhooks import Message
from alongside.sites.models import Program
from alongside.sites.stopped import again_if_stopped

log = logging.getLogger("alongside.texts")

UNDO_WITHIN = timedelta(days=1)
SAME_WITHIN = timedelta(minutes=10)
"""For gateways that give their messages no id: the same words from the same number within this are one text."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
MOST_READ_AN_HOUR = 40
MOST_A_DAY = 400
MOST_FROM_A_STRANGER_A_DAY = 20
MOST_FROM_STRANGERS_A_DAY = 200
ANSWERS_TO_A_STRANGER = 2

_STRANGER = _("The text comes from a number that is not enrolled. The number is not kept.")
_LATELY = _("This phone sent very many texts within an hour. This one was not counted.")
_FAULT = _("Something went wrong here while the text was read. Read it and record it by hand.")

Outcome = InboundText.Outcome


class TooMany(Exception):
    """A number sends more than any person would. Nothing is kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What to send back, nothing if empty. `is_repeat`: the text was here before, and so was this answer.

    A line that answers by its gateway has put it into the outbox already.
    """

    text: str
    is_repeat: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Done:
    outcome: InboundText.Outcome
    answer: Callable[[], str] = str
    """Puts it into words, in the language that is active when it is called; nothing by default."""
    why: str = ""
    """Set if a person has to read the text."""


def take_text(message: Message, *, line: TextLine, program: Program) -> Answer:
    """Take one text. A repeat is answered as it was the first time. Raises TooMany.

    Only an outage of the database comes out as an error: the gateway sends the text again.
    """
    with scope(program=program):
        try:
            return _take(message, line, program, _considered)
        except (OperationalError, InterfaceError, TooMany):
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours must not lose what somebody reported
            log.error("A text could not be taken and is kept for a person: %s", type(error).__name__)  # noqa: TRY400
            return _take(message, line, program, _kept_after_fault)


_Consider = Callable[[InboundText, Message, Program], _Done]


@again_if_stopped
def _take(message: Message, line: TextLine, program: Program, consider: _Consider) -> Answer:
    with transaction.atomic():
        text, is_new = _known_or_new(message, line, program)
        if not is_new:
            return Answer(text=_answer_given(text), is_repeat=True)
        with translation.override(program.language):
            done = consider(text, message, program)
        with translation.override(text.peer.language if text.peer else program.language):
            answer = done.answer()
        _keep(text, message, done, answer, line)
        return Answer(text=answer)


def _keep(text: InboundText, message: Message, done: _Done, answer: str, line: TextLine) -> None:
    """What became of it. Only a text that somebody has to read keeps its words."""
    text.outcome = done.outcome
    text.keep_sealed("answer", answer)
    if done.why:
        text.keep_sealed("text", message.text)
        Attempt.objects.create(
            program_id=text.program_id,
            word=Attempt.Word.HELD,
            content=json.dumps({"text": str(text.pk), "entries": []}),
            reason=done.why,
            door=DOOR,
            by_id=text.peer.user_id if text.peer else line.keeper_id,
            at=text.at,
        )
    text.save(update_fields=["outcome", "answer", "text"])
    if answer and line.answer == TextLine.Answer.GATEWAY:
        send_later(answer, number=message.number, line=line)


def _known_or_new(message: Message, line: TextLine, program: Program) -> tuple[InboundText, bool]:
    """The row of this message, made now if it is new. Of two at once the second waits for the first one's end."""
    digest = number_digest(message.number, region=line.region, program_id=program.pk)
    TextLine.objects.select_for_update().get(pk=line.pk)
    known = _known(message, digest, program)
    if known:
        return known, False
    peer = Peer.objects.filter(number_digest=digest).first()
    if InboundText.objects.filter(number_digest=digest, at__gt=now() - _DAY).count() >= MOST_A_DAY:
        raise TooMany
    text = InboundText(
        program=program,
        message_digest=_message_digest(message, digest, program),
        number_digest=digest,
        peer=peer,
        at=now(),
        outcome=Outcome.SILENT,
    )
    text.save(force_insert=True)
    return text, True


def _known(message: Message, digest: bytes, program: Program) -> InboundText | None:
    found = InboundText.objects.filter(message_digest=_message_digest(message, digest, program))
    if not message.id and not message.at:
        found = found.filter(at__gt=now() - SAME_WITHIN)
    return found.select_related("peer").first()


def _message_digest(message: Message, digest: bytes, program: Program) -> bytes:
    """By the gateway's id, else by number, words and the gateway's time, else by number, words and ours."""
    name = f"id:{message.id}" if message.id else f"at:{message.at}:{digest.hex()}:{message.text}"
    if not message.id and not message.at:
        name += f":{int(now().timestamp() // SAME_WITHIN.total_seconds())}"
    return keyed_digest("message", name, program_id=program.pk)


def _answer_given(text: InboundText) -> str:
    try:
        return text.opened("answer")
    except Unreadable:
        return ""


def _considered(text: InboundText, message: Message, program: Program) -> _Done:
    for spec in registry:  # somebody whose time is running waits for no one
        if spec.answer_text and (said := spec.answer_text(message.text, program.pk)) is not None:
            return _Done(outcome=Outcome.ASKED, answer=lambda: said)
    alarms = _about_alarms(message, program)
    if text.peer is None:
        return _Done(outcome=Outcome.ASKED, answer=alarms) if alarms else _from_a_stranger(text, message)
    done = _from_a_peer(text, text.peer, message, program)
    return replace(done, answer=partial(_both, done.answer, alarms)) if alarms else done


def _both(first: Callable[[], str], second: Callable[[], str]) -> str:
    return f"{first()} {second()}".strip()


def _about_alarms(message: Message, program: Program) -> Callable[[], str] | None:
    """STOP and START of somebody who is told of alarms by text: what to answer, or None if that changed nothing."""
    line = line_of(program)
    region = line.region if line else "US"
    match command_in(message.text):
        case Command.STOP if stop_texts(message.number, region=region, program_id=program.pk):
            return answering.alarms_stopped
        case Command.START if start_texts(message.number, region=region, program_id=program.pk):
            return answering.alarms_started
    return None


def _from_a_peer(text: InboundText, peer: Peer, message: Message, program: Program) -> _Done:
    lately = InboundText.objects.filter(number_digest=text.number_digest, at__gt=text.at - _HOUR).count()
    if lately > MOST_READ_AN_HOUR:
        return _Done(outcome=Outcome.PERSON, why=str(_LATELY))
    today = local_day(text.at, program.timezone)
    heard = read(message.text, name=peer.name, today=today, known=words_of(program))
    match heard:
        case Heard():
            done = _count(text, peer, heard, program)
        case Unclear(why=Why.BLANK):
            done = _help(text, peer, program)
        case Unclear():
            why = str(answering.REASONS[heard.why])
            done = _Done(outcome=Outcome.PERSON, answer=partial(answering.not_understood, heard), why=why)
        case _:
            done = _COMMANDS[heard](text, peer, program)
    return done if peer.wants_answers or heard in _ALWAYS_ANSWERED else replace(done, answer=str)


def _kept_after_fault(_text: InboundText, _message: Message, _program: Program) -> _Done:
    return _Done(outcome=Outcome.PERSON, answer=answering.kept_after_all, why=str(_FAULT))


def _from_a_stranger(text: InboundText, message: Message) -> _Done:
    """Kept for a person, without the number. Commands of somebody who is not enrolled mean nothing."""
    kept = InboundText.objects.filter(at__gt=text.at - _DAY, peer=None, outcome=Outcome.PERSON)
    theirs = kept.filter(number_digest=text.number_digest).count()
    is_flood = theirs >= MOST_FROM_A_STRANGER_A_DAY or kept.count() >= MOST_FROM_STRANGERS_A_DAY
    if is_flood or not message.text.strip() or command_in(message.text) in {Command.STOP, Command.START}:
        return _Done(outcome=Outcome.SILENT)
    answer = answering.received if theirs < ANSWERS_TO_A_STRANGER else str
    return _Done(outcome=Outcome.PERSON, answer=answer, why=str(_STRANGER))


def _count(text: InboundText, peer: Peer, heard: Heard, program: Program) -> _Done:
    submission = contact_of(heard, contact_id=text.pk, peer=peer, program=program, moment=text.at)
    receipt = ingest([submission], sender=sender_for(program, user_id=peer.user_id))[0]
    if receipt.word is not Word.ACCEPTED:  # the ledger keeps it, with the reason, for a person
        outcome = Outcome.COUNTED if receipt.entries else Outcome.PERSON
        return _Done(outcome=outcome, answer=answering.kept_after_all)
    today = local_day(text.at, program.timezone)
    return _Done(outcome=Outcome.COUNTED, answer=partial(answering.understood, heard, today=today))


def _undo(text: InboundText, peer: Peer, program: Program) -> _Done:
    """Take back the contact of the last text that was counted, if it still counts and is not older than a day."""
    last = InboundText.objects.filter(peer=peer, outcome=Outcome.COUNTED, at__gt=text.at - UNDO_WITHIN)
    last_id = last.order_by("-at").values_list("pk", flat=True).first()
    if last_id is None or not Encounter.objects.filter(pk=last_id, state=Encounter.State.LIVE).exists():
        return _Done(outcome=Outcome.ASKED, answer=answering.nothing_to_undo)
    undo([last_id], sender=sender_for(program, user_id=peer.user_id))
    return _Done(outcome=Outcome.UNDONE, answer=answering.undone)


def _help(_text: InboundText, peer: Peer, _program: Program) -> _Done:
    return _Done(outcome=Outcome.ASKED, answer=partial(answering.help_text, name=peer.name))


def _stop(_text: InboundText, peer: Peer, _program: Program) -> _Done:
    return _switch_answers(peer, wanted=False, answer=answering.stopped)


def _start(_text: InboundText, peer: Peer, _program: Program) -> _Done:
    return _switch_answers(peer, wanted=True, answer=answering.started)


def _switch_answers(peer: Peer, *, wanted: bool, answer: Callable[[], str]) -> _Done:
    """The first STOP is answered once more, as carriers ask; another one is not."""
    is_news = peer.wants_answers != wanted
    Peer.objects.filter(pk=peer.pk).update(wants_answers=wanted)
    return _Done(outcome=Outcome.ASKED, answer=answer if is_news else str)


_COMMANDS: dict[Command, Callable[[InboundText, Peer, Program], _Done]] = {
    Command.UNDO: _undo,
    Command.HELP: _help,
    Command.STOP: _stop,
    Command.START: _start,
}
_ALWAYS_ANSWERED = {Command.HELP, Command.STOP, Command.START}
