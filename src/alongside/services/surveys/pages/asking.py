"""A question as a page shows it, to somebody who answers or to a worker who enters paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.services.surveys.rules.answering import FIELD, NO_ANSWER, Said
from alongside.services.surveys.rules.questionnaires import DECLINED, UNKNOWN, Question, Questionnaire, in_language

WORDS = {
    "next": gettext_lazy("Next"),
    "back": gettext_lazy("Back"),
    "send": gettext_lazy("Send"),
    "start_again": gettext_lazy("Start again"),
    "declined": gettext_lazy("I'd rather not say"),
    "unknown": gettext_lazy("I don't know"),
}


def words_of(questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """What buttons say: the questionnaire's own words, or ours."""
    own = {str(name): texts for name, texts in questionnaire.words.items()}
    return {name: in_language(own[name], language) if name in own else str(text) for name, text in WORDS.items()}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question on a page, in the language of whoever reads it."""

    question: Question
    text: str
    hint: str
    choices: Sequence[tuple[str, str]]
    chosen: Sequence[str]
    none_chosen: Sequence[str]
    error: str = ""
    number: int = 0
    condition: str = ""

    @property
    def name(self) -> str:
        return FIELD + self.question.key

    @property
    def none_name(self) -> str:
        return self.name + NO_ANSWER


def asked_as(
    question: Question,
    said: Said,
    language: str,
    words: Mapping[str, str],
    *,
    error: str = "",
    number: int = 0,
    condition: str = "",
) -> Asked:
    """A question with what was chosen so far."""
    none = [(UNKNOWN, words["unknown"]), (DECLINED, words["declined"])]
    choices = [(choice.key, in_language(choice.text, language)) for choice in question.choices]
    return Asked(
        question=question,
        text=in_language(question.text, language),
        hint=in_language(question.hint, language) if question.hint else "",
        choices=[*choices, *none],
        chosen=said(FIELD + question.key),
        none_chosen=said(FIELD + question.key + NO_ANSWER),
        error=_(error) if error else "",
        number=number,
        condition=condition,
    )
