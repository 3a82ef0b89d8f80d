"""What was published, to check later reports against."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0004_copy_for_analytics'),
        ('sites', '0003_devices_and_idle_lock'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cycle', models.CharField(max_length=20)),
                ('report', models.CharField(max_length=80)),
                ('start', models.DateField()),
                ('end', models.DateField()),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('cells', models.JSONField()),
                ('relations', models.JSONField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sites.program')),
            ],
            options={
                'indexes': [models.Index(fields=['program', 'cycle'], name='publication_cycle')],
            },
        ),
    ]
