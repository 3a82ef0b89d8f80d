"""Participants by the codes of a sheet. Codes stay in memory for as long as a file is read, and nowhere else."""

from __future__ import annotations

from uuid import UUID

from alongside.participants.actions import recognise
from alongside.participants.queries import code_among, readings_of
from alongside.participants.rules import normalise
from alongside.sites.models import Program


class PeopleByCode:
    """Asks the database once for each code."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[str, UUID | None] = {}

    def check(self, typed: str) -> None:
        """Raises Refusal with a sentence for a code that can't be one of the program's."""
        self.known(typed)

    def known(self, typed: str) -> UUID | None:
        """The participant, if the code was used before. Makes nobody. Raises Refusal."""
        code = normalise(typed)
        if not code:
            return None
        if code not in self._known:
            found = code_among(readings_of(code, program=self._program))
            self._known[code] = found.participant_id if found else None
        return self._known[code]

    def made(self, typed: str) -> UUID | None:
        """The participant, made now if the code is new. Raises Refusal."""
        code = normalise(typed)
        if code and self.known(code) is None:
            self._known[code] = recognise(code, program=self._program)
        return self._known.get(code)
