"""The grammar: what it makes reads back, whatever it is not sure of goes to a person, and nothing makes it fail."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alongside.encounters.texting.phrases import WEEKDAYS, Command
from alongside.encounters.texting.rules import (
    LONGEST_TEXT,
    MOST_BY_TEXT,
    Heard,
    Unclear,
    Vocabulary,
    Why,
    command_in,
    is_name,
    read,
    vocabulary,
)
from alongside.encounters.texting.spelling import plain_words, singular

pytestmark = pytest.mark.once

TODAY = date(2026, 11, 22)  # a Sunday
THINGS = {
    "needles": ("needles", "NEEDLE", "syringes", "agujas", "Jeringas", "jeringa"),
    "narcan": ("narcan", "Naloxone", "naloxona", "kits de naloxona"),
    "strips": ("fentanyl strips", "Fentanyl Strip", "tiras de fentanilo"),
    "cottons": ("cottons", "algodones", "algodón", "ALGODÓN"),
    "back": ("returns", "back", "devoluciones", "devolución", "jeringas devueltas", "needles returned"),
}
KNOWN = vocabulary((word, thing) for thing, words in THINGS.items() for word in words)
PEOPLE = ("people", "PERSON", "ppl", "personas", "Gente", "persona")
ENGLISH = (
    "no zero none|one un|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    "seventeen|eighteen|nineteen|twenty"
)
SPANISH = (
    "sin cero ninguna|uno una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|"
    "dieciséis|diecisiete|dieciocho|diecinueve|veinte"
)
WORDS_FOR = {
    number: [word for each in lists for word in each.split()]
    for number, lists in enumerate(zip(ENGLISH.split("|"), SPANISH.split("|"), strict=True))
}
DAYS = [
    *((word, TODAY) for word in ("today", "hoy", "sunday", "el domingo")),
    *((word, TODAY - timedelta(days=1)) for word in ("yesterday", "AYER", "last night", "sábado", "on Saturday")),
    *((word, TODAY - timedelta(days=2)) for word in ("anteayer", "the day before yesterday", "viernes")),
    ("2026-10-31", date(2026, 10, 31)),
]


def hear(text: str, *, name: str = "Sam", known: Vocabulary = KNOWN) -> Heard | Command | Unclear:
    return read(text, name=name, today=TODAY, known=known)


def amounts(heard: object) -> dict[str, int]:
    assert isinstance(heard, Heard), heard
    return {each.thing: each.number for each in heard.amounts}


def test_the_example_on_the_card() -> None:
    heard = hear("SAM 5 PEOPLE 15 NEEDLES 2 NARCAN NO RETURNS")
    assert amounts(heard) == {"needles": 15, "narcan": 2, "back": 0}
    assert amounts(hear("sam: cinco personas, quince agujas; dos narcan. sin devoluciones!")) == amounts(heard)
    assert isinstance(heard, Heard)
    assert (heard.people, heard.day, heard.is_each) == (5, None, False)


@pytest.mark.parametrize(
    ("text", "people", "given"),
    [
        ("5 personas quince agujas dos naloxonas sin devoluciones", 5, {"needles": 15, "narcan": 2, "back": 0}),
        ("needles 15 people 5", 5, {"needles": 15}),
        ("15needles, 2narcan", None, {"needles": 15, "narcan": 2}),
        ("Narcan x2 & needles:1,500", None, {"narcan": 2, "needles": 1500}),
        ("gave a narcan to 5 people", 5, {"narcan": 1}),
        ("di una naloxona a 5 personas", 5, {"narcan": 1}),
        ("returns none 3 people", 3, {"back": 0}),
        ("5️⃣ people 👍🏽", 5, {}),
        ("٥ people １５ needles", 5, {"needles": 15}),
        ("5 people 15 needles 2 narcan SAM", 5, {"needles": 15, "narcan": 2}),
        ("Peer Sam 4 jeringas devueltas por favor", None, {"back": 4}),
        ("4\n needles\u200b\n\n5 people", 5, {"needles": 4}),
        ("+5 people + 3 needles", 5, {"needles": 3}),
    ],
)
def test_forgiving(text: str, people: int | None, given: dict[str, int]) -> None:
    heard = hear(text)
    assert amounts(heard) == given
    assert isinstance(heard, Heard)
    assert heard.people == people


def test_each() -> None:
    heard = hear("12 people, 6 needles each, no returns")
    assert isinstance(heard, Heard)
    assert heard.is_each
    assert hear("12 personas 6 agujas c/u") == hear("12 personas 6 agujas cada una")
    for unsure in ("6 needles each", "12 people 6 needles 2 narcan each", "12 people each"):
        assert hear(unsure) == Unclear(Why.EACH)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Why.BLANK),
        (" \n👍", Why.BLANK),
        ("SAM", Why.PAIRS),
        ("ANA 5 people", Why.OTHER_NAME),
        ("Sam 5 people 3 spaceships", Why.WORD),
        ("Sam hola ana 5 people", Why.WORD),
        ("5 people 10-15 needles", Why.SIGN),
        ("5 people -3 needles", Why.SIGN),
        ("½ needles", Why.SIGN),
        ("5² needles", Why.SIGN),
        ("2.5 needles", Why.SIGN),
        ("1/2 needles", Why.SIGN),
        ("15+ needles", Why.SIGN),
        ("15 needles?", Why.SIGN),
        ("~15 needles", Why.SIGN),
        ("💉 15", Why.SIGN),
        ("1234567890123 needles", Why.SIGN),
        ("\x00 5 needles", Why.SIGN),
        ("5 needles 2026-02-31", Why.SIGN),
        ("15 needles 2", Why.PAIRS),
        ("15 2 needles", Why.PAIRS),
        ("no 5 needles", Why.PAIRS),
        ("yesterday", Why.PAIRS),
        ("5 needles 10 syringes", Why.TWICE),
        (f"{MOST_BY_TEXT + 1} needles", Why.TOO_MANY),
        ("no people 5 needles", Why.NO_PEOPLE),
        ("5 needles 2026-11-23", Why.DAY),
        ("5 needles 2025-11-22", Why.DAY),
        ("5 needles monday tuesday", Why.DAY),
        ("x" * (LONGEST_TEXT + 1), Why.TOO_LONG),
        ("not 5 needles", Why.OTHER_NAME),
        ("got 5 needles", Why.OTHER_NAME),
    ],
)
def test_unsure_means_a_person(text: str, why: Why) -> None:
    heard = hear(text)
    assert isinstance(heard, Unclear), heard
    assert heard.why == why


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("UNDO", Command.UNDO),
        ("sam undo please", Command.UNDO),
        ("Deshacer.", Command.UNDO),
        ("deshacer último", Command.UNDO),
        ("help", Command.HELP),
        ("¡Ayuda!", Command.HELP),
        ("STOP", Command.STOP),
        ("opt-out", Command.STOP),
        ("stop all", Command.STOP),
        ("Baja", Command.STOP),
        ("START", Command.START),
    ],
)
def test_commands(text: str, command: Command) -> None:
    assert hear(text) is command


def test_a_command_within_a_report_is_not_a_command() -> None:
    assert isinstance(hear("undo 5 needles"), Unclear)
    assert isinstance(hear("5 people stop"), Unclear)


def test_weekdays_are_the_last_of_their_name() -> None:
    for plain, number in WEEKDAYS.items():
        heard = hear(f"3 needles {' '.join(plain)}")
        assert isinstance(heard, Heard)
        assert heard.day is not None
        assert heard.day.weekday() == number
        assert timedelta(0) <= TODAY - heard.day < timedelta(days=7)


def test_names() -> None:
    assert all(map(is_name, ("Sam", "Big Sam", "Ñoño", "Mary-Jo", "Charles")))
    assert not any(map(is_name, ("", "5", "SAM2", "Ten", "stop", "Monday", "people", "Sin", "Una", "alto", "💉")))
    assert amounts(hear("Charles 5 needles", name="Charles")) == {"needles": 5}
    assert isinstance(hear("Charle 5 needles", name="Charles"), Unclear)


def test_words_of_the_grammar_stay_its_own() -> None:
    known = vocabulary(
        [("people", "x"), ("ten", "x"), ("undo", "x"), ("no needles", "x"), ("5 kits", "x"), ("kits", "y")]
    )
    assert known.things == {("kit",): "y"}


@given(st.sampled_from(sorted({word for words in THINGS.values() for each in words for word in each.split()})))
def test_a_plural_is_the_same_word(word: str) -> None:
    [plain] = plain_words(word)
    assert plain_words(word.upper()) == (plain,)
    if len(word) > 3 and not word.lower().endswith("s"):
        assert singular(word.lower() + "s") == singular(word.lower())


number = st.one_of(st.integers(1, MOST_BY_TEXT), st.integers(0, 20))


@st.composite
def told(draw: st.DrawFn) -> tuple[str, int | None, date | None, dict[str, int]]:
    """A text that the grammar makes, and what it says."""
    chosen = draw(st.lists(st.sampled_from(sorted(THINGS)), unique=True, max_size=len(THINGS)))
    said = {thing: draw(number) for thing in chosen}
    people = draw(st.none() | st.integers(1, MOST_BY_TEXT)) if said else draw(st.integers(1, MOST_BY_TEXT))
    pairs = [(draw(st.sampled_from(THINGS[thing])), value) for thing, value in said.items()]
    pairs += [(draw(st.sampled_from(PEOPLE)), people)] if people else []
    parts = [draw(pair(*each)) for each in draw(st.permutations(pairs))]
    day_word, day = draw(st.sampled_from([("", None), *DAYS]))
    parts.insert(draw(st.integers(0, len(parts))), day_word)
    name = draw(st.sampled_from(["", "Sam ", "SAM: ", "peer sam, "]))
    text = name + draw(st.sampled_from([" ", ", ", "; ", "\n", " and ", " y ", " & "])).join(filter(None, parts))
    text = draw(st.sampled_from([text, text.upper(), text.lower(), text.title(), f"{text}.", f"  {text} thanks!"]))
    return text, people, day, said


@st.composite
def pair(draw: st.DrawFn, word: str, value: int) -> str:
    written = draw(st.sampled_from([str(value), f"{value:,}", *WORDS_FOR.get(value, [])]))
    shape = draw(st.sampled_from(["{n} {w}", "{w} {n}", "{w}: {n}", "{n} x {w}", "{w} = {n}", "{n}{w}", "({n} {w})"]))
    return shape.replace("{n}{w}", "{n}{w}" if written.isdecimal() else "{n} {w}").format(n=written, w=word)


@given(told())
def test_every_text_that_the_grammar_makes_reads_back(
    made: tuple[str, int | None, date | None, dict[str, int]],
) -> None:
    text, people, day, said = made
    heard = hear(text)
    assert isinstance(heard, Heard), (text, heard)
    assert (heard.people, heard.day, heard.is_each) == (people, day, False)
    assert amounts(heard) == said


@given(st.text(max_size=LONGEST_TEXT + 50), st.text(max_size=30))
@example("\ud800", "\ud800")
@example("٣" * 1600, "Sam")
@example("1" * 1600, "1")
@example("-" * 1600, "")
@example("5-" * 800, "Sam")
@example("a'" * 800, "a'")
def test_no_text_makes_it_fail(text: str, name: str) -> None:
    assert isinstance(hear(text, name=name), Heard | Command | Unclear)
    assert command_in(text) is None or isinstance(command_in(text), Command)
    assert isinstance(is_name(name), bool)


NUMBERS_HERE = {"5": 5, "7": 7, "no": 0, "uno": 1}
JUMBLE = [*NUMBERS_HERE, "needles", "narcan", "people", "sam", "each", "ayer", "-", "x", "?", "stop", "back"]


@given(st.lists(st.sampled_from(JUMBLE), max_size=9))
def test_nothing_is_made_up_and_nothing_left_out(words: list[str]) -> None:
    heard = hear(" ".join(words))
    if isinstance(heard, Heard):
        counted = [heard.people] if heard.people is not None else []
        said = sorted(NUMBERS_HERE[word] for word in words if word in NUMBERS_HERE)
        assert sorted([*amounts(heard).values(), *counted]) == said
        assert heard.is_each == ("each" in words)
