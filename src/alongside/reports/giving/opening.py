"""Opening and closing a program's public page."""

from __future__ import annotations

from django.db import transaction

from alongside.reports.giving.releasing import release
from alongside.reports.models import GiveBack
from alongside.sites.audit import record_audit
from alongside.sites.models import Program


def give_back_of(program: Program) -> GiveBack:
    """Its page, closed if nobody opened it. In the program's scope."""
    page, _is_new = GiveBack.objects.get_or_create(program=program)
    return page


def open_page(program: Program, *, by_id: int | None) -> None:
    """Anybody may read it from now on. Publishes what is due at once."""
    _set(program, by_id, is_open=True)
    release(program)


def close_page(program: Program, *, by_id: int | None) -> None:
    """Nobody reads it any more. What was published stays published: it comes back unchanged."""
    _set(program, by_id, is_open=False)


def change_address(program: Program, address: str, *, by_id: int) -> None:
    with transaction.atomic():
        give_back_of(program)
        GiveBack.objects.filter(program=program).update(address=address)
        record_audit("giving.address_changed", program_id=program.pk, by_id=by_id)


def _set(program: Program, by_id: int | None, *, is_open: bool) -> None:
    with transaction.atomic():
        give_back_of(program)
        GiveBack.objects.filter(program=program).update(is_open=is_open)
        record_audit("giving.opened" if is_open else "giving.closed", program_id=program.pk, by_id=by_id)
