"""What Engines answer to the creation and start of a container, and to a pull. Sentences: dockerd 26.1.5, runc 1.1."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from networks.forms.refused.meaning import Meaning

_PULL_IT = _("Pull it, or choose one that is there.")
_NOT_FOUND = _("The image has no such program, or it can't be run.")
_NAME_IT = _("Correct the command, or leave it empty: then the image's own is run.")
_UNKNOWN = _("The registry has no image of this name and tag.")
_NO_REGISTRY = _("The Engine could not reach the registry that the image shall come from.")
_REACH_IT = _("Look whether the Engine's machine reaches it, or name another registry: host:port/name:tag.")

RUNNING: tuple[Meaning, ...] = (
    Meaning("image_absent", ("no such image",), "image", _("This Engine doesn't have the image."), _PULL_IT),
    Meaning(
        "image_unreadable",
        ("invalid reference format",),
        "image",
        _("That is no image's name."),
        _("One looks like ubuntu:18.04, or registry.example:5000/team/name:tag; all in small letters."),
    ),
    Meaning(
        "image_denied",
        ("pull access denied",),
        "image",
        _("The registry has no such image, or shows it only to those who log in there."),
        _("Check the name; Netadmin logs in at no registry."),
    ),
    Meaning("image_unknown", ("manifest unknown",), "image", _UNKNOWN, _PULL_IT),
    Meaning("image_unknown", ("manifest for", "not found"), "image", _UNKNOWN, _PULL_IT),
    Meaning("registry", ("dial tcp",), "image", _NO_REGISTRY, _REACH_IT),
    Meaning("registry", ("request canceled", "awaiting headers"), "image", _NO_REGISTRY, _REACH_IT),
    Meaning("registry", ("registry", "no such host"), "image", _NO_REGISTRY, _REACH_IT),
    Meaning(
        "container_name_invalid",
        ("invalid container name",),
        "name",
        _("A container can't be called so."),
        _("Begin with a letter or a digit; letters, digits, “_”, “.” and “-” may follow."),
    ),
    Meaning("command_not_found", ("executable file not found",), "command", _NOT_FOUND, _NAME_IT),
    Meaning("command_not_found", ("exec:", "no such file or directory"), "command", _NOT_FOUND, _NAME_IT),
    Meaning("command_not_found", ("exec:", "permission denied"), "command", _NOT_FOUND, _NAME_IT),
    Meaning(
        "no_command",
        ("no command specified",),
        "command",
        _("The image names no command of its own."),
        _("Type the command that shall run."),
    ),
    Meaning(
        "sysctl_host",
        ("sysctl", "not allowed in host network namespace"),
        "sysctls",
        _("On the host's own network these settings would be the host's."),
        _("Leave them away, or give the container a network of its own."),
    ),
    # A network's, and narrower than what follows: it names a file of /proc/sys too.
    Meaning(
        "bridge_ipv6",
        ("ipv6 setup for bridge",),
        "options",
        _("The network's bridge can't have IPv6, most likely for an MTU below 1280."),
        _("Choose an MTU of 1280 or more, or turn IPv6 off."),
    ),
    Meaning(
        "sysctl_unknown",
        ("write /proc/sys/",),
        "sysctls",
        _("The kernel of the Engine's machine has no such setting, or doesn't take this value."),
        _("Correct it, or leave it away."),
    ),
    Meaning(
        "stop_signal",
        ("invalid signal",),
        "stop_signal",
        _("Docker knows no such signal."),
        _("Name one such as SIGTERM, or leave it empty: then the image's own is sent."),
    ),
    Meaning(
        "sysctl_unknown",
        ("open /proc/sys/",),
        "sysctls",
        _("The kernel of the Engine's machine has no such setting, or doesn't take this value."),
        _("Correct it, or leave it away."),
    ),
    Meaning(
        "protocol_lacking",
        ("protocol not supported",),
        "ports",
        _("The kernel of the Engine's machine doesn't speak this protocol, most likely SCTP."),
        _("Load the kernel's module for it there, or publish no port of it."),
    ),
)
