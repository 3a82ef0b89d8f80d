"""What is asked when supplies go out."""

from django.utils.translation import gettext_lazy as _

from alongside.kernel.questions import Question

QUESTIONS = {
    "items": Question(
        title=_("What was given"),
        why=_("So that the shelf is filled again before it is empty, and funders see what is needed."),
        basis=_("States that allow syringe services ask for the number of syringes given, as a total without people."),
        feeds=(
            "distribution.items_given",
            "distribution.syringes_given",
            "distribution.people_given_syringes",
            "supplies.items_given",
        ),
        could_identify=False,
    ),
}
