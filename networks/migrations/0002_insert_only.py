"""Makes the triggers that let the tables of actions and outcomes only grow; post_migrate makes them again after every migration."""

from __future__ import annotations

from django.db import migrations

from networks.models.insert_only import drop_triggers, make_triggers


class Migration(migrations.Migration):
    dependencies = [("networks", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: make_triggers(editor.connection),
            lambda apps, editor: drop_triggers(editor.connection),
        )
    ]
