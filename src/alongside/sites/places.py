"""Verbs on a program's sites and on its own settings."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.sites.audit import record_audit
from alongside.sites.models import Program, Shift, Site


def save_site(site: Site, *, program: Program, by_id: int) -> None:
    """Add a site, or give one another name or kind."""
    action = "sites.changed" if site.pk else "sites.added"
    try:
        with transaction.atomic():
            site.save()
            record_audit(action, program_id=program.pk, by_id=by_id, target=str(site.pk))
    except IntegrityError:
        raise Refusal(_("Another site has this name. Choose a different one.")) from None


def close_site(site: Site, *, program: Program, by_id: int) -> None:
    """No contact can be recorded there from now on; everything that was recorded stays and is counted."""
    with transaction.atomic():
        if Shift.objects.filter(site=site, ended_at=None).exists():
            raise Refusal(_("A shift is open at this site. End it first."))
        Site.objects.filter(pk=site.pk).update(is_active=False)
        record_audit("sites.closed", program_id=program.pk, by_id=by_id, target=str(site.pk))


def open_site(site: Site, *, program: Program, by_id: int) -> None:
    with transaction.atomic():
        Site.objects.filter(pk=site.pk).update(is_active=True)
        record_audit("sites.opened", program_id=program.pk, by_id=by_id, target=str(site.pk))


def save_settings(program: Program, *, by_id: int) -> None:
    with transaction.atomic():
        program.save(update_fields=["name", "name_es", "timezone", "language", "idle_minutes"])
        record_audit("program.changed", program_id=program.pk, by_id=by_id)
