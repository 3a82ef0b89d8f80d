"""Two surveys of the demo program: last half-year's, closed, and one that is taking answers."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

from alongside.kernel import clock
from alongside.services.surveys.actions import close_survey, keep, open_survey
from alongside.services.surveys.models import Sheet, Survey
from alongside.services.surveys.queries import SHIPPED, read_questionnaire
from alongside.services.surveys.rules.answering import Answers, is_asked
from alongside.services.surveys.rules.questionnaires import BLANK, DECLINED, UNKNOWN, Question, Questionnaire
from alongside.sites.models import Program, Site

DAYS = timedelta(days=13)
EARLIER = timedelta(days=182)
SHEETS, SHEETS_SO_FAR = 210, 34


def make_surveys(program: Program, sites: list[Site], *, last_day: date, by_id: int, dice: Random) -> None:
    """Inside the program's scope."""
    with clock.set_to(clock.now() - EARLIER):
        earlier = _survey(program, last_day - EARLIER, by_id)
        _fill(earlier, SHEETS, sites, dice)
        close_survey(earlier, by_id=by_id)
    _fill(_survey(program, last_day - timedelta(days=4), by_id), SHEETS_SO_FAR, sites, dice)


def _survey(program: Program, first: date, by_id: int) -> Survey:
    questionnaire = read_questionnaire(SHIPPED / "point-in-time.toml")
    return open_survey(questionnaire, starts_on=first, ends_on=first + DAYS, program=program, by_id=by_id)


def _fill(survey: Survey, count: int, sites: list[Site], dice: Random) -> None:
    questionnaire = Questionnaire.model_validate(survey.questions)
    for _number in range(count):
        keep(
            random_answers(questionnaire, dice),
            survey=survey,
            site=dice.choices(sites[:2], weights=(3, 1))[0],
            door=dice.choices(Sheet.Door.values, weights=(3, 5, 2))[0],
            key=UUID(int=dice.getrandbits(128), version=4),
            day=survey.starts_on + timedelta(days=dice.randrange(5)),
        )


def random_answers(questionnaire: Questionnaire, dice: Random) -> Answers:
    answers: Answers = {}
    for question in questionnaire.questions():
        if is_asked(question, answers):
            word = dice.choices((None, DECLINED, UNKNOWN, BLANK), weights=(88, 5, 2, 5))[0]
            answers[question.key] = word or _answer(question, dice)
    return answers


def _answer(question: Question, dice: Random) -> list[str] | int:
    """Earlier choices come more often; numbers lie around 40 in two weeks."""
    if question.kind == "number":
        rare = question.key in {"reversals", "given_away"}
        return min(question.most, round(dice.expovariate(1 / 2 if rare else 1 / 45)))
    keys = [choice.key for choice in question.choices]
    chosen = dice.choices(keys, weights=range(len(keys) + 1, 1, -1), k=1 if question.kind == "one" else 2)
    return list(dict.fromkeys(chosen))
