"""What the page shell shows on every page: where one can go, which site this is, how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alongside.accounts.pins import LENGTH
from alongside.sites.devices import COOKIE
from alongside.sites.models import Site

if TYPE_CHECKING:
    from alongside.sites.members import Member

THEME_COOKIE = "alongside_theme"
THEMES = ("light", "dark")
TABS_ON_A_PHONE = 5


@dataclass(frozen=True, kw_only=True)
class Door:
    """A page that the shell leads to, and the permission it takes."""

    label: str | Promise
    icon: str
    url_name: str
    permission: str


# In the order of a phone's tab bar: the first four stay there, the rest moves under "More".
DOORS = (
    Door(label=_("Record"), icon="circle-plus", url_name="desk:record", permission="contacts.record"),
    Door(label=_("Today"), icon="list-checks", url_name="desk:today", permission="contacts.see"),
    Door(label=_("Stock"), icon="package", url_name="desk:stock", permission="stock.see"),
    Door(label=_("Queue"), icon="ticket", url_name="desk:queue", permission="contacts.record"),
    Door(label=_("Room"), icon="heart-pulse", url_name="room:rooms", permission="room.work"),
    Door(label=_("Alarms"), icon="bell-ring", url_name="desk:alarms", permission="alarms.answer"),
    Door(label=_("People"), icon="id-card", url_name="desk:people", permission="participants.see"),
    Door(label=_("Reports"), icon="chart-column", url_name="desk:reports", permission="reports.see"),
    Door(label=_("Surveys"), icon="clipboard-list", url_name="surveys:surveys", permission="surveys.enter"),
    Door(label=_("Import"), icon="file-up", url_name="desk:imports", permission="imports.run"),
    Door(label=_("Shifts"), icon="clock", url_name="desk:shifts", permission="shifts.manage"),
    Door(label=_("This phone"), icon="smartphone", url_name="field:phone", permission="contacts.record"),
    Door(label=_("Privacy"), icon="shield-check", url_name="desk:questions", permission="questions.manage"),
    Door(label=_("Staff and sites"), icon="users-round", url_name="desk:staff", permission="staff.manage"),
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page in the navigation of one request."""

    label: str | Promise
    icon: str
    url: str
    is_current: bool


class Navigation:
    """The pages this member may open, split for a phone."""

    def __init__(self, places: list[Place]) -> None:
        self.places = places

    @property
    def tabs(self) -> list[Place]:
        return self.places if len(self.places) <= TABS_ON_A_PHONE else self.places[: TABS_ON_A_PHONE - 1]

    @property
    def more(self) -> list[Place]:
        return self.places[len(self.tabs) :]

    @property
    def is_in_more(self) -> bool:
        return any(place.is_current for place in self.more)


class SiteChoice:
    """The sites to choose from and the chosen one; asks the database only when a page shows them."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def all(self) -> list[Site]:
        if _member(self._request) is None:
            return []
        return list(Site.objects.filter(is_active=True).exclude(kind=Site.Kind.AREA))

    @cached_property
    def current(self) -> Site | None:
        chosen = self._request.session.get("site")
        by_key = {str(site.pk): site for site in self.all}
        return by_key.get(str(chosen)) or (self.all[0] if self.all else None)

    @property
    def others(self) -> bool:
        return len(self.all) > 1


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the page shell."""
    return {
        "navigation": Navigation(_places(request)),
        "site_choice": SiteChoice(request),
        "theme": theme_of(request),
        "choose_site_url": url_or_none("desk:choose_site"),
        "choose_theme_url": url_or_none("desk:choose_theme"),
        "language_url": url_or_none("set_language"),
        "account_url": url_or_none("desk:account"),
        "switch_url": url_or_none("desk:switch"),
        "is_shared_device": COOKIE in request.COOKIES,
        "pin_length": LENGTH,
        "sign_out_url": url_or_none("account_logout") if _member(request) else None,
    }


def theme_of(request: HttpRequest) -> str:
    """`light`, `dark`, or nothing: then the device decides."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def url_or_none(name: str) -> str | None:
    """The address of a page, or None for one that is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _member(request: HttpRequest) -> Member | None:
    return getattr(request, "member", None)


def _places(request: HttpRequest) -> list[Place]:
    member = _member(request)
    if member is None:
        return []
    allowed = [(door, url_or_none(door.url_name)) for door in DOORS if member.can(door.permission)]
    found = [(door, url) for door, url in allowed if url]
    current = _best_match(request.path, [url for _door, url in found])
    return [Place(label=door.label, icon=door.icon, url=url, is_current=url == current) for door, url in found]


def _best_match(path: str, urls: list[str]) -> str | None:
    """The page that `path` belongs to: the longest address it starts with; the front page only matches itself."""
    matches = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(matches, key=len, default=None)
