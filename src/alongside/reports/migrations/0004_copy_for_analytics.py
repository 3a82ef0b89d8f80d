"""What the copy for analytics needs to know: which days changed, which files count, and the years' keys."""

import django.db.models.deletion
from django.db import migrations, models

CONTACT_CHANGED = ("state", "participant_id", "site_id", "day", "precision", "people", "reached")
MARK = "INSERT INTO reports_changedmonth (program_id, month, day) VALUES ({row}.program_id, {month}, {row}.day);"
MARK_OF_ENTRY = """
INSERT INTO reports_changedmonth (program_id, month, day)
SELECT program_id, {month}, day FROM encounters_encounter WHERE id = NEW.encounter_id;
"""
SQLITE_MONTH = "substr({row}day, 1, 8) || '01'"
POSTGRESQL_MONTH = "date_trunc('month', {row}day)::date"
SQLITE = """
CREATE TRIGGER reports_mark_{name} AFTER {event} ON {table} FOR EACH ROW {when} BEGIN {body} END
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION reports_mark_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$
"""


def marks(month):
    """(name, event, table, when, body) of each trigger of migration 0002, now with the day."""
    new, old = (MARK.format(row=row, month=month.format(row=f"{row}.")) for row in ("NEW", "OLD"))
    differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in CONTACT_CHANGED)
    contact, entry = "encounters_encounter", "encounters_entry"
    return (
        ("added", "INSERT", contact, "", new),
        ("changed", "UPDATE", contact, f"WHEN ({differs})", old + new),
        ("removed", "DELETE", contact, "", old),
        ("settled", "UPDATE", entry, "WHEN (OLD.outcome IS NOT NEW.outcome)", MARK_OF_ENTRY.format(month=month.format(row=""))),
    )


def mark_days(_apps, schema_editor):
    """PostgreSQL's triggers stay: only what they do is another thing. SQLite's are made anew."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name, event, table, when, body in marks(POSTGRESQL_MONTH if is_postgresql else SQLITE_MONTH):
        parts = {"name": name, "event": event, "table": table, "when": when, "body": body}
        if is_postgresql:
            schema_editor.execute(POSTGRESQL.format(**parts), params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER reports_mark_{name}", params=None)
            schema_editor.execute(SQLITE.format(**parts), params=None)



class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0003_people_of_every_figure'),
        ('sites', '0003_devices_and_idle_lock'),
    ]

    operations = [
        migrations.AddField(
            model_name='changedmonth',
            name='day',
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name='CopiedMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('version', models.CharField(max_length=16)),
                ('stamp', models.CharField(max_length=16)),
                ('program', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sites.program')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('program', 'month'), name='copied_month_once')],
            },
        ),
        migrations.CreateModel(
            name='UncopiedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('program', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sites.program')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('program', 'day'), name='uncopied_day_once')],
            },
        ),
        migrations.CreateModel(
            name='YearKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('key', models.BinaryField(max_length=32)),
                ('program', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sites.program')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('program', 'year'), name='year_key_once')],
            },
        ),
        migrations.RunPython(mark_days, elidable=False),
    ]
