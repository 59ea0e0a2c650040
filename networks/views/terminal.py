"""The page of a terminal in a container; the socket does the rest."""

from __future__ import annotations

from urllib.parse import urlencode

from csp.constants import NONCE
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views import View

from networks.actions.terminals.asked import IDLE_S, MOST_OF_ONE
from networks.actions.terminals.opening import why_not_open
from networks.engine.cli import exec_command
from networks.forms.terminal import SHELLS, TerminalForm
from networks.models import Container
from networks.policy.accounts import has_typed_password
from networks.policy.protection import protection_of
from networks.queries.containers import read_container_row
from networks.views.denied import read_only_page
from networks.views.screens import gone_page
from networks.views.shell import open_screen, pick_engine


# xterm writes its colours into <style> elements, which have to bear the page's nonce.
@method_decorator(csp_update({"style-src": [NONCE]}), name="dispatch")
class ContainerTerminal(View):
    """A terminal in one container, for who has typed the password again."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponse:
        engine = pick_engine(request, engine_slug)
        title = read_container_row(engine_slug, docker_id)
        if title is None:
            return gone_page(request, "container", engine_slug, docker_id)
        if settings.NETADMIN_READ_ONLY:
            return read_only_page(request)
        if not has_typed_password(request.user, request.session):
            wanted = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{wanted}")
        open_screen(request, "container_terminal", engine_slug=engine_slug, is_live=False)
        lock = protection_of(engine_slug).containers.get(docker_id)
        found = Container.objects.filter(engine__slug=engine_slug, docker_id=docker_id)
        state = found.values_list("state", flat=True).first() or ""
        context = {
            "title": title,
            "engine": engine,
            "lock": lock.sentence if lock else "",
            "why_not": why_not_open(title.name, state),
            "form": TerminalForm(),
            "command": exec_command(title.name, docker_id, SHELLS[:1]),
            "socket_path": f"{settings.NETADMIN_PREFIX}/ws/terminal/{engine_slug}/{docker_id}/?lang={get_language()}",
            "idle_minutes": IDLE_S // 60,
            "most": MOST_OF_ONE,
        }
        return render(request, "terminal/terminal.html", context)
