"""What admins do with people: accounts, roles, sessions, second steps. Each is written down before and after."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from networks.actions.actors import Actor
from networks.actions.own_changes import NotAllowedHere, carry_out_here
from networks.actions.recording import ActionResult, Intent
from networks.models import Engine, Grant
from networks.models.stored_sentences import say as _
from networks.policy.accounts import make_invitation, read_invitation
from networks.policy.login.browsers import end_session, end_sessions
from networks.policy.login.two_factor import take_second_steps_away
from networks.policy.permissions import Permission, permissions_of, permissions_of_role


@dataclass(frozen=True, slots=True)
class PersonResult:
    """What came of it, and what is shown once: `token` of an invitation. `person`: None where nothing was made."""

    result: ActionResult
    person: User | None = None
    token: str = ""


def create_person(actor: Actor, username: str) -> PersonResult:
    """Make an account without a password, and an invitation to choose one. The name was validated by the caller."""
    made: list[User] = []

    def make() -> None:
        person = get_user_model()._default_manager.create_user(username)  # unusable password
        made.append(person)

    result = carry_out_here(actor, Intent("create_person", username), Permission.SUPERUSER, make)
    person = made[0] if result.is_ok else None
    return PersonResult(result, person, make_invitation(person) if person else "")


def invite_person(actor: Actor, person: User) -> PersonResult:
    """Make an invitation to choose a new password; the old one holds until it is used."""

    def look() -> None:
        if not person.is_active:
            raise NotAllowedHere(_("This account is switched off. Switch it on first."))

    result = carry_out_here(actor, Intent("invite_person", person.get_username()), Permission.SUPERUSER, look)
    return PersonResult(result, person, make_invitation(person) if result.is_ok else "")


def accept_invitation(token: str, password: str, *, from_address: str) -> User | None:
    """Set the password of whom the token is for, and log out all that hold the old one; None when the token is good no more.

    Of any number at once one succeeds. The password was validated by the caller.
    """
    known = read_invitation(token)
    if known is None:
        return None
    done: list[User] = []

    def accept() -> None:
        get_user_model()._default_manager.select_for_update().get(pk=known.pk)
        person = read_invitation(token)  # anew, alone with the row
        if person is None:
            raise NotAllowedHere(_("This link has been used already."))
        person.set_password(password)
        person.save(update_fields=["password"])
        end_sessions(person.pk)
        done.append(person)

    actor = Actor(known.get_username(), known.pk, from_address)
    carry_out_here(actor, Intent("accept_invitation", known.get_username()), Permission.OPEN, accept)
    return done[0] if done else None


def set_active(actor: Actor, person: User, *, is_active: bool) -> ActionResult:
    """Switch an account on, or off and log it out everywhere."""

    def switch() -> None:
        if not is_active:
            _refuse_self(actor, person, _("You can't switch off your own account."))
            _refuse_last_superuser(person)
        person.is_active = is_active
        person.save(update_fields=["is_active"])
        if not is_active:
            end_sessions(person.pk)

    verb = "reactivate_person" if is_active else "deactivate_person"
    return carry_out_here(actor, Intent(verb, person.get_username()), Permission.SUPERUSER, switch)


def log_out_everywhere(actor: Actor, person: User) -> ActionResult:
    """End all sessions of a person."""
    intent = Intent("end_sessions", person.get_username())
    return carry_out_here(actor, intent, Permission.SUPERUSER, lambda: end_sessions(person.pk))


def end_own_sessions(actor: Actor, *, but: str | None, browser_id: int | None = None) -> ActionResult:
    """End one of one's own sessions by its row's number, or all but the one with the key `but`."""

    def end() -> None:
        if browser_id is None:
            end_sessions(actor.user_id or 0, but=but)
        elif not end_session(actor.user_id or 0, browser_id):
            raise NotAllowedHere(_("That session has already ended, or isn't yours."))

    asked = {"which": "one" if browser_id else "all others"}
    return carry_out_here(actor, Intent("end_sessions", actor.name, asked=asked), Permission.LOGIN, end)


def reset_two_factor(actor: Actor, person: User) -> ActionResult:
    """Take a person's app, passkeys and recovery codes away; the password alone is enough afterwards."""

    def take() -> None:
        if not take_second_steps_away(person.pk):
            raise NotAllowedHere(_("There is no second step to remove."))

    intent = Intent("reset_two_factor", person.get_username(), command=f"manage.py reset_two_factor {person.get_username()}")
    return carry_out_here(actor, intent, Permission.SUPERUSER, take)


def set_role(actor: Actor, engine: Engine, person: User, role: str) -> ActionResult:
    """Give a person a role on one Engine, or take it away ("").

    Nobody gives more than they have there, changes their own role, or touches a superuser's.
    """
    held = Grant.objects.filter(user=person, engine=engine).first()

    def grant() -> None:
        if person.is_superuser:
            raise NotAllowedHere(_("A superuser has every Engine already; a role would change nothing."))
        _refuse_self(actor, person, _("You can't change your own role. Another admin can."))
        _refuse_more_than_own(actor, engine, role)
        if role:
            Grant.objects.update_or_create(user=person, engine=engine, defaults={"role": role, "is_mapped": False})
        else:
            Grant.objects.filter(user=person, engine=engine).delete()

    asked = {"role": role, "was": held.role if held else ""}
    intent = Intent("grant_role" if role else "revoke_role", person.get_username(), asked=asked)
    return carry_out_here(actor, intent, Permission.GRANT, grant, engine.slug)


def set_terminal(actor: Actor, engine: Engine, person: User, *, is_given: bool) -> ActionResult:
    """Let a person open terminals on one Engine, or no more. It is in no role; a superuser needs it given as well.

    Nobody gives it to themselves but a superuser, who could make another one that does.
    """

    def give() -> None:
        grant = Grant.objects.filter(user=person, engine=engine).first()
        if is_given and not person.is_superuser:
            _refuse_self(actor, person, _("You can't give yourself a terminal. Another admin can."))
            if grant is None or not grant.role:
                raise NotAllowedHere(_("Give a role first: without one, a terminal shows nothing of the Engine."))
        if grant is None:
            grant = Grant(user=person, engine=engine, role="")
        grant.has_terminal = is_given
        grant.save()
        if not grant.role and not is_given:
            grant.delete()

    intent = Intent("grant_terminal" if is_given else "revoke_terminal", person.get_username())
    return carry_out_here(actor, intent, Permission.GRANT, give, engine.slug)


def switch_terminals(actor: Actor, engine: Engine, *, is_on: bool) -> ActionResult:
    """Let terminals be opened on an Engine by whom they were given to, or by nobody; open ones are closed then."""

    def switch() -> None:
        engine.is_terminal_on = is_on
        engine.save(update_fields=["is_terminal_on"])

    intent = Intent("switch_terminals_on" if is_on else "switch_terminals_off", engine.slug)
    return carry_out_here(actor, intent, Permission.GRANT, switch, engine.slug)


def _refuse_self(actor: Actor, person: User, words: str) -> None:
    if actor.user_id == person.pk:
        raise NotAllowedHere(words)


def _refuse_last_superuser(person: User) -> None:
    others = get_user_model()._default_manager.select_for_update().filter(is_superuser=True, is_active=True).exclude(pk=person.pk)
    if person.is_superuser and not others.exists():
        raise NotAllowedHere(_("This is the last superuser. If it is switched off, nobody can switch the account on again."))


def _refuse_more_than_own(actor: Actor, engine: Engine, role: str) -> None:
    if not role or actor.user_id is None:
        return
    own = permissions_of(get_user_model()._default_manager.get(pk=actor.user_id), engine.slug)
    if not permissions_of_role(role) or not permissions_of_role(role) <= own:
        raise NotAllowedHere(_("You can't give more than you have on this Engine."))
