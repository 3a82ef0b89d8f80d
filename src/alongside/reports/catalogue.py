"""Every indicator there is: the ledger's own and those the services bring."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256

from alongside.encounters import indicators as ledger
from alongside.encounters.registry import registry
from alongside.kernel.indicators import Indicator


@cache
def all_indicators() -> Mapping[str, Indicator]:
    """By name, the ledger's own first. Raises ValueError if two have the same name or one points to none."""
    found: dict[str, Indicator] = {}
    services = (indicator for service in registry for indicator in service.indicators)
    for indicator in (*ledger.INDICATORS, *services):
        if indicator.name in found:
            raise ValueError(f"Indicator {indicator.name!r} is declared twice")
        found[indicator.name] = indicator
    for indicator in found.values():
        _check(indicator, found)
    return found


def _check(indicator: Indicator, found: Mapping[str, Indicator]) -> None:
    beside = (*indicator.beside, *([indicator.denominator] if indicator.denominator else []))
    for name in (indicator.part_of, indicator.details_from, indicator.shown_with, *(each.indicator for each in beside)):
        if name and name not in found:
            raise ValueError(f"Indicator {indicator.name!r} points to {name!r}, which does not exist")


@cache
def listed_indicators() -> tuple[Indicator, ...]:
    """Those that a person can choose, in the order they are shown."""
    return tuple(indicator for indicator in all_indicators().values() if indicator.is_listed)


def listed_names() -> tuple[str, ...]:
    return tuple(each.name for each in listed_indicators())


@cache
def countable_names() -> tuple[str, ...]:
    """What is said beside other figures too, but no parts, and no details that overlap."""
    every = all_indicators().values()
    details = {each.details_from for each in every}
    return tuple(each.name for each in every if not each.part_of and each.name not in details)


@cache
def parts_of(name: str) -> tuple[str, ...]:
    """The indicators whose cells make up this one: itself and its parts."""
    return (name, *(each.name for each in all_indicators().values() if each.part_of == name))


@cache
def stamp() -> str:
    """Changes when an indicator comes, goes or is defined anew, so that kept months are counted again."""
    versions = ",".join(f"{name}:{each.version}" for name, each in sorted(all_indicators().items()))
    return sha256(versions.encode()).hexdigest()[:16]
