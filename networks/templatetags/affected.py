"""`{% load affected %}`: the containers that a removal or a disconnect touches, a line each."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from networks.queries.lifecycle.consequences import Affected
from networks.templatetags.ui import address, cut, state_glyph, state_word, visible

register = template.Library()


@register.simple_tag
def affected_lines(affected: Iterable[Affected], engine_slug: str, disconnect_from: str = "") -> SafeString:
    """Draw containers as a list. `disconnect_from`: a network's id, to offer disconnecting each of them from it.

    In Python rather than a template, since 500 of them stand on one page: a template took a third of a millisecond for each.
    """
    words = {"only": _("its only network"), "leave": _("Disconnect…"), "project": _("project"), "shared": _("shared by")}
    containers_url = reverse("container_list") + f"{engine_slug}/"  # looking each up takes as long as the rest of its line
    lines = []
    for each in affected:
        line = _line(each, containers_url, words)
        if disconnect_from:
            leave_url = reverse("network_disconnect", args=[engine_slug, disconnect_from, each.docker_id])
            line += format_html(' <a class="btn btn-quiet btn-sm" href="{}">{}</a>', leave_url, words["leave"])
        lines.append(f'<li class="st">{line}</li>')
    return mark_safe(f'<ul class="plain-list">{"".join(lines)}</ul>')  # noqa: S308 each part is escaped where it is made


def _line(each: Affected, containers_url: str, words: dict[str, str]) -> str:
    link = f'<a href="{conditional_escape(containers_url + each.docker_id)}/">{conditional_escape(cut(each.name, 60))}</a>'
    parts = [state_glyph(each.state, each.exit_code, each.ending, "none") + link + state_word(each.state, each.exit_code)]
    parts += [_said("mut", address(one)) for one in each.addresses]
    if each.project:
        parts.append(_said("mut small", words["project"], cut(each.project, 40)))
    if each.is_last:
        parts.append(_said("warn small", words["only"]))
    if each.closing_ports:
        parts.append(_said("warn small", _("closes %(ports)s") % {"ports": visible(", ".join(each.closing_ports))}))
    if each.dependants:
        guests = ", ".join(conditional_escape(cut(guest.name, 40)) for guest in each.dependants)
        parts.append(_said("warn small", words["shared"], mark_safe(guests)))  # noqa: S308 escaped on the line above
    return " ".join(parts)


def _said(tone: str, *texts: str) -> str:
    return f'<span class="{tone}">{" ".join(map(conditional_escape, texts))}</span>'
