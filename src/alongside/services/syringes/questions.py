"""What is asked about used syringes, and about how many new ones are needed."""

from django.utils.translation import gettext_lazy as _

from alongside.kernel.questions import Question

QUESTIONS = {
    "count": Question(
        title=_("Syringes back, counted or told"),
        why=_("So that neighbours and funders see how many syringes are disposed of safely. You need not bring any."),
        basis=_("States that allow syringe services ask for the number of syringes collected, as a total."),
        feeds=("syringes.returned_counted",),
        could_identify=False,
    ),
    "containers": Question(
        title=_("Syringes back, by container"),
        why=_("So that nobody has to count used syringes: a full container stands for a number."),
        basis=_("States that allow syringe services take an estimate of the syringes collected."),
        feeds=("syringes.returned_estimated",),
        could_identify=False,
    ),
    "estimate": Question(
        title=_("Syringes back, estimated elsewhere"),
        why=_("A number that came with a spreadsheet. Nobody is asked for it."),
        basis="",
        feeds=("syringes.returned_estimated",),
        could_identify=False,
    ),
}

QUESTIONS_OF_NEED = {
    "how_often": Question(
        title=_("How often they inject"),
        why=_("So that you get enough to use a new one every time. It is kept only if you agree."),
        basis="",
        feeds=("syringes.needs_told",),
        could_identify=False,
    ),
    "people": Question(
        title=_("For how many people the syringes are"),
        why=_("So that everybody you collect for gets enough. It is kept only if you agree."),
        basis="",
        feeds=("syringes.needs_told",),
        could_identify=False,
    ),
    "agreed": Question(
        title=_("Whether the need may be kept"),
        why=_("Without this the answer helps fill in a number and is forgotten."),
        basis="",
        feeds=("syringes.needs_told",),
        could_identify=False,
    ),
}
