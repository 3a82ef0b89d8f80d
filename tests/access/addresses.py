"""Every address of the program, read from the URLconf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from alongside.accounts.doors import OPEN


@dataclass(frozen=True, kw_only=True)
class Address:
    """A view with the name it is reached by and the names of what its address holds."""

    name: str
    view: Callable[..., Any]
    holds: tuple[str, ...]

    @property
    def permission(self) -> str | None:
        return getattr(self.view, "permission", None)

    @property
    def is_open(self) -> bool:
        return self.permission == OPEN or self.view.__module__.startswith(settings.OPEN_VIEW_MODULES)


def every_address() -> list[Address]:
    return list(_walk(get_resolver().url_patterns, ""))


def closed_addresses() -> list[Address]:
    return [each for each in every_address() if not each.is_open]


def _walk(patterns: list[Any], namespace: str) -> Iterator[Address]:
    for each in patterns:
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from _walk(each.url_patterns, inner)
        elif isinstance(each, URLPattern):
            holds = tuple(sorted(each.pattern.regex.groupindex))
            yield Address(name=f"{namespace}{each.name}", view=each.callback, holds=holds)


CLOSED_WITH_PAGES = [each for each in closed_addresses() if not each.name.startswith("mfa_")]
