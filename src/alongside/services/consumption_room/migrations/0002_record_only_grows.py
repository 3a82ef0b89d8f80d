from django.db import migrations

from alongside.sites.triggers import keep_rows

TABLES = ("consumption_room_recordline", "consumption_room_confirmedprotocol")


def keep(apps, schema_editor):
    for table in TABLES:
        keep_rows(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("consumption_room", "0001_initial")]
    operations = [migrations.RunPython(keep, elidable=False)]
