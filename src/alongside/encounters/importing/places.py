"""Sites by the names in a sheet: known ones, and those that an import makes."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from alongside.encounters.importing.cells import plain
from alongside.encounters.submissions import Sender
from alongside.kernel.errors import Refusal
from alongside.sites.audit import record_audit
from alongside.sites.models import Site

NOT_YET = 0
"""Stands for a site that is made when its first line is stored."""


class Places:
    """The program's sites by name, whatever its case and accents."""

    def __init__(self, sender: Sender, *, missing: Literal["refuse", "area", "desk"]) -> None:
        self._sender, self._missing = sender, missing
        rows = list(Site.objects.values_list("name", "pk", "is_active"))
        self._ids = {plain(name): pk for name, pk, _is_active in rows}
        self._just_made: list[str] = []
        self.new: dict[str, str] = {}
        """Names of the sites that were not there before this import."""
        self.usable = {pk for _name, pk, is_active in rows if is_active} | {NOT_YET}

    def check(self, name: str) -> None:
        """Raises Refusal for a site that is missing, where missing sites are not to be made."""
        if self._missing == "refuse" and plain(name) not in self._ids:
            raise Refusal(
                _("The program has no site of this name. Correct the name, or choose that missing sites are made.")
            )

    def id_of(self, name: str) -> int:
        """The site's id, or NOT_YET. Raises Refusal."""
        self.check(name)
        found = self._ids.get(plain(name))
        if found is None:
            self.new.setdefault(plain(name), name)
        return NOT_YET if found is None else found

    def begin(self) -> None:
        """A transaction starts; should it be rolled back, `take_back` forgets the sites that were made in it."""
        self._just_made = []

    def take_back(self) -> None:
        for name in self._just_made:
            self.usable.discard(self._ids.pop(name))
        self._just_made = []

    def made(self, name: str) -> int:
        """The site's id; a new site if there is none yet."""
        found = self.id_of(name)
        if found != NOT_YET:
            return found
        program = self._sender.program
        site, is_new = Site.objects.get_or_create(
            program=program, name=name, defaults={"kind": Site.Kind(self._missing)}
        )
        if is_new:
            record_audit("sites.made_by_import", program_id=program.pk, by_id=self._sender.user_id, target=str(site.pk))
            self._just_made.append(plain(name))
        self._ids[plain(name)] = site.pk
        self.usable.add(site.pk)
        return site.pk
