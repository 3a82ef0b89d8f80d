"""The public page as a poster: one sheet, with a square that leads to the page."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import segno
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.reports.giving.showing import Shown
from alongside.reports.paper import set_on_paper

PAPER = Path(__file__).parent / "poster.typ"


def poster(shown: Shown, *, address: str) -> bytes:
    """A PDF in the language that is active. Raises Refusal while nothing was published."""
    if shown.latest is None:
        raise Refusal(_("Nothing is published yet: the first numbers come two weeks after a quarter has ended."))
    return set_on_paper(_said(shown, address), paper=PAPER)


def _said(shown: Shown, address: str) -> dict[str, Any]:
    assert shown.latest  # noqa: S101 (`poster` looked)
    return {
        "language": (get_language() or "en")[:2],
        "title": shown.program.local_name,
        "subtitle": _("What you and we did, %(quarter)s") % {"quarter": shown.latest.title},
        "numbers": [[number.text, number.given.local_title] for number in shown.latest.numbers],
        "noise": _("“About”: a little chance is added, so that no number says anything about one person."),
        "asked_title": _("What we may ask, and why"),
        "questions": [[str(each.question.title), str(each.question.why)] for each in shown.questions],
        "never_title": _("What we never ask"),
        "never": never_asked(),
        "more": _("All numbers, and who saw them:"),
        "address": address,
        "square": _square(address),
    }


def never_asked() -> str:
    return _(
        "Your name, your papers, your address, where you use or stay, who you buy from. You need not answer anything "
        "to get supplies."
    )


def _square(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, scale=4)
    return drawn.getvalue().decode()
