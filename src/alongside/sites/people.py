"""Questions about the people who work at a program, asked inside its scope."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.sites.models import Membership, Shift


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """Somebody on the staff list; `roles` are those they have now, or had at the end."""

    user: User
    roles: tuple[Role, ...]
    is_active: bool
    has_second_step: bool


def colleagues() -> QuerySet[User]:
    """Who works at the program now."""
    ids = Membership.objects.filter(ended_at=None).values("user_id")
    return User.objects.filter(pk__in=ids, is_active=True).order_by("name", "pk")


def everybody() -> QuerySet[User]:
    """Who works or has worked at the program: a page about any of them exists here, about others it does not."""
    return User.objects.filter(pk__in=Membership.objects.values("user_id")).order_by("name", "pk")


def staff_list() -> list[Worker]:
    now_or_then: dict[int, dict[bool, set[Role]]] = defaultdict(lambda: {True: set(), False: set()})
    for user_id, role, ended_at in Membership.objects.values_list("user_id", "role", "ended_at"):
        now_or_then[user_id][ended_at is None].add(Role(role))
    protected = set(Authenticator.objects.filter(user__in=everybody()).values_list("user_id", flat=True))
    return [
        Worker(
            user=user,
            roles=tuple(sorted(now_or_then[user.pk][True] or now_or_then[user.pk][False], key=list(Role).index)),
            is_active=user.is_active and bool(now_or_then[user.pk][True]),
            has_second_step=user.pk in protected,
        )
        for user in everybody()
    ]


def roles_of(user: User) -> set[Role]:
    return {Role(role) for role in Membership.objects.filter(user=user, ended_at=None).values_list("role", flat=True)}


def open_shifts() -> QuerySet[Shift]:
    return Shift.objects.filter(ended_at=None).select_related("site").prefetch_related("workers")
