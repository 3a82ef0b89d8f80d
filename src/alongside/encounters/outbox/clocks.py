"""Clocks of phones are wrong by minutes or days. What a worker typed stays; what the phone's clock said is moved."""

from __future__ import annotations

from datetime import datetime, timedelta

from alongside.encounters.judging import EARLIEST
from alongside.encounters.reading import Moment

NEAR_ENOUGH = timedelta(minutes=2)


def skew(sent_at: datetime | None, *, received_at: datetime) -> timedelta:
    """How much later it is in truth than on the phone; nothing if that may be the network's delay."""
    apart = received_at - sent_at if sent_at else timedelta()
    return apart if abs(apart) > NEAR_ENOUGH else timedelta()


def moment_of(made_at: datetime, *, moved_by: timedelta, received_at: datetime) -> Moment:
    """A contact was not made after it arrived, nor before there were such phones: then it was made when it arrived."""
    try:
        true = made_at + moved_by
    except OverflowError:
        true = received_at
    return Moment(shown=made_at, true=true if EARLIEST <= true <= received_at else received_at)
