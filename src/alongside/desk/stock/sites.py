"""Which site a stock page is about."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from alongside.desk.context import SiteChoice
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Site
from alongside.supplies.shelf import stock_sites

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class ChosenSite:
    """The site in the address, else the one chosen for this browser; None is all sites together."""

    sites: QuerySet[Site]
    site: Site | None

    @property
    def value(self) -> str:
        return str(self.site.pk) if self.site else ALL


def chosen_site(request: MemberRequest) -> ChosenSite:
    """An unknown site, or another program's, counts as none said."""
    sites = stock_sites()
    said = request.GET.get("site", "")
    if said == ALL:
        return ChosenSite(sites=sites, site=None)
    site = sites.filter(pk=int(said)).first() if said.isdecimal() and len(said) < 16 else None
    return ChosenSite(sites=sites, site=site or SiteChoice(request).current)
