"""Sessions stood under their own keys until now, in every copy of the database: they end, and people log in once more."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def end_sessions(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("networks", "BrowserSession").objects.all().delete()
    apps.get_model("sessions", "Session").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("networks", "0020_rootless"), ("sessions", "0001_initial")]

    operations = [migrations.RunPython(end_sessions, migrations.RunPython.noop)]
