"""Stock moves and the audit can't be rewritten, not even by somebody who has the database open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, models, transaction

from alongside.encounters.ingest import ingest
from alongside.sites.models import AuditEvent
from alongside.supplies.models import StockMove
from tests.places import SYRINGE, Place, supplies

pytestmark = pytest.mark.django_db

REWRITES: dict[str, Callable[[type[models.Model]], object]] = {
    "update": lambda model: model._base_manager.update(at="2026-01-01T00:00Z"),
    "delete": lambda model: model._base_manager.all()._raw_delete("default"),
    "save": lambda model: model._base_manager.first().save(),
    "remove": lambda model: model._base_manager.first().delete(),
}


@pytest.mark.parametrize("model", [StockMove, AuditEvent])
@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES.keys())
def test_a_row_stays_as_it_was_written(
    place: Place, model: type[models.Model], rewrite: Callable[[type[models.Model]], object]
) -> None:
    ingest([place.submission(supplies())], sender=place.sender)
    before = list(model._base_manager.order_by("pk").values())
    assert before
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        rewrite(model)
    assert list(model._base_manager.order_by("pk").values()) == before


def test_a_move_of_nothing_is_refused(place: Place) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        place.stock(SYRINGE, 0)


def test_the_level_follows_moves_that_no_code_of_ours_wrote(place: Place) -> None:
    place.stock(SYRINGE, 5)
    move = StockMove.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO supplies_stockmove (program_id, site_id, item_id, lot_id, quantity, reason, at, by_id, note,"
            " is_shortfall) SELECT program_id, site_id, item_id, lot_id, 37, reason, at, by_id, note, is_shortfall"
            " FROM supplies_stockmove WHERE id = %s",
            [move.pk],
        )
    assert place.on_hand(SYRINGE) == 42
