"""Who is asking: a staff member, at one program, with their roles there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from alongside.accounts.models import User
from alongside.accounts.roles import NEEDS_PASSWORD, Role, roles_allow
from alongside.accounts.sign_in import BY_PIN
from alongside.sites.models import Device, Program

if TYPE_CHECKING:
    from alongside.sites.signed_in import SessionStore

PROGRAM = "program"
DEVICE = "device"


@dataclass(frozen=True, kw_only=True)
class Member:
    """A signed-in staff member at the program they work for now."""

    user_id: int
    name: str
    program: Program
    roles: frozenset[Role]
    programs: tuple[Program, ...] = ()
    by_pin: bool = False
    """They took over a shared device with a PIN: some doors stay closed until they give their password."""
    has_start_password: bool = False

    def can(self, permission: str) -> bool:
        return roles_allow(self.roles, permission) and not (self.by_pin and permission in NEEDS_PASSWORD)


def member_of(user: User, session: SessionStore) -> Member | None:
    """The member a session stands for, or None if the person belongs to no program. One query after a PIN."""
    places = session.workplaces if session.person == user else ()
    by_pin = bool(session.get(BY_PIN))
    if by_pin:
        places = _at_device(places, session)
    if not places:
        return None
    programs = {program.pk: program for program, _role in places}
    program = programs.get(session.get(PROGRAM, 0)) or places[0][0]
    return Member(
        user_id=user.pk,
        name=str(user),
        program=program,
        roles=frozenset(Role(role) for each, role in places if each.pk == program.pk),
        programs=tuple(programs.values()),
        by_pin=by_pin,
        has_start_password=user.start_password_until is not None,
    )


def _at_device(places: Sequence[tuple[Program, str]], session: SessionStore) -> list[tuple[Program, str]]:
    """A PIN opens the program its device belongs to and no other, for as long as the device may be shared."""
    device = live_device(session.get(DEVICE, ""))
    return [(program, role) for program, role in places if device and program.pk == device.program_id]


def live_device(device_id: str) -> Device | None:
    """The shared device with this id, of whichever program, unless an administrator took it off the list."""
    try:
        wanted = UUID(device_id)
    except ValueError:
        return None
    return Device._base_manager.filter(pk=wanted, revoked_at=None).first()
