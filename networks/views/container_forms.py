"""Connect a container, from its own page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, QueryDict

from networks.forms.connecting import ConnectForm, NetworkToConnectForm
from networks.queries.ground import container_choices, network_choices
from networks.views.connecting import ConnectPage


class ContainerConnect(ConnectPage):
    """Put this container on a network."""

    page_url = "container_detail"
    query = "network"

    def make_form(self, engine_slug: str, docker_id: str, data: QueryDict, *, is_draft: bool) -> ConnectForm:
        container = next((each for each in container_choices(engine_slug) if each.docker_id == docker_id), None)
        if container is None:
            raise Http404(docker_id)
        return NetworkToConnectForm(data, container=container, networks=network_choices(engine_slug), is_draft=is_draft)

    def make_title(self, form: ConnectForm) -> dict[str, Any]:
        container = form.container
        return {"name": container.name, "hue": 0, "is_network": False} if container else {}
