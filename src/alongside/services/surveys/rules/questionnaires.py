"""A questionnaire as data: questions, answers, who is asked what, in any number of languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Sentence = Annotated[str, Field(min_length=1, max_length=400)]
Texts = dict[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-zA-Z]{2,4})?$")], Sentence]
"""A text by language: en, es, fr, ht, pt-BR."""

DECLINED, UNKNOWN, BLANK = "declined", "unknown", "blank"
WORDS = (DECLINED, UNKNOWN, BLANK)
"""Asked without an answer: would rather not say, does not know, left empty. Who was not asked has no entry at all."""
NOT_ASKED = "not_asked"

PageWord = Literal["next", "back", "send", "start_again", "declined", "unknown"]


class Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(Data):
    key: Key
    text: Texts


class AskedIf(Data):
    """Only who gave one of these answers to an earlier page's question is asked."""

    question: Key
    any_of: tuple[Key, ...] = Field(min_length=1)


class Question(Data):
    key: Key
    kind: Literal["one", "several", "number"]
    text: Texts
    hint: Texts | None = None
    source: str = Field(min_length=1, max_length=400)
    """Who asks for it, or why it is asked."""
    choices: tuple[Choice, ...] = Field(default=(), max_length=40)
    most: int = Field(default=10_000, ge=1, le=1_000_000)
    """Of a number."""
    bands: tuple[int, ...] = ()
    """Of a number: where each group of the table begins, 0 first."""
    asked_if: AskedIf | None = None

    @model_validator(mode="after")
    def fits_its_kind(self) -> Self:
        keys = [choice.key for choice in self.choices]
        if (self.kind == "number") == bool(keys):
            raise ValueError(f"{self.key}: a number has no choices, and everything else needs some")
        if len(set(keys)) < len(keys) or set(keys) & {*WORDS, NOT_ASKED}:
            raise ValueError(f"{self.key}: two choices have the same key, or one that is reserved")
        if self.kind == "number" and (self.bands[:1] != (0,) or list(self.bands) != sorted(set(self.bands))):
            raise ValueError(f"{self.key}: the bands of a number begin with 0 and rise")
        return self

    @cached_property
    def choice_keys(self) -> frozenset[str]:
        return frozenset(choice.key for choice in self.choices)


class Section(Data):
    """One page."""

    title: Texts
    questions: tuple[Question, ...] = Field(min_length=1)


class CoverageQuestions(Data):
    """Which numbers coverage is made of, all three about the same days, and by which questions it is shown."""

    acquired: Key
    given_away: Key
    injections: Key
    no_injections: AskedIf | None = None
    """The answer that says that somebody did not inject, and so needs none."""
    by: tuple[Key, ...] = ()


class Questionnaire(Data):
    key: Key
    version: int = Field(ge=1)
    edition: str
    source: str
    read_on: date
    languages: tuple[str, ...] = Field(min_length=1)
    title: Texts
    intro: Texts
    thanks: Texts
    words: dict[PageWord, Texts] = Field(default_factory=dict)
    """What buttons say, in languages that Alongside itself does not speak."""
    sections: tuple[Section, ...] = Field(min_length=1)
    coverage: CoverageQuestions | None = None

    @model_validator(mode="after")
    def holds_together(self) -> Self:
        keys = [question.key for question in self.questions()]
        if len(set(keys)) < len(keys):
            raise ValueError("two questions have the same key")
        self._check_languages()
        self._check_who_is_asked()
        self._check_coverage()
        return self

    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    @cached_property
    def by_key(self) -> dict[str, Question]:
        return {question.key: question for question in self.questions()}

    def numbered(self) -> dict[str, int]:
        """From a question's key to its number on paper."""
        return {question.key: number for number, question in enumerate(self.questions(), start=1)}

    def _check_languages(self) -> None:
        for where, texts in self._texts():
            if missing := set(self.languages) - set(texts):
                raise ValueError(f"{where} has no text in {min(missing)}")

    def _texts(self) -> Iterator[tuple[str, Texts]]:
        yield from (("title", self.title), ("intro", self.intro), ("thanks", self.thanks))
        for section in self.sections:
            yield "a page's title", section.title
            for question in section.questions:
                yield question.key, question.text
                if question.hint:
                    yield f"{question.key}'s hint", question.hint
                yield from ((f"{question.key}, {choice.key}", choice.text) for choice in question.choices)

    def _check_who_is_asked(self) -> None:
        earlier: dict[str, Question] = {}
        for section in self.sections:
            for question in section.questions:
                if question.asked_if:
                    _check_answers(question.asked_if, earlier, f"{question.key} is asked if")
            earlier |= {question.key: question for question in section.questions}

    def _check_coverage(self) -> None:
        if not (coverage := self.coverage):
            return
        for key in (coverage.acquired, coverage.given_away, coverage.injections):
            if key not in self.by_key or self.by_key[key].kind != "number":
                raise ValueError(f"coverage needs a number called {key}")
        for key in coverage.by:
            if key not in self.by_key or self.by_key[key].kind != "one":
                raise ValueError(f"coverage can be shown by a question with one answer, and {key} is none")
        if coverage.no_injections:
            _check_answers(coverage.no_injections, self.by_key, "no_injections is")


def _check_answers(asked: AskedIf, known: dict[str, Question], where: str) -> None:
    question = known.get(asked.question)
    if question is None or question.kind != "one" or not set(asked.any_of) <= question.choice_keys:
        raise ValueError(f"{where} {asked.question}: no earlier page has such a question with one of these answers")


def in_language(texts: Texts, language: str) -> str:
    """The text, in English or whatever there is if this language is missing."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()))
