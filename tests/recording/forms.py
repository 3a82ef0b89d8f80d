"""Filling in the recording form and sending it, as a browser without JavaScript does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from alongside.encounters.models import Encounter
from tests.pages import Node, read, said_by

Typed = Mapping[str, str | list[str]]


def form_on(page: HttpResponse) -> Node:
    [form] = [form for form in read(page.content).all("form") if "data-recording" in form.attributes]
    return form


def opened(client: Client, url: str = "") -> dict[str, Any]:
    """What the form posts if nobody touches it."""
    return dict(said_by(form_on(client.get(url or reverse("desk:record")))))


def post(client: Client, form: Typed) -> HttpResponse:
    answer: HttpResponse = client.post(reverse("desk:record"), dict(form))
    return answer


def send(client: Client, typed: Typed, *, url: str = "") -> HttpResponse:
    """Open the form, fill in `typed` over what it holds, and press Save."""
    return post(client, opened(client, url) | dict(typed))


def saved(answer: HttpResponse) -> Encounter:
    assert answer.status_code == 302, sentences_on(answer)
    found: Encounter = Encounter.objects.get(pk=UUID(parse_qs(urlsplit(answer["location"]).query)["saved"][0]))
    return found


def sentences_on(answer: HttpResponse) -> list[str]:
    """What the page says is wrong, one sentence a fault."""
    alerts = [
        node for node in read(answer.content).walk() if node.attributes.get("role") == "alert" and node.text.strip()
    ]
    return [item.text for alert in alerts for item in (alert.all("li") or [alert])]


def kept_on(answer: HttpResponse) -> dict[str, list[str]]:
    """What the form that came back still holds."""
    return {name: values for name, values in said_by(form_on(answer)).items() if any(values)}
