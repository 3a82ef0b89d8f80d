"""What an entry of returned syringes does."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from importlib.resources import files

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alongside.kernel.errors import Refusal
from alongside.kernel.services import Catalogue, Effects, Placed
from alongside.kernel.sheets import SheetFigure, SheetFigures
from alongside.services.syringes import rules
from alongside.services.syringes.models import Container, NeedTold, Returned
from alongside.services.syringes.queries import HOW_OFTEN_WORDS, syringes_when_full
from alongside.services.syringes.rules import HOW_OFTEN, SyringesReturned, estimated_syringes, suggested
from alongside.sites.plain_sql import unsaved

RETURNED_ON_SHEETS = SheetFigures(
    figures=(
        SheetFigure(
            name="count",
            title=gettext_lazy("Syringes back, counted"),
            words=(
                "syringes back counted",
                "jeringas devueltas contadas",
                "syringes returned",
                "syringes back",
                "syringes collected",
                "syringes in",
                "needles returned",
                "needles in",
                "used syringes",
                "returned",
                "back",
                "jeringas devueltas",
                "jeringas recogidas",
                "jeringas usadas",
                "devueltas",
            ),
        ),
        SheetFigure(
            name="estimate",
            title=gettext_lazy("Syringes back, estimated"),
            words=(
                "syringes back estimated",
                "jeringas devueltas estimadas",
                "estimated returned",
                "estimate of syringes returned",
                "devueltas estimadas",
            ),
        ),
    ),
    payloads=lambda figures: [dict(figures)],
)

RETURNED_BY_TEXT = SheetFigures(
    figures=(
        SheetFigure(
            name="count",
            title=gettext_lazy("Syringes back, counted"),
            words=(
                "returns",
                "returned",
                "back",
                "brought back",
                "needles back",
                "needles returned",
                "syringes back",
                "syringes returned",
                "used needles",
                "used syringes",
                "devoluciones",
                "devueltas",
                "de vuelta",
                "agujas devueltas",
                "jeringas devueltas",
                "agujas usadas",
                "jeringas usadas",
            ),
        ),
    ),
    payloads=lambda figures: [dict(figures)],
)


def take_back_syringes(payload: SyringesReturned, placed: Placed) -> Effects:
    """One fact for what was counted, one for what was estimated: the two are never added without saying so."""
    rows = []
    if payload.count:
        rows.append(unsaved(Returned, quantity=payload.count * placed.multiplier, is_estimated=False))
    if payload.estimate:
        rows.append(unsaved(Returned, quantity=payload.estimate * placed.multiplier, is_estimated=True))
    if payload.containers:
        try:
            estimate = estimated_syringes(payload.containers, syringes_when_full(placed.program_id))
        except KeyError:
            raise Refusal(_("This container is not on the program's list. Choose another.")) from None
        if estimate:
            rows.append(unsaved(Returned, quantity=estimate * placed.multiplier, is_estimated=True))
    return Effects(rows=rows)


def add_starter_containers(program_id: int) -> None:
    """The shipped containers, whose estimates are assumptions that a program replaces by its own."""
    data = tomllib.loads((files(__package__) / "data" / "containers.toml").read_text(encoding="utf-8"))
    Container._base_manager.bulk_create(
        Container(
            program_id=program_id,
            key=row["key"],
            name=row["name"],
            name_es=row["name_es"],
            syringes_when_full=row["syringes_when_full"],
            position=position,
        )
        for position, row in enumerate(data["container"])
    )


def describe(payload: SyringesReturned, _catalogue: Catalogue) -> str:
    words = []
    if payload.count is not None:
        words.append(
            ngettext("%(count)s syringe back", "%(count)s syringes back", payload.count) % {"count": payload.count}
        )
    if payload.estimate is not None:
        words.append(
            ngettext("%(count)s syringe back (estimated)", "%(count)s syringes back (estimated)", payload.estimate)
            % {"count": payload.estimate}
        )
    if payload.containers:
        filled = sum(payload.containers.values(), Decimal(0))
        words.append(_("%(containers)s containers back (estimated)") % {"containers": f"{filled.normalize():f}"})
    return ", ".join(words)


def note_need(payload: rules.NeedTold, _placed: Placed) -> Effects:
    if payload.how_often is None:
        return Effects()
    return Effects(rows=[unsaved(NeedTold, injections=HOW_OFTEN[payload.how_often], people=payload.people or 1)])


def describe_need(payload: rules.NeedTold, _catalogue: Catalogue) -> str:
    if payload.how_often is None:
        return _("Agreed that an answer is kept, and gave none")
    people = payload.people or 1
    return ngettext("%(how_often)s, for %(people)s person", "%(how_often)s, for %(people)s people", people) % {
        "how_often": dict(HOW_OFTEN_WORDS)[payload.how_often],
        "people": people,
    }


def suggested_on_form(form: Mapping[str, str]) -> int:
    """How many syringes to offer, from what the form says so far. Raises Refusal if it does not say how often."""
    how_often, people = (form.get(f"{rules.NEED_KIND}.{name}", "").strip() for name in ("how_often", "people"))
    if how_often not in HOW_OFTEN:
        raise Refusal(_("Choose how often first. Then the number can be filled in."))
    known = people.isdecimal() and 1 <= int(people[:9]) <= rules.MOST_PEOPLE
    return suggested(how_often, people=int(people) if known else 1)
