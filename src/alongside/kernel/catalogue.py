"""Reading what was given against the catalogue: kits become their parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from alongside.kernel.errors import Refusal
from alongside.kernel.services import Catalogue, ItemFacts


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one item; `kit_id` names the kit they came in."""

    item: ItemFacts
    quantity: int
    kit_id: int | None = None


def parts_given(
    items: Mapping[str, int], catalogue: Catalogue, *, kind: str, multiplier: int, unknown: Any, elsewhere: Any
) -> Iterator[Part]:
    """The single items that left, kits taken apart (a bill of materials; kits in kits too).

    Raises Refusal with `unknown` for a key that is not in the catalogue and `elsewhere` for an item that another
    kind records, each with the placeholder %(item)s.
    """
    for key, quantity in items.items():
        item = catalogue.by_key.get(key)
        if item is None:
            raise Refusal(unknown % {"item": key[:60]})
        if item.recorded_as != kind:
            raise Refusal(elsewhere % {"item": item.name})
        yield from _taken_apart(Part(item, quantity * multiplier), catalogue)


def _taken_apart(part: Part, catalogue: Catalogue) -> Iterator[Part]:
    if not part.item.parts:
        yield part
    for item_id, each in part.item.parts:
        inside = Part(catalogue.by_id[item_id], part.quantity * each, part.kit_id or part.item.id)
        yield from _taken_apart(inside, catalogue)


def items_in_words(items: Mapping[str, int], catalogue: Catalogue, *, most: int | None = None) -> str:
    """In words, such as 10 × Syringe 1 mL, 2 × Cooker; an item's key where it has left the catalogue.

    In the catalogue's order, because a database keeps no order of its own. `most` cuts a long list short.
    """
    known = sorted(
        (catalogue.by_key[key].id, catalogue.by_key[key].local_name, key) for key in items if key in catalogue.by_key
    )
    names = {key: name for _id, name, key in known} | {
        key: key for key in sorted(items.keys() - catalogue.by_key.keys())
    }
    said = [f"{items[key]} × {name}" for key, name in names.items()][:most]
    return ", ".join(said) + (" …" if len(items) > len(said) else "")
