"""How many people some codes stand for, for every figure of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from alongside.encounters.counting import as_text, person_number
from alongside.kernel.indicators import Estimate
from alongside.participants.models import Code, CodeScheme, Participant
from alongside.participants.queries import scheme_size
from alongside.participants.rules import RANDOM_SIZE, people_from_codes


def counted_as() -> Mapping[int, int]:
    """Whom a person is counted as since two were found to be one; people without an entry stand for themselves."""
    merged = Participant.objects.filter(counted_as__isnull=False)
    pairs = merged.values_list(as_text("id"), as_text("counted_as_id"))
    return {person_number(each): person_number(kept) for each, kept in pairs}


def estimator() -> Callable[[Collection[int]], Estimate]:
    """Codes of one recipe stand for somewhat more people. A program that changed its recipe gets each one's own.

    The intervals of several recipes are added up, which is wider than need be and never too narrow.
    """
    sizes = {scheme.pk: scheme_size(scheme) for scheme in CodeScheme.objects.all()}
    only = next(iter(sizes.values()), RANDOM_SIZE)
    schemes = _scheme_of_people() if len(set(sizes.values())) > 1 else {}

    def estimate(people: Collection[int]) -> Estimate:
        by_size = Counter(sizes[schemes[each]] if each in schemes else only for each in people)
        parts = [people_from_codes(codes, size=size) for size, codes in by_size.items()]
        return Estimate(
            value=sum(part.estimate for part in parts),
            low=sum(part.low for part in parts),
            high=sum(part.high for part in parts),
        )

    return estimate


def _scheme_of_people() -> Mapping[int, int]:
    """The scheme of each person's first code."""
    codes = Code.objects.order_by("-pk").values_list(as_text("participant_id"), "scheme_id")
    return {person_number(participant_id): scheme_id for participant_id, scheme_id in codes}
