"""What a log may say of a fault: its kind and where in the code it happened. Never a value, an address or a path."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


class Faults(logging.Filter):
    """Lets errors of pages through, and refusals (not found, forbidden, bad input) not: those are everyday."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.exc_info is not None and record.exc_info[1] is not None and record.levelno >= logging.ERROR


class PlaceOnly(logging.Formatter):
    """ "TypeError in supplies/shelf.py line 88": a message or a query string could hold what nobody may read."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return f"{self.formatTime(record)} ERROR a page failed"
        return f"{self.formatTime(record)} ERROR a page failed: {type(error).__name__} in {place_of(error)}"


def place_of(error: BaseException) -> str:
    """The last place in our own code that the error came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    if not ours:
        return "the framework"
    return f"{Path(ours[-1].filename).relative_to(PACKAGE)} line {ours[-1].lineno}"
