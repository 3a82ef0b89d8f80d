"""Who is signed in, found quickly: with every request a session and its person are looked up."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from alongside.accounts.models import User
from alongside.sites.plain_sql import fetch, prepared


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        moment = prepared(Session._meta.get_field("expire_date"), [timezone.now()])
        for session in fetch(Session, "session_key = %s AND expire_date > %s", [self.session_key, *moment]):
            return session
        self._session_key: str | None = None
        return None


class StaffBackend(AuthenticationBackend):
    """Sign-in as django-allauth does it."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, unless they may not sign in any more."""
        return next(iter(fetch(User, "id = %s AND is_active = %s", [user_id, True])), None)
