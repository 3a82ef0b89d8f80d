"""Whatever changes a contact leaves a mark on its month, in the same transaction, by whichever way it came.

One row for each change, never a shared one: two contacts saved at the same moment must not wait for each other.
"""

from django.db import migrations

MARK = "INSERT INTO reports_changedmonth (program_id, month) VALUES ({row}.program_id, {month});"
MARK_OF_ENTRY = """
INSERT INTO reports_changedmonth (program_id, month)
SELECT program_id, {month} FROM encounters_encounter WHERE id = NEW.encounter_id;
"""
CONTACT_CHANGED = ("state", "participant_id", "site_id", "day", "precision", "people", "reached")

SQLITE_MONTH = "substr({row}day, 1, 8) || '01'"
POSTGRESQL_MONTH = "date_trunc('month', {row}day)::date"

SQLITE = """
CREATE TRIGGER reports_mark_{name} AFTER {event} ON {table} FOR EACH ROW {when} BEGIN {body} END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION reports_mark_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$
"""
POSTGRESQL = """
CREATE TRIGGER reports_mark_{name} AFTER {event} ON {table}
FOR EACH ROW {when} EXECUTE FUNCTION reports_mark_{name}()
"""


def differs(columns, operator):
    return " OR ".join(f"OLD.{column} {operator} NEW.{column}" for column in columns)


def triggers(month, operator):
    """(name, event, table, when, body) of each."""
    new, old = (MARK.format(row=row, month=month.format(row=f"{row}.")) for row in ("NEW", "OLD"))
    of_entry = MARK_OF_ENTRY.format(month=month.format(row=""))
    contact, entry = "encounters_encounter", "encounters_entry"
    return (
        ("added", "INSERT", contact, "", new),
        ("changed", "UPDATE", contact, f"WHEN ({differs(CONTACT_CHANGED, operator)})", old + new),
        ("removed", "DELETE", contact, "", old),
        ("settled", "UPDATE", entry, f"WHEN ({differs(['outcome'], operator)})", of_entry),
    )


def make_triggers(_apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    month, operator = (POSTGRESQL_MONTH, "IS DISTINCT FROM") if is_postgresql else (SQLITE_MONTH, "IS NOT")
    for name, event, table, when, body in triggers(month, operator):
        parts = {"name": name, "event": event, "table": table, "when": when, "body": body}
        if is_postgresql:
            schema_editor.execute(POSTGRESQL_FUNCTION.format(**parts), params=None)
            schema_editor.execute(POSTGRESQL.format(**parts), params=None)
        else:
            schema_editor.execute(SQLITE.format(**parts), params=None)


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("encounters", "0001_initial")]
    operations = [migrations.RunPython(make_triggers, elidable=False)]
