"""A real Chromium for the journeys: the one `make test` found or installed, never one of Playwright's downloads."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

WITHOUT_WINDOWS = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
NONE_HERE = "No Chromium here. Install the package chromium, or set CHROMIUM to its place; make test tries to."
PATIENT_MS = 20_000
"""How long a page may take to show what is expected. Playwright's five seconds are too few on a busy computer; how soon
something has to be seen is said by the tests that are about it.
"""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=PATIENT_MS)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; a test that asks for it is skipped where there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip(NONE_HERE)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object], chromium: str) -> dict[str, object]:
    """For `browser` and `page`: Chromium's build without windows if there is one. It needs half the processor's time;
    what it lacks, notifications and Background Sync, is for `whole_browser` and `phone`.
    """
    return browser_type_launch_args | {"executable_path": shutil.which(WITHOUT_WINDOWS) or chromium, "args": FLAGS}


@pytest.fixture
def whole_browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    with playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
        yield browser
