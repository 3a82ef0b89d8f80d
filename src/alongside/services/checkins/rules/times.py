"""Milliseconds of the database's clock as times that people read."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(moment_ms: int) -> datetime:
    return datetime.fromtimestamp(moment_ms / 1000, tz=UTC)
