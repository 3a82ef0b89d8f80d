"""Sentences that scripts show. They come with the page, so that a language is one file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ONLY_THE_STRIP = ("/field/shift/", "/field/guide/", "/field/away/")

#: What the strip at the top says, on every page, and "My shift".
OF_THE_STRIP = (
    "waiting_none",
    "waiting_one",
    "waiting_other",
    "sign_in_one",
    "sign_in_other",
    "unlock_one",
    "unlock_other",
    "attention_one",
    "attention_other",
    "reached_never",
    "reached",
    "no_role",
    "others",
    "times_one",
    "times_other",
)

WORDS = {
    "waiting_none": _("Everything is sent."),
    "waiting_one": _("1 contact waits to be sent."),
    "waiting_other": _("{count} contacts wait to be sent."),
    "sign_in_one": _("Sign in to send 1 contact."),
    "sign_in_other": _("Sign in to send {count} contacts."),
    "unlock_one": _("Unlock to send 1 contact."),
    "unlock_other": _("Unlock to send {count} contacts."),
    "attention_one": _("1 contact needs a person."),
    "attention_other": _("{count} contacts need a person."),
    "reached_never": _("Not sent anything yet."),
    "reached": _("Server last reached {when}."),
    "no_role": _("Your role here may not send contacts. They wait for somebody who may."),
    "others": _("Contacts of another program wait here. They are sent when somebody of that program signs in."),
    "saved": _("Saved on this phone: {what}"),
    "a_contact": _("a contact"),
    "undone": _("Undone."),
    "undone_sent": _("Undone here. The server is told with the next sending."),
    "nothing": _("Nothing is entered yet. Choose what was given, or tick “Just came by”."),
    "not_kept": _("This phone could not keep the contact. It is still in the form. Free some space, and save again."),
    "sealed": _("Sealed"),
    "readable": _("Can be changed until {when}"),
    "undo": _("Undo"),
    "look": _("Change"),
    "wrong_words": _("That is not it. Nothing is lost: sealed contacts are sent all the same."),
    "too_old": _("This browser can't seal contacts. Update it, or use a newer one."),
    "no_room": _("This browser keeps nothing in private windows. Open Alongside in a normal one."),
    "needs_https": _("A phone can only be set up over HTTPS, or on the computer that Alongside runs on."),
    "set_up_failed": _("Setting up stopped half-way. Check the network, and try again."),
    "lock_off": _("Each contact is sealed at once. This phone can undo it, and can't show it again."),
    "lock_on": _("For five minutes a contact can be changed with your passphrase. Then it is sealed."),
    "too_short": _("Use at least eight letters or numbers."),
    "remove_waiting": _("{count} contacts wait here and would be lost. Send them first."),
    "times_one": _("1 time"),
    "times_other": _("{count} times"),
    "word_held": _("Waiting at the server"),
    "word_refused": _("Refused, and kept for a person"),
    "word_conflict": _("Differs from what the server has; both are kept for a person"),
}


def words_for(path: str) -> dict[str, str]:
    """A page that only shows the strip carries only its sentences."""
    wanted = OF_THE_STRIP if path in ONLY_THE_STRIP else WORDS
    return {key: str(WORDS[key]) for key in wanted}
