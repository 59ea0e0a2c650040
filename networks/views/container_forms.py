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
        containers = container_choices(engine_slug)
        container = next((each for each in containers if each.docker_id == docker_id), None)
        if container is None:
            raise Http404(docker_id)
        options = self.form_options(engine_slug) | {"containers": containers, "networks": network_choices(engine_slug)}
        return NetworkToConnectForm(data, container=container, is_draft=is_draft, **options)

    def make_title(self, form: ConnectForm) -> dict[str, Any]:
        container = form.container
        return {"name": container.name, "hue": 0, "is_network": False} if container else {}
