"""Tables that only grow: the database itself refuses to change or delete their rows."""

from __future__ import annotations

from typing import Any

SQLITE = """
CREATE TRIGGER {table}_keep_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} only grows'); END
"""
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION alongside_only_grows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$
"""
POSTGRESQL = """
CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION alongside_only_grows()
"""


def keep_rows(schema_editor: Any, table: str) -> None:
    """Forbid UPDATE and DELETE on a table, on either database. For use in a migration."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FUNCTION, params=None)  # no parameters, so % stays %
        schema_editor.execute(POSTGRESQL.format(table=table))
        return
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(SQLITE.format(table=table, verb=verb))
