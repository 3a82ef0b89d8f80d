"""What the part about syringes offers on the form, and questions about containers."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from alongside.services.syringes.models import Container
from alongside.services.syringes.rules import suggested_for_one

HOW_OFTEN_WORDS = (
    ("few-a-month", _("A few times a month")),
    ("few-a-week", _("A few times a week")),
    ("daily-1", _("Once a day")),
    ("daily-2", _("2 times a day")),
    ("daily-3", _("3 times a day")),
    ("daily-4", _("4 times a day")),
    ("daily-6", _("5 or 6 times a day")),
    ("daily-8", _("7 or 8 times a day")),
    ("daily-10", _("9 times a day or more")),
)


def choices_on_form() -> Mapping[str, Any]:
    """`how_often` says beside each choice what is suggested for one person, so that a phone need not work it out."""
    return {
        "containers": Container.objects.filter(is_active=True),
        "how_often": [(key, words, suggested_for_one(key)) for key, words in HOW_OFTEN_WORDS],
    }


def syringes_when_full(program_id: int) -> dict[str, int]:
    rows = Container._base_manager.filter(program_id=program_id)
    return dict(rows.values_list("key", "syringes_when_full"))
