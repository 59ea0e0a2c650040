"""What we said ourselves is kept as what it says, for each reader's own language; what was written before stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networks", "0016_what_is_assigned")]

    operations = [
        # May be NULL, so that it is a column more and no copy of a table that may hold a million rows.
        migrations.AddField(
            model_name="outcome",
            name="said",
            field=models.JSONField(null=True, verbose_name="what it says"),
        ),
        migrations.AddField(
            model_name="jobstep",
            name="said",
            field=models.JSONField(null=True),
        ),
        migrations.RemoveField(model_name="job", name="language"),
    ]
