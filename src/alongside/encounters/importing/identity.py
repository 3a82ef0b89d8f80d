"""The ids of the contacts that a sheet's lines become: the same line gives the same id, whichever file it comes in."""

from __future__ import annotations

import hmac
import json
from collections import Counter
from uuid import UUID, uuid5

from alongside.encounters.importing.cells import plain
from alongside.encounters.importing.rows import Line
from alongside.participants.queries import code_key

NAMESPACE = UUID("6f1d2c1a-59a3-5f0e-9f5e-0b6a1f9b7d11")


class Identities:
    """Keys of the lines of one file, in the order they stand there.

    A line is known by its own number, if the sheet has one; else by what it says: date, place, people, code and
    numbers, each alike line after the first by how often it stood there before. How the file writes them, other
    columns, and what the mapping makes of them have no part in it.

    Keyed with the codes' key: an unkeyed hash over a code would let anyone with the database try codes out.
    """

    def __init__(self, program_id: int) -> None:
        self._program_id = program_id
        self._key = code_key()
        self._seen: Counter[bytes] = Counter()

    def key_of(self, line: Line) -> str:
        said = {"number": line.own_number} if line.own_number else _said(line)
        text = json.dumps([self._program_id, said], sort_keys=True, default=str)
        digest = hmac.digest(self._key, text.encode(), "sha256")
        if line.own_number:
            return digest.hex()
        self._seen[digest[:16]] += 1
        return f"{digest.hex()}:{self._seen[digest[:16]]}"


def _said(line: Line) -> dict[str, object]:
    return {
        "day": [line.when.day, line.when.precision, line.when.at],
        "site": plain(line.site),
        "people": line.people if line.has_people else None,
        "reached": line.reached,
        "code": line.code,
        "numbers": sorted(line.said),
    }


def contact_id(key: str, *, revision: int = 0, part: int = 0) -> UUID:
    """The id of a line's contact. A line that was undone and is now read differently gets its next `revision`; `part`
    counts the entries of a line that holds more than one contact may.
    """
    return uuid5(NAMESPACE, f"{key}:{revision}:{part}")
