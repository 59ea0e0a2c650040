"""Who follows an Engine, where several machines share PostgreSQL."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networks", "0024_trail")]

    operations = [
        migrations.CreateModel(
            name="LeaseRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("fence", models.BigIntegerField(default=0)),
                ("holder", models.CharField(blank=True, default="", max_length=200)),
                ("beat", models.BigIntegerField(default=0)),
                ("renewed_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "networks_lease"},
        ),
    ]
