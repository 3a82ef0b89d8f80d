"""A program with contacts in the first quarter of 2026, seen on a day in May."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from alongside.encounters.submissions import Said
from alongside.kernel import clock
from tests.platform.conftest import plain_assets
from tests.reports.conftest import Ledger, ledger, syringes

__all__ = ["ledger", "plain_assets"]

MAY = datetime(2026, 5, 2, 15, tzinfo=UTC)
PEOPLE = 40
REVERSALS = 25


@pytest.fixture
def busy(ledger: Ledger) -> Iterator[Ledger]:
    """40 people with a code and 10 syringes each, 25 reversals, 6 syringes back."""
    with clock.set_to(MAY):
        for _ in range(PEOPLE):
            ledger.contact(date(2026, 2, 5), syringes(10), participant_id=ledger.person())
        told = [Said("naloxone.reversal_reported", 1, {"doses": 1}) for _ in range(REVERSALS)]
        ledger.contact(date(2026, 3, 6), *told, Said("syringes.returned", 1, {"count": 6}))
        yield ledger
