"""Numbers that stand for people in the copy: the same person has another one in every reporting year.

The year's key is random, is kept in the database only, and is no part of the copy. So two years of the copy can't be
linked by anybody who has nothing but the copy; whoever has the database as well needs no copy to link them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import blake2b

from alongside.reports.models import YearKey
from alongside.sites.models import Program

KEY_BYTES = 32


def surrogates(program: Program) -> Callable[[str, int], int]:
    """Answers with the number of a participant (by id, as text) in a year; called inside the program's scope."""
    keys = {each.year: bytes(each.key) for each in YearKey.objects.all()}
    known: dict[tuple[str, int], int] = {}

    def number(participant_id: str, year: int) -> int:
        found = known.get((participant_id, year))
        if found is None:
            if year not in keys:
                keys[year] = _draw(program, year)
            plain = participant_id.replace("-", "").encode()
            digest = blake2b(plain, key=keys[year], digest_size=8).digest()
            found = known[participant_id, year] = int.from_bytes(digest, "big") >> 1
        return found

    return number


def draw_afresh() -> None:
    """Forget every year's key: a copy that is made from here on can't be linked to one that was taken along."""
    YearKey.objects.all().delete()


def _draw(program: Program, year: int) -> bytes:
    drawn, _is_new = YearKey.objects.get_or_create(
        program=program, year=year, defaults={"key": secrets.token_bytes(KEY_BYTES)}
    )
    return bytes(drawn.key)
