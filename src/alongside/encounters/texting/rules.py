"""The grammar of a peer's text line: pure functions from a text to what it says. See docs/reference/text-line.md.

A text is a few pairs of a number and a word, in any order. Whatever is not understood for certain goes to a person:
a wrong record that nobody sees is worse than one that somebody has to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from alongside.encounters.texting.phrases import (
    COMMANDS,
    DAYS_AGO,
    EACH,
    FILLERS,
    NUMBERS,
    PEOPLE,
    TITLES,
    WEEKDAYS,
    Command,
)
from alongside.encounters.texting.spelling import Piece, Unspellable, pieces, plain_words, singular

LONGEST_TEXT = 1600
"""Ten text messages in one. Nobody reports a shift in more."""
MOST_BY_TEXT = 10_000
OLDEST = timedelta(days=92)
PEOPLE_THING = "people"


class Why(StrEnum):
    """Why a text goes to a person."""

    BLANK = "blank"
    TOO_LONG = "too_long"
    SIGN = "sign"
    WORD = "word"
    OTHER_NAME = "other_name"
    PAIRS = "pairs"
    TWICE = "twice"
    TOO_MANY = "too_many"
    DAY = "day"
    EACH = "each"
    NO_PEOPLE = "no_people"


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not understood. `word` is the one that nobody knows, if it was that."""

    why: Why
    word: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many of a thing, and the words it was called by."""

    thing: str
    number: int
    said: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What a text says. `people` is None if nobody counted them, `day` None if it does not say."""

    people: int | None
    amounts: tuple[Amount, ...]
    day: date | None = None
    is_each: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the program's words stand for: an opaque name of a thing by the plain forms of a phrase."""

    things: Mapping[tuple[str, ...], str]
    longest: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "longest", max((*map(len, self.things), 4)))


def vocabulary(words: Iterable[tuple[str, str]]) -> Vocabulary:
    """From phrases and the things they stand for; of two alike the first holds, and the grammar's own words stay."""
    things: dict[tuple[str, ...], str] = {}
    for phrase, thing in words:
        plain = plain_words(phrase)
        if plain and not is_taken(phrase):
            things.setdefault(plain, thing)
    return Vocabulary(things)


def is_taken(phrase: str) -> bool:
    """True for a phrase that the grammar needs for itself."""
    plain = plain_words(phrase)
    return not plain or plain in COMMANDS or any(plain in words for words in _OWN) or plain[0] in _NOTHING


def read(text: str, *, name: str, today: date, known: Vocabulary) -> Heard | Command | Unclear:
    """What a peer called `name` said. Never raises, whatever the text is."""
    if len(text) > LONGEST_TEXT:
        return Unclear(Why.TOO_LONG)
    try:
        typed = pieces(text)
    except Unspellable:
        return Unclear(Why.SIGN)
    left = _without_title(typed)
    said = _without_name(left, _words_of(name))
    if command := _command(said):
        return command
    if not said:
        return Unclear(Why.PAIRS if typed else Why.BLANK)
    return _Hearing(said, known, today, is_named=len(said) < len(left)).heard()


def command_in(text: str) -> Command | None:
    """The command that a whole text is, for a number that nobody knows."""
    found = read(text, name="", today=date.min, known=Vocabulary({}))
    return found if isinstance(found, Command) else None


def _words_of(name: str) -> tuple[str, ...]:
    """A name keeps its plural: Charles is not Charle."""
    try:
        return tuple(str(each.word) for each in pieces(name))
    except Unspellable:
        return ()


def is_name(name: str) -> bool:
    """True if a name can be told from everything else that a text may say: letters only, and no word of the grammar."""
    words = _words_of(name)
    return bool(words) and words[0].isalpha() and not is_taken(name) and singular(words[0]) not in _FIRST_WORDS


def _without_title(said: Sequence[Piece]) -> Sequence[Piece]:
    """Without "peer" before it all."""
    return said[1:] if said and said[0].plain in TITLES else said


def _without_name(said: Sequence[Piece], name: tuple[str, ...]) -> Sequence[Piece]:
    """Without the peer's own name before or after it all."""
    size = len(name)
    if size and tuple(str(each.word) for each in said[:size]) == name:
        return said[size:]
    if size and tuple(str(each.word) for each in said[-size:]) == name:
        return said[:-size]
    return said


def _command(said: Sequence[Piece]) -> Command | None:
    words = tuple(each.plain for each in said)
    return COMMANDS.get(words) or COMMANDS.get(tuple(word for word in words if word not in FILLERS))


@dataclass(slots=True)
class _Hearing:
    """One text on its way to being understood: numbers and things in the order they came, days, and "each"."""

    said: Sequence[Piece]
    known: Vocabulary
    today: date
    is_named: bool
    pairs: list[int | tuple[str, str]] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    is_each: bool = False
    trouble: Unclear | None = None

    def heard(self) -> Heard | Unclear:
        at = 0
        while at < len(self.said) and self.trouble is None:
            at += self._take(at)
        return self.trouble or self._made()

    def _take(self, at: int) -> int:
        """Take in what stands at this place; answers how many pieces it was. The longest phrase wins."""
        for size in range(min(self.known.longest, len(self.said) - at), 0, -1):
            plain = tuple(each.plain for each in self.said[at : at + size])
            if all(plain) and self._is_phrase(plain, at):
                return size
        word = self.said[at].word
        if isinstance(word, int):
            self.pairs.append(word)
        elif isinstance(word, date):
            self.days.append(word)
        else:
            self.trouble = Unclear(Why.WORD if at or self.is_named else Why.OTHER_NAME, word)
        return 1

    def _is_phrase(self, plain: tuple[str, ...], at: int) -> bool:
        typed = " ".join(each.typed for each in self.said[at : at + len(plain)])
        if plain in PEOPLE:
            self.pairs.append((PEOPLE_THING, typed))
        elif plain in self.known.things:
            self.pairs.append((self.known.things[plain], typed))
        elif plain in NUMBERS:
            self._take_number(NUMBERS[plain], plain, at)
        elif plain in EACH:
            self.is_each = True
        elif plain in DAYS_AGO:
            self.days.append(self.today - timedelta(days=DAYS_AGO[plain]))
        elif plain in WEEKDAYS:
            self.days.append(self.today - timedelta(days=(self.today.weekday() - WEEKDAYS[plain]) % 7))
        else:
            return len(plain) == 1 and plain[0] in FILLERS
        return True

    def _take_number(self, number: int, plain: tuple[str, ...], at: int) -> None:
        """English "a kit" is one kit; Spanish "a 5 personas" is a way of saying to whom."""
        following = self.said[at + 1 : at + 2]
        if plain == ("a",) and following and (isinstance(following[0].word, int) or (following[0].plain,) in NUMBERS):
            return
        self.pairs.append(number)

    def _made(self) -> Heard | Unclear:
        if len(self.days) > 1 or any(not self.today - OLDEST <= day <= self.today for day in self.days):
            return Unclear(Why.DAY)
        amounts = list(_amounts(self.pairs))
        if not amounts or len(amounts) * 2 != len(self.pairs):
            return Unclear(Why.PAIRS)
        if why := _why_not(amounts, is_each=self.is_each):
            return Unclear(why)
        people = next((each.number for each in amounts if each.thing == PEOPLE_THING), None)
        others = tuple(each for each in amounts if each.thing != PEOPLE_THING)
        return Heard(people=people, amounts=others, day=next(iter(self.days), None), is_each=self.is_each)


def _amounts(pairs: Sequence[int | tuple[str, str]]) -> Iterable[Amount]:
    """Each two that stand together, whichever comes first. Two numbers or two words together say nothing certain."""
    for one, other in zip(pairs[::2], pairs[1::2], strict=False):
        if isinstance(one, int) and not isinstance(other, int):
            yield Amount(other[0], one, other[1])
        elif isinstance(other, int) and not isinstance(one, int):
            yield Amount(one[0], other, one[1])


def _why_not(amounts: Sequence[Amount], *, is_each: bool) -> Why | None:
    things = [each.thing for each in amounts]
    if len(set(things)) < len(things):
        return Why.TWICE
    if any(each.number > MOST_BY_TEXT for each in amounts):
        return Why.TOO_MANY
    if any(each.thing == PEOPLE_THING and not each.number for each in amounts):
        return Why.NO_PEOPLE
    if is_each and (PEOPLE_THING not in things or sum(each.number > 0 for each in amounts) != 2):
        return Why.EACH
    return None


_OWN = (PEOPLE, NUMBERS, EACH, DAYS_AGO, WEEKDAYS, {(word,) for word in FILLERS | TITLES})
_NOTHING = {words[0] for words, number in NUMBERS.items() if not number}
_FIRST_WORDS = {words[0] for own in (COMMANDS, *_OWN) for words in own}
