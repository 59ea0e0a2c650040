"""Which version brought the tables up to date last, and which secret key sealed what stands in them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networks", "0026_sign_on")]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.CharField(blank=True, default="", max_length=40)),
                ("key_check", models.CharField(blank=True, default="", max_length=64)),
            ],
        ),
    ]
