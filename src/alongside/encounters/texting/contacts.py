"""From what a peer said to one contact for the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from alongside.encounters.questions import as_still_asked
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Said, Sender, Submission
from alongside.encounters.texting.rules import Amount, Heard
from alongside.encounters.texting.words import BAG, ITEM
from alongside.kernel.services import Catalogue
from alongside.messaging.models import Peer
from alongside.sites.models import Program
from alongside.supplies.models import Bag
from alongside.supplies.queries import catalogue

DOOR = "text"
_NOON = time(12)


def sender_for(program: Program, *, user_id: int) -> Sender:
    """A peer may record by text, and nothing else."""
    return Sender(program=program, user_id=user_id, permissions=frozenset({"contacts.record"}), door=DOOR)


def contact_of(heard: Heard, *, contact_id: UUID, peer: Peer, program: Program, moment: datetime) -> Submission:
    zone = ZoneInfo(program.timezone)
    is_today = heard.day in (None, moment.astimezone(zone).date())
    return Submission(
        id=contact_id,
        site_id=peer.site_id,
        occurred_at=moment if is_today or heard.day is None else datetime.combine(heard.day, _NOON, tzinfo=zone),
        people=heard.people,
        is_each=heard.is_each,
        entries=tuple(_still_asked(_entries(heard.amounts, catalogue(program)), program)),
    )


def _still_asked(entries: Iterable[Said], program: Program) -> Iterator[Said]:
    """A peer may report what nobody asks for any more: it is no mistake, and not counted."""
    return (asked for said in entries if (asked := as_still_asked(said, program)))


def _entries(amounts: Iterable[Amount], items: Catalogue) -> Iterator[Said]:
    """Items go to the kind that records them; "none" of an item says nothing, "none" of a figure is an answer."""
    given: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    told: dict[str, dict[str, int]] = defaultdict(dict)
    for amount in amounts:
        what, _colon, key = amount.thing.partition(":")
        if what == ITEM:
            _add(given, {key: amount.number}, items)
        elif what == BAG:
            _add(given, {item: units * amount.number for item, units in _in_bag(key, items).items()}, items)
        else:
            kind, _colon, figure = key.partition(":")
            told[kind][figure] = amount.number
    for kind, quantities in given.items():
        yield Said(kind, registry.kinds[kind].version, {"items": dict(quantities)})
    for kind, figures in told.items():
        text = registry.kinds[kind].text
        for payload in text.payloads(figures) if text else ():
            yield Said(kind, registry.kinds[kind].version, payload)


def _add(given: dict[str, dict[str, int]], quantities: Mapping[str, int], items: Catalogue) -> None:
    for key, quantity in quantities.items():
        if quantity:
            given[items.by_key[key].recorded_as][key] += quantity


def _in_bag(key: str, items: Catalogue) -> dict[str, int]:
    lines = Bag.objects.get(key=key).lines.values_list("item_id", "quantity")
    return {items.by_id[item_id].key: quantity for item_id, quantity in lines}
