"""The first minute: the page that greets, a password, and the screen the work happens on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser, Page, expect

from alongside.config import demo
from tests.browsing import Visit, Worker, look_at, sign_in
from tests.journeys.authenticators import give_a_lock
from tests.journeys.gate import Gate

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


@pytest.mark.once
def test_a_wrong_password_is_answered_with_a_sentence(visit: Visit, screen: str) -> None:
    worker = visit("", screen=screen)
    page = worker.open("/sign-in/")
    sign_in_with(worker, "not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    worker.look()


@pytest.fixture
def page_with_a_lock(browser: Browser, gate: Gate) -> Iterator[Page]:
    with browser.new_context(base_url=gate.url, locale="en-US") as context:
        page = context.new_page()
        give_a_lock(page)
        yield page


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_out(page: Page) -> None:
    page.goto("/sign-in/out/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def add_passkey(page: Page) -> None:
    """Right after the password, so that nobody is asked for it again."""
    page.goto("/sign-in/passkeys/add/")
    page.get_by_label("Name").fill("Work phone")
    page.get_by_label("Sign in with this passkey alone").check()
    look_at(page)
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/sign-in/passkeys/")
    expect(page.get_by_role("heading", name="Work phone")).to_be_visible()


def add_app(page: Page) -> str:
    page.goto("/sign-in/app/")
    page.get_by_text("I can’t scan it").click()
    secret = page.locator("code").text_content() or ""
    look_at(page)
    page.get_by_role("main").get_by_role("textbox").fill(code_for(secret))
    page.get_by_role("button", name="Use this app").click()
    expect(page.get_by_text("In use", exact=True)).to_be_visible()
    return secret


@pytest.mark.once
def test_a_passkey_alone_and_an_app_as_second_step(page_with_a_lock: Page) -> None:
    page = page_with_a_lock
    sign_in(page, "mei")
    add_passkey(page)
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).not_to_have_url(re.compile("sign-in"))
    secret = add_app(page)
    sign_out(page)
    page.get_by_label("User name").fill("mei")
    page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    look_at(page)
    page.get_by_role("main").get_by_role("textbox").fill(code_for(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url(re.compile("sign-in"))
