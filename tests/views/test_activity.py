"""The pages of the activity, and the files made of it: who sees what, in words, hostile names spelt, no formulas, no secrets."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import override

from networks.models import Action
from networks.partials.activity import VERBS, activity_sentence
from networks.policy.permissions import Permission
from networks.policy.url_permissions import ROUTES
from networks.queries.people.activity import list_activity
from networks.queries.people.activity_filters import Reader
from networks.urls import urlpatterns
from networks.views.middleware import verb_of
from tests.activity import make_action, make_actions
from tests.builders import make_engine, make_network
from tests.views.pages import count_statements, log_in

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m"
SPELT = "&lt;script&gt;alert(1)&lt;/script&gt;\\u202e␛[31m"


def text_of(client: Client, path: str = "/activity/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def taken(client: Client, form: str, query: str = "") -> str:
    answer = client.get(f"/activity/export.{form}?{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_it_stands_in_the_navigation_and_says_what_was_asked_and_what_came_of_it() -> None:
    make_engine()
    make_action("front", outcomes=(("refused", "network with name front already exists"),))

    page = text_of(log_in())

    assert 'href="/activity/" aria-current="page"' in page
    assert "Create the network <b>front</b>" in page
    assert '<span class="bad">refused</span>' in page
    assert "network with name front already exists" in page
    assert "newest first; reload for more" in page


def test_it_shows_one_action_with_its_command_and_all_outcomes_in_order() -> None:
    engine = make_engine()
    network = make_network(engine, "front")
    action = make_action(
        "front",
        docker_id=network.docker_id,
        command="docker network create --subnet 10.0.0.0/24 front",
        from_address="192.0.2.7",
        asked={"driver": "bridge", "is_internal": False, "labels": {"db.password": "•••"}},
        outcomes=(("unknown", "read timed out"), ("ok", "Confirmed by the next read of the Engine.")),
    )

    page = text_of(log_in(), f"/activity/{action.pk}/")

    assert "docker network create --subnet 10.0.0.0/24 front" in page
    assert "192.0.2.7" in page
    assert "db.password" in page
    assert page.index("read timed out") < page.index("Confirmed by the next read")
    assert f'href="/networks/local/{network.docker_id}/"' in page
    assert f"?q={network.docker_id}" in page


def test_it_explains_what_a_refusal_means() -> None:
    make_engine()
    action = make_action("front", outcomes=(("refused", "Pool overlaps with other one on this address space"),))

    assert "Another network on this Engine has some of these addresses." in text_of(log_in(), f"/activity/{action.pk}/")


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_it_keeps_what_others_did_from_people_who_are_no_admins(role: str) -> None:
    engine = make_engine()
    browser = log_in("mina", engine, role)
    mine = make_action("mine", user_id=User.objects.get(username="mina").pk)
    theirs = make_action("theirs", who="olga", user_id=4_000)

    assert "<b>mine</b>" in text_of(browser)
    assert "theirs" not in text_of(browser) + taken(browser, "csv") + taken(browser, "jsonl")
    assert browser.get(f"/activity/{mine.pk}/").status_code == 200
    assert browser.get(f"/activity/{theirs.pk}/").status_code == 404
    assert 'name="who"' not in text_of(browser)


def test_it_shows_an_admin_what_was_asked_of_their_engine_only() -> None:
    engine = make_engine()
    make_engine("other")
    browser = log_in("mina", engine, "admin")
    make_action("here", who="olga")
    make_action("there", who="olga", engine_slug="other")

    page = text_of(browser)

    assert "<b>here</b>" in page
    assert "<b>there</b>" not in page
    assert '<option value="console">' in page


@pytest.mark.parametrize(
    ("row", "who"),
    [
        ({"who": "console", "user_id": None}, "콘솔(manage.py)"),
        ({"who": "setup", "verb": "create_person", "user_id": None}, "최초 설정"),
        ({"who": "stranger", "verb": "log_in", "user_id": None}, "로그인하지 않은 사람"),
        ({"who": "stranger", "verb": "log_in", "user_id": 7}, "로그인하지 않은 사람"),  # it names the account that was tried
        ({"who": "stranger", "verb": "create_network", "user_id": 7}, "stranger"),  # an account may be called so
        ({"who": "console", "user_id": 7}, "console"),
    ],
)
def test_it_names_who_has_no_account_in_the_reader_s_language(row: dict[str, object], who: str) -> None:
    make_engine()
    action = make_action("ann", **row)
    browser = log_in()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "ko"

    listed, alone = text_of(browser), text_of(browser, f"/activity/{action.pk}/")

    assert f">{who}</td>" in listed
    assert f"<dd>{who}</dd>" in alone
    assert '<option value="console">콘솔(manage.py)</option>' in listed


def test_it_is_open_to_somebody_without_any_role() -> None:
    User.objects.create_user("new")
    browser = Client()
    browser.force_login(User.objects.get(username="new"))

    assert "Nobody has done anything yet" in text_of(browser)


def test_it_goes_back_by_pages_of_a_hundred_that_keep_the_filter() -> None:
    make_engine()
    make_actions(450)
    browser = log_in()

    first = text_of(browser, "/activity/?who=olga")
    older = Action.objects.filter(who="olga").order_by("-id")[99].pk
    second = text_of(browser, f"/activity/?who=olga&before={older}")

    assert first.count('<tr id="action-') == 100
    assert f'href="?who=olga&amp;before={older}"' in first
    assert second.count('<tr id="action-') == 50
    assert "no older ones follow" in second


def test_it_takes_as_many_statements_for_a_hundred_as_for_one() -> None:
    make_engine()
    make_action("front")
    browser = log_in()

    few = count_statements(browser, "/activity/")
    make_actions(150)

    assert few == count_statements(browser, "/activity/") <= 10


@pytest.mark.parametrize("path", ["/activity/99999999999999999999999/", "/activity/0/", "/activity/export.xlsx"])
def test_it_has_no_page_for_what_is_not_there(path: str) -> None:
    make_engine()

    assert log_in().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/activity/?from=x&to=9999-12-31&outcome=%00&before=-1", "/activity/?who=%ff&q=%ed%a0%80"])
def test_it_takes_any_query(path: str) -> None:
    make_engine()

    assert log_in().get(path).status_code == 200


def test_it_spells_hostile_text_out_wherever_it_stands() -> None:
    make_engine()
    action = make_action(
        HOSTILE,
        who=HOSTILE[:100],
        verb="frob_" + HOSTILE[:30],
        command=HOSTILE,
        asked={HOSTILE: HOSTILE},
        outcomes=(("refused", HOSTILE),),
    )
    browser = log_in()

    for page in (text_of(browser), text_of(browser, f"/activity/{action.pk}/")):
        assert SPELT in page
        assert "<script>alert" not in page
        assert not {"\x1b", "\u202e"} & set(page)
    assert not {"\x1b", "\u202e"} & set(taken(browser, "csv") + taken(browser, "jsonl"))


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_it_has_a_whole_sentence_for_every_verb_in_every_language(language: str) -> None:
    for verb in VERBS:
        make_action("front", verb=verb)
        make_action("", verb=verb)

    with override(language):
        sentences = [activity_sentence(row) for row in list_activity(Reader(1, sees_all=True)).rows]

    assert all(sentence and "{" not in sentence for sentence in sentences)


def test_it_has_words_for_every_change_that_can_be_refused() -> None:
    changing = [pattern.name or "" for pattern in urlpatterns if hasattr(getattr(pattern.callback, "view_class", None), "post")]
    refused = [name for name in changing if ROUTES[name] not in (Permission.OPEN, Permission.LOGIN)]

    assert {name: verb_of(name) for name in refused if verb_of(name) not in VERBS} == {}
    assert len(refused) > 10
