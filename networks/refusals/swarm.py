"""What Engines answer to the beginning, the joining and the leaving of a swarm. Sentences: dockerd 24 to 29."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from networks.refusals.meaning import Meaning

_TOKEN_ADVICE = _("Get the token from the manager again; each swarm has one for workers and one for managers.")
_MANAGER_ADVICE = _("Check the address, the port (usually 2377), and whether a firewall is in between.")

SWARM: tuple[Meaning, ...] = (
    Meaning("swarm_token", "invalid join token", "token").says(_("This is not a join token."), _TOKEN_ADVICE),
    Meaning("swarm_token", "valid join token is necessary", "token").says(_("The manager rejected this token."), _TOKEN_ADVICE),
    Meaning("swarm_token", "remote ca does not match fingerprint", "token").says(
        _("This token belongs to a different swarm than the manager at that address."), _TOKEN_ADVICE
    ),
    Meaning("swarm_manager_silent", "error while dialing", "remote_address").says(
        _("No manager answers at that address."), _MANAGER_ADVICE
    ),
    Meaning("swarm_manager_silent", "timeout was reached before node joined", "remote_address").says(
        _("The manager did not accept this Engine within 20 s. The Engine keeps trying."), _MANAGER_ADVICE
    ),
    Meaning("swarm_no_route", "could not find local ip address", "remote_address").says(
        _("The Engine's machine has no route to that address."), _MANAGER_ADVICE
    ),
    Meaning("swarm_which_address", "could not choose an ip address to advertise", "advertise_address").says(
        _("The machine has several addresses, and Docker won't choose one."), _("Give the one by which other machines reach it.")
    ),
    Meaning("swarm_address", "advertise address must be", "advertise_address").says(
        _("Other machines can't reach this one by it."), _("Give an IP address of the machine, or the name of one of its links.")
    ),
    Meaning("swarm_address", "listen address must be", "listen_address").says(
        _("The machine can't listen on this."),
        _("Give an IP address of the machine, or the name of one of its links; 0.0.0.0 means every address."),
    ),
    Meaning("swarm_port", "datapath port number", "data_path_port").says(
        _("Docker accepts ports from 1024 to 49151 here."), _("Choose another port, the same on every node.")
    ),
    Meaning("swarm_pool", "subnet size is too small for pool", "subnet_size").says(
        _("The blocks would be larger than a pool."), _("Use a longer prefix, such as 24.")
    ),
    Meaning("swarm_pool", "invalid base pool", "pools").says(
        _("One of the pools is not a subnet."), _("Correct it, or leave the pools to Docker.")
    ),
    Meaning("swarm_member", "already part of a swarm").says(
        _("This Engine is in a swarm already."), _("It has to leave that one first.")
    ),
    Meaning("swarm_none", "not part of a swarm").says(_("This Engine is in no swarm any more."), _("Look at its page again.")),
    Meaning("swarm_node_up", "is not down and can't be removed").says(
        _("The node is back: Docker removes only one that is down."),
        _("Have its Engine leave the swarm first; a moment later the node is down."),
    ),
    Meaning("swarm_node_manages", "must be demoted to worker before removal").says(
        _("The node is one of the swarm's managers, and counts among them even while it is down."),
        _("Make it a worker first, on a manager: docker node demote …"),
    ),
    Meaning("swarm_node_gone", "^node …not found").says(
        _("The swarm has no such node any more."), _("There is nothing more to do.")
    ),
    Meaning("swarm_manages", "leave the swarm on a node that is participating as a manager").says(
        _("A manager leaves only by force: its copy of the swarm's state goes with it."),
        _("Let another manager take over first, or force it."),
    ),
)
