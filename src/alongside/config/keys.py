"""The secret keys of this installation: each made once, readable by its owner only, never overwritten."""

from __future__ import annotations

import hmac
import os
import re
import secrets
from contextlib import suppress
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from alongside.config import paths
from alongside.kernel.errors import KeyAway, Refusal

DATABASE = "database.key"
CODES = "codes.key"
DJANGO = "django.key"
OUTBOX = "outbox.key"
PUSH = "push.key"
MESSAGES = "messages.key"

WHAT_LOSING_MEANS = {
    DATABASE: "Without it nobody, you included, can open the database on this computer.",
    CODES: "Without it no participant code can be matched to its earlier contacts.",
    DJANGO: "Without it everyone has to sign in again and choose a new PIN.",
    OUTBOX: "Without it contacts that wait sealed on phones can't be opened.",
    MESSAGES: (
        "Without it peers and whom alarms call have to be entered again; texts that wait and plans that were opened "
        "can't be read."
    ),
    PUSH: "Without it everyone who is told of alarms by notification has to switch that on again.",
}

WITHOUT_CODES_KEY = (
    "Contacts without a code are recorded as ever; stock, reports, texts, alarms and backups work too. A code can't be "
    "typed, looked up or printed on a card, and no spreadsheet can be imported; what phones send with a code waits."
)

_KEY_BYTES = 32
_OUTBOX_NAME = re.compile(r"outbox(?:-(\d{1,4}))?\.key")
_made: list[Path] = []


def database_key() -> str:
    """64 hex digits. The codes' key is made with it, so that one missing beside a database is always a loss."""
    _refuse_if_lost(DATABASE)
    if not code_key_is_away():
        code_key()
    return _read_or_make(DATABASE)


def code_key() -> bytes:
    """The key of the participant codes' digests. Raises KeyAway while the stick that holds it is not plugged in."""
    if code_key_is_away():
        raise KeyAway(
            f"The key of the participant codes is not here: {key_file(CODES)} can't be read. Plug in what holds it."
        )
    _refuse_if_lost(CODES)
    return bytes.fromhex(_read_or_make(CODES))


def code_key_at_hand() -> bytes:
    """The same for every code that is typed: a key on this machine is read once, one elsewhere while it is there."""
    place = paths.codes_key_elsewhere()
    if place is None:
        return _code_key_here()
    return code_key() if code_key_is_away() else _code_key_there(place, place.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _code_key_here() -> bytes:
    return code_key()


@lru_cache(maxsize=1)
def _code_key_there(place: Path, _changed_ns: int) -> bytes:
    return code_key()


class CodeKeyPlace(StrEnum):
    """Where the key of participant codes is."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    AWAY = "away"


def code_key_place() -> CodeKeyPlace:
    if paths.codes_key_elsewhere() is None:
        return CodeKeyPlace.HERE
    return CodeKeyPlace.AWAY if code_key_is_away() else CodeKeyPlace.ELSEWHERE


def code_key_is_away() -> bool:
    """True while the file it was said to live in is missing. A new program on this machine makes it there, if its
    folder is there; beside a database server nobody knows here whether the program is new."""
    place = paths.codes_key_elsewhere()
    if place is None or place.exists():
        return False
    database = paths.database_file()
    is_begun = bool(os.environ.get("ALONGSIDE_DATABASE_URL")) or (database.exists() and database.stat().st_size > 0)
    return is_begun or not place.parent.is_dir()


def message_key() -> bytes:
    """What texts, numbers and addresses of those who are told are sealed with. Apart from the codes' key, so that
    alarms and the text line work while that one is in somebody's pocket."""
    return bytes.fromhex(_read_or_make(MESSAGES))


def message_key_mark() -> str:
    """Tells one key of messages from another, and nothing else about it."""
    return hmac.digest(message_key(), b"mark of the messages", "sha256").hex()


def code_key_mark() -> str:
    """Tells one key of the codes from another, and nothing else about it."""
    return hmac.digest(code_key(), b"mark of the participant codes", "sha256").hex()


def django_secret() -> str:
    return _read_or_make(DJANGO)


def push_key() -> bytes:
    """What notifications are signed with; browsers were given its public half."""
    return bytes.fromhex(_read_or_make(PUSH))


def outbox_keys() -> list[bytes]:
    """The keys that phones' contacts are sealed to, the newest first. Old ones open what was sealed before."""
    _read_or_make(OUTBOX)
    return [bytes.fromhex(_read(key_file(name))) for name in _outbox_names()]


def add_outbox_key() -> Path:
    """From now on phones seal to a new key; they learn it when they next reach the server."""
    newest = _OUTBOX_NAME.fullmatch(next(iter(_outbox_names()), ""))
    place = key_file(f"outbox-{int(newest[1] or 1) + 1 if newest else 2}.key")
    _read_or_make(OUTBOX)
    _read_or_make(place.name)
    return place


def outbox_key_mark() -> str:
    """Tells the first of these keys from another, and nothing else about it."""
    return hmac.digest(outbox_keys()[-1], b"mark of the phones' outbox", "sha256").hex()


def _outbox_names() -> list[str]:
    found = [match for file in paths.keys_folder().glob("outbox*.key") if (match := _OUTBOX_NAME.fullmatch(file.name))]
    return [match[0] for match in sorted(found, key=lambda match: int(match[1] or 1), reverse=True)]


def key_file(name: str) -> Path:
    return (name == CODES and paths.codes_key_elsewhere()) or paths.keys_folder() / name


def check(place: Path) -> None:
    """Refuse a key file that can't be read or is not a whole key."""
    _read(place)


def existing() -> list[Path]:
    """Every key file that is there."""
    return [
        place for name in {**WHAT_LOSING_MEANS, **dict.fromkeys(_outbox_names())} if (place := key_file(name)).exists()
    ]


def what_losing_means(place: Path) -> str:
    return WHAT_LOSING_MEANS[OUTBOX if _OUTBOX_NAME.fullmatch(place.name) else place.name]


def made() -> list[Path]:
    """The key files that this process had to make."""
    return list(_made)


def carried_in_backups() -> dict[str, str]:
    """The database's own key stays with its disk; the others are what makes a restored program the same one.

    A codes' key that lives elsewhere stays there: whoever finds a backup shall not find it too.
    """
    phones = {name: _read(key_file(name)) for name in _outbox_names()}
    codes = {CODES: code_key().hex()} if code_key_place() is CodeKeyPlace.HERE else {}
    own = {DJANGO: django_secret(), PUSH: push_key().hex(), MESSAGES: message_key().hex()}
    return {**codes, **own, **phones}


def take_over(carried: dict[str, str], *, may_set_aside: bool) -> bool:
    """Put the keys that a backup carries into place; True if that changed anything.

    A different key that is there already is set aside under another name, if nothing was ever recorded with it.
    """
    news = {key_file(name): digits for name, digits in carried.items() if _may_be_carried(name)}
    changed = {place: digits for place, digits in news.items() if not place.exists() or _read(place) != digits}
    for place in changed:
        if place.exists() and place not in _made and not may_set_aside:
            raise Refusal(
                f"The key {place} belongs to another program than the backup. "
                "Set ALONGSIDE_KEYS to an empty folder, and restore again."
            )
    for place, digits in changed.items():
        if place.exists():
            place.rename(place.with_name(f"{place.name}.unused-{secrets.token_hex(4)}"))
        _write_once(place, digits)
    return bool(changed)


def _may_be_carried(name: str) -> bool:
    return name in {CODES, DJANGO, PUSH, MESSAGES} or _OUTBOX_NAME.fullmatch(name) is not None


def _refuse_if_lost(name: str) -> None:
    """A new key beside an old database would only hide that the old key is gone."""
    database, place = paths.database_file(), key_file(name)
    if place.exists() or not database.exists() or database.stat().st_size == 0:
        return
    raise Refusal(
        f"The database {database} is there but its key {place} is not. {WHAT_LOSING_MEANS[name]} "
        "Put the key file back, or set ALONGSIDE_KEYS to the folder that holds it. "
        "If the key is lost, move the database file away and restore a backup."
    )


def _read_or_make(name: str) -> str:
    place = key_file(name)
    if not place.exists() and _write_once(place, secrets.token_hex(_KEY_BYTES)):
        _made.append(place)
    return _read(place)


def _write_once(place: Path, hex_digits: str) -> bool:
    """False when another process was first. A link appears with its whole content or not at all."""
    folder = paths.make_private_folder(place.parent)
    with NamedTemporaryFile("w", dir=folder, prefix=".new-", delete=True) as draft:  # O_EXCL, mode 0600
        draft.write(hex_digits + "\n")
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, place)
            paths.sync_folder(folder)
            return True
    return False


def _read(place: Path) -> str:
    try:
        content = place.read_text(encoding="ascii").strip()
        if len(bytes.fromhex(content)) == _KEY_BYTES:
            return content
    except PermissionError:
        raise Refusal(f"The key file {place} is not yours to read. Start Alongside as its owner.") from None
    except ValueError:
        pass
    raise Refusal(f"The key file {place} is damaged. Put your copy of it back.")
