"""Every form of every page, filled with what nobody should enter: a sentence that says what to do, no fault of ours,
and what was entered is still there.
"""

from __future__ import annotations

from html import escape

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
EACH_FORM = 3
SHORT = 60
NOT_TYPED = {"csrfmiddlewaretoken", "next"}
LEFT_OUT = {"account_logout", "set_language"}


def strange_forms(form: PostForm, turn: int) -> list[tuple[str, dict[str, str]]]:
    """Every field says the same strange thing; each form meets some of the values, all forms together meet all."""
    fields = [name for name in form.choices if name not in NOT_TYPED]
    values = [STRANGE[(turn * EACH_FORM + number) % len(STRANGE)] for number in range(EACH_FORM)]
    return [(value, dict.fromkeys(fields, value)) for value in values] if fields else []


def what_is_wrong_with(answer: HttpResponse, value: str) -> list[str]:
    if answer.status_code >= 500:
        return [f"status {answer.status_code}"]
    if answer.status_code != 422:
        return []
    sentences = sentences_on(answer)
    unfinished = [sentence for sentence in sentences if not sentence.endswith((".", "!", "?", ":"))]
    is_kept = len(value) > SHORT or "\x00" in value or escape(value) in answer.content.decode()
    return ([] if sentences else ["no sentence"]) + unfinished + ([] if is_kept else ["not kept"])


def faults_at(client: Client, address: Address, names: dict[str, object], turn: int) -> list[str]:
    page = reverse(address.name, kwargs=names)
    shown = client.get(page)
    if shown.status_code != 200 or shown.streaming or "html" not in shown["Content-Type"]:
        return []
    ways_out = {reverse(name) for name in LEFT_OUT}
    forms = [form for form in post_forms(shown.content.decode()) if form.action not in ways_out]
    found = []
    for number, form in enumerate(forms):
        for value, data in strange_forms(form, turn + number):
            with transaction.atomic():
                wrong = what_is_wrong_with(client.post(form.action or page, data), value)
                transaction.set_rollback(True)
            found += [f"{address.name} -> {form.action or page}, {value[:SHORT]!r}: {each}" for each in wrong]
    return found


def test_what_nobody_should_enter(here: Filled) -> None:
    faults = []
    for turn, address in enumerate(CLOSED_WITH_PAGES):
        client = signed_in(Client(raise_request_exception=False), here.boss)
        with transaction.atomic():
            faults += faults_at(client, address, names_of(address.name, here) if address.holds else {}, turn)
            transaction.set_rollback(True)
    assert faults == []
