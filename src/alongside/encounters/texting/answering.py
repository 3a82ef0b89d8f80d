"""What is answered, in the peer's language: short, without names of people, and with signs that every phone has."""

from __future__ import annotations

from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alongside.encounters.texting.rules import Heard, Unclear, Why

REASONS = {
    Why.BLANK: gettext_lazy("The text has no words."),
    Why.TOO_LONG: gettext_lazy("The text is too long to be a report."),
    Why.SIGN: gettext_lazy("The text holds a sign or a number that could mean more than one thing."),
    Why.WORD: gettext_lazy("The text has a word that the line does not know."),
    Why.OTHER_NAME: gettext_lazy("The text begins with a name or a word that the line does not know for this phone."),
    Why.PAIRS: gettext_lazy("Numbers and words do not go together one by one."),
    Why.TWICE: gettext_lazy("The same thing is named twice."),
    Why.TOO_MANY: gettext_lazy("A number is larger than a text may report."),
    Why.DAY: gettext_lazy("The text names no single day within the last three months."),
    Why.EACH: gettext_lazy("It is not certain what “each” belongs to."),
    Why.NO_PEOPLE: gettext_lazy("The text says that there were no people."),
}


def understood(heard: Heard, *, today: date) -> str:
    """What was understood, in the peer's own words, and how to take it back."""
    said = [f"{amount.number} {amount.said}" for amount in heard.amounts]
    if heard.people is not None:
        people = ngettext("%(people)s person", "%(people)s people", heard.people) % {"people": heard.people}
        said.insert(0, people)
    if heard.is_each:
        said.append(_("each"))
    if heard.day is not None and heard.day != today:
        said.append(formats.date_format(heard.day, "DATE_FORMAT"))
    words = ", ".join(said)
    if heard.people is None:
        return _("Got it: %(words)s. People not counted. Wrong? Text UNDO.") % {"words": words}
    return _("Got it: %(words)s. Wrong? Text UNDO.") % {"words": words}


def not_understood(unclear: Unclear) -> str:
    """A person will read it. Names the word at fault, which is often a slip of the thumb."""
    if unclear.why is Why.WORD:
        return _("Kept for a person: “%(word)s” is not a word I know. Nothing is counted yet. HELP shows how.") % {
            "word": unclear.word[:20]
        }
    return _("Kept for a person to read. Nothing is counted yet. HELP shows how.")


def kept_after_all() -> str:
    return _("Understood, but it could not be counted. It is kept for a person.")


def help_text(*, name: str) -> str:
    return _(
        "Text like this: %(name)s 5 PEOPLE 15 NEEDLES 2 NARCAN NO RETURNS. Add YESTERDAY for a past day. "
        "UNDO takes the last text back. STOP ends answers."
    ) % {"name": name.upper()}


def undone() -> str:
    return _("Your last text is taken back. Nothing of it is counted.")


def nothing_to_undo() -> str:
    return _("There is no text of yours from the last day to take back. A worker can correct older ones.")


def stopped() -> str:
    return _("You will get no more answers. Your reports still count. Text START to get answers again.")


def started() -> str:
    return _("You will get answers again.")


def alarms_stopped() -> str:
    return _("No alarm is texted to this number any more, and your program is told so. Text START to get them again.")


def alarms_started() -> str:
    return _("Alarms are texted to this number again. Answer the next one, so that we know that it reaches you.")


def received() -> str:
    """To a number that nobody knows: says neither who this is nor what it is about."""
    return _("Thank you. Your message was received.")
