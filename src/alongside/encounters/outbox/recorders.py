"""Who recorded a contact that waited on a phone, and what they were allowed to then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from uuid import UUID

from alongside.accounts.roles import PERMISSIONS, Role, roles_allow
from alongside.encounters.outbox.keeping import after_the_end, by_nobody_we_know, from_a_revoked_phone
from alongside.encounters.outbox.models import Phone
from alongside.encounters.outbox.tokens import WorkerToken
from alongside.encounters.submissions import Sender
from alongside.sites.models import Membership, Program


class Recorders:
    """The workers and phones that some contacts came from. Two questions for any number of them, one for new phones."""

    def __init__(self, program: Program, *, heard_at: datetime) -> None:
        self._program, self._heard_at = program, heard_at
        self._memberships: dict[int, list[tuple[Role, datetime | None]]] = {}
        self._phones: dict[UUID, Phone] = {}
        self._seen: set[WorkerToken] = set()

    def look_up(self, tokens: Iterable[WorkerToken]) -> None:
        """To be asked before `sender`, for as many tokens as there are."""
        new = {token for token in tokens if token.program_id == self._program.pk} - self._seen
        if not new:
            return
        self._seen |= new
        self._memberships |= _memberships(self._program, {token.user_id for token in new})
        known = {token.phone_id: token for token in new if self._worked(token)}
        self._phones |= _heard(self._program, known, self._heard_at)

    def sender(self, token: WorkerToken | None, *, made_at: datetime) -> Sender:
        """Raises Kept. Somebody whose work ended, or a phone that was revoked, after the contact still counts."""
        if token is None or token.program_id != self._program.pk or not self._worked(token):
            raise by_nobody_we_know()
        revoked_at = self._phones[token.phone_id].revoked_at
        if revoked_at and made_at >= revoked_at:
            raise from_a_revoked_phone()
        roles = frozenset(
            role for role, ended_at in self._memberships[token.user_id] if ended_at is None or ended_at > made_at
        )
        if not roles:
            raise after_the_end()
        return Sender(program=self._program, user_id=token.user_id, permissions=_permissions(roles), door="field")

    def known_user_id(self, token: WorkerToken | None) -> int | None:
        is_ours = token is not None and token.program_id == self._program.pk and self._worked(token)
        return token.user_id if token and is_ours else None

    def _worked(self, token: WorkerToken) -> bool:
        return token.user_id in self._memberships


@cache
def _permissions(roles: frozenset[Role]) -> frozenset[str]:
    return frozenset(permission for permission in PERMISSIONS if roles_allow(roles, permission))


def _memberships(program: Program, user_ids: set[int]) -> dict[int, list[tuple[Role, datetime | None]]]:
    found: dict[int, list[tuple[Role, datetime | None]]] = {}
    rows = Membership.objects.filter(user_id__in=user_ids).values_list("user_id", "role", "ended_at")
    for user_id, role, ended_at in rows:
        found.setdefault(user_id, []).append((Role(role), ended_at))
    return found


def _heard(program: Program, tokens: dict[UUID, WorkerToken], at: datetime) -> dict[UUID, Phone]:
    """The phones, with a row for each that nobody had heard of."""
    known = Phone.objects.in_bulk(list(tokens))
    new = [
        Phone(
            id=phone_id,
            program=program,
            worker_id=token.user_id,
            set_up_on=token.issued_on,
            first_heard_at=at,
            last_heard_at=at,
        )
        for phone_id, token in tokens.items()
        if phone_id not in known
    ]
    Phone.objects.bulk_create(new, ignore_conflicts=True)
    Phone.objects.filter(pk__in=list(known)).update(last_heard_at=at)
    return known | {phone.pk: phone for phone in new}
