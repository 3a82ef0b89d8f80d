"""The grammar's own words, in their plain forms: no accents, no plurals. English and Spanish may be mixed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from alongside.encounters.texting.spelling import plain_words


class Command(StrEnum):
    """A whole text that asks for something instead of telling it."""

    UNDO = "undo"
    HELP = "help"
    STOP = "stop"
    START = "start"


def _plain(phrases: str) -> Iterable[tuple[str, ...]]:
    return (plain_words(phrase) for phrase in phrases.split("|"))


COMMANDS = {
    phrase: command
    for command, phrases in {
        Command.UNDO: "undo|undo last|undo it|undo that|deshacer|deshaz|deshacer ultimo|deshacer lo ultimo",
        Command.HELP: "help|info|ayuda",
        # What carriers and gateways take as "send me nothing more".
        Command.STOP: "stop|stop all|stopall|unsubscribe|cancel|end|quit|revoke|opt out|optout|alto|parar|pare|baja",
        Command.START: "start|unstop|resume|iniciar|empezar|alta",
    }.items()
    for phrase in _plain(phrases)
}

_ENGLISH = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_SPANISH = (
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete "
    "dieciocho diecinueve veinte"
)
NUMBERS = {
    plain_words(word): number for words in (_ENGLISH, _SPANISH) for number, word in enumerate(words.split(), start=1)
} | {
    **dict.fromkeys(_plain("a|an|un|una"), 1),
    **dict.fromkeys(_plain("no|none|zero|nothing|sin|cero|ninguno|ninguna|ningun|nada"), 0),
}
PEOPLE = frozenset(_plain("people|person|persons|peep|ppl|folks|personas|persona|gente"))
EACH = frozenset(_plain("each|apiece|each one|per person|cada uno|cada una|c u|cu|por persona|para cada uno"))
DAYS_AGO = {
    **dict.fromkeys(_plain("today|tonight|hoy|esta noche"), 0),
    **dict.fromkeys(_plain("yesterday|last night|ayer|anoche"), 1),
    **dict.fromkeys(_plain("day before yesterday|the day before yesterday|anteayer|antier|antes de ayer"), 2),
}
WEEKDAYS = {
    plain_words(name): number
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "lunes martes miercoles jueves viernes sabado domingo",
    )
    for number, name in enumerate(names.split())
}
TITLES = frozenset({"peer", "par"})
FILLERS = frozenset(
    word
    for phrase in _plain(
        "and|y|e|also|plus|with|con|the|el|la|los|las|of|de|to|for|para|on|gave|give|given|out|handed|"
        "distributed|di|dio|dimos|entregue|entregamos|reparti|repartimos|x|please|pls|por favor|thanks|thank you|"
        "gracias|hi|hello|hola|tambien"
    )
    for word in phrase
)
