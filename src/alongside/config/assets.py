"""The pages' assets under names that carry their hash, in the home folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from alongside.config import paths

#: django-htmx carries a copy of htmx that no page uses, split into modules that name each other without an address.
_NOT_OURS = ["django_htmx/*"]


def are_gathered() -> bool:
    return _stamp().is_file() and _stamp().read_text() == _fingerprint()


def gather(echo: Callable[[str], object]) -> None:
    """Copy, hash and compress them, unless the same ones are there already."""
    if are_gathered():
        return
    echo("Preparing the assets of the pages.")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=_NOT_OURS)
    _stamp().write_text(_fingerprint())


def _stamp() -> Path:
    return paths.static_folder() / "assets.stamp"


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n".encode())
    return digest.hexdigest()
