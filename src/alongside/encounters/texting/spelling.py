"""From what somebody typed to words and numbers: case, accents, plurals and stray signs make no difference."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

Word = str | int | date
"""A piece of a text: a word in its plain form, a whole number, or a date that was written out."""

_KIND_SIGNS = frozenset("👍🙏✅😊🙂😀😁❤✌🎉")
"""Signs that people add to be kind; any other picture might mean something that words would say better."""
_SEPARATORS = frozenset(" \t\r\n\v\f\u00a0,.;:!¡&=()\"'’‘“”`*#_/|+-–—•×[]{}")
_PIECE = re.compile(
    r"""
      (?P<date>\d{4}-\d\d-\d\d)(?!\d)
    | (?P<unclear>
          (?:(?<=\s)|^)[-–—]\d              # a number below nothing
        | \d+\+                             # "15+"
        | \d+\s*[-–—/]\s*\d+                # "10-15", "1/2"
        | \d{1,3}(?:[.,]\d{3})*[.,]\d{1,2}(?!\d)  # "2.5"
      )
    | (?P<thousands>\d{1,3}(?:[.,]\d{3})+)(?![.,]?\d)
    | (?P<number>\d+)
    | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)
    """,
    re.VERBOSE,
)
_UNSEEN = {"Mn", "Me", "Cf", "Sk"}
"""Accents, joiners and tints of skin. Other control characters stand for nothing that a phone can type."""
_LONGEST_NUMBER = 9


class Unspellable(ValueError):
    """A sign, or a number, that could mean more than one thing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece as it was typed, and what it is."""

    typed: str
    word: Word

    @property
    def plain(self) -> str:
        """The word without what a plural adds; a number or a date is no word."""
        return singular(self.word) if isinstance(self.word, str) else ""


def pieces(text: str) -> list[Piece]:
    """Raises Unspellable."""
    spelled = _spelled(text)
    found, end = [], 0
    for match in _PIECE.finditer(spelled):
        _refuse_signs(spelled[end : match.start()])
        found.append(Piece(match.group(), _word(match)))
        end = match.end()
    _refuse_signs(spelled[end:])
    return found


def plain_words(text: str) -> tuple[str, ...]:
    """The plain forms of a phrase, to know it again. Empty if there is anything but words in it."""
    try:
        found = pieces(text)
    except Unspellable:
        return ()
    return tuple(each.plain for each in found) if all(each.plain for each in found) else ()


def singular(word: str) -> str:
    """The same for a word and its plural in English and in Spanish; not always a word itself."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def _spelled(text: str) -> str:
    """Small letters without accents, digits of any script as 0 to 9, nothing invisible."""
    if any(_is_odd_number(sign) for sign in text):
        raise Unspellable
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", digits).casefold())
    return "".join(sign for sign in apart if unicodedata.category(sign) not in _UNSEEN)


def _is_odd_number(sign: str) -> bool:
    """A half, a raised two, a Roman numeral: numbers that are not written with digits."""
    is_number = unicodedata.numeric(sign, None) is not None
    return is_number and unicodedata.decimal(sign, None) is None and not "a" <= sign.casefold() <= "z"


def _refuse_signs(between: str) -> None:
    for sign in between:
        if sign not in _SEPARATORS and sign not in _KIND_SIGNS and not sign.isspace():
            raise Unspellable


def _word(match: re.Match[str]) -> Word:
    typed = match.group()
    match match.lastgroup:
        case "date":
            return _date(typed)
        case "number" | "thousands":
            return _number(re.sub(r"[.,]", "", typed))
        case "word":
            return re.sub(r"['’]", "", typed)
    raise Unspellable


def _date(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Unspellable from None


def _number(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise Unspellable
    return int(digits)
