"""What came of a trial, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from networks.actions.own.trial import Failed, Trial

STEPS: Mapping[Failed, Promise] = {
    Failed.ADDRESS: _("The address can't be used"),
    Failed.RESOLVE: _("The name leads nowhere"),
    Failed.CONNECT: _("Nobody answers there"),
    Failed.TLS: _("TLS did not come about"),
    Failed.SSH: _("The ssh tunnel did not come about"),
    Failed.SILENT: _("Something is there, and doesn't answer in time"),
    Failed.NOT_DOCKER: _("What answers there isn't a Docker Engine"),
    Failed.TOO_OLD: _("This Engine speaks no version of the API that Netadmin speaks"),
    Failed.KNOWN: _("This Engine is known already"),
    Failed.DENIED: _("Nothing was asked"),
}

ADVICE: Mapping[Failed, Promise] = {
    Failed.RESOLVE: _("Look for a typing error, or write the address instead of the name."),
    Failed.CONNECT: _("Is it running, does it listen there, and does a firewall let this machine through?"),
    Failed.TLS: _(
        "The Engine's certificate must be signed by this CA and name the host as it stands in the URL; ours must be signed "
        "by the CA that the Engine was given (--tlscacert)."
    ),
    Failed.SSH: _(
        "Its own words say where it failed. “Permission denied”: the public half of the key isn't among that user's "
        "authorized_keys. “open failed”: that user may not open the socket, or it isn't there."
    ),
    Failed.SILENT: _("A hung Engine looks like this, and a port that belongs to something else."),
    Failed.NOT_DOCKER: _("Is it the right port? An Engine without TLS behind a tcp:// with TLS looks like this, too."),
    Failed.TOO_OLD: _("The oldest that Netadmin speaks is API 1.24, that of Docker 1.12."),
    Failed.KNOWN: _("Two entries would follow the same Engine twice. Change the other one instead."),
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
