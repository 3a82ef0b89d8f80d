"""Shares with their intervals, and weights that undo that some sites answered more eagerly than others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
"""Of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """In percent, with its 95 % interval."""

    percent: float
    low: float
    high: float


def wilson(hits: float, of: float) -> Share | None:
    """Wilson's interval. With weights, `of` is the effective number of answers (Kish) and `hits` its part."""
    if of <= 0:
        return None
    share = hits / of
    middle = (share + Z**2 / (2 * of)) / (1 + Z**2 / of)
    half = Z / (1 + Z**2 / of) * sqrt(share * (1 - share) / of + Z**2 / (4 * of**2))
    return Share(100 * share, 100 * max(0.0, middle - half), 100 * min(1.0, middle + half))


def weighted_share(answers: Iterable[tuple[bool, float]]) -> Share | None:
    """Of (hit, weight) pairs. With equal weights this is Wilson's interval of the plain share."""
    hits = total = squares = 0.0
    for is_hit, weight in answers:
        hits += weight if is_hit else 0.0
        total += weight
        squares += weight**2
    if not total:
        return None
    effective = total**2 / squares
    return wilson(hits / total * effective, effective)


def site_weights(sheets: Mapping[int, int], visits: Mapping[int, int]) -> dict[int, float]:
    """A weight for each site's sheets, so that sites count as their contacts do. They average 1 over all sheets.

    Nothing for a site without contacts in these weeks: then nobody knows what its sheets stand for, and all weigh 1.
    """
    if not all(visits.get(site) for site in sheets):
        return dict.fromkeys(sheets, 1.0)
    all_sheets, all_visits = sum(sheets.values()), sum(visits[site] for site in sheets)
    return {site: (visits[site] / all_visits) / (count / all_sheets) for site, count in sheets.items()}
