"""When what waits on a phone is sent, what guards it until then, and how a refused contact is mended, in a Chromium."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from playwright.sync_api import expect

from alongside.kernel.clock import now
from alongside.participants.rules import random_code
from tests.journeys.authenticators import give_a_lock
from tests.journeys.gate import Gate
from tests.journeys.phones import Phone

pytestmark = [pytest.mark.journey, pytest.mark.once]

BUSY_SECONDS = 120
PASSPHRASE = "quiet river 12"
WITHOUT_BACKGROUND_SYNC = "delete ServiceWorkerRegistration.prototype.sync"
IS_PROMISED = """async () => {
    const { sync } = await navigator.serviceWorker.getRegistration();
    return (await sync.getTags()).includes("outbox");
}"""


def a_mark() -> int:
    return Random().randint(1000, 99_999)


def wake_by_the_network(phone: Phone) -> None:
    """What the browser does when it finds a network again and no page is open."""
    session = phone.context.new_cdp_session(phone.page)
    known: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: known.extend(each["registrationId"] for each in said["registrations"]),
    )
    session.send("ServiceWorker.enable")
    while not known:
        phone.page.wait_for_timeout(50)
    origin, _, _ = phone.page.url.partition("/record/")
    phone.page.goto("about:blank")
    dispatch = {"origin": origin, "registrationId": known[-1], "tag": "outbox", "lastChance": False}
    session.send("ServiceWorker.dispatchSyncEvent", dispatch)


def wait_for(phone: Phone, today: Callable[[], str], text: str) -> None:
    for _try in range(100):
        if text in today():
            return
        phone.page.wait_for_timeout(100)
    raise AssertionError(f"{text} has not arrived.")


def test_the_browser_wakes_the_app_and_a_timer_does_where_it_can_not(
    phone: Phone, gate: Gate, today: Callable[[], str]
) -> None:
    phone.set_up("sam")
    mark = a_mark()
    gate.is_shut = True
    phone.give_and_save("Lighter", mark)
    phone.wait_until(IS_PROMISED)
    gate.is_shut = False
    wake_by_the_network(phone)
    wait_for(phone, today, f"{mark} × Lighter")

    phone.context.add_init_script(WITHOUT_BACKGROUND_SYNC)
    phone.page.clock.install()
    phone.go("/record/")
    expect(phone.bar).to_contain_text("Everything is sent.")
    gate.busy_seconds = BUSY_SECONDS
    phone.give_and_save("Lighter", mark + 1)
    expect(phone.bar).to_contain_text("1 contact waits")
    gate.busy_seconds = 0
    phone.page.clock.fast_forward((BUSY_SECONDS - 20) * 1000)
    phone.page.clock.run_for(1000)
    expect(phone.bar).to_contain_text("1 contact waits")
    phone.page.clock.run_for(60_000)
    wait_for(phone, today, f"{mark + 1} × Lighter")
    expect(phone.bar).to_contain_text("Everything is sent.")

    phone.context.clear_cookies(name="alongside_csrf")
    phone.give_and_save("Lighter", mark + 2)
    wait_for(phone, today, f"{mark + 2} × Lighter")


def test_a_passkey_guards_copies_and_what_was_refused_is_mended(
    phone: Phone, gate: Gate, today: Callable[[], str]
) -> None:
    give_a_lock(phone.page)
    phone.set_up("lou")
    page = phone.go("/field/")
    page.get_by_role("button", name="Use a passkey").tap()
    expect(page.get_by_role("button", name="Seal at once from now on")).to_be_visible()
    phone.go("/record/")
    page.get_by_text("Who, how many, when").tap()
    page.get_by_label("Day", exact=True).evaluate("(field) => field.removeAttribute('max')")
    page.get_by_label("Day", exact=True).fill((now() + timedelta(days=30)).date().isoformat())
    card, mark = random_code(), a_mark()
    page.locator("input[name=code]").fill(card)
    phone.give_and_save("Lighter", mark)
    expect(phone.bar).to_contain_text("1 contact needs a person.")
    phone.bar.get_by_role("link").tap()
    expect(page.locator("#queue [data-answers]")).to_contain_text("Refused")
    line = page.locator("#queue [data-lines] li")
    expect(line).not_to_contain_text("Lighter")
    expect(page.get_by_label("Passphrase", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Unlock").tap()
    expect(line).to_contain_text(f"{mark} × Lighter")
    line.get_by_role("button", name="Change").tap()
    page.get_by_label("Day", exact=True).fill("")
    phone.save()
    wait_for(phone, today, f"{mark} × Lighter")
    expect(phone.bar).to_contain_text("Everything is sent.")
    expect(phone.bar).not_to_contain_text("needs a person")
    assert today().count(f"{mark} × Lighter") == 1
    assert phone.held("answers") == []


def test_a_seized_phone_says_nothing(phone: Phone, gate: Gate) -> None:
    """Everything that the browser wrote to the disk, with contacts that wait and a readable copy among it."""
    phone.set_up("lou")
    page = phone.go("/field/")
    page.get_by_label("A passphrase for this phone").fill(PASSPHRASE)
    page.get_by_role("button", name="Use this passphrase").tap()
    expect(page.get_by_role("button", name="Seal at once from now on")).to_be_visible()
    gate.is_shut = True
    card = random_code()
    phone.go("/record/")
    page.get_by_text("Who, how many, when").tap()
    page.locator("input[name=code]").fill(card)
    page.locator("details.reversal summary").tap()
    page.get_by_role("group", name="Doses used").get_by_role("radio", name="2").tap()
    phone.give_and_save("Lighter", a_mark())
    phone.go("/field/shift/")
    phone.context.close()
    written = list(phone.written())
    assert any(b"alongside-phone" in each for each in written)  # we look in the right place
    for secret in (card, PASSPHRASE, "&people=1", ".doses=2"):
        assert [each for each in written if secret.encode() in each or secret.encode("utf-16-le") in each] == [], secret
    phone.open()
