import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def move_sessions(apps, schema_editor):
    """Nobody is signed out, and a form that was put aside is still there."""
    from alongside.sites.signed_in import SessionStore

    before, after = apps.get_model("sessions", "Session"), apps.get_model("sites", "Session")
    User = apps.get_model(settings.AUTH_USER_MODEL)
    known, decode = set(User.objects.values_list("pk", flat=True)), SessionStore().decode
    for session in before.objects.iterator():
        user_id = int(decode(session.session_data).get("_auth_user_id", 0))
        after.objects.create(
            session_key=session.session_key,
            session_data=session.session_data,
            expire_date=session.expire_date,
            user_id=user_id if user_id in known else None,
        )
    before.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("sites", "0005_program_name_in_spanish"),
        ("sessions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunPython(move_sessions, migrations.RunPython.noop),
    ]
