from django.db import migrations, models


class Migration(migrations.Migration):
    """A day's contacts lie in the order in which its list shows them, so that its first page reads no more than that."""

    dependencies = [("encounters", "0004_retention")]

    operations = [
        migrations.RemoveIndex(model_name="encounter", name="encounter_day"),
        migrations.AddIndex(
            model_name="encounter",
            index=models.Index(fields=["program", "day", "occurred_at"], name="encounter_time"),
        ),
    ]
