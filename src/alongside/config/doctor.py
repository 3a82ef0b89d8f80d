"""What is wrong with this installation, in plain words, and how to put it right."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from alongside.config import keys, paths
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal

LEAST_FREE_BYTES = 20_000_000
LITTLE_FREE_BYTES = 2_000_000_000
RUNNER_SILENCE = timedelta(seconds=45)
BACKUP_AGE = timedelta(days=7)


class Weight(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    ADVICE = "advice"
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one check saw. `remedy` says what to do; it is empty when there is nothing to do."""

    subject: str
    weight: Weight
    sentence: str
    remedy: str = ""

    @property
    def is_problem(self) -> bool:
        return self.weight is Weight.PROBLEM


def before_start() -> Iterator[Finding]:
    """The quick checks, for which Django and the database are not needed."""
    return (check() for check in (python, disk_space, home_folder, key_files, code_key, clock))


def everything() -> Iterator[Finding]:
    """All checks. What can't be looked at because of an earlier problem is left out."""
    yield from before_start()
    for check in (database, tables):
        finding = check()
        yield finding
        if finding.is_problem:
            return
    yield from (check() for check in (shared_keys, assets, runner, jobs, backups, sealed_plans, integrity))


def as_text(finding: Finding) -> str:
    sign = {Weight.FINE: "ok     ", Weight.ADVICE: "advice ", Weight.PROBLEM: "PROBLEM"}[finding.weight]
    remedy = f"\n           What to do: {finding.remedy}" if finding.remedy else ""
    return f"{sign}  {finding.subject}: {finding.sentence}{remedy}"


def _fine(subject: str, sentence: str) -> Finding:
    return Finding(subject=subject, weight=Weight.FINE, sentence=sentence)


def _advice(subject: str, sentence: str, remedy: str) -> Finding:
    return Finding(subject=subject, weight=Weight.ADVICE, sentence=sentence, remedy=remedy)


def _problem(subject: str, sentence: str, remedy: str) -> Finding:
    return Finding(subject=subject, weight=Weight.PROBLEM, sentence=sentence, remedy=remedy)


def python() -> Finding:
    """Which one runs this; an older one than 3.11 could not even have read this file."""
    return _fine("Python", f"{'.'.join(map(str, sys.version_info[:3]))}, from {sys.prefix}.")


def disk_space() -> Finding:
    free = shutil.disk_usage(_existing(paths.home())).free
    sentence = f"{free / 1e9:.2f} GB free where {paths.home()} is."
    if free < LEAST_FREE_BYTES:
        return _problem("Disk", sentence, "Free some space before you start Alongside. It needs at least 20 MB.")
    if free < LITTLE_FREE_BYTES:
        return _advice("Disk", sentence, "Free some space soon.")
    return _fine("Disk", sentence)


def home_folder() -> Finding:
    home = paths.home()
    try:
        with tempfile.TemporaryFile(dir=paths.make_private_folder(home)):
            return _fine("Home folder", f"{home} can be written to.")
    except OSError as error:
        remedy = "Make it writable for the person who runs Alongside, or set ALONGSIDE_HOME to another folder."
        return _problem("Home folder", f"{home} can't be written to ({error.strerror}).", remedy)


def key_files() -> Finding:
    folder = paths.keys_folder()
    found = keys.existing()
    if not found:
        return _fine("Keys", f"none yet; they will be made in {folder}.")
    if foreign := [file for file in found if file.stat().st_uid != os.getuid() and os.getuid() != 0]:
        return _problem("Keys", f"{_names(foreign)} belong to somebody else.", "Start Alongside as their owner.")
    if open_to_others := [file for file in found if file.stat().st_mode & 0o077]:
        remedy = f"Run: chmod 600 {' '.join(map(str, open_to_others))}"
        return _problem("Keys", f"others on this computer can read {_names(open_to_others)}.", remedy)
    try:
        _read_all(found)
    except Refusal as refusal:
        return _problem("Keys", str(refusal), "Copy the folder of keys back from where you keep its copy.")
    return _fine("Keys", f"{len(found)} in {folder}, readable by their owner only.")


def code_key() -> Finding:
    """Where the key of participant codes is, and what does not work without it."""
    place, left_behind = keys.key_file(keys.CODES), paths.keys_folder() / keys.CODES
    where = keys.code_key_place()
    if where is keys.CodeKeyPlace.HERE:
        return _fine("Codes' key", "on this machine. It can live on a stick: set ALONGSIDE_CODES_KEY.")
    if left_behind.exists():
        remedy = f"Compare it with {place}, then delete it."
        return _problem("Codes' key", f"{left_behind} is still on this machine, so it can be taken with it.", remedy)
    if where is keys.CodeKeyPlace.AWAY:
        sentence = f"{place} is not plugged in. {keys.WITHOUT_CODES_KEY}"
        return _advice("Codes' key", sentence, "Plug it in when somebody wants to give a code.")
    return _fine("Codes' key", f"off this machine, at {place}. Backups don't hold it: keep a copy of it elsewhere.")


def clock() -> Finding:
    """A clock behind the newest thing that Alongside wrote itself must be wrong."""
    program_made = datetime.fromtimestamp(Path(__file__).stat().st_mtime, tz=UTC)
    if now() < program_made - timedelta(days=1):
        return _problem("Clock", f"it says {now():%Y-%m-%d %H:%M} UTC, which is past.", "Set this computer's clock.")
    return _fine("Clock", f"{now():%Y-%m-%d %H:%M} UTC.")


def database() -> Finding:
    try:
        from alongside.config.starting import start_django

        start_django()
        return _open_database()
    except Refusal as refusal:
        return _problem("Database", str(refusal), "Do as said, then run alongside doctor again.")


def _open_database() -> Finding:
    from django.db import DatabaseError, InterfaceError, connection

    from alongside.config.starting import first_line

    try:
        connection.ensure_connection()
    except (DatabaseError, InterfaceError) as error:
        remedy = "Start the database server, or mend ALONGSIDE_DATABASE_URL."
        if connection.vendor == "sqlite":
            remedy = "Put the right key file back, or move the database file away and restore a backup."
        return _problem("Database", first_line(error), remedy)
    version = ".".join(map(str, connection.get_database_version()))
    place = connection.settings_dict["NAME"]
    return _fine("Database", f"{connection.display_name} {version} opens {place}.")


def tables() -> Finding:
    from alongside.config.versions import changes_waiting, is_from_a_newer_version

    if is_from_a_newer_version():
        remedy = "Install the newest Alongside on this computer."
        return _problem("Tables", "a newer Alongside has already changed them.", remedy)
    if count := changes_waiting():
        return _problem("Tables", f"{count} changes are waiting.", "Stop Alongside and start it again.")
    return _fine("Tables", "up to date.")


def shared_keys() -> Finding:
    from alongside.config.marks import check_shared_keys

    try:
        check_shared_keys()
    except Refusal as refusal:
        return _problem("Shared keys", str(refusal), "Do as said, then start Alongside again.")
    return _fine("Shared keys", "those of participant codes and of phones fit this database.")


def assets() -> Finding:
    from alongside.config.assets import are_gathered

    if not are_gathered():
        return _advice("Assets", "those of the pages are not prepared.", "Start Alongside; it prepares them.")
    return _fine("Assets", "prepared.")


def runner() -> Finding:
    from alongside.jobs.pulses import last_beat
    from alongside.jobs.runner import PULSE

    last = last_beat(PULSE)
    if last is None:
        return _advice("Background work", "has never run here.", "Start Alongside.")
    if last > now() + RUNNER_SILENCE:
        return _problem("Clock", f"background work was seen at {last:%Y-%m-%d %H:%M}, in the future.", "Set the clock.")
    if last < now() - RUNNER_SILENCE:
        remedy = "If Alongside should be running, stop it and start it again."
        return _advice("Background work", f"was last seen at {last:%Y-%m-%d %H:%M} UTC.", remedy)
    return _fine("Background work", "runs.")


def jobs() -> Finding:
    from alongside.config.jobs import JOBS
    from alongside.jobs.queue import given_up_jobs, open_jobs

    if count := given_up_jobs().count():
        kinds = ", ".join(given_up_jobs().order_by("kind").values_list("kind", flat=True).distinct())
        remedy = "Look at the output of alongside run, mend the reason, then run: alongside doctor --retry"
        return _problem("Jobs", f"{count} failed for good ({kinds}).", remedy)
    if late := open_jobs([spec.kind for spec in JOBS]).filter(due__lt=now() - timedelta(minutes=15)).count():
        return _advice("Jobs", f"{late} are more than 15 minutes late.", "Start Alongside, or let it finish.")
    return _fine("Jobs", "none failed, none late.")


def backups() -> Finding:
    from alongside.config.moving.backup import PULSE
    from alongside.jobs.pulses import last_beat

    last = last_beat(PULSE)
    if last is None:
        return _advice("Backups", "none was made yet.", "Run: alongside backup")
    if last < now() - BACKUP_AGE:
        return _advice("Backups", f"the last is from {last:%Y-%m-%d}.", "Run: alongside backup")
    return _fine("Backups", f"the last is from {last:%Y-%m-%d %H:%M} UTC.")


def sealed_plans() -> Finding:
    """Who can read the plans of people who check in, as long as they are sealed."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return _fine("Sealed plans", "their keys are files of the alarms alone; the encrypted file has no roles.")
    statement = "SELECT has_column_privilege(current_user, 'checkins_sealedplan', 'sealed', 'SELECT')"
    with connection.cursor() as cursor:
        pages_read = cursor.execute(statement).fetchone()[0]
    if pages_read:
        sentence = "the database role of the pages can read them sealed, though not open them."
        return _advice("Sealed plans", sentence, "Give the alarms a role of their own: alongside alarms role")
    return _alarms_read_them()


def _alarms_read_them() -> Finding:
    from alongside.config.alarming import store_opener
    from alongside.config.roles import URL, alarm_settings, are_alarms_elsewhere
    from alongside.jobs.store import StoreAway

    if are_alarms_elsewhere() and not os.environ.get(URL):
        return _fine("Sealed plans", "only the alarms' role can read them; the alarms run elsewhere.")
    try:
        store_opener(alarm_settings())().rows("SELECT count(sealed) FROM checkins_sealedplan")
    except StoreAway:
        remedy = f"Set {URL} to the address with the alarms' role, and restart."
        return _problem("Sealed plans", "the alarms' processes can't read them, so none would be opened.", remedy)
    return _fine("Sealed plans", "only the alarms' role can read them.")


def integrity() -> Finding:
    """Only SQLite's own check; PostgreSQL watches over its pages by itself."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return _fine("Integrity", "PostgreSQL checks its own pages.")
    with connection.cursor() as cursor:
        answers = [row[0] for row in cursor.execute("PRAGMA cipher_integrity_check").fetchall()]
        answers += [row[0] for row in cursor.execute("PRAGMA quick_check(5)").fetchall() if row[0] != "ok"]
    if answers:
        remedy = "Stop Alongside, move the database file away, and restore the last backup."
        return _problem("Integrity", f"the database file is damaged ({answers[0]}).", remedy)
    return _fine("Integrity", "every page of the database file is whole.")


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


def _names(files: list[Path]) -> str:
    return ", ".join(file.name for file in files)


def _read_all(files: list[Path]) -> None:
    for file in files:
        keys.check(file)
