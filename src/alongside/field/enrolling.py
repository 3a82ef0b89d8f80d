"""What a phone keeps to record without a network: who records, and the key it seals to. See docs/reference/sync.md."""

from __future__ import annotations

from alongside.encounters.outbox.sealing import public_key
from alongside.encounters.outbox.tokens import worker_token
from alongside.encounters.outbox.versions import APP, form_version
from alongside.sites.members import Member

SYNC_DOOR = "/api/sync/"


def enrolment(member: Member) -> dict[str, str]:
    key = public_key(member.program)
    return {
        "program": str(member.program.pk),
        "worker": worker_token(member),
        "name": member.name,
        "kid": key.kid,
        "public_key": key.raw,
        "sync": SYNC_DOOR,
        "app": APP,
        "form": form_version(member.program),
    }
