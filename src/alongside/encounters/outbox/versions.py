"""Which app and which form a phone should have, so that it can tell that its own are old."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from alongside import __version__
from alongside.encounters.registry import registry
from alongside.sites.models import Program, Site
from alongside.supplies.models import Bag, BagLine

APP = __version__


def form_version(program: Program) -> str:
    """Another one whenever the recording page would look different: kinds, questions, catalogue, sites, usual bags."""
    return hashlib.sha256("\n".join(_parts(program)).encode()).hexdigest()[:12]


def _parts(program: Program) -> Iterator[str]:
    yield f"{APP} {program.catalogue_stamp} {program.language}"
    yield " ".join(program.questions_removed)
    yield from sorted(f"{kind.name} {kind.version}" for kind in registry.kinds.values())
    sites = Site.objects.filter(is_active=True).order_by("pk").values_list("pk", "name", "kind")
    bags = Bag.objects.order_by("pk").values_list("pk", "name", "name_es", "position", "is_active")
    lines = BagLine.objects.order_by("pk").values_list("bag_id", "item_id", "quantity")
    for rows in (sites, bags, lines):
        yield from map(str, rows)
