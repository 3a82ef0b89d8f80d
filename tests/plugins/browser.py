"""A real Chromium for the journeys: the one `make test` found or installed, never one of Playwright's downloads."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import expect

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
    return browser_type_launch_args | {"executable_path": chromium, "args": FLAGS}
