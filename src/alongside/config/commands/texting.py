"""`alongside text-in`: a text from a modem on this computer, as gammu-smsd hands it over."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alongside.config.commands.programs import program_option, the_program
from alongside.config.starting import open_database
from alongside.kernel.errors import Refusal

if TYPE_CHECKING:
    from alongside.messaging.webhooks import Message

_REPLY_SECONDS = 60
_MOST_PARTS = 40


@click.command("text-in")
@click.argument("names", nargs=-1)
@click.option("--reply", default="", help="A command that sends the answer: it gets the number and reads the text.")
@click.option(
    "--inbox",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder where gammu-smsd leaves messages. What was taken is deleted from it; what stays was not taken.",
)
@program_option
def text_in(names: tuple[str, ...], reply: str, inbox: Path | None, program: str) -> None:
    """Take the text that gammu-smsd just received. For its setting RunOnReceive.

    Number and words come from the environment that gammu-smsd sets, never from the command line, which others on this
    computer can read. NAMES are what it calls the message.
    """
    open_database()
    where = the_program(program)
    message = message_from(os.environ, names)
    answer = _taken(message, where.pk)
    if inbox:
        for name in names:
            (inbox / Path(name).name).unlink(missing_ok=True)
    if answer and reply:
        _send(answer, message.number, reply)
    elif answer and sys.stdout is not None:
        click.echo(answer)


def message_from(environment: Mapping[str, str], names: tuple[str, ...]) -> Message:
    """What gammu-smsd says: decoded parts where it could join them, else the physical messages in turn.

    Decoded parts count from one, in old versions from zero: see gammu-smsd-run(7). Raises Refusal without a message.
    """
    from alongside.messaging.webhooks import Message

    parts = range(_count(environment, "DECODED_PARTS") + 1)
    decoded = [environment.get(f"DECODED_{part}_TEXT", "") for part in parts]
    messages = range(1, _count(environment, "SMS_MESSAGES") + 1)
    physical = [environment.get(f"SMS_{each}_TEXT", "") for each in messages]
    number = environment.get("SMS_1_NUMBER", "")
    if not number:
        raise Refusal("There is no text in the environment. Let gammu-smsd run this, with its setting RunOnReceive.")
    name = " ".join((environment.get("PHONE_ID", ""), *names)).strip() if names else ""
    return Message(number=number, text="".join(decoded) or "".join(physical), id=name)


def _count(environment: Mapping[str, str], name: str) -> int:
    said = environment.get(name, "")
    return min(int(said), _MOST_PARTS) if said.isascii() and said.isdecimal() and len(said) < 9 else 0


def _taken(message: Message, program_id: int) -> str:
    from django_scopes import scope

    from alongside.encounters.texting.intake import TooMany, take_text
    from alongside.messaging.lines import line_of
    from alongside.messaging.models import TextLine
    from alongside.sites.models import Program

    program = Program.objects.get(pk=program_id)
    with scope(program=program):
        line = line_of(program)
    if line is None or not line.is_on:
        raise Refusal("The program has no text line, or it is off. Open it under Staff and sites, Text line.")
    try:
        answer = take_text(message, line=line, program=program)
    except TooMany:
        raise Refusal("This number sends too many texts. This one was not kept.") from None
    goes_another_way = line.answer in {TextLine.Answer.GATEWAY, TextLine.Answer.NONE}
    return "" if answer.is_repeat or goes_another_way else answer.text


def _send(answer: str, number: str, command: str) -> None:
    """No shell in between: nothing in a number can become a command."""
    try:
        done = subprocess.run(  # noqa: S603 - whoever runs the computer says which command
            [*shlex.split(command), number],
            input=answer.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_REPLY_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise Refusal("The text was taken, but the command for answers could not be run.") from None
    if done.returncode:
        raise Refusal("The text was taken, but the command for answers failed.")
