"""Whether an Engine runs without root: then the host of its networks is a namespace of RootlessKit's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networks", "0019_what_only_the_record_names")]

    operations = [
        migrations.AddField(
            model_name="enginestatus",
            name="is_rootless",
            field=models.BooleanField(default=False, verbose_name="runs without root"),
        ),
    ]
