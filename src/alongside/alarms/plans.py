"""A program's own standing plan: who is told at once, and who is told when nobody answers."""

from __future__ import annotations

from alongside.alarms.queries import people_on_duty, targets_in_use
from alongside.alarms.stages import Stage
from alongside.messaging.alerting.models import Channel, Target

SECOND_STAGE_SECONDS = 60
REPEAT_SECONDS = 60


def stages_for(program_id: int, site_id: int | None = None) -> tuple[Stage, ...]:
    """At once: the site's sounders and everyone on duty. A minute later and every minute: everyone who is set up.

    Nothing if nobody is set up at all: then nobody would be told, and that has to be said.
    """
    targets = list(targets_in_use(program_id))
    if not targets:
        return ()
    on_duty = {duty.user_id for duty in people_on_duty(program_id)}
    first = [each for each in targets if _is_first(each, on_duty, site_id)]
    everyone = [each for each in targets if each in first or each.is_backup]
    last = Stage(
        after_seconds=SECOND_STAGE_SECONDS if first else 0,
        target_ids=tuple(each.pk for each in everyone),
        repeat_seconds=REPEAT_SECONDS,
    )
    return (Stage(after_seconds=0, target_ids=tuple(each.pk for each in first)), last) if first else (last,)


def _is_first(target: Target, on_duty: set[int], site_id: int | None) -> bool:
    if target.channel == Channel.SOUNDER:
        return site_id is None or target.site_id == site_id
    return target.user_id is None or target.user_id in on_duty
