"""Changes of what is Netadmin's own, recorded as those of Docker are: intent, policy, all or nothing, outcome."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import DatabaseError, transaction

from networks.actions.actors import Actor, require_of
from networks.actions.recording import ActionResult, Intent, begin_action, record_outcome
from networks.models import OutcomeKind
from networks.models.database_trouble import explain_trouble
from networks.models.stored_sentences import say as _
from networks.policy.permissions import Denied, Permission

log = structlog.get_logger(__name__)


class NotAllowedHere(Exception):
    """A rule forbids it, whoever asks. The message says which, to people."""


def carry_out_here(
    actor: Actor, intent: Intent, permission: Permission, change: Callable[[], object], engine_slug: str = ""
) -> ActionResult:
    """Write the intent, ask the policy, change all or nothing, write the outcome."""
    action_id = begin_action(actor, engine_slug, intent)
    if isinstance(action_id, ActionResult):
        return action_id
    try:
        require_of(actor, permission, engine_slug)
        with transaction.atomic():
            change()
        result = ActionResult(OutcomeKind.OK, action_id)
    except Denied as denied:
        words = _("This needs the permission “%(permission)s”.") % {"permission": denied.permission}
        result = ActionResult(OutcomeKind.DENIED, action_id, sentence=words)
    except NotAllowedHere as error:
        result = ActionResult(OutcomeKind.DENIED, action_id, sentence=error.args[0])
    except DatabaseError as error:
        log.error("not_changed", verb=intent.verb, error=str(error))
        words = _("%(reason)s Nothing was done.") % {"reason": explain_trouble(error)}
        result = ActionResult(OutcomeKind.FAILED, action_id, sentence=words)
    record_outcome(result)
    return result
