"""Requests to a gateway are made from a template that no number or text can change the form of."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.kernel.errors import Refusal
from alongside.messaging.filling import filled
from alongside.messaging.gateway import check_template, check_url

pytestmark = pytest.mark.once

AS_JSON = '{"phoneNumbers": ["{number}"], "textMessage": {"text": "{text}"}, "ttl": 60}'
AS_FORM = "To={number}\n\nFrom=+15550100\nBody=Line: {text}"


@given(st.text(max_size=60), st.text(max_size=60))
def test_values_stay_values(number: str, text: str) -> None:
    made = json.loads(filled(AS_JSON, body="json", number=number, text=text))
    assert made == {"phoneNumbers": [number], "textMessage": {"text": text}, "ttl": 60}
    form = filled(AS_FORM, body="form", number="1" + number, text=text).decode()
    assert parse_qs(form) == {"To": ["1" + number], "From": ["+15550100"], "Body": [f"Line: {text}"]}


@pytest.mark.parametrize(
    ("template", "body"),
    [("", "json"), ("{number}", "json"), ("{number}{text}", "json"), ("{number}{text}", "form"), (AS_FORM, "json")],
)
def test_a_template_that_is_not_whole_is_refused(template: str, body: str) -> None:
    with pytest.raises(Refusal):
        check_template(template, body=body)


def test_whole_templates_pass() -> None:
    check_template(AS_JSON, body="json")
    check_template(AS_FORM, body="form")


@pytest.mark.parametrize(
    "url",
    ["https://gateway.example/send", "http://192.168.1.9:8080/message", "http://localhost/x", "http://phone.lan/"],
)
def test_addresses_that_are_safe(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gateway.example",
        "ftp://x/",
        "http://gateway.example/",
        "http://8.8.8.8/",
        "https://",
        "https://x:99999/",
        "https://a b/",
    ],
)
def test_addresses_that_are_not(url: str) -> None:
    with pytest.raises(Refusal):
        check_url(url)
