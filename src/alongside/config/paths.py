"""Where Alongside keeps what belongs to this installation."""

from __future__ import annotations

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


def home() -> Path:
    """`ALONGSIDE_HOME`, else `var/` in a checkout, else the person's own data folder."""
    if chosen := os.environ.get("ALONGSIDE_HOME"):
        return Path(chosen).expanduser().resolve()
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT / "var"
    return _data_folder() / "alongside"


def keys_folder() -> Path:
    """`ALONGSIDE_KEYS`, else `keys/` in the home folder. A seized disk without this folder shows nothing."""
    if chosen := os.environ.get("ALONGSIDE_KEYS"):
        return Path(chosen).expanduser().resolve()
    return home() / "keys"


def codes_key_elsewhere() -> Path | None:
    """`ALONGSIDE_CODES_KEY`: the file with the key of participant codes, where it lives off this machine."""
    chosen = os.environ.get("ALONGSIDE_CODES_KEY")
    return Path(chosen).expanduser() if chosen else None


def database_file() -> Path:
    return home() / "alongside.sqlite3"


def backups_folder() -> Path:
    return home() / "backups"


def static_folder() -> Path:
    """Where `run` gathers the pages' assets, under names that carry their hash."""
    return home() / "static"


def make_private_folder(folder: Path) -> Path:
    """Make `folder`, and what leads to it, so that only the person who runs Alongside can look inside."""
    if not folder.exists():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def sync_folder(folder: Path) -> None:
    """Make sure that a new name in `folder` survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _data_folder() -> Path:
    if chosen := os.environ.get("XDG_DATA_HOME"):
        return Path(chosen)
    return Path.home() / ".local" / "share"
