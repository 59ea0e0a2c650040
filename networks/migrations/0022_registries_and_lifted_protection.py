"""Which registries operators may pull from, and whose label of protection counts no more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networks", "0021_sessions_by_hash")]

    operations = [
        migrations.AddField(
            model_name="engine",
            name="registries",
            field=models.JSONField(blank=True, default=list, verbose_name="permitted registries"),
        ),
        migrations.AddField(
            model_name="engine",
            name="unprotected",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="lifted protection"),
        ),
        migrations.AddField(
            model_name="enginestatus",
            name="registries",
            field=models.JSONField(default=list, verbose_name="registries of its configuration"),
        ),
    ]
