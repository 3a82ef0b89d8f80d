"""Every page says who may open it; a page that says nothing opens for nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from alongside.accounts.roles import PERMISSIONS

View = TypeVar("View", bound=Callable[..., Any])

OPEN = "open to all"


def needs(permission: str) -> Callable[[View], View]:
    """Mark a view as open to members whose role has `permission` (checked by sites.middleware)."""
    if permission not in PERMISSIONS:
        raise KeyError(f"{permission!r} is not in accounts.roles.PERMISSIONS")

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(view: View) -> View:
    """Mark a view as public: it must show nothing about participants or staff."""
    view.permission = OPEN  # type: ignore[attr-defined]
    return view


def while_locked(view: View) -> View:
    """Mark a view as one that the idle lock does not stop: it shows nothing of what was left open."""
    view.while_locked = True  # type: ignore[attr-defined]
    return view
