"""The first minute: the page that greets, a password, and the screen the work happens on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from alongside.config import demo
from tests.browsing import Visit, Worker

pytestmark = pytest.mark.journey


def sign_in_with(worker: Worker, password: str) -> None:
    worker.page.get_by_label("User name").fill("sam")
    worker.page.get_by_label("Password", exact=True).fill(password)
    worker.tap(worker.button("Sign in"))


def test_a_worker_signs_in_and_can_record(visit: Visit, screen: str) -> None:
    worker = visit("", screen=screen)
    page = worker.open("/")
    sign_in_with(worker, demo.PASSWORD)
    expect(page).to_have_url("/record/")
    expect(worker.button("Save")).to_be_visible()


def test_a_wrong_password_is_answered_with_a_sentence(visit: Visit, screen: str) -> None:
    worker = visit("", screen=screen)
    page = worker.open("/sign-in/")
    sign_in_with(worker, "not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    worker.look()
