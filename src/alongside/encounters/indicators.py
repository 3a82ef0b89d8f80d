"""What the ledger itself reports: contacts, people, and people reached through others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from alongside.encounters.counting import Tally, item_names, month_by_month, tallies
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.registry import registry
from alongside.kernel.indicators import (
    Beside,
    Cell,
    Estimate,
    Indicator,
    PeopleIndicator,
    Period,
    Sighting,
    Unit,
    nothing,
)
from alongside.participants.models import Code, CodeScheme, Participant
from alongside.participants.queries import scheme_size
from alongside.participants.rules import RANDOM_SIZE, people_from_codes

NO_SERVICE = "none"
LEDGER = _("The ledger of contacts: what is counted today, without what was corrected or undone.")


def _live() -> QuerySet[Encounter]:
    return Encounter.objects.filter(state=Encounter.State.LIVE)


def _ledger(period: Period) -> Iterator[tuple[str, Cell]]:
    """Of several people in one entry, the code is one person's."""
    with_code = Case(When(participant=None, then=Value(0)), default=Value(1))
    return tallies(
        _live(),
        period,
        Tally("contacts.all", Sum("people")),
        Tally("contacts.uncounted", Count("pk", filter=Q(people=None))),
        Tally("contacts.with_code", Count("pk", filter=Q(people__isnull=False, participant__isnull=False))),
        Tally("contacts.without_code", Sum(F("people") - with_code)),
        Tally("people.reached", Sum("reached")),
        Tally("contacts.asked_reached", Sum("people", filter=Q(reached__isnull=False))),
        Tally("contacts.not_asked_reached", Sum("people", filter=Q(reached=None))),
    )


def _by_service(period: Period) -> Iterator[tuple[str, Cell]]:
    """The services of a contact as one number, a bit for each, so that its entries are looked up only once."""
    bits = {service.name: 1 << place for place, service in enumerate(registry)}
    rows = _live().filter(people__isnull=False).annotate(services=Coalesce(_services(bits), 0))
    found: Counter[tuple[int, int | None, int, str]] = Counter()
    for _name, cell in tallies(rows, period, Tally("contacts.by_service", Sum("people")), detail="services"):
        services = int(cell.detail)
        for name in [name for name, bit in bits.items() if services & bit] if services else [NO_SERVICE]:
            found[cell.year, cell.month, cell.site_id, name] += cell.value
    for (year, month, site_id, name), people in found.items():
        yield "contacts.by_service", Cell(year, month, site_id, people, name)


def _services(bits: Mapping[str, int]) -> Subquery:
    """A service that is not installed has a bit of its own: such a contact is not one without any service."""
    cases = [When(kind__startswith=f"{name}.", then=Value(bit)) for name, bit in bits.items()]
    bit = Case(*cases, default=Value(1 << len(bits)), output_field=IntegerField())
    accepted = Entry.objects.filter(encounter=OuterRef("pk"), outcome=Entry.Outcome.ACCEPTED)
    return Subquery(accepted.order_by().values("encounter").annotate(bits=Sum(bit, distinct=True)).values("bits"))


def _service_names() -> Mapping[str, Any]:
    return {service.name: service.title for service in registry} | {NO_SERVICE: _("Just came by")}


def _text(field: str) -> Cast:
    """An id as text, which is much quicker to read than a UUID object."""
    return Cast(field, CharField())


def _person(participant_id: str) -> int:
    """The last 64 bits of a participant's id: they are random, so two people never share them."""
    return int(participant_id.replace("-", "")[-16:], 16)


def _sightings(period: Period) -> Iterator[Sighting]:
    for part, month in month_by_month(_live().filter(participant__isnull=False), period):
        seen: dict[tuple[int, int], set[int]] = defaultdict(set)
        found = month.values_list("is_year_only", "site_id", _text("participant_id"))
        for is_year_only, site_id, participant_id in found.iterator():
            seen[is_year_only, site_id].add(_person(participant_id))
        for (is_year_only, site_id), people in seen.items():
            yield Sighting(part.start.year, None if is_year_only else part.start.month, site_id, people)


def _counted_as() -> Mapping[int, int]:
    merged = Participant.objects.filter(counted_as__isnull=False)
    pairs = merged.values_list(_text("id"), _text("counted_as_id"))
    return {_person(each): _person(kept) for each, kept in pairs}


def _estimator() -> Callable[[Collection[int]], Estimate]:
    """Codes of one recipe stand for somewhat more people. A program that changed its recipe gets each one's own.

    The intervals of several recipes are added up, which is wider than need be and never too narrow.
    """
    sizes = {scheme.pk: scheme_size(scheme) for scheme in CodeScheme.objects.all()}
    only = next(iter(sizes.values()), RANDOM_SIZE)
    schemes = _scheme_of_people() if len(set(sizes.values())) > 1 else {}

    def estimate(people: Collection[int]) -> Estimate:
        by_size = Counter(sizes[schemes[each]] if each in schemes else only for each in people)
        parts = [people_from_codes(codes, size=size) for size, codes in by_size.items()]
        return Estimate(
            value=sum(part.estimate for part in parts),
            low=sum(part.low for part in parts),
            high=sum(part.high for part in parts),
        )

    return estimate


def _scheme_of_people() -> Mapping[int, int]:
    """The scheme of each person's first code."""
    codes = Code.objects.order_by("-pk").values_list(_text("participant_id"), "scheme_id")
    return {_person(participant_id): scheme_id for participant_id, scheme_id in codes}


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        name="contacts.all",
        version=1,
        title=_("Contacts"),
        definition=_(
            "Each time the program was in touch with a person, in any way. Somebody who comes five times is five "
            "contacts; an entry for twelve people is twelve."
        ),
        source=LEDGER,
        unit=Unit.CONTACTS,
        counter=_ledger,
        details_from="contacts.by_service",
        beside=(
            Beside(
                indicator="contacts.uncounted",
                sentence=ngettext_lazy(
                    "%(count)s record does not say how many people it stands for. It is not in this figure.",
                    "%(count)s records do not say how many people they stand for. They are not in this figure.",
                    "count",
                ),
            ),
        ),
    ),
    Indicator(
        name="contacts.by_service",
        version=1,
        title=_("Contacts by service"),
        definition=_(
            "Contacts at which something of a service was recorded. A contact with two services stands in both, so "
            "the services add up to more than all contacts."
        ),
        source=LEDGER,
        unit=Unit.CONTACTS,
        detail_title=_("Service"),
        detail_names=_service_names,
        counter=_by_service,
        only_beside=True,
    ),
    Indicator(
        name="contacts.uncounted",
        version=1,
        title=_("Records without a number of people"),
        definition=_("Entries, mostly brought in from elsewhere, that do not say how many people they stand for."),
        source=LEDGER,
        unit=Unit.RECORDS,
        counter=_ledger,
        only_beside=True,
    ),
    PeopleIndicator(
        name="people.all",
        version=1,
        title=_("People"),
        definition=_(
            "Different people among the contacts with a code, each counted once in the period however often they "
            "came. Two codes found to be one person's count once. A person who uses two codes that nobody joined is "
            "counted twice."
        ),
        source=_("The codes given with contacts. The program keeps no names."),
        unit=Unit.PEOPLE,
        sightings=_sightings,
        counted_as=_counted_as,
        estimator=_estimator,
        estimate_reason=_("Two people can share a code, so the number of codes is not quite the number of people."),
        denominator=Beside(
            indicator="contacts.with_code",
            sentence=ngettext_lazy("%(count)s contact with a code", "%(count)s contacts with a code", "count"),
        ),
        beside=(
            Beside(
                indicator="contacts.without_code",
                sentence=ngettext_lazy(
                    "%(count)s contact without a code is not in this figure.",
                    "%(count)s contacts without a code are not in this figure.",
                    "count",
                ),
            ),
        ),
    ),
    Indicator(
        name="contacts.with_code",
        version=1,
        title=_("Contacts with a code"),
        definition=_("Contacts at which the person gave a code, so that they can be counted once."),
        source=LEDGER,
        unit=Unit.CONTACTS,
        counter=_ledger,
        only_beside=True,
    ),
    Indicator(
        name="contacts.without_code",
        version=1,
        title=_("Contacts without a code"),
        definition=_("Contacts at which no code was given. A code is never needed."),
        source=LEDGER,
        unit=Unit.CONTACTS,
        counter=_ledger,
        only_beside=True,
    ),
    Indicator(
        name="people.reached",
        version=1,
        title=_("People reached through others"),
        definition=_(
            "How many other people those who came said they collect for, added up over all contacts. Somebody who "
            "is told of twice is counted twice. These people are never added to the people or contacts above."
        ),
        source=_("What people said at the desk, where they were asked and answered."),
        unit=Unit.REACHED,
        counter=_ledger,
        denominator=Beside(
            indicator="contacts.asked_reached",
            sentence=ngettext_lazy("%(count)s contact with an answer", "%(count)s contacts with an answer", "count"),
        ),
        beside=(
            Beside(
                indicator="contacts.not_asked_reached",
                sentence=ngettext_lazy(
                    "%(count)s contact has no answer and adds nothing to this figure.",
                    "%(count)s contacts have no answer and add nothing to this figure.",
                    "count",
                ),
            ),
        ),
    ),
    Indicator(
        name="contacts.asked_reached",
        version=1,
        title=_("Contacts with an answer on others"),
        definition=_("Contacts at which somebody said for how many others they collect, none included."),
        source=LEDGER,
        unit=Unit.CONTACTS,
        counter=_ledger,
        only_beside=True,
    ),
    Indicator(
        name="contacts.not_asked_reached",
        version=1,
        title=_("Contacts without an answer on others"),
        definition=_("Contacts at which nobody asked for how many others somebody collects, or no number was said."),
        source=LEDGER,
        unit=Unit.CONTACTS,
        counter=_ledger,
        only_beside=True,
    ),
    Indicator(
        name="supplies.items_given",
        version=1,
        title=_("Items given"),
        definition=_(
            "Units handed out, naloxone included, each counted in its own unit. A kit is counted as the items it "
            "holds, never as a kit as well."
        ),
        source=_("The supplies and naloxone recorded with contacts."),
        unit=Unit.ITEMS,
        detail_title=_("Item"),
        detail_names=item_names,
        counter=nothing,
    ),
)
