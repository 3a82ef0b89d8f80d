"""The first minute: the page that greets, a password, and the screen the work happens on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from alongside.config import demo

pytestmark = pytest.mark.journey


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser's console objected to, such as a breach of the content security policy."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said
    assert said == []


def test_a_worker_signs_in_and_can_record(page: Page, complaints: list[str]) -> None:
    page.goto("/")
    page.get_by_label("User name").fill("sam")
    page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url("/record/")
    expect(page.get_by_role("button", name="Save")).to_be_visible()


def test_a_wrong_password_is_answered_with_a_sentence(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill("sam")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
