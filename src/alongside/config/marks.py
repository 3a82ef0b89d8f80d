"""What every computer that works on the same database has to agree on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alongside.config import keys
from alongside.jobs.models import Mark
from alongside.kernel.errors import Refusal


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A key that all of them need to be the same; `mark` tells one such key from another."""

    file: str
    opens: str
    mark: Callable[[], str]


SHARED = (
    Shared(file=keys.CODES, opens="participant codes", mark=keys.code_key_mark),
    Shared(file=keys.MESSAGES, opens="texts and alarm addresses", mark=keys.message_key_mark),
    Shared(file=keys.OUTBOX, opens="phones’ waiting contacts", mark=keys.outbox_key_mark),
)


def check_shared_keys() -> None:
    """Refuse a key that can't recognise this database's participant codes, or open what its phones have sealed."""
    marks = dict(Mark.objects.values_list("name", "value"))
    for each in _at_hand():
        if each.file in marks:
            _check(each, marks[each.file])


def _at_hand() -> list[Shared]:
    """A codes' key that lives elsewhere is compared when it is there."""
    return [each for each in SHARED if each.file != keys.CODES or not keys.code_key_is_away()]


def _check(each: Shared, mark: str) -> None:
    place = keys.key_file(each.file)
    if place.exists() and mark == each.mark():
        return
    missing_or_other = "is another one than" if place.exists() else "is not there; it has to be"
    raise Refusal(
        f"The key of the {each.opens}, {place}, {missing_or_other} the one this database was begun with. "
        f"Copy the file {each.file} from the first computer's folder of keys to that place."
    )


def agree_on_shared_keys() -> None:
    """The first computer that starts on a database decides."""
    check_shared_keys()
    for each in _at_hand():
        Mark.objects.get_or_create(name=each.file, defaults={"value": each.mark()})
    check_shared_keys()
