"""Different people are kept for every figure of them, no longer for one only."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reports", "0002_marks")]
    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="monthpeople", name="month_people_once"),
        migrations.AddField(
            model_name="monthpeople",
            name="indicator",
            field=models.CharField(max_length=80, default="people.all"),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="monthpeople",
            constraint=models.UniqueConstraint(
                fields=["program", "month", "indicator", "site", "is_year_only"], name="month_people_once"
            ),
        ),
    ]
