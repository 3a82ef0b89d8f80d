"""Many codes at once, as in an import: two questions for some hundred codes instead of five for each.

Codes come as `rules.normalise` leaves them. They stay in memory for as long as a file is read, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction

from alongside.kernel.clock import today
from alongside.kernel.errors import KeyAway, Refusal
from alongside.participants.actions import new_code_refusal, recognise
from alongside.participants.models import Code, Participant
from alongside.participants.queries import Reading, readings_of, schemes_of
from alongside.sites.models import Program


class Recogniser:
    """Participants by their codes. A code has to be looked up before anything is asked about it."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._schemes = schemes_of(program)
        self._known: dict[str, UUID] = {}
        self._new: dict[str, Reading] = {}
        self._refused: dict[str, Refusal] = {}
        self._just_made: dict[str, Reading] = {}

    def look_up(self, codes: Iterable[str]) -> None:
        """Find out whose these codes are. Makes nobody. Raises KeyAway."""
        codes = {code for code in codes if code and not self._is_familiar(code)}
        readings = {code: found for code in codes if (found := self._readings(code))}
        digests = [reading.digest for found in readings.values() for reading in found]
        rows = Code.objects.filter(digest__in=digests).values_list("digest", "suffix", "participant_id")
        stored = {(bytes(digest), suffix): participant_id for digest, suffix, participant_id in rows}
        for code, found in readings.items():
            owner = next((stored[key] for each in found if (key := (each.digest, each.suffix)) in stored), None)
            if owner:
                self._known[code] = owner
            elif refusal := new_code_refusal(found[0]):
                self._refused[code] = refusal
            else:
                self._new[code] = found[0]

    def check(self, code: str) -> None:
        """Raises Refusal with a sentence for a code that can't be one of the program's."""
        if refusal := self._refused.get(code):
            raise refusal

    def known(self, code: str) -> UUID | None:
        return self._known.get(code)

    def make(self, codes: Iterable[str]) -> None:
        """Make the participants whose codes are new, in the caller's transaction."""
        self._just_made = {code: self._new[code] for code in codes if code in self._new}
        if not self._just_made:
            return
        try:
            with transaction.atomic():
                self._known |= self._insert(self._just_made)
        except IntegrityError:  # somebody used one of them a moment ago
            self._known |= {
                code: owner for code in self._just_made if (owner := recognise(code, program=self._program))
            }
        for code in self._just_made:
            del self._new[code]

    def take_back(self) -> None:
        """The transaction of the last `make` was rolled back: those participants do not exist."""
        for code, reading in self._just_made.items():
            del self._known[code]
            self._new[code] = reading
        self._just_made = {}

    def _is_familiar(self, code: str) -> bool:
        return code in self._known or code in self._new or code in self._refused

    def _readings(self, code: str) -> list[Reading]:
        try:
            return readings_of(code, program=self._program, schemes=self._schemes)
        except KeyAway:
            raise
        except Refusal as refusal:
            self._refused[code] = refusal
            return []

    def _insert(self, readings: dict[str, Reading]) -> dict[str, UUID]:
        day = today(self._program.timezone)
        people = Participant.objects.bulk_create(Participant(program=self._program, made_on=day) for _ in readings)
        Code.objects.bulk_create(
            Code(program=self._program, participant=participant, scheme=reading.scheme, digest=reading.digest)
            for participant, reading in zip(people, readings.values(), strict=True)
        )
        return {code: participant.pk for code, participant in zip(readings, people, strict=True)}
