"""Who is asking: a staff member, at one program, with their roles there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alongside.accounts.roles import Role, roles_allow
from alongside.sites.models import Membership, Program

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase


@dataclass(frozen=True, kw_only=True)
class Member:
    """A signed-in staff member at the program they work for now."""

    user_id: int
    name: str
    program: Program
    roles: frozenset[Role]
    programs: tuple[Program, ...] = ()

    def can(self, permission: str) -> bool:
        return roles_allow(self.roles, permission)


def member_of(user_id: int, name: str, session: SessionBase) -> Member | None:
    """The member a session stands for, or None if the person belongs to no program. One query."""
    rows = list(
        Membership._base_manager.filter(user_id=user_id).select_related("program").order_by("program_id")
    )
    if not rows:
        return None
    wanted = session.get("program")
    programs = {row.program_id: row.program for row in rows}
    program = programs.get(wanted) or rows[0].program
    roles = frozenset(Role(row.role) for row in rows if row.program_id == program.id)
    return Member(user_id=user_id, name=name, program=program, roles=roles, programs=tuple(programs.values()))
