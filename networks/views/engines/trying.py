"""A trial of an Engine's address in words: where it failed, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from networks.actions.engines import Failed, Trial

STEPS: Mapping[Failed, Promise] = {
    Failed.ADDRESS: _("The address can't be used"),
    Failed.RESOLVE: _("The name can't be resolved"),
    Failed.CONNECT: _("Nothing answers there"),
    Failed.TLS: _("The TLS connection failed"),
    Failed.SSH: _("The ssh tunnel failed"),
    Failed.SILENT: _("Something is there, but doesn't answer in time"),
    Failed.NOT_DOCKER: _("What answers there is not a Docker Engine"),
    Failed.TOO_OLD: _("This Engine and Netadmin have no API version in common"),
    Failed.KNOWN: _("This Engine is already known"),
    Failed.DENIED: _("No request was sent"),
}


ADVICE: Mapping[Failed, Promise] = {
    Failed.RESOLVE: _("Look for a typing error, or write the address instead of the name."),
    Failed.CONNECT: _("Check that it is running and listens there, and that no firewall blocks this machine."),
    Failed.TLS: _(
        "The Engine's certificate must be signed by this CA and contain the host name in the URL; Netadmin's must"
        " be signed by the CA of the Engine's --tlscacert."
    ),
    Failed.SSH: _(
        "The message of ssh says where it failed. “Permission denied”: the public key isn't in that user's "
        "authorized_keys. “open failed”: that user may not open the socket, or it doesn't exist."
    ),
    Failed.SILENT: _("A hung Engine looks like this, and so does a port that something else uses."),
    Failed.NOT_DOCKER: _("Is it the right port? An Engine without TLS behind a tcp:// with TLS looks like this, too."),
    Failed.TOO_OLD: _("The oldest version that Netadmin supports is API 1.24, that of Docker 1.12."),
    Failed.KNOWN: _("Two entries would follow the same Engine. Change the other one instead."),
}


@dataclass(frozen=True, slots=True)
class TrialWords:
    """A trial as its template shows it. `title`: "" where an Engine answered that may be added."""

    trial: Trial
    title: str
    advice: str


def say_trial(trial: Trial) -> TrialWords:
    """Return a trial with its words in the language of the moment."""
    return TrialWords(trial, str(STEPS.get(trial.failed, "")), str(ADVICE.get(trial.failed, "")))
