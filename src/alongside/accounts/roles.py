"""Who may do what: a role is a job somebody has at a program, a permission is a thing a page does."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    WORKER = "worker"
    COORDINATOR = "coordinator"
    RESPONDER = "responder"
    TECHNICIAN = "technician"
    PLANNER = "planner"
    ADMINISTRATOR = "administrator"


_DESK = frozenset({Role.WORKER, Role.COORDINATOR, Role.ADMINISTRATOR})
_OFFICE = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
_EVERYONE = frozenset(Role)

PERMISSIONS: dict[str, frozenset[Role]] = {
    "contacts.record": _DESK | {Role.RESPONDER},
    "contacts.see": _DESK | {Role.RESPONDER},
    "contacts.correct": _DESK | {Role.RESPONDER},
    "contacts.review": _OFFICE,
    "participants.see": _DESK,
    "participants.manage": _OFFICE,
    "stock.see": _DESK | {Role.PLANNER, Role.TECHNICIAN},
    "stock.move": _DESK,
    "stock.manage": _OFFICE,
    "reports.see": _OFFICE | {Role.PLANNER},
    "coverage.estimate": _OFFICE | {Role.PLANNER},
    "surveys.enter": _DESK,
    "surveys.manage": _OFFICE,
    "imports.run": _OFFICE,
    "texts.manage": _OFFICE,
    "questions.manage": _OFFICE,
    "exposure.see": _OFFICE,
    "exposure.purge": _OFFICE,
    "giving.manage": _OFFICE,
    "alarms.answer": _DESK | {Role.RESPONDER},
    "alarms.manage": _OFFICE,
    "shifts.manage": _DESK | {Role.RESPONDER},
    "room.work": _DESK | {Role.RESPONDER},
    "room.manage": _OFFICE,
    "staff.manage": frozenset({Role.ADMINISTRATOR}),
    "sites.manage": _OFFICE,
    "own.account": _EVERYONE,
    "own.sign_in": _EVERYONE,
}

NEEDS_PASSWORD = frozenset({"staff.manage", "imports.run", "participants.manage", "exposure.purge", "own.sign_in"})
"""What a session that began with four digits on a shared computer never may, whatever the role."""


def roles_allow(roles: frozenset[Role], permission: str) -> bool:
    """True if any of the roles may do it. An unknown permission is a programming error, never "yes"."""
    return not PERMISSIONS[permission].isdisjoint(roles)
