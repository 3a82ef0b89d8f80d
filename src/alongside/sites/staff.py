"""Verbs on the people who work at a program. Nobody is ever deleted: what they recorded keeps their name."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from alongside.accounts.actions import give_start_password
from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.sites.audit import record_audit
from alongside.sites.models import Membership, Program


def add_worker(*, username: str, name: str, roles: Iterable[Role], program: Program, by_id: int) -> tuple[User, str]:
    """A new account at this program, and its start password: shown once, replaced at the first sign-in."""
    with transaction.atomic():
        user = _new_user(username, name)
        password = give_start_password(user)
        give_roles(user, set(roles), program)
        _note("staff.added", user, program, by_id)
    return user, password


def _new_user(username: str, name: str) -> User:
    with suppress(IntegrityError), transaction.atomic():
        return User.objects.create_user(username, name=name)
    raise Refusal(_("This user name is taken. Choose another."))


def add_colleague(user: User, *, roles: Iterable[Role], program: Program, by_id: int) -> None:
    """Somebody who works at another program already joins this one too."""
    with transaction.atomic():
        give_roles(user, set(roles), program)
        _note("staff.joined", user, program, by_id)


def set_roles(user: User, *, roles: Iterable[Role], program: Program, by_id: int) -> None:
    """Give exactly these roles. Raises Refusal if that would leave nobody to manage the program."""
    wanted = set(roles)
    if not wanted:
        raise Refusal(_("Choose at least one role, or switch the account off."))
    with transaction.atomic():
        _lock(program)
        if Role.ADMINISTRATOR not in wanted:
            _refuse_if_last_administrator(user)
        give_roles(user, wanted, program)
        _note("staff.roles_changed", user, program, by_id)


def end_work(user: User, *, program: Program, by_id: int) -> None:
    """They no longer work here: their sessions end with their next request. What they did stays."""
    with transaction.atomic():
        _lock(program)
        _refuse_if_last_administrator(user)
        Membership.objects.filter(user=user, ended_at=None).update(ended_at=now())
        if not works_elsewhere(user, program):
            User.objects.filter(pk=user.pk).update(is_active=False)
        _note("staff.switched_off", user, program, by_id)


def take_back(user: User, *, program: Program, by_id: int) -> None:
    """They work here again, with the roles they had at the end."""
    with transaction.atomic():
        rows = Membership.objects.filter(user=user)
        if not rows.filter(ended_at=None).exists():
            rows.filter(ended_at=rows.aggregate(last=Max("ended_at"))["last"]).update(ended_at=None)
        User.objects.filter(pk=user.pk).update(is_active=True)
        _note("staff.switched_on", user, program, by_id)


def reset_password(user: User, *, program: Program, by_id: int) -> str:
    """A new start password; the old one and every session end. Answers it once."""
    _refuse_if_works_elsewhere(user, program)
    with transaction.atomic():
        password = give_start_password(user)
        _note("staff.password_reset", user, program, by_id)
    return password


def reset_second_step(user: User, *, program: Program, by_id: int) -> None:
    """They lost their phone: passkeys, app and recovery codes go, the password alone signs them in."""
    _refuse_if_works_elsewhere(user, program)
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        _note("staff.second_step_reset", user, program, by_id)


def works_elsewhere(user: User, program: Program) -> bool:
    return Membership._base_manager.filter(user=user, ended_at=None).exclude(program=program).exists()


def administers_all_programs_of(user_id: int, user: User) -> bool:
    """True if `user_id` is an administrator wherever `user` works: then the two programs trust the same person."""
    theirs = Membership._base_manager.filter(user=user, ended_at=None).values_list("program_id", flat=True)
    mine = Membership._base_manager.filter(user_id=user_id, ended_at=None, role=Role.ADMINISTRATOR)
    return set(theirs) <= set(mine.values_list("program_id", flat=True))


def _refuse_if_works_elsewhere(user: User, program: Program) -> None:
    """Whoever resets a sign-in can use it: an administrator here must not get into another program that way."""
    if works_elsewhere(user, program):
        raise Refusal(_("This person also works at another program. Whoever runs the server can reset their sign-in."))


def _refuse_if_last_administrator(user: User) -> None:
    active = Membership.objects.filter(role=Role.ADMINISTRATOR, ended_at=None, user__is_active=True)
    if active.filter(user=user).exists() and not active.exclude(user=user).exists():
        raise Refusal(_("A program needs an administrator. Give somebody else that role first."))


def _lock(program: Program) -> None:
    """Two administrators who take the role from each other at the same moment: one of them has to wait."""
    Program.objects.select_for_update().get(pk=program.pk)


def give_roles(user: User, roles: set[Role], program: Program) -> None:
    """Exactly these roles, whatever they had. Unlike `set_roles` it asks nobody and leaves no trace in the audit."""
    rows = Membership.objects.filter(user=user)
    rows.filter(ended_at=None).exclude(role__in=roles).update(ended_at=now())
    for role in roles:
        Membership.objects.update_or_create(user=user, program=program, role=role, defaults={"ended_at": None})


def _note(action: str, user: User, program: Program, by_id: int) -> None:
    record_audit(action, program_id=program.pk, by_id=by_id, target=str(user.pk))
