"""How long questions take, where a browser measured it.

The form posts `seconds`, such as "reached:3 items:8": the seconds from the last answer on the form to this one, rounded
up to a step, nothing longer than a minute. Only counters are kept: no person, worker, contact or moment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from django.db import connection

from alongside.encounters.models import QuestionTime
from alongside.encounters.questions import ITEMS, all_questions
from alongside.sites.models import Program

STEPS = (1, 2, 3, 5, 8, 13, 20, 30, 45, 60)
"""The same as in timing.js."""
FEWEST = 10
"""Times that a question has to be measured before a median is shown."""
MOST_IN_A_FORM = 60
_COUNT = """
INSERT INTO encounters_questiontime (program_id, question, seconds, times) VALUES {rows}
ON CONFLICT (program_id, question, seconds) DO UPDATE SET times = encounters_questiontime.times + excluded.times
"""


def note_seconds(forms: Iterable[str], *, program: Program) -> None:
    """Count what accepted forms measured. What is not understood is left out: nothing depends on it."""
    counted = sorted(Counter(pair for form in forms for pair in _pairs(form)).items())
    if counted:
        rows = ", ".join(["(%s, %s, %s, %s)"] * len(counted))
        values = [each for (question, seconds), times in counted for each in (program.pk, question, seconds, times)]
        with connection.cursor() as cursor:
            cursor.execute(_COUNT.format(rows=rows), values)


def _pairs(form: str) -> Iterable[tuple[str, int]]:
    for part in form.split()[:MOST_IN_A_FORM]:
        question, _colon, seconds = part.rpartition(":")
        is_number = seconds.isdecimal() and len(seconds) < 3
        if is_number and int(seconds) in STEPS and (question == ITEMS or question in all_questions()):
            yield question, int(seconds)


def median_seconds() -> Mapping[str, int]:
    """By question; one that was measured too rarely is missing. Inside the program's scope."""
    measured: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for question, seconds, times in QuestionTime.objects.values_list("question", "seconds", "times"):
        measured[question].append((seconds, times))
    return {
        question: _median(sorted(rows))
        for question, rows in measured.items()
        if sum(times for _seconds, times in rows) >= FEWEST
    }


def _median(rows: list[tuple[int, int]]) -> int:
    """Of two in the middle the lower: the steps are coarse anyway."""
    middle = (sum(times for _seconds, times in rows) + 1) // 2
    for seconds, times in rows:
        middle -= times
        if middle <= 0:
            return seconds
    raise ValueError("Nothing was measured")
