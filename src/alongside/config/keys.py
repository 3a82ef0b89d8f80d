"""The secret keys of this installation: each made once, readable by its owner only, never overwritten."""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from alongside.config import paths
from alongside.kernel.errors import Refusal

DATABASE = "database.key"
CODES = "codes.key"
DJANGO = "django.key"

WHAT_LOSING_MEANS = {
    DATABASE: "Without it nobody, you included, can open the database on this computer.",
    CODES: "Without it no participant code can be matched to its earlier contacts.",
    DJANGO: "Without it everyone has to sign in again and choose a new PIN.",
}

_KEY_BYTES = 32
_made: list[Path] = []


def database_key() -> str:
    """64 hex digits. The codes' key is made with it, so that one missing beside a database is always a loss."""
    _refuse_if_lost(DATABASE)
    code_key()
    return _read_or_make(DATABASE)


def code_key() -> bytes:
    """The key of the participant codes' digests."""
    _refuse_if_lost(CODES)
    return bytes.fromhex(_read_or_make(CODES))


def code_key_mark() -> str:
    """Tells one key of the codes from another, and nothing else about it."""
    return hmac.digest(code_key(), b"mark of the participant codes", "sha256").hex()


def django_secret() -> str:
    return _read_or_make(DJANGO)


def key_file(name: str) -> Path:
    return paths.keys_folder() / name


def check(place: Path) -> None:
    """Refuse a key file that can't be read or is not a whole key."""
    _read(place)


def made() -> list[Path]:
    """The key files that this process had to make."""
    return list(_made)


def carried_in_backups() -> dict[str, str]:
    """The database's own key stays with its disk; the others are what makes a restored program the same one."""
    return {CODES: code_key().hex(), DJANGO: django_secret()}


def take_over(carried: dict[str, str], *, may_set_aside: bool) -> bool:
    """Put the keys that a backup carries into place; True if that changed anything.

    A different key that is there already is set aside under another name, if nothing was ever recorded with it.
    """
    news = {key_file(name): carried[name] for name in (CODES, DJANGO) if name in carried}
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
