"""Runs in a process of its own, in the home of a server: programs that cover people, deadlines, what became of them.

python -m tests.faults.check_in_seed cover URL COUNT  -> {"addresses": […]}: of the start pages of so many programs
python -m tests.faults.check_in_seed set URL COUNT SECONDS -> {"alarms": […]}: deadlines spread over the next seconds
python -m tests.faults.check_in_seed look FILE -> see `look`
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from django_scopes import scopes_disabled

from alongside.config.starting import start_django

WAIT_SECONDS, GRACE_SECONDS = 3, 1
AT_A_TIME = 100


def cover(url: str, count: str) -> dict[str, Any]:
    from django.urls import reverse

    return {"addresses": [reverse("check_in:begin", args=[_covered(url)]) for _each in range(int(count))]}


def _covered(url: str) -> str:
    """Two people are on duty, each with a webhook, and have shown that they are there."""
    from alongside.accounts.roles import Role
    from alongside.alarms import duties
    from alongside.alarms.models import Duty
    from alongside.jobs.django_store import DjangoStore
    from alongside.messaging.alerting.models import Target
    from alongside.services.checkins.actions import confirm_protocol
    from tests.alarms.watching import webhook
    from tests.programs import make_member, make_program

    program = make_program()
    for _each in range(2):
        user = make_member(program, Role.RESPONDER)
        webhook(program, url, user_id=user.pk)
        duties.go_on_duty(hours=8, program_id=program.pk, by_id=user.pk)
    for shown in (Duty, Target):
        shown._base_manager.filter(program=program).update(proven_ms=DjangoStore().now_ms())
    confirm_protocol(
        key="short",
        name="Injecting",
        wait_seconds=WAIT_SECONDS,
        grace_seconds=GRACE_SECONDS,
        source="Short, so that the test is.",
        program_id=program.pk,
        by_id=user.pk,
    )
    return program.slug


def set_deadlines(url: str, count: str, seconds: str) -> dict[str, Any]:
    """Each told once only: a message that is lost stays lost. Nobody answers them."""
    from django.db import transaction

    from alongside.alarms.models import Alarm
    from alongside.sites.models import Program
    from tests.alarms.watching import watch, webhook

    program, chance = Program.objects.latest("pk"), random.Random(20261122)
    hook = webhook(program, url, name="All")
    subjects = []
    for begin in range(0, int(count), AT_A_TIME):
        with transaction.atomic():
            for _each in range(min(AT_A_TIME, int(count) - begin)):
                wait = chance.uniform(0.5, float(seconds))
                subjects.append(watch(program, hook, in_seconds=wait, again_seconds=36_000))
    return {"alarms": [pk.hex for pk in Alarm.objects.filter(subject__in=subjects).values_list("pk", flat=True)]}


def look(file: str) -> dict[str, Any]:
    """Of each check-in that a program and a word in the file open: its deadline, its alarm's, and that alarm's id.
    What the auditor finds; and whether all that was raised has its incident and its first stage's messages.
    """
    from alongside.alarms.models import Alarm, Incident
    from alongside.messaging.alerting.models import Dispatch
    from alongside.services.checkins.models import CheckIn
    from alongside.services.checkins.queries import check_in_with
    from alongside.sites.models import Program
    from tests.alarms.watching import broken

    alarms = {alarm.subject: alarm for alarm in Alarm.objects.exclude(kind="alarms.canary")}
    due = dict(CheckIn.objects.values_list("pk", "due_ms"))
    programs = dict(Program.objects.values_list("slug", "pk"))
    wanted = [(slug, word) for slug, word in json.loads(Path(file).read_text())]
    known = {(slug, word): check_in_with(word, program_id=programs[slug]) for slug, word in wanted}
    raised = {alarm.pk for alarm in alarms.values() if alarm.step}
    messages = set(Dispatch.objects.values_list("pk", flat=True))
    first = {alarm.pk: _first_messages(alarm.pk, alarm.stages) for alarm in alarms.values() if alarm.step}
    return {
        "check_ins": [
            [key, {"due_ms": found.due_ms, "alarm_ms": alarms[found.pk].due_ms, "alarm": alarms[found.pk].pk.hex}]
            for key, found in known.items()
            if found and found.pk in alarms
        ],
        "without_alarm": [pk.hex for pk in due if pk not in alarms],
        "raised": sorted(pk.hex for pk in raised),
        "is_whole": raised == set(Incident.objects.exclude(kind="alarms.canary").values_list("pk", flat=True))
        and all(ids <= messages for ids in first.values()),
        "broken": sorted(broken()),
    }


def _first_messages(alarm_id: Any, stages: str) -> set[Any]:
    from alongside.alarms.stages import from_text
    from alongside.kernel.ids import uuid_within

    return {uuid_within(alarm_id, f"0:{target.hex}") for target in from_text(stages)[0].target_ids}


if __name__ == "__main__":
    start_django()
    asked = {"cover": cover, "set": set_deadlines, "look": look}
    with scopes_disabled():
        sys.stdout.write(json.dumps(asked[sys.argv[1]](*sys.argv[2:])))
