"""Whatever is sent, from the API's own schema or against it: never a fault of ours, and every contact has its word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.api.urls import api
from alongside.kernel.ids import uuid7
from tests.recording.test_fuzz import FORMS
from tests.sync.phone import Phone, seal

pytestmark = pytest.mark.django_db

SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api"))))
SENDING = SCHEMA["/api/sync/"]["POST"]
BODIES = SENDING.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE).map(lambda case: case.body)
OTHERWISE = SENDING.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE).map(lambda case: case.body)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
PATIENT = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
WORDS = {"accepted", "duplicate", "held", "refused", "conflict"}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def assert_answered(desk: Client, body: Any) -> None:
    """400 for a body that is none at all; otherwise a word, or a wait, for each contact."""
    answer = desk.post("/api/sync/", json.dumps(body), content_type="application/json")
    if answer.status_code == 400:
        assert not isinstance(body, dict) or not isinstance(body.get("contacts"), list)
        return
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert len(said["answers"]) + len(said["waiting"]) == len(body["contacts"])
    assert {each["word"] for each in said["answers"]} <= WORDS
    assert all(each["sentence"] for each in said["answers"] if each["word"] not in {"accepted", "duplicate"})


@PATIENT
@given(body=st.one_of(BODIES, OTHERWISE, JSON, st.builds(lambda each: {"contacts": [each]}, JSON)))
def test_any_body_is_answered(desk: Client, body: Any) -> None:
    with undone():
        try:
            json.dumps(body)
        except TypeError:
            return
        assert_answered(desk, body)


@PATIENT
@given(forms=st.lists(FORMS, min_size=1, max_size=3), damage=JSON, field=st.sampled_from(["form", "made_at", "worker"]))
def test_any_form_inside_a_seal_is_answered(
    desk: Client, phone: Phone, forms: list[Any], damage: Any, field: str
) -> None:
    from urllib.parse import urlencode

    with undone():
        plains = [phone.plain(urlencode(form, doseq=True, errors="surrogatepass")) for form in forms]
        envelopes = [seal(plain, contact_id=str(uuid7()), key=phone.key) for plain in plains]
        envelopes.append(seal({**plains[0], field: damage}, contact_id=str(uuid7()), key=phone.key))
        assert_answered(desk, phone.upload(*envelopes))
