"""A program to test with: sites, the shipped catalogue, and people who work there."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

from django.test import Client
from django_scopes import scope, scopes_disabled

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.sites.models import Membership, Program, Site
from alongside.supplies.catalogue import StarterItem, starter_catalogue
from alongside.supplies.models import Bag, BagLine, Item, KitPart, Lot

PASSWORD = "paper lantern 47"
_numbers = count(1)


def make_program(name: str = "Harbor Exchange", slug: str | None = None) -> Program:
    """A program in New York's time zone with "Front desk", "Van" and the shipped catalogue and bags."""
    number = next(_numbers)
    program = Program.objects.create(
        name=name,
        slug=slug or f"program-{number}",
        timezone="America/New_York",
        catalogue_stamp=number,  # the catalogue is cached by it, and a rolled-back test gives its ids to the next one
    )
    with scope(program=program):
        Site.objects.create(program=program, name="Front desk", kind=Site.Kind.DESK)
        Site.objects.create(program=program, name="Van", kind=Site.Kind.VAN)
        _load_catalogue(program)
    return program


def make_member(program: Program, role: Role | str = Role.WORKER, *, name: str = "", password: str = PASSWORD) -> User:
    """Somebody with that role at the program. Call again with `add_role` for a second role or program."""
    number = next(_numbers)
    user = User.objects.create_user(f"{Role(role).value}{number}", password, name=name or f"Sam {number}")
    add_role(user, program, role)
    return user


def add_role(user: User, program: Program, role: Role | str) -> None:
    with scopes_disabled():
        Membership.objects.create(user=user, program=program, role=Role(role).value)


def signed_in(client: Client, user: User) -> Client:
    """The same client, signed in without going through the form."""
    client.force_login(user)
    return client


def site_of(program: Program, name: str = "Front desk") -> Site:
    with scopes_disabled():
        return Site.objects.get(program=program, name=name)


def item_of(program: Program, key: str) -> Item:
    with scopes_disabled():
        return Item.objects.get(program=program, key=key)


def _load_catalogue(program: Program) -> None:
    starter = starter_catalogue()
    Item.objects.bulk_create(_item(each, program, position) for position, each in enumerate(starter.items))
    items = {item.key: item for item in Item.objects.all()}
    Lot.objects.bulk_create(Lot(program=program, item=item, code="") for item in items.values())
    KitPart.objects.bulk_create(
        KitPart(program=program, kit=items[kit.key], part=items[key], quantity=quantity)
        for kit in starter.items
        for key, quantity in kit.parts.items()
    )
    for position, each in enumerate(starter.bags):
        bag = Bag.objects.create(
            program=program, key=each.key, name=each.name, name_es=each.name_es, position=position
        )
        BagLine.objects.bulk_create(
            BagLine(program=program, bag=bag, item=items[key], quantity=quantity)
            for key, quantity in each.lines.items()
        )


def _item(each: StarterItem, program: Program, position: int) -> Item:
    return Item(
        program=program,
        key=each.key,
        name=each.name,
        name_es=each.name_es,
        search=each.search,
        group=each.group,
        unit=each.unit,
        unit_es=each.unit_es,
        gauge=each.gauge,
        length_mm=_decimal(each.length_mm),
        volume_ml=_decimal(each.volume_ml),
        low_dead_space=each.low_dead_space,
        barrels=each.barrels,
        doses=each.doses,
        recorded_as=each.recorded_as,
        reorder_point=each.reorder_point,
        is_active=each.is_active,
        position=position,
    )


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
