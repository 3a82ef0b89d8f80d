"""What a plan may hold, and the intervals that published services use. Suggestions: a program confirms its own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from alongside.kernel.errors import gettext_noop

MOST_LETTERS = 500
MOST_BYTES = 8_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Only what the person chose to write. `friend` is a number that is told when the plan opens."""

    place: str
    entry: str = ""
    more: str = ""
    friend: str = ""
    friend_words: str = ""

    def as_text(self) -> str:
        return json.dumps(asdict(self))


def plan_from(text: str) -> Plan:
    return Plan(**json.loads(text))


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """An interval that somebody else uses, and where that is written."""

    key: str
    name: str
    wait_seconds: int
    grace_seconds: int
    source: str


SUGGESTIONS = (
    Suggestion(
        key="injected",
        name=gettext_noop("Injecting"),
        wait_seconds=120,
        grace_seconds=30,
        source="DORS, Alberta: a timer of 2 minutes, then a person calls (canhealth.com, 24 March 2021).",
    ),
    Suggestion(
        key="smoked",
        name=gettext_noop("Smoking"),
        wait_seconds=120,
        grace_seconds=30,
        source="DORS, Alberta: a timer of 2 minutes, then a person calls (canhealth.com, 24 March 2021).",
    ),
    Suggestion(
        key="snorted",
        name=gettext_noop("Snorting"),
        wait_seconds=300,
        grace_seconds=60,
        source="Spotters stay on the line for 5 to 15 minutes after use (C. Strike, nps-info.org).",
    ),
    Suggestion(
        key="swallowed",
        name=gettext_noop("Swallowing"),
        wait_seconds=900,
        grace_seconds=60,
        source="Spotters stay on the line for 5 to 15 minutes after use (C. Strike, nps-info.org).",
    ),
)
