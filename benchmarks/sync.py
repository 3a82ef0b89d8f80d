"""What waited on phones: how quickly it is taken.

Figures, for each database: sync.batch_seconds_1000 (one upload of 1,000 sealed contacts with three entries each, to the
running program; the median of five) beside the floor (the same rows by plain SQL in one transaction),
sync.contacts_per_s, and sync.repeat_seconds_1000 for the same upload again.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.filling import prepare_program, the_program
from benchmarks.floor import plain_batch_seconds
from benchmarks.harness import Browser, Database, on_each_database, running, say, this_database

BATCH, ROUNDS = 1_000, 5


def a_phone() -> Any:
    from alongside.accounts.models import User
    from alongside.encounters.outbox.sealing import public_key
    from alongside.encounters.outbox.tokens import worker_token
    from alongside.sites.members import Member
    from alongside.sites.models import Site
    from tests.sync.phone import Phone

    program, user = the_program(), User.objects.get(username="sam")
    member = Member(user_id=user.pk, name="", program=program, roles=frozenset())
    site = Site._base_manager.filter(program=program).values_list("pk", flat=True)[0]
    return Phone(key=public_key(program), worker=worker_token(member), site=site)


def send(address: str, cookies: dict[str, str], body: bytes) -> tuple[float, set[str]]:
    """Seconds until the answer is read, and the words in it."""
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["alongside_csrf"],
        "Content-Type": "application/json",
    }
    connection = HTTPConnection(address, timeout=60)
    begin = time.perf_counter()
    connection.request("POST", "/api/sync/", body, headers)
    answers = json.loads(connection.getresponse().read())["answers"]
    return time.perf_counter() - begin, {each["word"] for each in answers}


def measure_batches(database: Database) -> None:
    prepare_program()
    phone = a_phone()
    batches = [json.dumps(phone.upload(*(phone.contact() for _ in range(BATCH)))).encode() for _ in range(ROUNDS + 1)]
    with running(database) as (address, _process):
        cookies = Browser(address).cookies
        first, repeated = [], []
        for body in batches:
            for seconds, word in ((first, "accepted"), (repeated, "duplicate")):
                spent, words = send(address, cookies, body)
                assert words == {word}, words
                seconds.append(spent)
    floor = statistics.median(plain_batch_seconds(BATCH) for _ in range(3))
    seconds = statistics.median(first[1:])
    say(f"sync.batch_seconds_{BATCH}.{database.name}", seconds, "s", target=2, floor=floor)
    say(f"sync.contacts_per_s.{database.name}", BATCH / seconds, "contacts/s", floor=BATCH / floor)
    say(f"sync.repeat_seconds_{BATCH}.{database.name}", statistics.median(repeated[1:]), "s")


def main() -> None:
    database = this_database()
    if database is None:
        on_each_database(__file__)
        return
    database.use_here()
    measure_batches(database)


if __name__ == "__main__":
    main()
