"""What goes in and out of the API, for its schema and for whoever writes a phone's side."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

Base64Url = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]*={0,2}$")]


class PlainContact(Schema):
    """What a phone seals, or sends open: the form as it was filled in."""

    form: Annotated[
        str, Field(description="The recording form as a browser posts it (application/x-www-form-urlencoded).")
    ]
    form_version: str = ""
    app: str = ""
    made_at: Annotated[datetime, Field(description="The phone's clock, with its offset from UTC.")]
    worker: Annotated[str, Field(description="The token that the phone got when it was set up.")]


class SealedContact(Schema):
    """A contact that only the program's key opens."""

    id: Annotated[str, Field(description="UUID version 7, made on the phone. The form's own id is the same.")]
    v: Literal[1]
    kid: str
    epk: Base64Url
    iv: Base64Url
    ct: Base64Url


class OpenContact(Schema):
    """A contact that was not sealed."""

    id: str
    v: Literal[1]
    open: PlainContact


class Upload(Schema):
    """What waited on a phone."""

    sent_at: Annotated[datetime | None, Field(description="The phone's clock when it sent this.")] = None
    contacts: Annotated[
        list[SealedContact | OpenContact],
        Field(
            max_length=5000,
            description="Anything else in this list is kept for a person and answered with a word, too.",
        ),
    ]


class State(Schema):
    """What a phone compares with what it has."""

    at: Annotated[datetime, Field(description="The server's clock.")]
    form: Annotated[str, Field(description="Another one when the recording page has changed.")]
    app: str
    kid: str
    public_key: Base64Url


class Answer(Schema):
    """One of the five words, for one contact."""

    id: str
    word: Literal["accepted", "duplicate", "held", "refused", "conflict"]
    sentence: str = ""


class Waiting(Schema):
    """A contact that the phone keeps: it belongs to a program that whoever is signed in does not work for."""

    id: str
    sentence: str


class Answers(State):
    """The answers, in the order of the contacts."""

    answers: list[Answer]
    waiting: list[Waiting] = []


class Trouble(Schema):
    """Nothing was taken; the phone keeps everything. `reason` is for the program, `sentence` for the worker."""

    sentence: str
    reason: str


class RawUpload(Schema):
    """An upload as far as it has to be in order to be answered contact by contact."""

    sent_at: Any = None
    contacts: list[Any]
