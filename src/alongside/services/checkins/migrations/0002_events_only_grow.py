from django.db import migrations

from alongside.sites.triggers import keep_rows


class Migration(migrations.Migration):
    dependencies = [("checkins", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: keep_rows(schema_editor, "checkins_planevent"),
            migrations.RunPython.noop,
            elidable=False,
        )
    ]
