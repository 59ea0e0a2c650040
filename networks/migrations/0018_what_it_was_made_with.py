"""Which containers were made with a network that isn't there any more: Docker starts them on no other."""

from django.db import migrations, models

API_OF_MODES = (1, 44)


def find(apps, schema_editor):
    """Tell of what was read before what is told of every reading from now on."""
    Container, Network = apps.get_model("networks", "Container"), apps.get_model("networks", "Network")
    for status in apps.get_model("networks", "EngineStatus").objects.all():
        major, _, minor = status.api_version.partition(".")
        if not (major.isdigit() and minor.isdigit()) or (int(major), int(minor)) < API_OF_MODES:
            continue
        networks = list(Network.objects.filter(engine_id=status.engine_id).values_list("docker_id", "name", "scope"))
        known = {text for docker_id, name, _scope in networks for text in (docker_id, name)} | {"", "default", "bridge", "host", "none"}
        is_in_swarm = any(scope == "swarm" for _id, _name, scope in networks)
        containers = Container.objects.filter(engine_id=status.engine_id, donor_id="")
        for docker_id, mode in containers.values_list("docker_id", "network_mode"):
            is_short = len(mode) >= 12 and any(one.startswith(mode) for one, _name, _scope in networks)
            if mode not in known and not is_short and (len(mode) == 64 or not is_in_swarm):
                containers.filter(docker_id=docker_id).update(is_mode_lost=True)


class Migration(migrations.Migration):

    dependencies = [
        ('networks', '0017_said'),
    ]

    operations = [
        migrations.AddField(
            model_name='container',
            name='is_mode_lost',
            field=models.BooleanField(default=False, verbose_name='its own network was removed'),
        ),
        migrations.RunPython(find, migrations.RunPython.noop),
    ]
