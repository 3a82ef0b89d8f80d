"""A demo program with two believable years: seeded, so that its figures are the same on every machine.

Nothing here is anybody's data. Volumes follow what published programs report (10 to 20 syringes a contact, a third
of contacts for others too, one reversal in some thirty contacts).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import PERMISSIONS, Role
from alongside.config.demo_check_ins import make_check_ins
from alongside.config.demo_room import make_room
from alongside.config.demo_surveys import make_surveys
from alongside.encounters.ingest import ingest
from alongside.encounters.setting_up import set_up_program
from alongside.encounters.submissions import Said, Sender, Submission
from alongside.encounters.texting.intake import take_text
from alongside.kernel import clock
from alongside.messaging.lines import open_line
from alongside.messaging.peers import enrol
from alongside.messaging.webhooks import Message
from alongside.participants.models import Code, Participant
from alongside.participants.queries import code_key, current_scheme
from alongside.participants.rules import digest, random_code, spaced
from alongside.reports.giving.opening import open_page
from alongside.reports.models import PopulationEstimate
from alongside.sites.models import Membership, Program, Shift, Site
from alongside.supplies.models import Item, Lot, StockMove

SEED = 20260101
DAYS = int(os.environ.get("ALONGSIDE_DEMO_DAYS", "730"))
ZONE = "America/New_York"
PEOPLE = 260
PASSWORD = "harm-reduction-works"  # noqa: S105 - printed on start; a demo program has no secrets
PIN = "2468"

STAFF = (
    ("ada", "Ada Okafor", (Role.ADMINISTRATOR, Role.COORDINATOR)),
    ("ines", "Inés Marrero", (Role.COORDINATOR,)),
    ("sam", "Sam Whitefeather", (Role.WORKER,)),
    ("lou", "Lou Petrakis", (Role.WORKER,)),
    ("ray", "Ray Sutton", (Role.RESPONDER,)),
    ("mei", "Mei Tanaka", (Role.TECHNICIAN,)),
    ("pat", "Pat Lindqvist", (Role.PLANNER,)),
)
SITES = (("Grove Street desk", Site.Kind.DESK, 6), ("Van", Site.Kind.VAN, 4), ("Mail orders", Site.Kind.MAIL, 1))
"""Name, kind, contacts on an average open day."""

BAGS: tuple[tuple[int, dict[str, int]], ...] = (
    (40, {"syringe-1ml-29g-half": 10, "cooker": 10, "cotton": 10, "water": 10, "alcohol-pad": 20, "tourniquet": 2}),
    (14, {"syringe-1ml-29g-half": 50, "cooker": 50, "cotton": 50, "water": 50, "alcohol-pad": 100}),
    (12, {"syringe-1ml-28g-half": 20, "cooker": 10, "alcohol-pad": 40, "sharps-1qt": 1}),
    (18, {"kit-meth-smoking": 1, "foil": 10, "pipe-screen": 5}),
    (8, {"strip-fentanyl": 5, "strip-xylazine": 5}),
    (5, {"kit-wound": 1}),
    (6, {"condom": 10, "lube": 10}),
    (5, {"kit-hygiene": 1}),
)
NALOXONE = "naloxone-nasal-4mg"


@dataclass
class Demo:
    """What the generator needs at hand."""

    program: Program
    sites: list[tuple[Site, int]]
    staff: list[User]
    people: list[UUID]
    last_day: date
    dice: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - repeatable on purpose


def make_demo(echo: Callable[[str], None], progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Fill an empty database. `echo` says what happens; `progress` hears (days done, days in all)."""
    echo("Making a demo program with two years of contacts …")
    last_day = clock.today(ZONE)
    with transaction.atomic():
        program = set_up_program(name="Riverside Harm Reduction", slug="demo", timezone=ZONE)
        with scope(program=program):
            demo = _people_and_places(program, last_day)
            for done, day in enumerate(_days(last_day), start=1):
                _one_day(demo, day)
                progress(done, DAYS)
            _texts(demo)
            _surveys(demo)
            open_page(program, by_id=demo.staff[1].pk)
            make_room(program, demo.staff, demo.people, last_day=last_day)
            make_check_ins(program, demo.staff)


def _texts(demo: Demo) -> None:
    """A text line with a peer, whose last text waits for a person. The number is one that nobody can have."""
    line, _secret = open_line(program=demo.program, by_id=demo.staff[0].pk)
    van = next(site for site, _daily in demo.sites if site.kind == Site.Kind.VAN)
    number = "+14155550123"
    enrol(name="Rosa", number=number, language="es", site=van, line=line, by_id=demo.staff[0].pk)
    for words in (
        "Rosa 6 personas 30 agujas 2 naloxonas sin devoluciones ayer",
        "Rosa 4 personas y varias agujas",
    ):
        take_text(Message(number=number, text=words, id=words), line=line, program=demo.program)


def _surveys(demo: Demo) -> None:
    """Two surveys, and how many people are thought to inject in the county."""
    PopulationEstimate.objects.create(
        program=demo.program,
        people=1400,
        low=1000,
        high=1900,
        area="Riverside County",
        source="Made up for the demo program",
        entered_by=demo.staff[-1],
    )
    sites = [site for site, _daily in demo.sites]
    make_surveys(demo.program, sites, last_day=demo.last_day, by_id=demo.staff[1].pk, dice=Random(SEED))  # noqa: S311


def sign_ins() -> list[tuple[str, str, str]]:
    """(user name, password, roles) of everybody at the demo program."""
    return [(username, PASSWORD, ", ".join(role.value for role in roles)) for username, _name, roles in STAFF]


def _people_and_places(program: Program, last_day: date) -> Demo:
    first = User(pin="")
    first.set_password(PASSWORD)
    first.set_pin(PIN)
    staff = []
    for username, name, roles in STAFF:
        user = User.objects.create(username=username, name=name, password=first.password, pin=first.pin)
        staff.append(user)
        for role in roles:
            Membership.objects.create(program=program, user=user, role=role)
    sites = [(Site.objects.create(program=program, name=name, kind=kind), daily) for name, kind, daily in SITES]
    dice = Random(SEED)  # noqa: S311
    people = [
        Participant(
            id=UUID(int=dice.getrandbits(128), version=4), program=program, made_on=last_day - timedelta(days=DAYS)
        )
        for _ in range(PEOPLE)
    ]
    Participant.objects.bulk_create(people)
    scheme = current_scheme(program)
    Code.objects.bulk_create(
        Code(
            program=program,
            participant=person,
            scheme=scheme,
            digest=digest(card, program_id=program.pk, key=code_key()),
        )
        for person, card in zip(people, _cards(), strict=False)
    )
    return Demo(program=program, sites=sites, staff=staff, people=[each.pk for each in people], last_day=last_day)


def _cards() -> Iterator[str]:
    dice = Random(SEED)  # noqa: S311
    while True:
        yield random_code(dice.choice)


def a_card() -> str:
    """The code of somebody at the demo program, as it is printed."""
    return spaced(next(_cards()))


def _days(last_day: date) -> Iterator[date]:
    return (last_day - timedelta(days=back) for back in range(DAYS - 1, -1, -1))


def _one_day(demo: Demo, day: date) -> None:
    if day.day == 1 or day == demo.last_day - timedelta(days=DAYS - 1):
        _deliver(demo, day)
    if day.weekday() == 6:
        return
    for site, daily in demo.sites:
        worker = demo.staff[2 + (day.toordinal() + site.pk) % 2]
        submissions = [_contact(demo, site, moment) for moment in _moments(demo, day, daily)]
        if submissions:
            with clock.set_to(submissions[-1].occurred_at):
                ingest(submissions, sender=_sender(demo.program, worker))
            _shift(demo.program, site, worker, submissions)


def _shift(program: Program, site: Site, worker: User, submissions: list[Submission]) -> None:
    shift = Shift.objects.create(
        program=program,
        site=site,
        started_at=submissions[0].occurred_at - timedelta(minutes=20),
        ended_at=submissions[-1].occurred_at + timedelta(minutes=10),
    )
    shift.workers.add(worker)


def _sender(program: Program, worker: User) -> Sender:
    return Sender(program=program, user_id=worker.pk, permissions=frozenset(PERMISSIONS), door="desk")


def _moments(demo: Demo, day: date, daily: int) -> list[datetime]:
    """Opening hours, busier as the program grows, quieter in deep winter; today only what has happened by now."""
    growth = 1 + 0.35 * (1 - (demo.last_day - day).days / DAYS)
    season = 0.85 if day.month in (1, 2) else 1.0
    count = max(0, round(demo.dice.gauss(daily * growth * season, daily**0.5)))
    opens = datetime.combine(day, time(10), tzinfo=ZoneInfo(ZONE))
    moments = sorted(opens + timedelta(seconds=demo.dice.randrange(8 * 3600)) for _ in range(count))
    return [moment for moment in moments if moment <= clock.now()]


def _contact(demo: Demo, site: Site, moment: datetime) -> Submission:
    dice = demo.dice
    entries = [Said("distribution.supplies_given", 1, {"items": _items(dice)})]
    if dice.random() < 0.3:
        entries.append(Said("naloxone.kit_given", 1, _kit(dice)))
    if dice.random() < 0.42:
        entries.append(Said("syringes.returned", 1, _returned(dice)))
    if dice.random() < 0.03:
        entries.append(Said("naloxone.reversal_reported", 1, _reversal(dice)))
    entries += _need(moment)
    group = dice.randint(3, 12) if site.kind == Site.Kind.VAN and dice.random() < 0.04 else 1
    return Submission(
        id=UUID(int=dice.getrandbits(128), version=4),
        site_id=site.pk,
        occurred_at=moment,
        people=group,
        is_each=group > 1,
        reached=dice.choice((1, 2, 3, 5)) if dice.random() < 0.28 else None,
        participant_id=_somebody(demo) if group == 1 and dice.random() < 0.62 else None,
        entries=tuple(entries),
    )


def _need(moment: datetime) -> list[Said]:
    """One contact in seven tells how often, and agrees that it is kept."""
    dice = Random(f"{SEED} {moment.timestamp()}")  # noqa: S311
    if dice.random() > 1 / 7:
        return []
    how_often = dice.choice(("few-a-week", "daily-1", "daily-2", "daily-3", "daily-4"))
    return [
        Said("syringes.need_told", 1, {"how_often": how_often, "people": dice.choice((1, 1, 1, 2, 3)), "agreed": "yes"})
    ]


def _somebody(demo: Demo) -> UUID:
    """A few come every week, many come a few times in two years: how often falls with the rank, from the eighth on."""
    return demo.people[int(8 * (1 + PEOPLE / 8) ** demo.dice.random()) - 8]


def _items(dice: Random) -> dict[str, int]:
    weights = [weight for weight, _bag in BAGS]
    chosen = [bag for _weight, bag in dice.choices(BAGS, weights=weights, k=1 if dice.random() < 0.7 else 2)]
    items: dict[str, int] = {}
    for bag in chosen:
        for key, quantity in bag.items():
            items[key] = items.get(key, 0) + quantity
    return items


def _kit(dice: Random) -> dict[str, Any]:
    payload: dict[str, Any] = {"items": {NALOXONE: dice.choice((1, 1, 1, 2))}}
    asked = dice.random()
    if asked < 0.4:
        payload["first"] = "first"
    elif asked < 0.75:
        payload |= {"first": "refill", "why": [dice.choice(("used", "used", "given_away", "lost", "expired"))]}
    return payload


def _returned(dice: Random) -> dict[str, Any]:
    if dice.random() < 0.6:
        return {"count": dice.choice((5, 8, 10, 10, 15, 20, 30, 40))}
    return {"containers": {dice.choice(("pocket", "quart")): dice.choice(("1", "1", "0.5", "2"))}}


def _reversal(dice: Random) -> dict[str, Any]:
    doses: int | str = dice.choice((1, 2, 2, 2, 3, 4, "unknown"))
    survived = dice.choices(("yes", "unknown", "no"), weights=(90, 8, 2))[0]
    return {"doses": doses, "survived": survived, "told_by": dice.choice(("self", "someone", "someone"))}


def _deliver(demo: Demo, day: date) -> None:
    """A month's delivery for each site: some items come short, so that shortfalls and low stock are there to see."""
    moves = []
    coordinator = demo.staff[1]
    at = datetime.combine(day, time(8), tzinfo=ZoneInfo(ZONE))
    items = {item.pk: item for item in Item.objects.all()}
    monthly = _monthly_need(items)
    for item_id, need in monthly.items():
        lot = Lot.objects.create(
            program=demo.program,
            item_id=item_id,
            code=f"{day:%y%m}-{item_id % 97:02d}",
            expires_on=date(day.year + 2, day.month, 1) if items[item_id].doses else None,
        )
        for site, daily in demo.sites:
            quantity = round(need * daily * demo.dice.uniform(0.75, 1.25))
            if quantity:
                moves.append(
                    StockMove(
                        program=demo.program,
                        site=site,
                        item_id=item_id,
                        lot=lot,
                        quantity=quantity,
                        reason=StockMove.Reason.RECEIVED,
                        at=at,
                        by=coordinator,
                    )
                )
    StockMove._base_manager.bulk_create(moves)


def _monthly_need(items: dict[int, Item]) -> dict[int, float]:
    """Expected units a month for each contact a day, kits taken apart, with a little to spare."""
    by_key = {item.key: item for item in items.values()}
    chance = 1.3 / sum(weight for weight, _bag in BAGS)
    need: dict[int, float] = {by_key[NALOXONE].pk: 0.3 * 1.25}
    for weight, bag in BAGS:
        for key, quantity in bag.items():
            for part_id, units in _parts(by_key[key]):
                need[part_id] = need.get(part_id, 0) + weight * chance * quantity * units
    open_days = 26
    return {item_id: each * open_days * 1.4 for item_id, each in need.items()}


def _parts(item: Item) -> list[tuple[int, int]]:
    parts = [(part.part_id, part.quantity) for part in item.parts.all()]
    return parts or [(item.pk, 1)]
