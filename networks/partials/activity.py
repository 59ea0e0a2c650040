"""The activity in words: what was asked, what came of it, who it was. Names are hostile text; unknown verbs stay as they are."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from networks.actions.actors import SETUP
from networks.actions.sign_on import SIGN_ON
from networks.models import OutcomeKind, Role
from networks.queries.people.activity import ActionRow, OutcomeRow
from networks.refusals.catalogue import explain
from networks.templatetags.ui import cut, draw_glyph, icon
from networks.templatetags.wording import spell

# A sentence, and what stands at its marks besides {what}.
Fuller = tuple[Promise, dict[str, str]]
_STEPS: dict[str, Promise] = {
    "totp": gettext_lazy("codes of an app"),
    "webauthn": gettext_lazy("a passkey"),
    "recovery_codes": gettext_lazy("recovery codes"),
}


def fuller_sentence(row: ActionRow) -> Fuller | None:
    """Return the sentence that fits what was asked, None where that of the verb says it all."""
    say = _SENTENCES.get(row.verb)
    return say(row) if say and row.what else None


def words_of_what(row: ActionRow) -> str:
    """Return the name of what an action is about; a second step in words."""
    if row.verb.endswith("_second_step"):
        return str(_STEPS.get(row.what, row.what))
    return row.what


def _asked(row: ActionRow, key: str) -> str:
    value = row.asked.get(key)
    return value if isinstance(value, str) else ""


def _role(name: str) -> str:
    return str(dict(Role.choices).get(name, name))


def _grant(row: ActionRow) -> Fuller | None:
    role, was, engine = _asked(row, "role"), _asked(row, "was"), row.engine_slug
    if not engine:
        return None
    if not role or role == was:
        return gettext_lazy("Change what {what} may do on {engine}"), {"engine": engine}
    if was:
        return gettext_lazy("Change the role of {what} on {engine}: {was} → {role}"), {
            "role": _role(role),
            "was": _role(was),
            "engine": engine,
        }
    return gettext_lazy("Give {what} the role {role} on {engine}"), {"role": _role(role), "engine": engine}


def _revoke(row: ActionRow) -> Fuller | None:
    was = _asked(row, "was")
    if not was or not row.engine_slug:
        return None
    return gettext_lazy("Take the role {was} of {what} on {engine} away"), {"was": _role(was), "engine": row.engine_slug}


def _on_engine(sentence: Promise) -> Callable[[ActionRow], Fuller | None]:
    return lambda row: (sentence, {"engine": row.engine_slug}) if row.engine_slug else None


def _with(key: str, sentence: Promise) -> Callable[[ActionRow], Fuller | None]:
    return lambda row: (sentence, {key: _asked(row, key)}) if _asked(row, key) else None


def _by_value(key: str, sentences: dict[str, Promise]) -> Callable[[ActionRow], Fuller | None]:
    return lambda row: (sentences[_asked(row, key)], {}) if _asked(row, key) in sentences else None


def _create_person(row: ActionRow) -> Fuller | None:
    is_first = row.who == SETUP and row.user_id is None  # a person may be called so
    if row.who == SIGN_ON and row.user_id is None:
        return gettext_lazy("Create the account {what} at its first sign-on"), {}
    return (
        (gettext_lazy("Create the first account {what} at the first set-up, with the one-time token"), {}) if is_first else None
    )


_SENTENCES: dict[str, Callable[[ActionRow], Fuller | None]] = {
    "create_person": _create_person,
    "grant_role": _grant,
    "revoke_role": _revoke,
    "grant_terminal": _on_engine(gettext_lazy("Let {what} open terminals on {engine}")),
    "revoke_terminal": _on_engine(gettext_lazy("No longer let {what} open terminals on {engine}")),
    "rename_container": _with("new_name", gettext_lazy("Rename {what} to {new_name}")),
    "lab_up": _with("prefix", gettext_lazy("Build the sample lab with the prefix {prefix}")),
    "end_sessions": _by_value(
        "which",
        {"one": gettext_lazy("End one session of {what}"), "all others": gettext_lazy("End all other sessions of {what}")},
    ),
    "read_join_token": _by_value(
        "role",
        {
            "worker": gettext_lazy("Show the join token of {what} for workers"),
            "manager": gettext_lazy("Show the join token of {what} for managers"),
        },
    ),
}


NAME_LENGTH = 120
# verb: (what the filter calls it, the sentence with the object's name)
VERBS: dict[str, tuple[Promise, Promise]] = {
    "create_network": (gettext_lazy("Create a network"), gettext_lazy("Create the network {what}")),
    "remove_network": (gettext_lazy("Remove a network"), gettext_lazy("Remove the network {what}")),
    "connect_container": (gettext_lazy("Connect a container"), gettext_lazy("Connect {what}")),
    "disconnect_container": (gettext_lazy("Disconnect a container"), gettext_lazy("Disconnect {what}")),
    "run_container": (gettext_lazy("Run a container"), gettext_lazy("Run {what}")),
    "pull_image": (gettext_lazy("Pull an image"), gettext_lazy("Pull the image {what}")),
    "start_container": (gettext_lazy("Start a container"), gettext_lazy("Start {what}")),
    "stop_container": (gettext_lazy("Stop a container"), gettext_lazy("Stop {what}")),
    "restart_container": (gettext_lazy("Restart a container"), gettext_lazy("Restart {what}")),
    "kill_container": (gettext_lazy("Kill a container"), gettext_lazy("Kill {what}")),
    "pause_container": (gettext_lazy("Pause a container"), gettext_lazy("Pause {what}")),
    "unpause_container": (gettext_lazy("Resume a container"), gettext_lazy("Resume {what}")),
    "rename_container": (gettext_lazy("Rename a container"), gettext_lazy("Rename {what}")),
    "remove_container": (gettext_lazy("Remove a container"), gettext_lazy("Remove the container {what}")),
    "move_container": (gettext_lazy("Move a container"), gettext_lazy("Move {what}")),
    "keep_address": (gettext_lazy("Keep an address"), gettext_lazy("Keep an address: {what}")),
    "prune_networks": (gettext_lazy("Prune networks"), gettext_lazy("Prune networks: {what}")),
    "change_networks": (gettext_lazy("Change several networks"), gettext_lazy("Change several networks: {what}")),
    "change_containers": (gettext_lazy("Change several containers"), gettext_lazy("Change several containers: {what}")),
    "init_swarm": (gettext_lazy("Begin a swarm"), gettext_lazy("Begin a swarm on {what}")),
    "join_swarm": (gettext_lazy("Join a swarm"), gettext_lazy("Make {what} join a swarm")),
    "leave_swarm": (gettext_lazy("Leave a swarm"), gettext_lazy("Make {what} leave its swarm")),
    "remove_node": (gettext_lazy("Remove a node"), gettext_lazy("Remove the node {what} from the swarm")),
    "read_join_token": (gettext_lazy("Show a join token"), gettext_lazy("Show a join token of {what}")),
    "stop_job": (gettext_lazy("Stop a job"), gettext_lazy("Stop the job {what}")),
    "lab_up": (gettext_lazy("Build the sample lab"), gettext_lazy("Build the sample lab")),
    "lab_down": (gettext_lazy("Remove the sample lab"), gettext_lazy("Remove the sample lab")),
    "sync_engine": (gettext_lazy("Read an Engine again"), gettext_lazy("Read the Engine {what} again")),
    "choose_engine": (gettext_lazy("Choose an Engine"), gettext_lazy("Choose the Engine {what}")),
    "create_engine": (gettext_lazy("Add an Engine"), gettext_lazy("Add the Engine {what}")),
    "remove_engine": (gettext_lazy("Remove an Engine"), gettext_lazy("Remove the Engine {what}")),
    "change_engine": (gettext_lazy("Change an Engine"), gettext_lazy("Change the Engine {what}")),
    "try_engine": (gettext_lazy("Test an Engine"), gettext_lazy("Test the Engine {what}")),
    "log_in": (gettext_lazy("Log in"), gettext_lazy("Log in as {what}")),
    "log_out": (gettext_lazy("Log out"), gettext_lazy("Log out")),
    "change_password": (gettext_lazy("Change a password"), gettext_lazy("Change the password of {what}")),
    "create_person": (gettext_lazy("Create an account"), gettext_lazy("Create the account {what}")),
    "invite_person": (gettext_lazy("Invite a person"), gettext_lazy("Invite {what} to choose a password")),
    "accept_invitation": (gettext_lazy("Accept an invitation"), gettext_lazy("Accept the invitation of {what}")),
    "change_person": (gettext_lazy("Change an account"), gettext_lazy("Change the account {what}")),
    "deactivate_person": (gettext_lazy("Switch an account off"), gettext_lazy("Switch the account {what} off")),
    "reactivate_person": (gettext_lazy("Switch an account on"), gettext_lazy("Switch the account {what} on")),
    "remove_person": (gettext_lazy("Remove an account"), gettext_lazy("Remove the account {what}")),
    "end_sessions": (gettext_lazy("End sessions"), gettext_lazy("End the sessions of {what}")),
    "add_second_step": (gettext_lazy("Add a second step"), gettext_lazy("Add a second step: {what}")),
    "remove_second_step": (gettext_lazy("Remove a second step"), gettext_lazy("Remove a second step: {what}")),
    "renew_second_step": (gettext_lazy("Renew a second step"), gettext_lazy("Renew a second step: {what}")),
    "reset_two_factor": (gettext_lazy("Remove second steps"), gettext_lazy("Remove the second steps of {what}")),
    "grant_role": (gettext_lazy("Give a role"), gettext_lazy("Give {what} a role")),
    "revoke_role": (gettext_lazy("Remove a role"), gettext_lazy("Remove a role of {what}")),
    "grant_terminal": (gettext_lazy("Give a terminal"), gettext_lazy("Let {what} open terminals")),
    "revoke_terminal": (gettext_lazy("Withdraw a terminal"), gettext_lazy("Stop letting {what} open terminals")),
    "switch_terminals": (gettext_lazy("Switch terminals on or off"), gettext_lazy("Switch terminals on {what} on or off")),
    "switch_terminals_on": (gettext_lazy("Switch terminals on"), gettext_lazy("Switch terminals on for {what}")),
    "switch_terminals_off": (gettext_lazy("Switch terminals off"), gettext_lazy("Switch terminals off for {what}")),
    "lift_protection": (gettext_lazy("Lift a protection"), gettext_lazy("Lift the protection of {what}")),
    "restore_protection": (gettext_lazy("Restore a protection"), gettext_lazy("Restore the protection of {what}")),
    "open_terminal": (gettext_lazy("Open a terminal"), gettext_lazy("Open a terminal in {what}")),
    "close_terminal": (gettext_lazy("Close a terminal"), gettext_lazy("Close the terminal in {what}")),
    "use_admin_site": (gettext_lazy("Use the admin site"), gettext_lazy("Use the admin site: {what}")),
    "rotate_key": (gettext_lazy("Rotate the secret key"), gettext_lazy("Rotate the secret key")),
    "forget_old_keys": (gettext_lazy("Forget old secret keys"), gettext_lazy("Forget old secret keys")),
    "restore_backup": (gettext_lazy("Restore a backup"), gettext_lazy("Restore the backup {what}")),
    "salvage_database": (gettext_lazy("Save a damaged database"), gettext_lazy("Save the damaged database {what}")),
    "prune_activity": (gettext_lazy("Delete old activity"), gettext_lazy("Delete activity {what}")),
}
NO_OUTCOME = "none"
# kind: (shape, tone, word); shape and word say it, colour only repeats it
_OUTCOMES: dict[str, tuple[str, str, Promise]] = {
    OutcomeKind.OK: ("run", "ok", gettext_lazy("done")),
    OutcomeKind.REFUSED: ("cross", "bad", gettext_lazy("refused")),
    OutcomeKind.FAILED: ("fail", "bad", gettext_lazy("failed")),
    OutcomeKind.UNKNOWN: ("lag", "warn", gettext_lazy("unknown")),
    OutcomeKind.DENIED: ("", "warn", gettext_lazy("not permitted")),
    NO_OUTCOME: ("stale", "mut", gettext_lazy("no answer yet")),
}


def activity_sentence(row: ActionRow) -> SafeString:
    """Return what was asked as a sentence in the active language, escaped, without a full stop."""
    sentence, marks = _sentence(row)
    if not marks:
        return format_html("{}", sentence)
    return format_html(sentence, **{mark: format_html("<b>{}</b>", cut(text, NAME_LENGTH)) for mark, text in marks.items()})


def activity_title(row: ActionRow) -> str:
    """Return the same as plain text, to be escaped."""
    sentence, marks = _sentence(row)
    return sentence.format(**{mark: spell(text) for mark, text in marks.items()})


def _sentence(row: ActionRow) -> tuple[str, dict[str, str]]:
    if row.verb not in VERBS:
        return "{verb} {what}", {"verb": row.verb.replace("_", " "), "what": row.what}
    label, sentence = VERBS[row.verb]
    if not row.what:
        return str(label), {}
    fuller, marks = fuller_sentence(row) or (sentence, {})
    return str(fuller), {**marks, "what": words_of_what(row)}


def draw_outcome(outcome: OutcomeRow | None) -> SafeString:
    """Draw an outcome by shape and word; None is an action that nobody knows the end of yet."""
    kind = outcome.kind if outcome else NO_OUTCOME
    shape, tone, word = _OUTCOMES.get(kind, ("stale", "mut", gettext_lazy("unknown")))
    mark = draw_glyph(shape) if shape else icon("lock", 12)
    return format_html('<span class="st">{}<span class="{}">{}</span></span>', mark, tone, word)


def offered_outcomes() -> list[tuple[str, str]]:
    return [(str(kind), str(word)) for kind, (_shape, _tone, word) in _OUTCOMES.items()]


def offered_verbs(current: str) -> list[tuple[str, str]]:
    """Return the verbs to filter by, and the one that is."""
    offered = {verb: str(label) for verb, (label, _sentence) in VERBS.items()}
    if current:
        offered.setdefault(current, current.replace("_", " "))
    return list(offered.items())


def outcome_meaning(outcome: OutcomeRow) -> str:
    """Return what the Engine's words mean, "" where we know none."""
    known = explain(outcome.sentence) if outcome.kind == OutcomeKind.REFUSED else None
    return str(known.text) if known else ""
