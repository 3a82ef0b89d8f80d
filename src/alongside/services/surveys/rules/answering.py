"""Answers of one person, as a form says them and as they are kept.

Kept are, by question: a list of choices, a number, or one of the words for no answer. Who was not asked has no entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from alongside.kernel.coverage import Told
from alongside.kernel.errors import Refusal, gettext_noop
from alongside.services.surveys.rules.questionnaires import (
    BLANK,
    DECLINED,
    UNKNOWN,
    AskedIf,
    CoverageQuestions,
    Question,
    Questionnaire,
    Section,
)

Answer = list[str] | int | str
Answers = dict[str, Answer]
Said = Callable[[str], Sequence[str]]
"""What a form holds under a name; nothing if it has no such field."""

FIELD = "q."
NO_ANSWER = ".none"
"""Ends the name of the field that says why there is no number."""
WHOLE_NUMBER = re.compile(r"\d{1,9}")
NOT_A_NUMBER = gettext_noop("Write a whole number, such as 10, or leave it empty.")
TOO_LARGE = gettext_noop("This number is too large. Check it, or leave it empty.")


def week_of(day: date) -> date:
    """Its Monday: all that is kept of when somebody answered."""
    return day - timedelta(days=day.weekday())


def is_asked(question: Question, answers: Answers) -> bool:
    return question.asked_if is None or was_said(question.asked_if, answers)


def was_said(asked: AskedIf, answers: Mapping[str, Answer]) -> bool:
    answer = answers.get(asked.question)
    return isinstance(answer, list) and bool(set(answer) & set(asked.any_of))


def asked_in(section: Section, answers: Answers) -> list[Question]:
    return [question for question in section.questions if is_asked(question, answers)]


def next_page(questionnaire: Questionnaire, page: int, answers: Answers) -> int | None:
    """The next page with something to ask; None after the last one."""
    later = range(page + 1, len(questionnaire.sections))
    return next((each for each in later if asked_in(questionnaire.sections[each], answers)), None)


def answers_up_to(questionnaire: Questionnaire, page: int, said: Said) -> tuple[Answers, dict[str, str]]:
    """What was answered on the first pages, this one included, with a sentence for what can't be taken.

    Answers to questions that are not asked, because an earlier answer was changed, are left out.
    """
    answers: Answers = {}
    errors: dict[str, str] = {}
    for section in questionnaire.sections[: page + 1]:
        for question in asked_in(section, answers):
            try:
                answers[question.key] = answer_to(question, said)
            except Refusal as refusal:
                errors[question.key] = str(refusal)
    return answers, errors


def answer_to(question: Question, said: Said) -> Answer:
    name = FIELD + question.key
    values = [value.strip() for value in said(name) if value.strip()]
    if question.kind == "number":
        return _number(question, values) if values else _word([*said(name + NO_ANSWER)])
    chosen = [value for value in dict.fromkeys(values) if value in question.choice_keys]
    if question.kind == "one":
        chosen = chosen[:1]
    return chosen or _word(values)


def _number(question: Question, values: Sequence[str]) -> int:
    if not WHOLE_NUMBER.fullmatch(values[0]):
        raise Refusal(NOT_A_NUMBER)
    if int(values[0]) > question.most:
        raise Refusal(TOO_LARGE)
    return int(values[0])


def _word(values: Sequence[str]) -> str:
    return next((value for value in values if value in {DECLINED, UNKNOWN}), BLANK)


def told_of(answers: Mapping[str, Answer], coverage: CoverageQuestions) -> Told:
    """What coverage is made of. Who said that they did not inject needs none; whatever else is missing is not known."""
    injections = _whole(answers.get(coverage.injections))
    if coverage.no_injections and was_said(coverage.no_injections, answers):
        injections = 0
    groups = ((key, answers.get(key)) for key in coverage.by)
    return Told(
        acquired=_whole(answers.get(coverage.acquired)),
        given_away=_whole(answers.get(coverage.given_away)),
        injections=injections,
        groups={key: answer[0] for key, answer in groups if isinstance(answer, list)},
    )


def _whole(answer: Answer | None) -> int | None:
    return answer if isinstance(answer, int) else None
