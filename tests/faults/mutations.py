"""Break each property of the alarm once, and see that a test notices: `make mutations`.

Each mutation is a change of one place in a copy of the source. A test that still passes then says nothing about it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "src/alongside"
LEFT = shutil.ignore_patterns(".venv", ".git", "build", "var", "node_modules", "__pycache__", ".hypothesis")


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """What is broken, how, and which tests have to notice. Numbers are those of the list of properties (issue 5)."""

    breaks: str
    file: str
    old: str
    new: str
    tests: str


RUNNER = "tests/alarms/test_runner.py"
SENDER = "tests/alarms/test_sender.py"
DESK = "tests/alarms/test_desk.py"
REACHED = "tests/alarms/test_reached.py"
CHECK_INS = "tests/checkins/test_check_ins.py"
SEALED = "tests/checkins/test_sealed.py"
AUDITOR = "tests/alarms/test_auditor.py"
ROOM_ALARMS = "tests/room/test_alarming.py"
ROOM_BOARD = "tests/journeys/test_room.py::test_a_board_shows_what_another_does_and_says_when_it_can_not"
ROOM_PAGES = "tests/room/test_pages.py"
ROOM_RECORD = "tests/room/test_record.py"
ROOM_SHIFTS = "tests/room/test_handing_over.py"
ROOM_VISITS = "tests/room/test_visits.py"

MUTATIONS = (
    Mutation(
        breaks="2 a killed sender's messages are sent again",
        file="messaging/alerting/sender.py",
        old="[self._lease_ms, *ids]",
        new="[10**12, *ids]",
        tests="tests/alarms/test_kills.py::test_what_a_killed_sender_held_is_sent_again",
    ),
    Mutation(
        breaks="3 state, incident and messages are one transaction",
        file="alarms/runner.py",
        old="    with store.transaction():\n        taken, now_ms",
        new="    if True:\n        taken, now_ms",
        tests=RUNNER,
    ),
    Mutation(
        breaks="4 no two tellings share an id",
        file="alarms/runner.py",
        old='f"{due.step}:{target_id.hex}"',
        new='f"{target_id.hex}"',
        tests=RUNNER,
    ),
    Mutation(
        breaks="5 nothing is raised before its time",
        file="alarms/runner.py",
        old="WHERE next_ms <= %s ORDER BY",
        new="WHERE next_ms <= %s + 1000 ORDER BY",
        tests=RUNNER,
    ),
    Mutation(
        breaks="6 one that hangs holds up nobody else",
        file="messaging/alerting/sender.py",
        old='        if name not in self._lanes:\n            carry = self._channels[name.partition(":")[0]]',
        new='        carry = self._channels[name.partition(":")[0]]\n        name = "all"\n'
        "        if name not in self._lanes:",
        tests=SENDER,
    ),
    Mutation(
        breaks="6 what is urgent overtakes",
        file="messaging/alerting/sender.py",
        old="ORDER BY urgency, next_ms LIMIT",
        new="ORDER BY urgency DESC, next_ms LIMIT",
        tests=SENDER,
    ),
    Mutation(
        breaks="7 found late, no stage is skipped",
        file="alarms/stages.py",
        old="return due_ms + stages[step + 1].after_seconds * 1000",
        new="return now_ms + stages[step + 1].after_seconds * 1000",
        tests=RUNNER,
    ),
    Mutation(
        breaks="8 the database's clock decides",
        file="jobs/store.py",
        old='return int(self.rows(f"SELECT {self.now_sql}")[0][0])',
        new="return int(time.time() * 1000)",
        tests=RUNNER,
    ),
    Mutation(
        breaks="9 a late OK is written down",
        file="alarms/actions.py",
        old="update(late_ok_ms=now_ms)",
        new="update(late_ok_ms=None)",
        tests=RUNNER,
    ),
    Mutation(
        breaks="10 the next stage comes whatever became of the last",
        file="alarms/runner.py",
        old="state = 'raised', step = %s, next_ms = %s WHERE",
        new="state = 'raised', step = %s, next_ms = %s + 10000000 WHERE",
        tests=RUNNER,
    ),
    Mutation(
        breaks="11 accepted is not an answer",
        file="messaging/alerting/sender.py",
        old="        for receipt, ids in groups.items():\n",
        new="        for receipt, ids in groups.items():\n"
        "            store.change(\"UPDATE alarms_alarm SET state = 'closed', next_ms = NULL\")\n",
        tests=SENDER,
    ),
    Mutation(
        breaks="12 no cover without proof",
        file="alarms/queries.py",
        old="if duty.proven_ms and duty.proven_ms > now_ms - PROOF_MS",
        new="if duty",
        tests=f"{DESK} {CHECK_INS}",
    ),
    Mutation(
        breaks="12 no cover by a dead address",
        file="alarms/queries.py",
        old="failed_ms=None, proven_ms__gt",
        new="proven_ms__gt",
        tests=f"{DESK} {CHECK_INS}",
    ),
    Mutation(
        breaks="12 an address that is gone counts as dead",
        file="messaging/alerting/sender.py",
        old="if taken.target_id and result.is_final",
        new="if False and result.is_final",
        tests=SENDER,
    ),
    Mutation(
        breaks="13 two ways or a screen",
        file="alarms/queries.py",
        old="if len(ways) < 2 and",
        new="if len(ways) < 1 and",
        tests=f"{DESK} {CHECK_INS}",
    ),
    Mutation(
        breaks="12 a way that nobody has answered for a month is no cover",
        file="alarms/queries.py",
        old=", proven_ms__gt=since_ms",
        new="",
        tests=DESK,
    ),
    Mutation(
        breaks="12 stopped is stopped",
        file="messaging/alerting/addresses.py",
        old=" AND failure <> 'STOP' ",
        new=" ",
        tests=REACHED,
    ),
    Mutation(
        breaks="12 what was not delivered is no way",
        file="messaging/alerting/receipts.py",
        old="failed_ms=DjangoStore().now_ms(), failure=NOT_DELIVERED",
        new='failure="-"',
        tests=REACHED,
    ),
    Mutation(
        breaks="14 a silent owner loses the incident",
        file="alarms/incidents.py",
        old="next_ms=now_ms + OWNER_SECONDS * 1000",
        new="next_ms=now_ms + 10**12",
        tests=DESK,
    ),
    Mutation(
        breaks="14 a shift can't end over an open incident",
        file="alarms/duties.py",
        old="owner_id=by_id, closed_ms=None).exists():",
        new="owner_id=-1, closed_ms=None).exists():",
        tests=DESK,
    ),
    Mutation(
        breaks="15 a part that is silent is noticed",
        file="alarms/beats.py",
        old="return [part for part in PARTS if part not in living]",
        new="return []",
        tests=f"{AUDITOR} {DESK}",
    ),
    Mutation(
        breaks="15 the heartbeat stops when something is wrong",
        file="alarms/auditor.py",
        old="if not any(each.affects_cover for each in broken):",
        new="if True:",
        tests=AUDITOR,
    ),
    Mutation(
        breaks="17 a plan is sealed",
        file="services/checkins/actions.py",
        old="sealed, boxes = seal(text,",
        new="boxes = {}\n    sealed, _boxes = text.encode(), seal(text,",
        tests=SEALED,
    ),
    Mutation(
        breaks="17 the pages' role can't read what is sealed (PostgreSQL)",
        file="config/roles.py",
        old="GRANT INSERT, DELETE, REFERENCES, SELECT (check_in_id, program_id)",
        new="GRANT ALL",
        tests="tests/checkins/test_roles.py --database=postgres",
    ),
    Mutation(
        breaks="17 every reading is a row",
        file="services/checkins/actions.py",
        old="        if text:\n            PlanEvent",
        new="        if not text:\n            PlanEvent",
        tests=CHECK_INS,
    ),
    Mutation(
        breaks="18 no is no",
        file="services/checkins/actions.py",
        old="rows.update(declined_ms=now_ms, release_ms=None)",
        new="rows.update(declined_ms=None)",
        tests=CHECK_INS,
    ),
    Mutation(
        breaks="19 an OK destroys the keys",
        file="services/checkins/rules/keeping.py",
        old="                file.unlink()",
        new="                file.exists()",
        tests=f"{CHECK_INS} {SEALED}",
    ),
    Mutation(
        breaks="20 looking sets no cookie",
        file="services/checkins/pages/door.py",
        old="def _private(response: HttpResponse) -> HttpResponse:",
        new='def _private(response: HttpResponse) -> HttpResponse:\n    response.set_cookie("seen", "1")',
        tests=CHECK_INS,
    ),
    Mutation(
        breaks="24 only the secret opens a check-in",
        file="services/checkins/queries.py",
        old="program_id=program_id, word_digest=word_digest(word, program_id=program_id)",
        new="program_id=program_id",
        tests=CHECK_INS,
    ),
    Mutation(
        breaks="24 only the program makes passes",
        file="services/checkins/pages/passes.py",
        old="return _SIGNER.unsign(shown)",
        new='return shown.partition(":")[0]',
        tests=CHECK_INS,
    ),
    Mutation(
        breaks="24 wrong words are counted",
        file="services/checkins/pages/passes.py",
        old="< MOST_WRONG_A_MINUTE",
        new="< 10**9",
        tests=CHECK_INS,
    ),
    Mutation(
        breaks="24 a cookie alone presses nothing",
        file="services/checkins/pages/door.py",
        old='word_of(request.POST.get("pass", "")) if posted else',
        new='word_of(request.POST.get("pass", "")) if "pass" in request.POST else',
        tests=CHECK_INS,
    ),
    Mutation(
        breaks="24 no address holds the secret",
        file="services/checkins/pages/door.py",
        old='"here": reverse("check_in:running", args=[slug]),',
        new='"here": reverse("check_in:running", args=[slug]) + f"?word={word}",',
        tests=SEALED,
    ),
    Mutation(
        breaks="24 only the right link answers",
        file="desk/responding/told.py",
        old="if not hmac.compare_digest(",
        new="if False and hmac.compare_digest(",
        tests=DESK,
    ),
    Mutation(
        breaks="27 room: an overdue look is told about",
        file="services/consumption_room/actions/alarming.py",
        old="visit.look_alarm = _set(book, visit) if visit.next_look_at else None",
        new="visit.look_alarm = None",
        tests=ROOM_ALARMS,
    ),
    Mutation(
        breaks="27 room: a board without its server says STALE",
        file="services/consumption_room/static/consumption_room/board.js",
        old="const STALE_AFTER_MS = 3_500;",
        new="const STALE_AFTER_MS = 999_000;",
        tests=ROOM_BOARD,
    ),
    Mutation(
        breaks="28 room: no visit ends over an open emergency",
        file="services/consumption_room/actions/visits.py",
        old="        if state.emergency:\n",
        new="        if False:\n",
        tests=ROOM_VISITS,
    ),
    Mutation(
        breaks="28 room: no shift ends while somebody is there",
        file="services/consumption_room/actions/handing_over.py",
        old="people = people_in(room) if room else []",
        new="people = []",
        tests=ROOM_SHIFTS,
    ),
    Mutation(
        breaks="28 room: who takes over has seen the room as it is",
        file="services/consumption_room/actions/handing_over.py",
        old="if mark != mark_of(people):",
        new="if False:",
        tests=ROOM_SHIFTS,
    ),
    Mutation(
        breaks="29 room: the database keeps every line",
        file="services/consumption_room/migrations/0002_record_only_grows.py",
        old="for table in TABLES:",
        new="for table in ():",
        tests=ROOM_RECORD,
    ),
    Mutation(
        breaks="29 room: the chain shows a changed line",
        file="services/consumption_room/rules/chain.py",
        old="if line.number != count + 1 or expected != kept:",
        new="if line.number != count + 1:",
        tests=ROOM_RECORD,
    ),
    Mutation(
        breaks="29 room: when it happened is not when it was entered",
        file="services/consumption_room/actions/book.py",
        old="happened_at=happened_at or self.happened_at,",
        new="happened_at=self.entered_at,",
        tests=ROOM_VISITS,
    ),
    Mutation(
        breaks="30 room: the clock runs by the program's minutes",
        file="services/consumption_room/actions/settling.py",
        old="visit.next_look_at = state.next_look(current_protocol())",
        new="visit.next_look_at = None",
        tests=ROOM_VISITS,
    ),
    Mutation(
        breaks="30 room: a sheet lies ready for when the power goes",
        file="services/consumption_room/actions/paper.py",
        old="elif _is_old(file,",
        new="elif False and _is_old(file,",
        tests=ROOM_PAGES,
    ),
    Mutation(
        breaks="31 room: a false alarm is no emergency",
        file="services/consumption_room/rules/visit.py",
        old="for each in visit.emergencies if each.is_counted",
        new="for each in visit.emergencies",
        tests=ROOM_VISITS,
    ),
    Mutation(
        breaks="32 room: what an emergency used leaves the shelf",
        file="services/consumption_room/actions/settling.py",
        old="        _settle_stock(book, emergency)\n",
        new="        pass\n",
        tests=ROOM_VISITS,
    ),
    Mutation(
        breaks="32 room: what expires is said",
        file="services/consumption_room/queries/board.py",
        old="return self.units <= 0 or self.is_expired or self.expires_soon",
        new="return False",
        tests=ROOM_PAGES,
    ),
)


def main() -> None:
    wanted = sys.argv[1:]
    unnoticed = 0
    with tempfile.TemporaryDirectory(prefix="alongside-mutations-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=LEFT)
        for mutation in MUTATIONS:
            if not wanted or any(word in mutation.breaks for word in wanted):
                unnoticed += not is_noticed(mutation, copy)
    sys.exit(1 if unnoticed else 0)


def is_noticed(mutation: Mutation, copy: Path) -> bool:
    file = copy / SOURCE / mutation.file
    whole = file.read_text(encoding="utf-8")
    if whole.count(mutation.old) != 1:
        raise SystemExit(
            f"{mutation.file} has no single place that says {mutation.old!r}: bring the mutation up to date."
        )
    file.write_text(whole.replace(mutation.old, mutation.new), encoding="utf-8")
    try:
        done = run_tests(mutation, copy)
    finally:
        file.write_text(whole, encoding="utf-8")
    lines = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    by = lines[0].split("::")[-1].split(" ")[0] if lines else ""
    line = {"breaks": mutation.breaks, "noticed": done.returncode == 1 and bool(by), "by": by}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    return bool(line["noticed"])


def run_tests(mutation: Mutation, copy: Path) -> subprocess.CompletedProcess[str]:
    """In the copy, with its source before the installed one."""
    environment = os.environ | {"PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", *mutation.tests.split()]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    main()
