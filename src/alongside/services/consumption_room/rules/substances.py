"""What people say they use, and how. Keys are stored for ever; what they are called is in `queries.wording`."""

from __future__ import annotations

from enum import StrEnum


class Group(StrEnum):
    """What the body has to be watched for."""

    OPIOIDS = "opioids"
    STIMULANTS = "stimulants"
    OTHER = "other"


GROUPS: dict[str, Group] = {
    "fentanyl": Group.OPIOIDS,
    "heroin": Group.OPIOIDS,
    "hydromorphone": Group.OPIOIDS,
    "other_opioid": Group.OPIOIDS,
    "methamphetamine": Group.STIMULANTS,
    "cocaine": Group.STIMULANTS,
    "crack": Group.STIMULANTS,
    "other_stimulant": Group.STIMULANTS,
    "benzodiazepine": Group.OTHER,
    "ketamine": Group.OTHER,
    "other": Group.OTHER,
}
SUBSTANCES = tuple(GROUPS)
ROUTES = ("injected", "smoked", "snorted", "swallowed", "rectal")
NOT_SAID = ("unknown", "declined")


def groups_of(substances: list[str]) -> frozenset[Group]:
    """The groups to watch for. Where nobody said, anything is possible."""
    known = frozenset(GROUPS[each] for each in substances if each in GROUPS)
    return known if known and not set(substances) & set(NOT_SAID) else frozenset(Group)
