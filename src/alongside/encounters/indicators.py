"""What the ledger itself reports: contacts, people, and people reached through others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from alongside.encounters.counting import as_text, item_names, with_precision
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.registry import registry
from alongside.kernel.indicators import Beside, Facts, Indicator, PeopleIndicator, Unit

NO_SERVICE = "none"
LEDGER = _("The ledger of contacts: what is counted today, without what was corrected or undone.")


def _contact_rows() -> QuerySet[Any]:
    """One row a contact or entry for many. `services` are those of its entries, a bit for each."""
    live = Encounter.objects.filter(state=Encounter.State.LIVE)
    return with_precision(live, person=as_text("participant_id"), services=Coalesce(_services(), 0))


CONTACTS = Facts(
    name="contacts", columns={"people": "int64", "reached": "int64", "services": "int64"}, rows=_contact_rows
)


def _service_bits() -> Mapping[str, int]:
    return {service.name: 1 << place for place, service in enumerate(registry)}


def _services() -> Subquery:
    """A service that is not installed has a bit of its own: such a contact is not one without any service."""
    bits = _service_bits()
    cases = [When(kind__startswith=f"{name}.", then=Value(bit)) for name, bit in bits.items()]
    bit = Case(*cases, default=Value(1 << len(bits)), output_field=IntegerField())
    accepted = Entry.objects.filter(encounter=OuterRef("pk"), outcome=Entry.Outcome.ACCEPTED)
    return Subquery(accepted.order_by().values("encounter").annotate(bits=Sum(bit, distinct=True)).values("bits"))


def _services_of() -> Callable[[Any], Iterable[str]]:
    bits = _service_bits()

    def names(services: int) -> list[str]:
        return [name for name, bit in bits.items() if services & bit] if services else [NO_SERVICE]

    return names


def _service_names() -> Mapping[str, Any]:
    return {service.name: service.title for service in registry} | {NO_SERVICE: _("Just came by")}


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
        facts=CONTACTS,
        value=lambda contacts: contacts.people.sum(),
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
        facts=CONTACTS,
        value=lambda contacts: contacts.people.sum(),
        detail="services",
        details_of=_services_of,
        only_beside=True,
    ),
    Indicator(
        name="contacts.uncounted",
        version=1,
        title=_("Records without a number of people"),
        definition=_("Entries, mostly brought in from elsewhere, that do not say how many people they stand for."),
        source=LEDGER,
        unit=Unit.RECORDS,
        facts=CONTACTS,
        value=lambda contacts: contacts.count(where=contacts.people.isnull()),
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
        facts=CONTACTS,
        among=lambda contacts: contacts,
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
        facts=CONTACTS,
        value=lambda contacts: contacts.count(where=contacts.people.notnull() & contacts.person.notnull()),
        only_beside=True,
    ),
    Indicator(
        name="contacts.without_code",
        version=1,
        title=_("Contacts without a code"),
        definition=_("Contacts at which no code was given. A code is never needed."),
        source=LEDGER,
        unit=Unit.CONTACTS,
        facts=CONTACTS,
        value=lambda contacts: (contacts.people - contacts.person.isnull().ifelse(0, 1)).sum(),
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
        facts=CONTACTS,
        value=lambda contacts: contacts.reached.sum(),
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
        facts=CONTACTS,
        value=lambda contacts: contacts.people.sum(where=contacts.reached.notnull()),
        only_beside=True,
    ),
    Indicator(
        name="contacts.not_asked_reached",
        version=1,
        title=_("Contacts without an answer on others"),
        definition=_("Contacts at which nobody asked for how many others somebody collects, or no number was said."),
        source=LEDGER,
        unit=Unit.CONTACTS,
        facts=CONTACTS,
        value=lambda contacts: contacts.people.sum(where=contacts.reached.isnull()),
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
    ),
)
