"""What accepted entries do, and taking it back: facts, and stock that moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from alongside.encounters.judging import Judged
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.registry import registry
from alongside.kernel.clock import local_day, now
from alongside.sites.models import Program
from alongside.sites.plain_sql import at_once, insert_all
from alongside.supplies.handing_out import Stock, Wanted, hand_out, put_back, stock_for

Applied = Iterable[tuple[Encounter, Entry, Judged]]


def store_effects(applied: Applied, *, program: Program, moment: datetime, by_id: int | None) -> None:
    """`by_id` is who made them count."""
    with at_once():
        wanted = store_facts(applied, program=program, by_id=by_id)
        stock = stock_for(wanted, program_id=program.pk)
    move_stock(wanted, stock, program=program, moment=moment)


def store_facts(applied: Applied, *, program: Program, by_id: int | None = None) -> list[Wanted]:
    """Answers what leaves the shelves: taken by `by_id`; without it, by whoever recorded each contact."""
    facts: dict[type[models.Model], list[Any]] = defaultdict(list)
    wanted: list[Wanted] = []
    for encounter, entry, each in applied:
        placed = {
            "program_id": program.pk,
            "site_id": encounter.site_id,
            "entry_id": entry.pk,
            "day": encounter.day,
            "precision": encounter.precision,
        }
        for row in each.effects.rows:
            vars(row).update(placed)  # new rows, so there is nothing that the fields' own setters would have to forget
            facts[type(row)].append(row)
        if encounter.moves_stock:
            wanted.extend(
                Wanted(
                    source=encounter.pk,
                    site_id=encounter.site_id,
                    item_id=issue.item_id,
                    quantity=issue.quantity,
                    by_id=by_id or encounter.recorded_by_id,
                    lot_code=issue.lot_code,
                )
                for issue in each.effects.issues
            )
    for rows in facts.values():
        insert_all(rows)
    return wanted


def move_stock(wanted: Sequence[Wanted], stock: Stock, *, program: Program, moment: datetime) -> None:
    """`stock` is what `stock_for` found; the rows it locked are held until the transaction ends."""
    today = local_day(moment, program.timezone)
    hand_out(wanted, program_id=program.pk, at=moment, today=today, stock=stock)


def needs_of(encounters: Iterable[Encounter], judged: Iterable[Iterable[Judged]]) -> set[tuple[int, int]]:
    """(site, item) of everything that these contacts take off a shelf."""
    return {
        (encounter.site_id, issue.item_id)
        for encounter, group in zip(encounters, judged, strict=True)
        for each in group
        for issue in each.effects.issues
    }


def lock(ids: Sequence[UUID], state: Encounter.State) -> list[Encounter]:
    """These contacts, if they are in that state, until the transaction ends."""
    return list(Encounter.objects.select_for_update().filter(pk__in=ids, state=state).order_by("pk"))


def take_back(ids: Sequence[UUID], state: Encounter.State, *, program: Program, by_id: int) -> None:
    """Stop counting these locked contacts: their facts go, their stock returns, what was said stays."""
    Encounter.objects.filter(pk__in=ids).update(state=state)
    for service in registry:
        for model in service.facts:
            model.objects.filter(entry__encounter_id__in=ids).delete()
    put_back(ids, program_id=program.pk, by_id=by_id, at=now())
