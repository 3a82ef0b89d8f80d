"""Who is signed in, found quickly: with every request a session is looked up, its person, and where they work."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, cast

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from alongside.accounts.models import User
from alongside.jobs.specs import Work
from alongside.sites.models import Program, Session
from alongside.sites.plain_sql import fetch_joined, prepared

TIDY_JOB = "sites.forget_sessions"
JOINED = """sites_session
    LEFT JOIN accounts_user ON accounts_user.id = sites_session.user_id AND accounts_user.is_active = %s
    LEFT JOIN sites_membership membership ON membership.user_id = accounts_user.id AND membership.ended_at IS NULL
    LEFT JOIN sites_program ON sites_program.id = membership.program_id
    WHERE sites_session.session_key = %s AND sites_session.expire_date > %s
    ORDER BY sites_program.id, membership.id"""


class SessionStore(db.SessionStore):
    """Django's sessions in the database, each read together with its person and the places where they work."""

    person: User | None = None
    """Who is signed in, unless they may not sign in any more."""
    workplaces: Sequence[tuple[Program, str]] = ()
    """Each program with each of the person's roles there."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        return row

    def _get_session_from_db(self) -> Session | None:
        moment = prepared(Session._meta.get_field("expire_date"), [timezone.now()])
        found = fetch_joined((Session, User, Program), "membership.role", JOINED, [True, self.session_key, *moment])
        if not found:
            self._session_key: str | None = None
            return None
        self.person = found[0][1]
        self.workplaces = [(program, role) for _session, _person, program, role in found if program]
        session: Session = found[0][0]
        return session


_asked: ContextVar[SessionStore | None] = ContextVar("_asked", default=None)


class PersonMiddleware(AuthenticationMiddleware):
    """Django's. The person of a session was read with it and is not looked up again."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = cast("User", SimpleLazyObject(lambda: _person_of(request)))


def _person_of(request: HttpRequest) -> Any:
    before = _asked.set(cast("SessionStore", request.session))
    try:
        return get_user(request)
    finally:
        _asked.reset(before)


class StaffBackend(AuthenticationBackend):
    """Sign-in as django-allauth does it."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, unless they may not sign in any more."""
        session = _asked.get()
        if session and session.person and session.person.pk == user_id:
            return session.person
        return cast("User | None", super().get_user(user_id))


def forget_sessions(_work: Work) -> None:
    """The daily job: those that have run out."""
    SessionStore.clear_expired()
