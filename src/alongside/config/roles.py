"""A database role of the alarms' own, on PostgreSQL: then the role of the pages can't read sealed plans.

Without Django. Who looks after the server runs the statements once; this program asks for no such power.
"""

from __future__ import annotations

import os
from typing import Any

from psycopg.sql import SQL, Identifier

from alongside.config import database

TABLE = "checkins_sealedplan"
ALARM_ROLE = "alongside_alarms"
URL = "ALONGSIDE_ALARM_DATABASE_URL"
ELSEWHERE = "elsewhere"

_APART = """\
CREATE ROLE {alarms} LOGIN;
GRANT {pages} TO {alarms};
ALTER TABLE {table} OWNER TO {alarms};
REVOKE ALL ON {table} FROM PUBLIC, {pages};
GRANT INSERT, DELETE, REFERENCES, SELECT (check_in_id, program_id) ON {table} TO {pages};"""
_TOGETHER = """\
ALTER TABLE {table} OWNER TO {pages};
GRANT ALL ON {table} TO {pages};"""


def statements_apart(*, pages: str, alarms: str) -> list[str]:
    """What a superuser runs so that `alarms` may do all that `pages` may, and alone reads what is sealed."""
    return _filled(_APART, pages, alarms)


def statements_together(*, pages: str, alarms: str) -> list[str]:
    """The way back, also before an update that changes the table of sealed plans."""
    return _filled(_TOGETHER, pages, alarms)


def _filled(template: str, pages: str, alarms: str) -> list[str]:
    names = {"pages": Identifier(pages), "alarms": Identifier(alarms), "table": Identifier(TABLE)}
    return SQL(template).format(**names).as_string(None).split("\n")


def alarm_settings() -> dict[str, Any]:
    """The database as the alarms' processes open it: by a role of their own, if one is named."""
    return database.from_url(os.environ.get(URL) or os.environ.get("ALONGSIDE_DATABASE_URL", ""))


def are_alarms_elsewhere() -> bool:
    """True where `alongside run` starts none of the alarms' processes, because another account or computer does."""
    return os.environ.get("ALONGSIDE_ALARMS") == ELSEWHERE
