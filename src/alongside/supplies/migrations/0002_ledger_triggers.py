"""The ledger only grows, and the database keeps each level equal to the sum of its moves."""

from django.db import migrations

from alongside.sites.triggers import keep_rows

ADD = """
INSERT INTO supplies_stocklevel (program_id, site_id, item_id, lot_id, quantity)
VALUES (NEW.program_id, NEW.site_id, NEW.item_id, NEW.lot_id, NEW.quantity)
ON CONFLICT (site_id, lot_id) DO UPDATE SET quantity = supplies_stocklevel.quantity + excluded.quantity;
"""
SQLITE = f"CREATE TRIGGER supplies_stockmove_adds_up AFTER INSERT ON supplies_stockmove BEGIN {ADD} END"
POSTGRESQL = (
    f"""
CREATE FUNCTION supplies_add_up() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN {ADD} RETURN NULL; END $$
""",
    """
CREATE TRIGGER supplies_stockmove_adds_up AFTER INSERT ON supplies_stockmove
FOR EACH ROW EXECUTE FUNCTION supplies_add_up()
""",
)


def make_triggers(apps, schema_editor):
    keep_rows(schema_editor, "supplies_stockmove")
    if schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement)
    else:
        schema_editor.execute(SQLITE)


class Migration(migrations.Migration):
    dependencies = [("supplies", "0001_initial"), ("sites", "0002_audit_only_grows")]
    operations = [migrations.RunPython(make_triggers, elidable=False)]
