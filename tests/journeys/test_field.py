"""Out of the building: recording without a network, in a real Chromium, with a phone's size and memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from playwright.sync_api import expect

from alongside.kernel.clock import now
from tests.journeys.gate import Gate
from tests.journeys.phones import Phone

pytestmark = pytest.mark.journey

BAG = re.compile("Injecting, 10")


def give_the_usual_bag(phone: Phone) -> None:
    page = phone.go("/record/")
    page.get_by_role("button", name=BAG).tap()
    phone.taps = 1
    phone.save()
    expect(page.locator(".saved-note")).to_contain_text("10 × Syringe 1 mL")
    assert phone.taps <= 3
    expect(phone.bar).to_contain_text("1 contact waits to be sent.")
    phone.look()


def give_twelve_people_six_kits_each(phone: Phone) -> None:
    page = phone.page
    page.get_by_role("button", name="Same as last").tap()
    expect(page.get_by_role("spinbutton", name=re.compile("^Syringe 1 mL, 29G ½ in"))).to_have_value("10")
    page.get_by_role("button", name="Clear").tap()
    phone.give("Bubble pipe kit", 6)
    page.get_by_text("Who, how many, when").tap()
    page.get_by_role("spinbutton", name="People in this entry").fill("12")
    page.get_by_label("The amounts are for each of them").tap()
    phone.save()
    expect(phone.bar).to_contain_text("2 contacts wait")


def report_a_reversal_of_three_days_ago_and_returns(phone: Phone) -> None:
    page = phone.page
    page.locator("details.reversal summary").tap()
    page.get_by_role("group", name="Doses used").get_by_role("radio", name="2").tap()
    page.get_by_text("Estimate by container").tap()
    page.get_by_role("button", name=re.compile("One more.*1 quart")).tap()
    page.get_by_text("Who, how many, when").tap()
    page.get_by_label("Day", exact=True).fill((now() - timedelta(days=3)).date().isoformat())
    phone.save()
    expect(phone.bar).to_contain_text("3 contacts wait")


def take_one_back(phone: Phone, mark: int) -> None:
    page = phone.page
    phone.give_and_save("Lighter", mark)
    page.locator(".saved-note").get_by_role("button", name="Undo").tap()
    expect(phone.bar).to_contain_text("3 contacts wait")
    phone.save()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is entered yet.")


def see_every_page(phone: Phone) -> None:
    shift = phone.go("/field/shift/")
    expect(shift.locator("[data-figure=contacts]")).to_have_text("14")
    expect(shift.locator("#shift")).to_contain_text("Report a reversal")
    expect(shift.locator("li", has_text="Bubble pipe kit")).to_contain_text("72")
    phone.look()
    expect(phone.go("/field/guide/").locator(".guide-steps li")).to_have_count(8)
    phone.look()
    expect(phone.go("/field/").locator("#queue [data-lines] li")).to_have_count(3)
    phone.look()
    expect(phone.go("/stock/").get_by_role("heading", level=1)).to_have_text("No network")
    phone.look()


def wait_until_undone(phone: Phone, today: Callable[[], str], given: str) -> None:
    """On the server's list. The phone says "sent" about what was sent before, too."""
    for _try in range(100):
        if re.search(rf"is-undone(?:(?!</li>).)*>{given}", today(), re.DOTALL):
            return
        phone.page.wait_for_timeout(200)
    raise AssertionError(f"{given} is not undone.")


def test_everything_works_without_a_network_and_arrives_later(phone: Phone, today: Callable[[], str]) -> None:
    mark = Random().randint(1000, 99_999)
    phone.set_up("sam")
    phone.context.set_offline(True)
    give_the_usual_bag(phone)
    give_twelve_people_six_kits_each(phone)
    report_a_reversal_of_three_days_ago_and_returns(phone)
    take_one_back(phone, mark)
    see_every_page(phone)
    phone.context.set_offline(False)
    phone.go("/record/")
    expect(phone.bar).to_contain_text("Everything is sent.")
    listed = today()
    assert "6 × Bubble pipe kit" in listed
    assert "12 people" in listed
    assert f"{mark} × Lighter" not in listed
    expect(phone.bar).to_contain_text("Server last reached")
    phone.give_and_save("Lighter", mark)
    expect(phone.bar).to_contain_text("Everything is sent.")
    phone.page.locator(".saved-note").get_by_role("button", name="Undo").tap()
    expect(phone.page.locator(".saved-note")).to_contain_text("The server is told")
    wait_until_undone(phone, today, f"{mark} × Lighter")


def test_fifty_contacts_survive_two_restarts_and_an_update(phone: Phone, gate: Gate, today: Callable[[], str]) -> None:
    phone.set_up("lou")
    start = Random().randint(1, 90) * 1000
    first, second, third = range(start, start + 17), range(start + 17, start + 34), range(start + 34, start + 50)
    gate.is_shut = True
    phone.go("/record/")
    phone.give_quickly("Lighter", first)
    phone.reopen()
    phone.go("/record/")
    phone.give_quickly("Lighter", second)

    version = phone.bar.get_attribute("data-version")
    assert version
    gate.replaced = {version.encode(): b"0123456789ab", b'"/api/sync/"': b'"/api/gone/"'}
    phone.sign_in("lou")
    gate.is_shut = False
    phone.go_until("/record/", IS_UPDATED)
    gate.is_shut = True

    phone.reopen()
    expect(phone.go("/record/").locator("#phone")).to_have_attribute("data-version", "0123456789ab")
    phone.give_quickly("Lighter", third)
    expect(phone.bar).to_contain_text("50 contacts wait")
    phone.sign_in("lou")
    gate.most_contacts = 20
    gate.replaced, gate.is_shut = {version.encode(): b"0123456789ab"}, False
    phone.go("/record/")
    expect(phone.bar).to_contain_text("Everything is sent.", timeout=30_000)
    assert gate.turned_away >= 2  # 50, 25, then by 13; the browser may have tried by itself before
    arrived = Counter(int(number) for number in re.findall(r"<span>(\d+) × Lighter</span>", today()))
    assert {number: arrived[number] for number in range(start, start + 50)} == dict.fromkeys(
        range(start, start + 50), 1
    )


@pytest.mark.once
def test_a_session_that_ended_costs_nothing(phone: Phone, today: Callable[[], str]) -> None:
    phone.set_up("ray")
    phone.context.clear_cookies(name="alongside")
    mark = Random().randint(1000, 99_999)
    phone.go("/record/")
    phone.give_and_save("Lighter", mark)
    expect(phone.bar).to_contain_text("Sign in to send 1 contact.")
    phone.look()
    phone.bar.get_by_role("link").tap()
    phone.page.get_by_label("User name").fill("ray")
    phone.page.get_by_label("Password", exact=True).fill("harm-reduction-works")
    phone.page.get_by_role("button", name="Sign in", exact=True).tap()
    expect(phone.bar).to_contain_text("Everything is sent.")
    assert f"{mark} × Lighter" in today()


@pytest.mark.once
def test_a_passphrase_lets_a_contact_be_changed_and_no_longer(phone: Phone, today: Callable[[], str]) -> None:
    phone.set_up("ines")
    page = phone.go("/field/")
    page.get_by_label("A passphrase for this phone").fill("quiet river 12")
    page.get_by_role("button", name="Use this passphrase").tap()
    expect(page.get_by_role("button", name="Seal at once from now on")).to_be_visible()
    phone.context.set_offline(True)
    phone.go("/record/")
    mark = Random().randint(1000, 40_000)
    phone.give_and_save("Lighter", mark)
    phone.bar.get_by_role("link").tap()
    line = page.locator("#queue [data-lines] li")
    expect(line).not_to_contain_text("Lighter")
    page.get_by_label("Passphrase", exact=True).fill("not the passphrase")
    page.get_by_role("button", name="Unlock").tap()
    expect(page.get_by_role("alert").filter(has_text="That is not it")).to_be_visible()
    page.get_by_label("Passphrase", exact=True).fill("quiet river 12")
    page.get_by_role("button", name="Unlock").tap()
    expect(line).to_contain_text(f"{mark} × Lighter")
    phone.look()
    line.get_by_role("button", name="Change").tap()
    phone.give_and_save("Lighter", mark + 50_000)
    expect(phone.bar).to_contain_text("1 contact waits")
    phone.bar.get_by_role("link").tap()
    page.get_by_role("button", name="Seal everything now").tap()
    expect(line).to_contain_text("Sealed")
    assert phone.held("copies") == []
    phone.context.set_offline(False)
    phone.go("/record/")
    expect(phone.bar).to_contain_text("Everything is sent.")
    assert f"{mark + 50_000} × Lighter" in today()
    assert f">{mark} × Lighter" not in today()


IS_UPDATED = """async () => {
    const isKept = await caches.has("alongside-0123456789ab");
    const { installing, waiting, active } = await navigator.serviceWorker.getRegistration();
    return isKept && !installing && !waiting && active.state === "activated";
}"""
