"""Which program a phone's contact belongs to: the one whose key it was sealed to, whoever sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alongside.encounters.outbox.sealing import Keyring
from alongside.encounters.outbox.tokens import read_worker_token
from alongside.sites.members import Member
from alongside.sites.models import Program


def by_program(contacts: Sequence[Any], member: Member) -> list[int | None]:
    """Which of the member's programs each contact belongs to; None for a program they do not work for.

    What can't be told is kept where they work now.
    """
    rings = {program.pk: Keyring(program.pk) for program in (member.program, *member.programs)}
    others = _Others(rings)
    return [_program_of(contact, rings, others, member.program.pk) for contact in contacts]


def _program_of(contact: Any, rings: Mapping[int, Keyring], others: _Others, here: int) -> int | None:
    if not isinstance(contact, Mapping):
        return here
    inside = contact.get("open")
    if isinstance(inside, Mapping) and isinstance(inside.get("worker"), str):
        token = read_worker_token(inside["worker"])
        if token is None or token.program_id in rings:
            return token.program_id if token else here
        return None
    kid = contact.get("kid")
    if not isinstance(kid, str):
        return here
    return next((pk for pk, ring in rings.items() if ring.holds(kid)), None if others.hold(kid) else here)


class _Others:
    """The keys of programs that the member does not work for, made only when a contact names a key nobody has."""

    def __init__(self, rings: Mapping[int, Keyring]) -> None:
        self._mine = set(rings)
        self._rings: list[Keyring] | None = None

    def hold(self, kid: str) -> bool:
        if self._rings is None:
            ids = Program.objects.exclude(pk__in=self._mine).values_list("pk", flat=True)
            self._rings = [Keyring(pk) for pk in ids]
        return any(ring.holds(kid) for ring in self._rings)
