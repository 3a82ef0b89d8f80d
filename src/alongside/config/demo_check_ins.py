"""The demo program's check-ins: intervals, two people on duty, and a month of check-ins that ended one way or another.

Nobody is told of anything: where responders have a phone, the demo has a channel that takes messages and sends none.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from alongside.accounts.models import User
from alongside.alarms.duties import go_on_duty, note_answer
from alongside.alarms.models import Incident, IncidentEvent
from alongside.alarms.stages import incident_code
from alongside.jobs.django_store import DjangoStore
from alongside.kernel.ids import uuid7
from alongside.messaging.alerting.models import Channel, Dispatch
from alongside.messaging.alerting.targets import keep_target
from alongside.services.checkins.actions import confirm_protocol
from alongside.services.checkins.models import CheckIn, PlanEvent, Protocol
from alongside.services.checkins.rules.keeping import KIND, REFUSAL_SECONDS
from alongside.services.checkins.rules.plans import SUGGESTIONS
from alongside.sites.models import Program

SEED = 20260103
DAYS = 30
DAILY = 2
HOURS = 14
DAY_MS = 24 * 3600 * 1000
SOURCE = "Made up for this demo, after: {source} Nobody may be watched over by it."
ENDS = (("ok", True), ("ok", False), ("overdose", False), ("unknown", False), ("ok", False))
"""How the last incidents ended, and whether the person said OK before their plan opened."""


def make_check_ins(program: Program, staff: Sequence[User]) -> None:
    coordinator, responder = staff[1], staff[4]
    protocols = [_confirmed(program, each.key, coordinator) for each in SUGGESTIONS]
    for user in (responder, coordinator):
        _be_on_duty(program, user)
    dice = Random(SEED)  # noqa: S311 - repeatable on purpose
    now_ms = DjangoStore().now_ms()
    CheckIn.objects.bulk_create(
        _ended(program, dice.choice(protocols), now_ms - day * DAY_MS - dice.randrange(8 * 3_600_000), dice)
        for day in range(1, DAYS + 1)
        for _each in range(DAILY)
    )
    for number, (outcome, is_late_ok) in enumerate(ENDS):
        started_ms = now_ms - (3 + 6 * number) * DAY_MS
        check_in = _ended(program, protocols[0], started_ms, dice)
        check_in.save(force_insert=True)
        _with_incident(check_in, outcome, responder, is_late_ok=is_late_ok)


def _confirmed(program: Program, key: str, coordinator: User) -> Protocol:
    suggested = next(each for each in SUGGESTIONS if each.key == key)
    return confirm_protocol(
        key=key,
        name=suggested.name,
        wait_seconds=suggested.wait_seconds,
        grace_seconds=suggested.grace_seconds,
        source=SOURCE.format(source=suggested.source),
        program_id=program.pk,
        by_id=coordinator.pk,
    )


def _be_on_duty(program: Program, user: User) -> None:
    """With a way to be reached, and the shift check answered."""
    keep_target(
        {},
        name=f"{user.name.partition(' ')[0]}: demo",
        channel=Channel.CANARY,
        program_id=program.pk,
        user_id=user.pk,
        is_backup=True,
        by_id=user.pk,
    )
    go_on_duty(hours=HOURS, program_id=program.pk, by_id=user.pk)
    for check in Dispatch.objects.filter(target__user=user, seen_ms=None):
        note_answer(check.pk)


def _ended(program: Program, protocol: Protocol, started_ms: int, dice: Random) -> CheckIn:
    due_ms = started_ms + protocol.wait_seconds * 1000
    return CheckIn(
        program=program,
        word_digest=dice.randbytes(32),
        protocol=protocol,
        language=program.language,
        started_ms=started_ms,
        due_ms=due_ms,
        ended_ms=due_ms - dice.randrange(60_000),
    )


def _with_incident(check_in: CheckIn, outcome: str, responder: User, *, is_late_ok: bool) -> None:
    raised_ms = check_in.due_ms + check_in.protocol.grace_seconds * 1000 + 40
    opened_ms, ended_ms = raised_ms + REFUSAL_SECONDS * 1000, raised_ms + 14 * 60_000
    identity = uuid7()
    incident = Incident.objects.create(
        id=identity,
        program_id=check_in.program_id,
        kind=KIND,
        subject=check_in.pk,
        words=f"A check-in has no answer. ({incident_code(identity)})",
        due_ms=raised_ms - 40,
        raised_ms=raised_ms,
        owner=responder,
        acknowledged_ms=raised_ms + 9_000,
        late_ok_ms=opened_ms - 5_000 if is_late_ok else None,
        closed_ms=ended_ms,
        outcome=outcome,
    )
    CheckIn.objects.filter(pk=check_in.pk).update(
        ended_ms=opened_ms - 5_000 if is_late_ok else None, released_ms=None if is_late_ok else opened_ms
    )
    middle = [(opened_ms - 5_000, "late_ok")] if is_late_ok else [(opened_ms, "released")]
    story = [(raised_ms, "raised"), (raised_ms + 9_000, "taken"), *middle, (ended_ms, f"ended_{outcome}")]
    IncidentEvent.objects.bulk_create(
        IncidentEvent(
            program_id=check_in.program_id,
            incident=incident,
            at_ms=at_ms,
            action=action,
            by=responder if action == "taken" or action.startswith("ended") else None,
        )
        for at_ms, action in story
    )
    if not is_late_ok:
        seen = [(opened_ms, "released", None), (opened_ms + 7_000, "read", responder)]
        PlanEvent.objects.bulk_create(
            PlanEvent(program_id=check_in.program_id, check_in=check_in, at_ms=at_ms, action=action, by=by)
            for at_ms, action, by in seen
        )
