"""Somebody uses alone: start, more time, OK, no answer, release, refusal; and whoever is on duty."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.alarms.browsers import Subscribed
from tests.alarms.sinks import Sink, listening
from tests.browsing import Visit, Worker, faults_of
from tests.plugins.server import Server

pytestmark = [pytest.mark.journey, pytest.mark.once]
PLACE = "Heron Street 9, third floor"
RUSH = """
import django; django.setup()
from alongside.jobs.django_store import DjangoStore
store = DjangoStore()
now = store.now_ms()
waiting = "WHERE state = 'waiting' AND kind LIKE 'checkins%%'"
store.change("UPDATE alarms_alarm SET due_ms = %s, next_ms = %s " + waiting, [now, now])
store.change("UPDATE checkins_checkin SET release_ms = %s WHERE release_ms IS NOT NULL AND %s", [now, {opens}])
"""

ASKED = """
import django; django.setup()
from alongside.jobs.django_store import DjangoStore
print(DjangoStore().rows({question})[0][0])
"""
PUSH_SERVICE = """
const subscription = {
  endpoint: said.endpoint,
  toJSON: () => ({ endpoint: said.endpoint, keys: { p256dh: said.p256dh, auth: said.auth } }),
  unsubscribe: async () => delete localStorage.pushed,
};
PushManager.prototype.getSubscription = async () => (localStorage.pushed ? subscription : null);
PushManager.prototype.subscribe = async () => ((localStorage.pushed = "1"), subscription);
"""
SHOWN = """async (words) => {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration.getNotifications()).some((each) => each.title === words);
}"""


def rush(server: Server, *, opens: bool = False) -> None:
    """Let the time of every running check-in pass now; with `opens` that of the refusal too."""
    in_the_program(server, RUSH.replace("{opens}", str(opens)))


def in_the_program(server: Server, code: str) -> str:
    """Run beside it, on its database."""
    environment = os.environ | {
        "ALONGSIDE_HOME": str(server.home),
        "DJANGO_SETTINGS_MODULE": "alongside.config.settings",
    }
    environment.pop("ALONGSIDE_DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def bell() -> Iterator[Sink]:
    one = Sink(status=204)
    with listening(one):
        yield one


@pytest.fixture
def responder(visit: Visit, bell: Sink) -> Worker:
    """Sets up two ways to be reached and an interval, goes on duty, and answers the shift check."""
    worker = visit("ada")
    for name, whose in (("Bell", "me"), ("Big bell", "all")):
        page = worker.open("/alarms/reaching/")
        page.get_by_label("Name").fill(name)
        page.get_by_label("How", exact=True).select_option("webhook")
        page.get_by_label("Number or address").fill(bell.url)
        page.get_by_label("Whose").select_option(whose)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text("Added.")).to_be_visible()
    page = worker.open("/check-ins/interval/?key=injected")
    page.get_by_role("button", name="Our program confirms this").click()
    page = worker.open("/alarms/")
    page.get_by_role("button", name="Start", exact=True).click()
    bell.wait_for(1)
    worker.page.goto(bell.requests[0].content["link"])
    worker.page.get_by_role("button", name="I have read this").click()
    expect(worker.page.get_by_text("We know now that messages reach you")).to_be_visible()
    bell.requests.clear()
    return worker


def forgive_the_missing_network(worker: Worker) -> None:
    """The browser says of each request that it could not be sent, and so it has to be here."""
    said = worker.heard.complaints
    said[:] = [each for each in said if "ERR_INTERNET_DISCONNECTED" not in each]


def start(page: Page) -> None:
    page.goto("/check-in/demo/")
    expect(page.get_by_text("Somebody is on duty now")).to_be_visible()
    expect(page.get_by_text("Nobody real is on duty here")).to_be_visible()
    page.get_by_label("Injecting").check()
    page.get_by_label("Where are you?").fill(PLACE)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="Covered.")).to_be_visible()


def press_ok(page: Page) -> None:
    """For a second: a pocket does not."""
    button = page.get_by_role("button", name="I am OK")
    button.tap()
    expect(page.get_by_text("Hold the button for a second")).to_be_visible()
    button.hover()
    page.mouse.down()
    page.wait_for_url("**/*")
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    page.mouse.up()


def open_by_word(page: Page, word: str) -> None:
    page.goto("/check-in/demo/word/")
    page.get_by_label("The word").fill(word.lower())
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", name="Covered.")).to_be_visible()


def hand_over(responder: Worker, colleague: Worker) -> None:
    """Asked is not taken: it stays with whoever has it until the colleague takes it."""
    page = responder.page
    page.get_by_label("To whom").select_option("Ray Sutton")
    page.get_by_role("button", name="Ask them").click()
    expect(page.get_by_text("It stays yours until they have taken it.").first).to_be_visible()
    expect(page.get_by_role("button", name="I am still on it")).to_be_visible()
    colleague.open(page.url)
    colleague.page.get_by_role("button", name="Take it over").click()
    expect(colleague.page.get_by_role("button", name="I am still on it")).to_be_visible()


def answer_without_javascript(visit: Visit) -> None:
    """More time, then OK: said by a friend on another phone, by the word."""
    plain = visit("", screen="phone", javascript=False).page
    start(plain)
    word = plain.locator(".letters").inner_text()
    plain.get_by_role("button", name="More time").click()
    expect(plain.get_by_role("heading", name="Covered.")).to_be_visible()
    assert word.split()[0] not in plain.url
    friend = visit("", screen="phone", javascript=False).page
    open_by_word(friend, word)
    friend.get_by_role("button", name="I am OK").click()
    expect(friend.get_by_role("heading", name="Thank you. It has ended.")).to_be_visible()
    plain.reload()
    expect(plain.get_by_role("heading", name="Thank you. It has ended.")).to_be_visible()


def test_somebody_uses_alone(visit: Visit, server: Server, responder: Worker, bell: Sink) -> None:
    answer_without_javascript(visit)
    phone = visit("", screen="phone")
    phone.page.goto("/sign-in/")
    phone.page.get_by_role("link", name="Using alone? Check in").click()
    start(phone.page)
    phone.heard.has_axe = True
    assert faults_of(phone.page) == []
    press_ok(phone.page)

    start(phone.page)
    screen = visit("ada").open("/alarms/sounder/")
    screen.get_by_role("button", name="Let this screen sound").click()
    expect(screen.locator("#sounder[data-now=quiet]")).to_be_visible()
    rush(server)
    expect(phone.page.get_by_role("heading", name="People have been told.")).to_be_visible(timeout=10_000)
    expect(screen.locator("#sounder[data-now=loud]")).to_be_visible()
    bell.wait_for(1)
    responder.page.goto(bell.requests[0].content["link"])
    responder.page.get_by_role("button", name="I take it").click()
    expect(screen.locator("#sounder[data-now=quiet]")).to_be_visible()
    rush(server, opens=True)
    responder.page.get_by_role("link", name="Sign in to see more").click()
    responder.page.get_by_role("link", name="What the person left for you").click()
    for _try in range(20):
        if responder.page.get_by_role("button", name="Read the plan").count():
            break
        responder.page.wait_for_timeout(200)
        responder.page.reload()
    responder.page.get_by_role("button", name="Read the plan").click()
    expect(responder.page.get_by_text(PLACE)).to_be_visible()
    expect(phone.page.get_by_text("read by somebody on duty")).to_be_visible(timeout=10_000)
    press_ok(phone.page)
    responder.page.get_by_role("link", name="To the incident").click()
    colleague = visit("ray", screen="phone")
    hand_over(responder, colleague)
    colleague.page.get_by_label("The person was all right").check()
    colleague.page.get_by_role("button", name="End the incident").click()
    expect(colleague.page.get_by_text("Ended and written down.")).to_be_visible()

    start(phone.page)
    rush(server)
    phone.page.get_by_role("button", name="No: do not open it").click(timeout=10_000)
    expect(phone.page.get_by_text("Your plan was not opened and has been destroyed.")).to_be_visible()
    screen.context.set_offline(True)
    expect(screen.locator("#sounder[data-now=lost]")).to_be_visible(timeout=8_000)
    screen.close()
    forgive_the_missing_network(phone)


def test_a_phone_is_notified(whole_browser: Browser, visit: Visit, server: Server, bell: Sink) -> None:
    """All but the way through the browser's maker: their server is ours here, and Chromium is handed what came."""
    browser = Subscribed(bell.url)
    worker = visit("ray", screen="phone", within=whole_browser)
    worker.page.context.grant_permissions(["notifications"], origin=server.url)
    worker.page.add_init_script(f"const said = {json.dumps(browser.said)};{PUSH_SERVICE}")
    page = worker.open("/alarms/reaching/here/")
    expect(page.get_by_text("Notifications are off here.")).to_be_visible()
    worker.look()
    chromium, registration = service_worker_of(page)
    page.get_by_label("Name").fill("Ray’s phone")
    page.get_by_role("button", name="Switch on here").click()
    expect(page.get_by_text("A message was sent here.")).to_be_visible()
    bell.wait_for(1)
    shown = browser.opened(bell.requests[0].body)
    page = worker.open("/alarms/reaching/here/")
    expect(page.get_by_text("Notifications are on here.")).to_be_visible()
    pushed = {"origin": server.url, "registrationId": registration, "data": json.dumps(shown)}
    chromium.send("ServiceWorker.deliverPushMessage", pushed)
    page.wait_for_function(SHOWN, arg=shown["words"])
    page.goto(shown["link"])
    page.get_by_role("button", name="I have read this").click()
    row = worker.open("/alarms/reaching/").get_by_role("row", name="Ray’s phone")
    expect(row.get_by_text("never")).to_have_count(0)
    assert ask(server, "SELECT count(*) FROM alerting_dispatch WHERE channel = 'push' AND delivered_ms > 0") == "1"
    worker.open("/alarms/reaching/here/").get_by_role("button", name="Switch off here").click()
    expect(worker.page.get_by_text("Alarms do not come here any more.")).to_be_visible()


def service_worker_of(page: Page) -> tuple[CDPSession, str]:
    """A way to talk to Chromium about it, and what it calls the service worker of this page."""
    found: list[str] = []
    session = page.context.new_cdp_session(page)
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(
            each["registrationId"] for each in event["registrations"] if each["scopeURL"].endswith("/here/")
        ),
    )
    session.send("ServiceWorker.enable")
    for _try in range(50):
        if found:
            return session, found[0]
        page.wait_for_timeout(100)
    raise AssertionError("There is no service worker.")


def ask(server: Server, question: str) -> str:
    return in_the_program(server, ASKED.replace("{question}", repr(question))).strip()


def test_without_the_service_the_page_says_that_nobody_will_be_told(visit: Visit, responder: Worker) -> None:
    phone = visit("", screen="phone")
    phone.page.goto("/check-in/demo/")
    phone.page.get_by_label("Injecting").check()
    phone.page.get_by_label("Where are you?").fill(PLACE)
    phone.page.context.set_offline(True)
    phone.page.get_by_role("button", name="Start").click()
    expect(phone.page.get_by_role("alert")).to_contain_text("Nobody will be told.")
    forgive_the_missing_network(phone)


def test_the_pages_are_small(visit: Visit, responder: Worker) -> None:
    phone = visit("", screen="phone")
    sizes: list[int] = []
    phone.page.on("response", lambda answer: sizes.append(len(answer.body()) if answer.status == 200 else 0))
    start(phone.page)
    assert len(sizes) >= 3
    assert sum(sizes) < 100_000
