"""How far the record of activity has left the machine."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networks", "0023_second_step_duty")]

    operations = [
        migrations.CreateModel(
            name="Trail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(default="0" * 64, max_length=64)),
                ("action_id", models.BigIntegerField(default=0)),
                ("outcome_id", models.BigIntegerField(default=0)),
                ("until_action_id", models.BigIntegerField(default=0)),
                ("until_outcome_id", models.BigIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("sentence", models.TextField(blank=True, default="")),
                ("said", models.JSONField(null=True)),
            ],
        ),
    ]
