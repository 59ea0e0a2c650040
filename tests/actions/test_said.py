"""What one person's action says is read by another in their own language: what is written down is what was said, not how."""

from __future__ import annotations

import ast
import copy
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import override

from networks.actions.actors import CONSOLE
from networks.actions.networks import connect_container
from networks.engine.specs import ConnectSpec
from networks.models import Engine, Outcome, OutcomeKind
from networks.models.database_trouble import explain_trouble
from networks.models.stored_sentences import columns_of, join_said, read_said, say
from networks.policy.denials import record_denied
from networks.policy.permissions import Denied, Permission
from tests.builders import make_engine
from tests.private_engine import PrivateEngine

ROOT = Path(__file__).parents[2]
HOST = "host is a special network: containers join it when they are made, and stay."
KOREAN = "host는 특수 네트워크입니다"


def test_it_keeps_what_is_said_with_all_its_parts() -> None:
    with override("ko"):
        reason = say("%(reason)s Nothing was done.") % {"reason": explain_trouble("database is locked")}
        said = copy.deepcopy(join_said("as the Engine says", reason, say("The password was wrong.")))

    columns = json.loads(json.dumps(columns_of(said)))

    english = "as the Engine says Another program keeps Netadmin's database locked. Nothing was done. The password was wrong."
    with override("en"):
        assert (columns["sentence"], read_said(**columns)) == (english, english)
    with override("ko"):
        assert read_said(**columns) == said != english
        assert read_said(**columns_of("The password was wrong.")) == "The password was wrong."  # an Engine's own words


def test_it_writes_down_a_refusal_for_readers_of_every_language(engine: PrivateEngine, followed: Engine) -> None:
    spec = ConnectSpec(engine.cli("network", "inspect", "-f", "{{.Id}}", "host").strip(), engine.run("web"))

    with override("ko"):
        result = connect_container(CONSOLE, followed, spec, network_name="host", container_name="web")

    outcome = Outcome.objects.get(action_id=result.action_id)
    assert (result.kind, outcome.sentence) == (OutcomeKind.DENIED, HOST)
    assert result.sentence.startswith(KOREAN)
    with override("en"):
        assert outcome.words == HOST
    with override("ko"):
        assert outcome.words == result.sentence


@pytest.mark.django_db
def test_it_shows_a_refusal_at_the_door_to_each_in_their_language(client: Client) -> None:
    make_engine()
    mina = User.objects.create_user("mina")
    with override("ko"):
        record_denied(mina, Denied(Permission.SHAPE, "local"), verb="remove_network", what="lan")
    number = Outcome.objects.get().action_id

    client.force_login(User.objects.create_superuser("root"))
    pages = ("/activity/", f"/activity/{number}/", "/activity/export.csv", "/activity/export.jsonl")
    for page in pages:
        english = read_page(client, page, "en")
        assert ("This needs the permission" in english, "권한이 필요합니다" in english) == (True, False), page
        korean = read_page(client, page, "ko")
        assert ("This needs the permission" in korean, "권한이 필요합니다" in korean) == (False, True), page


def read_page(client: Client, page: str, language: str) -> str:
    answer = client.get(page, headers={"accept-language": language})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return json.dumps(json.loads(content), ensure_ascii=False) if page.endswith("jsonl") else content.decode()


def test_it_uses_the_sentences_that_can_be_written_down_wherever_something_is() -> None:
    modules = [*ROOT.glob("networks/actions/**/*.py"), *ROOT.glob("networks/policy/reach/*.py")]
    modules += [
        ROOT / "networks/policy/denials.py",
        ROOT / "networks/policy/protection.py",
        ROOT / "networks/models/database_trouble.py",
    ]

    imported = {
        (module.name, name.name)
        for module in modules
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
    }

    assert {each for each in imported if each[1] not in ("get_language", "override", "gettext_noop")} == set()
