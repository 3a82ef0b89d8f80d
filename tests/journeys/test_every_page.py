"""Every page that a link leads to, as the roles that see the most see it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

import pytest

from tests.browsing import QUICKLY, SCREENS, Visit, Worker, faults_of, is_too_wide

pytestmark = [pytest.mark.journey, pytest.mark.once]

EXTRA = ("/look/", "/reports/?figure=people.all", "/reports/?period=custom", "/not-there/")
"""Pages and states of pages that no link leads to."""
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b")
FILE = re.compile(r"\.(csv|xlsx|svg|pdf)$|/(file|csv|xlsx|template)/")
ADDRESSES = "[...document.links].map((each) => each.href)"
FEWEST = 40


def kind_of(address: str) -> str:
    """Two contacts have one kind of page."""
    return NUMBER.sub("*", urlsplit(address).path)


HOLD_STILL = "() => { for (let timer = setTimeout(() => {}); timer > 0; timer -= 1) clearTimeout(timer); }"
"""To axe, which remembers a colour while it looks at the ground, a screen that turned loud in between is at fault."""


def links_of(worker: Worker) -> list[str]:
    found: list[str] = worker.page.evaluate(
        "[...document.links].filter((each) => !each.hasAttribute('download')).map((each) => each.href)"
    )
    addresses = (urldefrag(each).url.removeprefix(worker.heard.origin) for each in found)
    return [each for each in addresses if each.startswith("/") and not FILE.search(urlsplit(each).path)]


def pages_of(worker: Worker, seen: set[str]) -> Iterator[str]:
    """Opens one page of each kind that was not seen yet, and answers its address."""
    waiting = ["/", *EXTRA]
    while waiting:
        address = waiting.pop(0)
        if kind_of(address) in seen and address not in EXTRA:
            continue
        seen.add(kind_of(address))
        worker.open(address)
        waiting += [each for each in links_of(worker) if kind_of(each) not in seen]
        yield address


def test_nothing_is_in_the_way_on_any_page(visit: Visit) -> None:
    seen: set[str] = set()
    faults: dict[str, list[str]] = {}
    for username in ("ada", "ines"):
        worker = visit(username, screen="phone")
        for address in pages_of(worker, seen):
            worker.heard.has_axe = True
            worker.page.evaluate(HOLD_STILL)
            if found := faults_of(worker.page, QUICKLY):
                faults[address] = found
            worker.page.set_viewport_size(SCREENS["desk"]["viewport"])
            if is_too_wide(worker.page):
                faults.setdefault(address, []).append("wider than a desk's screen")
            worker.page.set_viewport_size(SCREENS["phone"]["viewport"])
    assert faults == {}, "\n".join(f"{address}: {found}" for address, found in faults.items())
    assert len(seen) > FEWEST, sorted(seen)


def test_the_pages_before_anybody_signed_in(visit: Visit, screen: str) -> None:
    worker = visit("", screen=screen)
    for address in ("/sign-in/", "/not-there/", "/check-in/demo/", "/check-in/demo/word/"):
        worker.open(address)
        worker.look()
