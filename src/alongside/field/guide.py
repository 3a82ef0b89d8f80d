"""The pocket guide: facts that have to be at hand without a network.

The steps follow what the overdose protocols of harm reduction programs have in common (National Harm Reduction
Coalition, guide to managing programs, appendix E). No clinician has reviewed this wording yet; the page says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alongside.sites.models import Shift, Site


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing to do, and how."""

    do: Promise
    how: Promise


RESPONSE_STEPS = (
    Step(
        do=_("See if they respond."),
        how=_(
            "Call out to them. Rub your knuckles hard on the breastbone. "
            "Look for slow or no breathing, blue or gray lips."
        ),
    ),
    Step(
        do=_("Call for help."),
        how=_(
            "One person calls the emergency number and stays the one wh"
            "o speaks with them: “someone is not breathing”, and where."
        ),
    ),
    Step(
        do=_("Give naloxone."),
        how=_(
            "Nasal: the whole spray into one nostril. "
            "Injected: one dose into the thigh or upper arm, through clothes if need be."
        ),
    ),
    Step(
        do=_("Breathe for them."),
        how=_("On their back, head tilted, chin up, mouth clear. Pinch the nose. One breath every five seconds."),
    ),
    Step(
        do=_("Another dose if nothing changes."),
        how=_(
            "Wait two to three minutes while you breathe for them. It is the breathing that counts, not being awake."
        ),
    ),
    Step(
        do=_("On their side when they breathe."),
        how=_("Upper knee bent, face turned a little down. Stay: naloxone wears off, and breathing can stop again."),
    ),
    Step(
        do=_("Someone is with the others."),
        how=_(
            "Ask one person to look after whoever else is here. Tell the person what happened when they wake, calmly."
        ),
    ),
    Step(
        do=_("Afterwards."),
        how=_("More naloxone for them, a moment for yourself, and a reversal report when there is time."),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A site of the program; `since` is when the shift began that is open there."""

    name: str
    kind: str
    since: datetime | None


def places() -> list[Place]:
    """Where the program is, those with a team first. As true as the moment the page was made."""
    running = Shift.objects.filter(site=OuterRef("pk"), ended_at=None).order_by("-started_at").values("started_at")
    sites = Site.objects.filter(is_active=True).exclude(kind=Site.Kind.AREA).annotate(since=Subquery(running[:1]))
    found = [Place(name=site.name, kind=site.get_kind_display(), since=site.since) for site in sites]
    return sorted(found, key=lambda place: place.since is None)
