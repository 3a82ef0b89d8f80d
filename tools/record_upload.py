"""Record what the phone app of a running demo program sends, for tests/snapshots/uploads.

    .venv/bin/python tools/record_upload.py http://127.0.0.1:8000 var > tests/snapshots/uploads/v1-recorded-0.2.json

Run it at each release, with that release's demo program and its home. A Chromium sets a phone up, records without a
network as a worker would, and sends. The file holds the very bodies, still sealed, and the demo program's key, which
nothing else uses; then `UPDATE=1 pytest tests/sync/test_old_apps.py` adds what every later version has to make of them.
Read that before you keep it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

PASSWORD = "harm-reduction-works"  # noqa: S105 - the demo programs have always had it
SCREEN: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "locale": "en-US"}


def set_up(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill("sam")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile("/record/"))
    page.goto("/field/")
    page.get_by_role("button", name="Set up this phone").click()
    page.wait_for_url(re.compile("/record/"))
    expect(page.locator("#phone")).to_contain_text("Everything is sent.")


def save(page: Page, waiting: str) -> None:
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#phone")).to_contain_text(waiting)


def give(page: Page, item: str, quantity: int) -> None:
    page.get_by_label("Find an item").fill(item)
    page.get_by_role("spinbutton", name=re.compile(f"^{item}")).first.fill(str(quantity))


def record(page: Page) -> None:
    """A usual bag; many people on a day before; a reversal with returns; one that may not be; one that is undone."""
    page.get_by_role("button", name=re.compile("Injecting, 10")).click()
    save(page, "1 contact waits")
    give(page, "Bubble pipe kit", 6)
    page.get_by_text("Who, how many, when").click()
    page.get_by_role("spinbutton", name="People in this entry").fill("12")
    page.get_by_label("The amounts are for each of them").click()
    page.get_by_label("Day", exact=True).fill("2026-03-14")
    save(page, "2 contacts wait")
    page.locator("details.reversal summary").click()
    page.get_by_role("group", name="Doses used").get_by_role("radio", name="2").click()
    page.get_by_text("Estimate by container").click()
    page.get_by_role("button", name=re.compile("One more.*1 quart")).click()
    save(page, "3 contacts wait")
    page.get_by_text("Who, how many, when").click()
    page.get_by_label("Day", exact=True).evaluate("(field) => field.removeAttribute('max')")
    page.get_by_label("Day", exact=True).fill("2999-01-01")
    give(page, "Lighter", 3)
    save(page, "4 contacts wait")


def send_and_undo(context: BrowserContext, page: Page) -> list[dict[str, Any]]:
    """All bodies, with what was answered."""
    with page.expect_response(lambda answer: is_upload(answer.request)) as first:
        context.set_offline(False)
    expect(page.locator("#phone")).to_contain_text("needs a person")
    give(page, "Lighter", 7)
    with page.expect_response(lambda answer: is_upload(answer.request)) as second:
        page.get_by_role("button", name="Save", exact=True).last.click()
    with page.expect_response(lambda answer: is_upload(answer.request)) as third:
        page.locator(".saved-note").get_by_role("button", name="Undo").click()
    exchanges = [first.value, second.value, third.value]
    return [{"body": each.request.post_data_json, "answers": each.json()["answers"]} for each in exchanges]


def is_upload(request: Any) -> bool:
    return bool(request.method == "POST" and request.url.endswith("/api/sync/"))


def main(url: str, home: str) -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(base_url=url, **SCREEN)
        page = context.new_page()
        set_up(page)
        context.set_offline(True)
        record(page)
        exchanges = send_and_undo(context, page)
        browser.close()
    key = (Path(home) / "keys" / "outbox.key").read_text().strip()
    recorded = {"key": key, "program": 1, "exchanges": exchanges}
    sys.stdout.write(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
