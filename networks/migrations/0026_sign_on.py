"""Who comes by sign-on, and which roles a group gave."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0025_lease"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="is_mapped",
            field=models.BooleanField(default=False, editable=False, verbose_name="by a group"),
        ),
        migrations.CreateModel(
            name="SignOnIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=255, verbose_name="issuer")),
                ("subject", models.CharField(max_length=255, verbose_name="subject")),
                ("groups", models.JSONField(default=list, verbose_name="groups")),
                ("is_superuser_mapped", models.BooleanField(default=False, verbose_name="superuser by a group")),
                ("seen_at", models.DateTimeField(verbose_name="last seen")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_on",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={"verbose_name": "sign-on", "verbose_name_plural": "sign-ons"},
        ),
        migrations.AddConstraint(
            model_name="signonidentity",
            constraint=models.UniqueConstraint(fields=("issuer", "subject"), name="one_person_per_issuer_and_subject"),
        ),
    ]
