"""The steps of an import as jobs, so that closing the page, or pulling the plug, loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.translation import get_language, override
from django_scopes import scope, scopes_disabled

from alongside.encounters.importing import actions, files
from alongside.encounters.importing.models import Import
from alongside.encounters.importing.queries import sender_for
from alongside.encounters.submissions import Sender
from alongside.jobs.pulses import last_beat
from alongside.jobs.queue import enqueue
from alongside.jobs.runner import PULSE, PULSE_SECONDS
from alongside.jobs.specs import Work
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.sites.models import Program

JOB = "imports.step"
TIDY_JOB = "imports.forget_files"
AT_ONCE_BYTES = 100_000
AT_ONCE_LINES = 500
"""Less than a second of work is done while the page waits."""


class Step(StrEnum):
    CHECK = "check"
    BRING_IN = "bring_in"
    TAKE_OUT = "take_out"
    RETURN = "return"


_VERBS: Mapping[Step, tuple[Callable[..., None], Import.State]] = {
    Step.CHECK: (actions.check, Import.State.CHECKING),
    Step.BRING_IN: (actions.bring_in, Import.State.RUNNING),
    Step.TAKE_OUT: (actions.take_out, Import.State.UNDOING),
    Step.RETURN: (actions.return_all, Import.State.RETURNING),
}


def start(step: Step, found: Import, *, sender: Sender) -> None:
    """Do a short step now and leave a long one to the runner; with no runner alive, it is done here all the same."""
    if _is_short(step, found) or not runner_is_alive():
        run_step(step, found, sender=sender)
        return
    actions.announce(found, _VERBS[step][1])
    payload = {"import": str(found.pk), "program": sender.program.pk, "user": sender.user_id, "step": step.value}
    enqueue(JOB, payload | {"language": get_language() or sender.program.language})


def run_step(step: Step, found: Import, *, sender: Sender, tell: actions.Tell = actions.nobody) -> None:
    """Do a step. What can't be done is written on the import as a sentence, and the import goes back a step."""
    try:
        _VERBS[step][0](found, sender=sender, tell=tell)
    except Refusal as refusal:
        actions.give_up_step(found, str(refusal))


def do_job(work: Work) -> None:
    """Runs again from its beginning after a crash; a step that is over already is left alone."""
    program = Program.objects.get(pk=work.payload["program"])
    step = Step(work.payload["step"])
    with scope(program=program), override(work.payload["language"]):
        found = Import.objects.filter(pk=UUID(work.payload["import"]), state=_VERBS[step][1]).first()
        if found:
            sender = sender_for(program, user_id=work.payload["user"])
            run_step(step, found, sender=sender, tell=work.report_progress)


def forget_files(_work: Work) -> None:
    """Once a day: spreadsheets that nobody imported for a week, and what they were waiting for."""
    files.forget_old()
    with scopes_disabled():
        Import.objects.filter(
            state__in={Import.State.WAITING, Import.State.CHECKED}, at__lt=now() - files.KEPT
        ).delete()


def runner_is_alive() -> bool:
    beat = last_beat(PULSE)
    return beat is not None and now() - beat < timedelta(seconds=3 * PULSE_SECONDS)


def _is_short(step: Step, found: Import) -> bool:
    if step == Step.CHECK:
        return found.size_bytes <= AT_ONCE_BYTES
    return found.lines_total <= AT_ONCE_LINES
