from django.db import migrations

from alongside.sites.triggers import keep_rows


class Migration(migrations.Migration):
    dependencies = [("alarms", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: keep_rows(schema_editor, "alarms_incidentevent"),
            migrations.RunPython.noop,
            elidable=False,
        )
    ]
