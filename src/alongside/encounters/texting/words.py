"""What words in texts stand for at a program: its own words, the services', and the usual ones for what it stocks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alongside.encounters.registry import registry
from alongside.encounters.texting.models import TextWord
from alongside.encounters.texting.rules import Vocabulary, is_taken, vocabulary
from alongside.encounters.texting.spelling import plain_words
from alongside.kernel.errors import Refusal
from alongside.kernel.services import Catalogue, ItemFacts
from alongside.sites.audit import record_audit
from alongside.sites.models import Program
from alongside.supplies.models import Bag, BagLine, Item
from alongside.supplies.queries import catalogue

ITEM, BAG, SAID = "item", "bag", "said"
"""How a thing's name begins: then comes its key, or the kind of record and the figure."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """Words for one thing, and what it is called here."""

    phrases: tuple[str, ...]
    thing: str
    title: str


def words_of(program: Program) -> Vocabulary:
    """Everything the program's peers may name. Asked inside its scope."""
    own = [(word.phrase, thing_of(word)) for word in own_words()]
    usual = [(phrase, meaning.thing) for meaning in meanings(program) for phrase in meaning.phrases]
    return vocabulary([*own, *usual])


def own_words() -> list[TextWord]:
    return list(TextWord.objects.select_related("item", "bag"))


def thing_of(word: TextWord) -> str:
    return f"{ITEM}:{word.item.key}" if word.item else f"{BAG}:{word.bag.key}" if word.bag else ""


def meanings(program: Program) -> list[Meaning]:
    """What words mean where the program says nothing else: the services' first."""
    return [*_said_to_services(), *_usual(catalogue(program), _items_in_bags())]


def _said_to_services() -> Iterator[Meaning]:
    for kind in registry.kinds.values():
        for figure in kind.text.figures if kind.text else ():
            yield Meaning(phrases=figure.words, thing=f"{SAID}:{kind.name}:{figure.name}", title=str(figure.title))


def _items_in_bags() -> list[int]:
    """Item ids in the order of the usual bags."""
    lines = BagLine.objects.filter(bag__is_active=True).order_by("bag__position", "bag__name", "pk")
    return list(dict.fromkeys(lines.values_list("item_id", flat=True)))


def _usual(items: Catalogue, in_bags: Sequence[int]) -> Iterator[Meaning]:
    places = {item_id: place for place, item_id in enumerate(in_bags)}
    for row in _shipped():
        stocked = [item for item in _meant(row, items) if item.is_active]
        chosen = min(stocked, key=lambda item: places.get(item.id, len(places)), default=None)
        chosen = chosen or items.by_key.get(row.get("otherwise", ""))
        if chosen:
            phrases = (*row["en"], *row["es"])
            yield Meaning(phrases=phrases, thing=f"{ITEM}:{chosen.key}", title=chosen.local_name)


def _meant(row: Mapping[str, Any], items: Catalogue) -> list[ItemFacts]:
    """What a row of the shipped words may mean, the likeliest first."""
    if "items" in row:
        return [items.by_key[key] for key in row["items"] if key in items.by_key]
    listed = sorted(items.by_id.values(), key=lambda item: item.id)
    return [item for item in listed if getattr(item, row["among"]) and not item.parts]


@cache
def _shipped() -> list[dict[str, Any]]:
    data = tomllib.loads((files(__package__) / "data" / "words.toml").read_text(encoding="utf-8"))
    return list(data["thing"])


def add_word(phrase: str, *, item: Item | None, bag: Bag | None, program: Program, by_id: int) -> TextWord:
    """From now on this word stands for that item or bag. Raises Refusal for a word that can't be told from others."""
    plain = " ".join(plain_words(phrase))
    if not plain or is_taken(phrase):
        raise Refusal(_("The text line needs this word for itself. Choose another, in letters only."))
    try:
        with transaction.atomic():
            word: TextWord = TextWord.objects.create(
                program=program, phrase=phrase.strip(), plain=plain, item=item, bag=bag
            )
            record_audit("texts.word_added", program_id=program.pk, by_id=by_id, target=str(word.pk))
    except IntegrityError:
        raise Refusal(_("This word has a meaning here already. Take that away first.")) from None
    return word


def remove_word(word: TextWord, *, program: Program, by_id: int) -> None:
    with transaction.atomic():
        record_audit("texts.word_removed", program_id=program.pk, by_id=by_id, target=str(word.pk))
        word.delete()
