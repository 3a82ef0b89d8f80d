"""Which report needs the answer to which question, and when it was last made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alongside.encounters.questions import Asked, all_questions
from alongside.reports.catalogue import all_indicators, parts_of
from alongside.reports.funders.definitions import Definition, all_definitions
from alongside.sites.models import AuditEvent

LATEST_EXPORTS = 2_000


@dataclass(frozen=True, kw_only=True)
class Use:
    """A report that counts the answers, and when somebody last took it out of here; None if nobody did."""

    definition: Definition
    last_made: datetime | None


def uses_by_question() -> Mapping[str, list[Use]]:
    """Reports by question, those made last first. Inside the program's scope."""
    by_indicator = _definitions_by_indicator()
    made = _last_made()
    found: dict[str, list[Use]] = {}
    for name, asked in all_questions().items():
        definitions = {each.name: each for feed in _counted_in(asked) for each in by_indicator.get(feed, ())}
        uses = [Use(definition=each, last_made=made.get(each.name)) for each in definitions.values()]
        found[name] = sorted(uses, key=_latest_first)
    return found


def own_figures(asked: Asked) -> list[str]:
    """Titles of the program's own figures that are counted from a question."""
    titles = (all_indicators()[feed] for feed in asked.question.feeds if feed in all_indicators())
    return [str(each.title) for each in titles if each.is_listed]


def _counted_in(asked: Asked) -> set[str]:
    """Figures counted from an answer, and those that they are a part of."""
    own = set(asked.question.feeds)
    return own | {name for name in all_indicators() if own & set(parts_of(name))}


def _definitions_by_indicator() -> Mapping[str, list[Definition]]:
    found: dict[str, list[Definition]] = defaultdict(list)
    for definition in all_definitions():
        if isinstance(definition, Definition):
            for name in {name for line in definition.lines for name in line.indicators}:
                found[name].append(definition)
    return found


def _last_made() -> Mapping[str, datetime]:
    """By report: the audit knows who took which report out, and when."""
    made: dict[str, datetime] = {}
    exports = AuditEvent.objects.filter(action="reports.exported").order_by("-pk")
    for at, detail in exports.values_list("at", "detail")[:LATEST_EXPORTS]:
        made.setdefault(detail.get("report", ""), at)
    return made


def _latest_first(use: Use) -> tuple[bool, float, str]:
    return use.last_made is None, -(use.last_made.timestamp() if use.last_made else 0), use.definition.name


def reports_made_since(moment: datetime) -> list[dict[str, str]]:
    """Who got a report, which, and on which day the last time. Inside the program's scope."""
    definitions = {each.name: each for each in all_definitions() if isinstance(each, Definition)}
    return [
        {"report": name, "asked_by": definitions[name].asked_by, "day": at.date().isoformat()}
        for name, at in _last_made().items()
        if name in definitions and at >= moment
    ]
