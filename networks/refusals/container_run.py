"""What Engines answer to the creation and start of a container, and to a pull. Sentences: dockerd 26.1.5, runc 1.1."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from networks.refusals.meaning import Meaning

_PULL_IT = _("Pull it, or choose one that is there.")
_LOOK_AGAIN = _("Look at its page again.")

RUNNING: tuple[Meaning, ...] = (
    Meaning("still_running", "cannot remove…container is running").says(_("It is running."), _("Stop it first.")),
    Meaning("is_paused", "cannot start a paused container").says(_("It is paused: resume it instead."), _LOOK_AGAIN),
    Meaning("is_paused", "^container …is already paused").says(_("It is paused already."), _LOOK_AGAIN),
    Meaning("not_paused", "^container …is not paused").says(_("It is not paused."), _LOOK_AGAIN),
    Meaning("not_running", "^container …is not running|cannot kill container…is not running").says(
        _("It is not running."), _LOOK_AGAIN
    ),
    Meaning("donor_unnamed", "invalid container format container:", "container_id").says(
        _("No container is named whose network is to be shared."), _("Choose one.")
    ),
    Meaning("image_absent", "no such image", "image").says(_("This Engine doesn't have the image."), _PULL_IT),
    Meaning("half_connected", "no endpoint attached to network").says(
        _("Docker lists a network for it that it refused to connect it to."),
        _("Stop the container, disconnect it from that network, and start it again."),
    ),
    Meaning("between_tries", "sandbox…not found").says(
        _("It ends again and again, and has no network stack between two tries."), _("Try again while it runs, or stop it first.")
    ),
    Meaning("image_unreadable", "invalid reference format", "image").says(
        _("This is not an image name."),
        _("It looks like ubuntu:18.04, or registry.example:5000/team/name:tag; all in lower case."),
    ),
    Meaning("image_denied", "pull access denied", "image").says(
        _("The registry has no such image, or shows it only after a login."),
        _("Check the name; Netadmin doesn't log in to registries."),
    ),
    Meaning("image_unknown", "manifest unknown|manifest for…not found", "image").says(
        _("The registry has no image of this name and tag."), _PULL_IT
    ),
    Meaning("registry", "dial tcp|request canceled…awaiting headers|registry…no such host", "image").says(
        _("The Engine could not reach the image's registry."),
        _("Check whether the Engine's machine can reach it, or name another registry: host:port/name:tag."),
    ),
    Meaning("container_name_invalid", "invalid container name", "name").says(
        _("This can't be a container's name."), _("Begin with a letter or a digit; letters, digits, “_”, “.” and “-” may follow.")
    ),
    Meaning(
        "command_not_found", "executable file not found|exec:…no such file or directory|exec:…permission denied", "command"
    ).says(
        _("The image has no such program, or it can't be run."),
        _("Correct the command, or leave it empty to run the image's own."),
    ),
    Meaning("no_command", "no command specified", "command").says(
        _("The image has no default command."), _("Type the command to run.")
    ),
    Meaning("sysctl_host", "sysctl…not allowed in host network namespace", "sysctls").says(
        _("On the host's own network these settings would be the host's."),
        _("Remove them, or give the container a network of its own."),
    ),
    # A network's, and narrower than what follows: it names a file of /proc/sys too.
    Meaning("bridge_ipv6", "ipv6 setup for bridge", "options").says(
        _("The network's bridge can't have IPv6, most likely for an MTU below 1280."),
        _("Choose an MTU of 1280 or more, or turn IPv6 off."),
    ),
    Meaning("sysctl_unknown", "write /proc/sys/|open /proc/sys/", "sysctls").says(
        _("The kernel of the Engine's machine has no such setting, or rejects this value."), _("Correct it, or remove it.")
    ),
    Meaning("stop_signal", "invalid signal", "stop_signal").says(
        _("Docker knows no such signal."), _("Name one such as SIGTERM, or leave it empty: then the image's own is sent.")
    ),
    Meaning("protocol_lacking", "protocol not supported", "ports").says(
        _("The kernel of the Engine's machine doesn't support this protocol, most likely SCTP."),
        _("Load the kernel module there, or publish no port of this protocol."),
    ),
)
