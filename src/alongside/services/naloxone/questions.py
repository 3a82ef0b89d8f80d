"""What is asked about naloxone: kits, training and reversals."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from alongside.kernel.questions import Question

_SHOWS_IT_WORKS = _("So that funders see that naloxone in your hands saves lives, and pay for more.")
_TEACHES = _("So that we learn what to teach when we hand out naloxone.")
_NOBODY_ASKED = _("It can come with a spreadsheet or from another program. Nobody is asked for it.")


def _of_reversal(
    title: Any, *, why: Any = _TEACHES, feeds: tuple[str, ...] = (), basis: Any = "", could_identify: bool = False
) -> Question:
    return Question(title=title, why=why, basis=basis, feeds=feeds, could_identify=could_identify)


QUESTIONS_OF_KIT = {
    "items": Question(
        title=_("Naloxone given"),
        why=_("So that naloxone is ordered in time, and funders see what is needed."),
        basis=_("Programs that hand out naloxone under a standing order keep a record of the doses, not of people."),
        feeds=(
            "naloxone.units_given",
            "naloxone.items_given",
            "naloxone.doses_given",
            "naloxone.units_without_doses",
            "supplies.items_given",
        ),
        could_identify=False,
    ),
    "lot": Question(
        title=_("Lot of the naloxone"),
        why=_("So that a faulty lot can be called back. Nothing about you."),
        basis="",
        feeds=(),
        could_identify=True,
    ),
    "first": Question(
        title=_("First kit or a refill"),
        why=_("So that we see whether naloxone reaches people who had none."),
        basis="",
        feeds=(),
        could_identify=False,
    ),
    "why": Question(
        title=_("What happened to the last kit"),
        why=_("So that we hand out enough: kits get used, lost and shared."),
        basis="",
        feeds=(),
        could_identify=False,
    ),
}

QUESTIONS_OF_TRAINING = {
    "people": Question(
        title=_("People shown how to respond to an overdose"),
        why=_("So that funders see how many people can help in an overdose."),
        basis="",
        feeds=("naloxone.people_trained",),
        could_identify=False,
    ),
}

QUESTIONS_OF_REVERSAL = {
    "doses": _of_reversal(_("Doses used in a reversal"), why=_SHOWS_IT_WORKS, feeds=("naloxone.reversals",)),
    "survived": _of_reversal(_("Whether the person survived"), why=_SHOWS_IT_WORKS, feeds=("naloxone.reversals",)),
    "told_by": _of_reversal(_("Who tells of the reversal")),
    "ambulance": _of_reversal(_("Whether an ambulance was called")),
    "stayed": _of_reversal(_("Whether someone stayed with the person")),
    "rescue_breathing": _of_reversal(_("Rescue breaths or oxygen")),
    "happened_on": _of_reversal(
        _("Day of the reversal"), why=_("So that we notice when overdoses become more frequent."), could_identify=True
    ),
    "area": _of_reversal(
        _("ZIP or district of the reversal"),
        why=_("So that we know where naloxone is needed. Never an address."),
        could_identify=True,
    ),
    "product": _of_reversal(_("Product used in the reversal"), why=_NOBODY_ASKED, could_identify=True),
    "breathing_before": _of_reversal(_("Breathing before naloxone"), why=_NOBODY_ASKED),
    "police": _of_reversal(_("Whether police came"), why=_NOBODY_ASKED),
}
