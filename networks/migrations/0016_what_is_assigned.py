"""What an Engine's record says of containers that have ended is kept apart from what is assigned."""

from django.db import migrations, models

WITH_STACK = ("running", "paused")
ENDED = ("exited", "dead")
SWARM_ID_LENGTH = 25


def put_apart(apps, schema_editor):
    """Do to what was read before what is done to every reading from now on."""
    Container, Endpoint = apps.get_model("networks", "Container"), apps.get_model("networks", "Endpoint")
    for endpoint in Endpoint.objects.exclude(docker_id="").select_related("container").iterator():
        state = endpoint.container.state
        if len(endpoint.network_docker_id) == SWARM_ID_LENGTH:
            endpoint.requested_ipv4 = endpoint.requested_ipv6 = ""
        if state not in WITH_STACK:
            left = {name: getattr(endpoint, name) for name in ("docker_id", "ipv4", "ipv6", "mac")}
            endpoint.leftover = left if state in ENDED and (endpoint.ipv4 or endpoint.ipv6) else {}
            endpoint.docker_id = endpoint.ipv4 = endpoint.ipv4_gateway = endpoint.ipv6 = endpoint.ipv6_gateway = endpoint.mac = ""
            endpoint.ipv4_prefix_length = endpoint.ipv6_prefix_length = None
        endpoint.save()
    for container in Container.objects.exclude(state__in=WITH_STACK).exclude(ports=[]).iterator():
        published = [port for port in container.ports if port.get("public_port")]
        container.leftover_ports = published if container.state in ENDED else []
        container.ports = []
        container.save()


class Migration(migrations.Migration):

    dependencies = [
        ('networks', '0015_container_ending'),
    ]

    operations = [
        migrations.AddField(
            model_name='container',
            name='leftover_ports',
            field=models.JSONField(default=list, verbose_name='ports left over from a crash'),
        ),
        migrations.AddField(
            model_name='endpoint',
            name='leftover',
            field=models.JSONField(blank=True, default=dict, verbose_name='left over from a crash'),
        ),
        migrations.RunPython(put_apart, migrations.RunPython.noop),
    ]
