"""The desk: contacts a second through the whole stack, beside the same rows in plain SQL, one transaction a contact.

Figures: desk.contacts_per_s, desk.p99_ms, desk.errors (8 connections); desk.alone_p99_ms (one); desk.bulk_per_s;
desk.growth (the same at a million contacts beside a thousand, in turns) and desk.errors_at_1000000;
desk.{record,today}_page_ms and _queries at a million.
`CONTACTS=100000` fills less.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.filling import fill_with_contacts, prepare_program
from benchmarks.floor import plain_contacts_per_s
from benchmarks.harness import Browser, Database, copy_of, on_each_database, running, say, this_database

CONNECTIONS = 8
SECONDS = 8.0
TURNS = 7
MANY = int(os.environ.get("CONTACTS", "1000000"))
FORM = {
    "items.syringe-1ml-29g-half": "10",
    "items.naloxone-nasal-4mg": "1",
    "syringes.returned.count": "8",
    "people": "1",
}


def desks_at(address: str, count: int) -> list[Browser]:
    """Signed-in browsers on the recording page."""
    browsers = [Browser(address) for _ in range(count)]
    for browser in browsers:
        browser.site = site_of(browser)  # type: ignore[attr-defined]
    return browsers


def hammer(desks: list[Browser], seconds: float) -> tuple[float, list[float], int]:
    """Contacts a second, every request's milliseconds, and the number of answers that were not "saved"."""
    begin = time.perf_counter()
    with ThreadPoolExecutor(len(desks)) as pool:
        rounds = list(pool.map(lambda desk: one_desk(desk, begin + seconds), desks))
    spent = time.perf_counter() - begin
    latencies = [each for found, _errors in rounds for each in found]
    return len(latencies) / spent, latencies, sum(errors for _found, errors in rounds)


def one_desk(browser: Browser, until: float) -> tuple[list[float], int]:
    latencies, errors = [], 0
    while time.perf_counter() < until:
        begin = time.perf_counter()
        status, _page = browser.post("/record/", FORM | {"site": browser.site})  # type: ignore[attr-defined]
        latencies.append((time.perf_counter() - begin) * 1000)
        errors += status != 302
    return latencies, errors


def site_of(browser: Browser) -> str:
    page = browser.get("/record/")[1]
    return page.split('<option value="')[1].split('"')[0]


def p99(latencies: list[float]) -> float:
    return statistics.quantiles(latencies, n=100)[98]


def measure_desk(database: Database) -> None:
    floor = plain_contacts_per_s(seconds=3)
    with running(database) as (address, _process):
        desks = desks_at(address, CONNECTIONS)
        hammer(desks[:2], 1.5)
        rounds = [hammer(desks, SECONDS) for _ in range(3)]
        _rate, alone, _none = hammer(desks[:1], SECONDS / 2)
    rate = statistics.median(rate for rate, _latencies, _errors in rounds)
    latencies = [each for _rate, latencies, _errors in rounds for each in latencies]
    say(f"desk.contacts_per_s.{database.name}", rate, "1/s", target=300, more_is_better=True, floor=floor)
    say(f"desk.p99_ms.{database.name}", p99(latencies), "ms", target=60)
    say(f"desk.errors.{database.name}", sum(errors for _rate, _latencies, errors in rounds), "requests", target=0)
    say(f"desk.alone_p99_ms.{database.name}", p99(alone), "ms", target=15)


def measure_bulk(name: str) -> None:
    from benchmarks.filling import ingest_many

    ingest_many(500)
    rates = []
    for _ in range(3):
        begin = time.perf_counter()
        ingest_many(2000)
        rates.append(2000 / (time.perf_counter() - begin))
    say(f"desk.bulk_per_s.{name}", statistics.median(rates), "1/s", target=1000, more_is_better=True)


def measure_growth(database: Database) -> None:
    """Both sizes in turns: this machine is not as fast in one minute as in the next."""
    with copy_of(database) as small:
        fill_with_contacts(MANY)
        floor = plain_contacts_per_s(seconds=3)
        with running(small) as (few, _small), running(database) as (many, _many):
            sizes = [desks_at(few, CONNECTIONS), desks_at(many, CONNECTIONS)]
            for desks in sizes:
                hammer(desks, 1.5)
            turns = [[hammer(desks, SECONDS / 2) for desks in sizes] for _ in range(TURNS)]
    rates = [(before, after) for (before, _, _), (after, _, _) in turns]
    rate = statistics.median(after for _before, after in rates)
    errors = sum(errors for turn in turns for _rate, _latencies, errors in turn)
    say(f"desk.contacts_per_s_at_{MANY}.{database.name}", rate, "1/s", floor=floor)
    say(f"desk.errors_at_{MANY}.{database.name}", errors, "requests", target=0)
    growth = statistics.median(before / after for before, after in rates)
    say(f"desk.growth.{database.name}", growth, "times slower", target=1.3)
    measure_pages(database.name)


def measure_pages(name: str) -> None:
    """Server time of a page, without the network: the whole stack called in this process."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from benchmarks.filling import staff_client

    client = staff_client()
    for page in ("record", "today"):
        client.get(f"/{page}/")  # what is cached once for all pages is no query of this one
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/{page}/")
        count = len(queries)  # the next request forgets them
        if answer.status_code != 200 or not count:
            raise SystemExit(f"The {page} page answered {answer.status_code} after {count} queries.")
        spent = statistics.median(_milliseconds(lambda: client.get(f"/{page}/")) for _ in range(15))  # noqa: B023
        say(f"desk.{page}_page_ms.{name}", spent, "ms", target=60)
        say(f"desk.{page}_page_queries.{name}", count, "queries", target=15)


def _milliseconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return (time.perf_counter() - begin) * 1000


def main() -> None:
    database = this_database()
    if database is None:
        on_each_database(__file__)
        return
    database.use_here()
    prepare_program()
    fill_with_contacts(1000)
    measure_bulk(database.name)
    measure_desk(database)
    measure_growth(database)


if __name__ == "__main__":
    main()
