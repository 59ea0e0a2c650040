"""What superusers read on the page of the activity while the record can't be written out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from networks.models import Trail
from networks.models.stored_sentences import columns_of
from networks.models.stored_sentences import say as _
from networks.models.trail import ONLY
from tests.activity import make_action
from tests.builders import MORNING, make_engine
from tests.views.pages import count_statements, log_in

pytestmark = pytest.mark.django_db

WORDS = "The system says: Connection refused."


def text_of(client: Client) -> str:
    """Return the page's words, without its elements, blanks folded."""
    answer = client.get("/activity/")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def fail_since_morning(**members: int) -> None:
    said = _("The system says: %(words)s.") % {"words": "Connection refused"}
    Trail.objects.create(pk=ONLY, failing_since=MORNING, **columns_of(said), **members)


@pytest.fixture
def is_sent(settings: Settings) -> None:
    settings.NETADMIN_ACTIVITY_LOG = "syslog+tls://logs.example:6514"


def test_it_says_since_when_it_can_not_be_written_and_how_much_waits(is_sent: None) -> None:
    first = make_action("one")
    make_action("two", outcomes=(("unknown", ""), ("ok", "")))
    fail_since_morning(action_id=first.pk)

    said = f"Since 2026-11-24 08:30:00 UTC the record cannot be written to logs.example:6514: 4 entries wait. {WORDS}"
    assert said in text_of(log_in())


def test_it_says_so_of_a_single_entry(is_sent: None) -> None:
    make_action("one", outcomes=())
    fail_since_morning()

    assert f"logs.example:6514: 1 entry waits. {WORDS}" in text_of(log_in())


def test_it_says_so_to_superusers_alone(is_sent: None) -> None:
    engine = make_engine()
    make_action("one")
    fail_since_morning()

    assert "cannot be written" in text_of(log_in())
    for role in ("viewer", "operator", "admin"):
        assert "cannot be written" not in text_of(log_in(role, engine, role))


def test_it_says_nothing_where_it_is_written_or_off(is_sent: None, settings: Settings) -> None:
    make_action("one")
    client = log_in()
    assert "cannot be written" not in text_of(client)

    fail_since_morning()
    Trail.objects.update(failing_since=None)
    assert "cannot be written" not in text_of(client)

    Trail.objects.update(failing_since=timezone.now())
    assert "cannot be written" in text_of(client)
    settings.NETADMIN_ACTIVITY_LOG = ""
    assert "cannot be written" not in text_of(client)


def test_it_says_so_of_a_file_that_became_a_link(tmp_path: Path, settings: Settings) -> None:
    """A start is refused by it; a server that runs goes on."""
    (tmp_path / "log").symlink_to("elsewhere")
    settings.NETADMIN_ACTIVITY_LOG = f"file://{tmp_path}/log"
    make_action("one")
    fail_since_morning()

    assert f"cannot be written to {tmp_path}/log: 2 entries wait." in text_of(log_in())


def test_it_takes_three_statements_more_at_most(is_sent: None, settings: Settings) -> None:
    make_action("one")
    client = log_in()
    written = count_statements(client, "/activity/")
    fail_since_morning()

    assert count_statements(client, "/activity/") == written + 2
    settings.NETADMIN_ACTIVITY_LOG = ""
    assert count_statements(client, "/activity/") == written - 1
