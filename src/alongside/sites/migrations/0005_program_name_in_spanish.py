from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sites", "0004_questions_removed")]

    operations = [
        migrations.AddField(
            model_name="program",
            name="name_es",
            field=models.CharField(blank=True, max_length=120, verbose_name="name in Spanish"),
        ),
    ]
