"""What every computer that works on the same database has to agree on."""

from __future__ import annotations

from alongside.config import keys
from alongside.jobs.models import Mark
from alongside.kernel.errors import Refusal


def check_code_key() -> None:
    """Refuse a key that can't recognise this database's participant codes."""
    place = keys.key_file(keys.CODES)
    mark = Mark.objects.filter(name=keys.CODES).values_list("value", flat=True).first()
    if mark is None or (place.exists() and mark == keys.code_key_mark()):
        return
    missing_or_other = "is another one than" if place.exists() else "is not there; it has to be"
    raise Refusal(
        f"The key of the participant codes, {place}, {missing_or_other} the one this database was begun with. "
        "Copy the file codes.key from the first computer's folder of keys to that place."
    )


def agree_on_code_key() -> None:
    """The first computer that starts on a database decides."""
    check_code_key()
    Mark.objects.get_or_create(name=keys.CODES, defaults={"value": keys.code_key_mark()})
    check_code_key()
