"""Sentences that say more than those for every action of a verb: which role, which Engine, which name it got."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from networks.actions.actors import SETUP
from networks.models import Role
from networks.queries.people.activity import ActionRow

# A sentence, and what stands at its marks besides {what}.
Fuller = tuple[Promise, dict[str, str]]
_STEPS: dict[str, Promise] = {
    "totp": _("codes of an app"),
    "webauthn": _("a passkey"),
    "recovery_codes": _("recovery codes"),
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
        return _("Change what {what} may do on {engine}"), {"engine": engine}
    if was:
        return _("Change the role of {what} on {engine}: {was} → {role}"), {
            "role": _role(role),
            "was": _role(was),
            "engine": engine,
        }
    return _("Give {what} the role {role} on {engine}"), {"role": _role(role), "engine": engine}


def _revoke(row: ActionRow) -> Fuller | None:
    was = _asked(row, "was")
    if not was or not row.engine_slug:
        return None
    return _("Take the role {was} of {what} on {engine} away"), {"was": _role(was), "engine": row.engine_slug}


def _on_engine(sentence: Promise) -> Callable[[ActionRow], Fuller | None]:
    return lambda row: (sentence, {"engine": row.engine_slug}) if row.engine_slug else None


def _with(key: str, sentence: Promise) -> Callable[[ActionRow], Fuller | None]:
    return lambda row: (sentence, {key: _asked(row, key)}) if _asked(row, key) else None


def _by_value(key: str, sentences: dict[str, Promise]) -> Callable[[ActionRow], Fuller | None]:
    return lambda row: (sentences[_asked(row, key)], {}) if _asked(row, key) in sentences else None


def _create_person(row: ActionRow) -> Fuller | None:
    is_first = row.who == SETUP and row.user_id is None  # a person may be called so
    return (_("Create the first account {what} at the first set-up, with the one-time token"), {}) if is_first else None


_SENTENCES: dict[str, Callable[[ActionRow], Fuller | None]] = {
    "create_person": _create_person,
    "grant_role": _grant,
    "revoke_role": _revoke,
    "grant_terminal": _on_engine(_("Let {what} open terminals on {engine}")),
    "revoke_terminal": _on_engine(_("No longer let {what} open terminals on {engine}")),
    "rename_container": _with("new_name", _("Rename {what} to {new_name}")),
    "lab_up": _with("prefix", _("Build the sample lab with the prefix {prefix}")),
    "end_sessions": _by_value(
        "which", {"one": _("End one session of {what}"), "all others": _("End all other sessions of {what}")}
    ),
    "read_join_token": _by_value(
        "role",
        {"worker": _("Show the join token of {what} for workers"), "manager": _("Show the join token of {what} for managers")},
    ),
}
