"""What a phone sends for one contact, read without trusting any of it.

`v` names the shape of the envelope. A version that phones still use is never taken out of READERS: see
tests/snapshots/uploads for one of each that must be understood for ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from alongside.encounters.outbox.sealing import Keyring, Sealed, Unopened

Envelope = Mapping[str, Any]


class Plain(BaseModel):
    """What is inside the seal."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    form: str
    form_version: str = ""
    app: str = ""
    made_at: AwareDatetime
    worker: str


class _Cover(BaseModel):
    """The outside of a sealed contact."""

    model_config = ConfigDict(extra="ignore", strict=True)

    kid: str
    epk: str
    iv: str
    ct: str


class Unreadable(Exception):
    """The envelope can't be understood. Holds nothing of what it said."""


class Unknown(Unreadable):
    """It was made by an app that is newer than this server."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A contact as the phone put it in, with the form as a plain post would bring it."""

    id: UUID
    sealed: Sealed
    plain: Plain
    form: QueryDict

    @property
    def made_at(self) -> datetime:
        return self.plain.made_at


_ID = TypeAdapter(UUID)


def id_of(envelope: object) -> UUID | None:
    """The contact's id, or None if there is none that can be read."""
    if not isinstance(envelope, Mapping) or not isinstance(envelope.get("id"), str):
        return None
    try:
        return _ID.validate_python(envelope["id"])
    except ValidationError:
        return None


def read(envelope: object, keyring: Keyring) -> Opened:
    """Raises Unreadable, or Unknown for a version that is not known here yet."""
    if not isinstance(envelope, Mapping):
        raise Unreadable
    version = envelope.get("v")
    reader = READERS.get(version) if isinstance(version, int) and not isinstance(version, bool) else None
    if reader is None:
        raise Unknown
    return reader(envelope, keyring)


def _read_first(envelope: Envelope, keyring: Keyring) -> Opened:
    contact_id = id_of(envelope)
    if contact_id is None:
        raise Unreadable
    if "open" in envelope:
        plain = _validated(envelope["open"])
        text = json.dumps(envelope["open"], sort_keys=True).encode()
        sealed = keyring.seal(text, contact_id=envelope["id"])
    else:
        sealed = _sealed(envelope)
        plain = _inside(sealed, keyring)
    return Opened(id=contact_id, sealed=sealed, plain=plain, form=_form(plain.form))


READERS: dict[int, Callable[[Envelope, Keyring], Opened]] = {1: _read_first}


def _sealed(envelope: Envelope) -> Sealed:
    try:
        cover = _Cover.model_validate(envelope)
    except ValidationError:
        raise Unreadable from None
    return Sealed(id=envelope["id"], kid=cover.kid, epk=cover.epk, iv=cover.iv, ct=cover.ct)


def _inside(sealed: Sealed, keyring: Keyring) -> Plain:
    try:
        return _validated(json.loads(keyring.open(sealed)))
    except (Unopened, ValueError, RecursionError):
        raise Unreadable from None


def _validated(value: object) -> Plain:
    try:
        return Plain.model_validate(value)
    except ValidationError:
        raise Unreadable from None


def _form(body: str) -> QueryDict:
    try:
        body.encode()
        return QueryDict(body, mutable=True)
    except (UnicodeError, SuspiciousOperation):
        raise Unreadable from None
