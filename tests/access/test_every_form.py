"""Every form of every page, filled with what nobody should enter: a sentence that says what to do, no fault of ours."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.access.addresses import CLOSED_WITH_PAGES, Address
from tests.access.filled import Filled, names_of
from tests.access.pages import PostForm, post_forms
from tests.programs import signed_in
from tests.recording.forms import sentences_on

pytestmark = [pytest.mark.django_db, pytest.mark.once]

STRANGE = (
    "-1",
    "9" * 30,
    "<script>alert(1)</script>",
    "1900-01-01",
    "2100-12-31",
    "nonsense %00 '; --",
    "x" * 1_000_000,
    "987654321",
    "\x00",
)
EACH_FORM = 2
SHORT = 60
NOT_TYPED = {"csrfmiddlewaretoken", "next"}
LEFT_OUT = {"account_logout", "set_language"}


def strange_forms(form: PostForm, turn: int) -> list[tuple[str, dict[str, str]]]:
    """Every field says the same strange thing; each form meets some of the values, all forms together meet all."""
    fields = [name for name in form.choices if name not in NOT_TYPED]
    values = [STRANGE[(turn * EACH_FORM + number) % len(STRANGE)] for number in range(EACH_FORM)]
    return [(value, dict.fromkeys(fields, value)) for value in values] if fields else []


def what_is_wrong_with(answer: HttpResponse) -> list[str]:
    if answer.status_code >= 500:
        return [f"status {answer.status_code}"]
    if answer.status_code != 422:
        return []
    sentences = sentences_on(answer)
    return [each for each in sentences if not each.endswith((".", "!", "?"))] if sentences else ["no sentence"]


def faults_at(client: Client, address: Address, names: dict[str, object], known: set[str]) -> list[str]:
    """Those of forms that no page before had: many stand on every page."""
    page = reverse(address.name, kwargs=names)
    shown = client.get(page)
    if shown.status_code != 200 or shown.streaming or "html" not in shown["Content-Type"]:
        return []
    ways_out = {reverse(name) for name in LEFT_OUT}
    found = []
    for form in post_forms(shown.content.decode()):
        action = form.action or page
        what = f"{action} {sorted(form.choices)}"
        if action in ways_out or what in known:
            continue
        for value, data in strange_forms(form, len(known)):
            with transaction.atomic():
                wrong = what_is_wrong_with(client.post(action, data))
                transaction.set_rollback(True)
            found += [f"{address.name} -> {action}, {value[:SHORT]!r}: {each}" for each in wrong]
        known.add(what)
    return found


def test_what_nobody_should_enter(here: Filled) -> None:
    faults: list[str] = []
    known: set[str] = set()
    for address in CLOSED_WITH_PAGES:
        client = signed_in(Client(raise_request_exception=False), here.boss)
        with transaction.atomic():
            faults += faults_at(client, address, names_of(address.name, here) if address.holds else {}, known)
            transaction.set_rollback(True)
    assert len(known) > 60
    assert faults == []
