from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0009_engine_netns"),
    ]

    operations = [
        migrations.AddField(
            model_name="pool",
            name="besides",
            field=models.IntegerField(null=True, verbose_name="taken without an endpoint"),
        ),
        migrations.AddField(
            model_name="pool",
            name="besides_in_range",
            field=models.IntegerField(null=True, verbose_name="taken without an endpoint, in the IP range"),
        ),
    ]
