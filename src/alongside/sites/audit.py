"""Who did what, when: one line, without personal detail, in the transaction that did it."""

from __future__ import annotations

from typing import Any

from alongside.kernel.clock import now
from alongside.sites.models import AuditEvent
from alongside.sites.plain_sql import insert_all


def audit_event(action: str, *, program_id: int, by_id: int | None, target: str = "", **detail: Any) -> AuditEvent:
    """An unsaved line. `detail` holds counts and ids, never a code, a name or free text."""
    return AuditEvent(program_id=program_id, at=now(), by_id=by_id, action=action, target=target, detail=detail)


def record_audit(action: str, *, program_id: int, by_id: int | None, target: str = "", **detail: Any) -> None:
    insert_all([audit_event(action, program_id=program_id, by_id=by_id, target=target, **detail)])
