"""A leftover is not of crashes alone: a refused connect leaves one to a container that runs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networks", "0018_what_it_was_made_with")]

    operations = [
        migrations.AlterField(
            model_name="endpoint",
            name="leftover",
            field=models.JSONField(blank=True, default=dict, verbose_name="what only the record names"),
        ),
    ]
