"""The history's page says who has an address, who had it, and when nobody knows; what moved is marked where people look."""

from __future__ import annotations

import csv
import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.http import StreamingHttpResponse
from django.utils.html import escape
from django.utils.translation import override

from networks.models import Endpoint, Engine
from networks.templatetags.times import say_seconds
from tests.builders import make_container, make_endpoint, make_engine, make_network
from tests.history import assign, at, watch
from tests.views.pages import count_statements, log_in

pytestmark = pytest.mark.django_db


def make_moved(engine: Engine) -> Endpoint:
    """Make a container whose restart moved it from 172.18.0.2 to 172.18.0.3."""
    network = make_network(engine, "net", "172.18.0.0/16", gateway="172.18.0.1")
    endpoint = make_endpoint(make_container(engine, "web"), network, "172.18.0.3")
    assign("172.18.0.2", "web", 0, 60)
    assign("172.18.0.3", "web", 61, was_address="172.18.0.2", was_until_at=at(60))
    watch(0)
    return endpoint


def test_it_says_who_has_an_address_now_and_who_had_it() -> None:
    engine = make_engine()
    make_moved(engine)
    assign("172.18.0.3", "gone", 10, 40)

    html = log_in().get("/addresses/history/?q=172.18.0.3").content.decode()

    now, history = html.split('id="h-history"')
    assert ">web</a>" in now.split('id="h-held"')[1]
    assert [name for name in ("web", "gone") if name in history] == ["web", "gone"]
    assert history.index(">web</a>") < history.index("nobody") < history.index("gone")
    assert "had 172.18.0.2 until" in history
    assert "removed" in history


def test_it_says_that_nobody_followed_rather_than_that_nobody_had_it() -> None:
    make_engine()
    assign("172.18.0.2", "old", 0, 60)
    watch(0, 100)
    watch(200)

    html = log_in().get("/addresses/history/?q=172.18.0.2").content.decode()

    assert "not known: Netadmin didn't follow this Engine" in html
    assert "Nobody has it." in html
    assert "Netadmin has followed this Engine since" in html


def test_it_says_when_nothing_is_known_and_what_is_called_nearly_so() -> None:
    engine = make_engine()
    make_container(engine, "shop-web-1")

    html = log_in().get("/addresses/history/?q=shop").content.decode()

    assert "Nothing is known about shop" in html
    assert "q=shop-web-1" in html
    assert "Netadmin has never followed this Engine." in html


def test_it_says_between_what_a_time_lies() -> None:
    make_engine()
    assign("172.18.0.2", "a", 10, 40, is_from_exact=False, from_earliest_at=at(5), is_until_exact=False, until_latest_at=at(50))
    assign("172.18.0.4", "a", 60, 70, is_from_exact=False, is_until_exact=False)

    html = log_in().get("/addresses/history/?q=a").content.decode()

    assert html.count("between <time") == 2
    assert "</time> or earlier" in html
    assert "</time> or later" in html
    assert "at least 30 s" in html


def test_it_says_in_a_sentence_between_what_a_time_lies() -> None:
    make_engine()
    assign("172.18.0.2", "a", 10, is_from_exact=False, from_earliest_at=at(5))
    assign("172.18.0.3", "b", 10, is_from_exact=False)

    client = log_in()
    pages = [client.get(f"/addresses/history/?q={name}").content.decode() for name in ("a", "b")]
    held = [re.sub(r"<[^>]*>", "", page.partition('class="body held"')[2]) for page in pages]

    assert "on net, since some moment between 09:00:05 UTC and 09:00:10 UTC" in held[0]
    assert "on net, since 09:00:10 UTC or earlier" in held[1]


def test_it_says_in_sentences_since_and_until_when_it_was_whose() -> None:
    make_endpoint(make_container(engine := make_engine(), "web"), make_network(engine, "net", "172.18.0.0/16"), "172.18.0.2")
    assign("172.18.0.2", "old", 10, 40, is_from_exact=False, from_earliest_at=at(5), is_until_exact=False, until_latest_at=at(50))
    assign("172.18.0.2", "web", 60, is_from_exact=False)

    html = log_in().get("/addresses/?pool=172.18.0.0/16&address=172.18.0.2").content.decode()

    timeline = re.sub(r"<[^>]*>", "", html.partition('id="h-timeline"')[2])
    assert "since 09:01:00 UTC or earlier" in timeline
    assert "until some moment between 09:00:40 UTC and 09:00:50 UTC" in timeline
    assert "from some moment between 09:00:05 UTC and 09:00:10 UTC, at least 30 s" in timeline


def test_it_leads_to_older_pages_and_to_the_files() -> None:
    make_engine()
    for turn in range(60):
        assign("172.18.0.2", "web", turn * 10, turn * 10 + 5)
    client = log_in()

    first = client.get("/addresses/history/?q=172.18.0.2").content.decode()
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(older).content.decode()

    assert (first.count('<th scope="row"'), second.count('<th scope="row"')) == (50, 10)
    assert 'id="h-held"' not in second
    assert "export.csv?engine=local&amp;q=172.18.0.2" in first


def test_its_files_hold_all_that_a_search_finds() -> None:
    make_engine()
    assign("172.18.0.2", "=web", 0, 5, network="front")
    assign("172.18.0.3", "=web", 6, was_address="172.18.0.2", was_until_at=at(5), network="front")
    assign("172.18.0.4", "other", 6)
    client = log_in()

    as_csv = read(client.get("/addresses/history/export.csv?q=front"))
    as_json = [json.loads(line) for line in read(client.get("/addresses/history/export.jsonl?q=front")).splitlines()]

    lines = list(csv.DictReader(StringIO(as_csv.removeprefix("\ufeff"))))
    assert [(line["address"], line["container"], line["until"]) for line in lines] == [
        ("172.18.0.3", "'=web", ""),
        ("172.18.0.2", "'=web", at(5).isoformat()),
    ]
    assert [(line["address"], line["was_address"]) for line in as_json] == [("172.18.0.3", "172.18.0.2"), ("172.18.0.2", "")]
    assert client.get("/addresses/history/export.xml").status_code == 404


def test_the_drawer_of_an_address_shows_its_last_ones() -> None:
    engine = make_engine()
    make_moved(engine)
    for turn in range(12):
        assign("172.18.0.3", f"old-{turn:02}", -1_000 + turn * 10, -995 + turn * 10)

    drawer = log_in().get("/addresses/?address=172.18.0.3").content.decode().split('id="address-drawer"')[1]

    assert "Who had it, when" in drawer
    assert drawer.count("old-") == 9
    assert "old-11" in drawer
    assert "/addresses/history/?engine=local&amp;q=172.18.0.3" in drawer


@pytest.mark.parametrize("page", ["networks", "containers"])
def test_what_moved_is_marked_with_a_way_to_keep_it(page: str) -> None:
    engine = make_engine()
    endpoint = make_moved(engine)
    assert endpoint.network is not None
    docker_id = endpoint.network.docker_id if page == "networks" else endpoint.container.docker_id
    url = f"/{page}/local/{docker_id}/"
    keep = f"/networks/local/{endpoint.network.docker_id}/keep/{endpoint.container.docker_id}/"

    html = log_in().get(url).content.decode()

    row = html.split('id="endpoint-rows"')[1].split("</tbody>")[0]
    assert "had 172.18.0.2 until" in row
    assert keep in row
    assert "All of its history" in html
    assert keep not in log_in("vera", engine, "viewer").get(url).content.decode()


@pytest.mark.parametrize("columns", [{"requested_ipv4": "172.18.0.3"}, {"ipv4": "172.18.0.4"}])
def test_what_was_asked_for_or_moved_again_is_not_marked(columns: dict[str, str]) -> None:
    engine = make_engine()
    endpoint = make_moved(engine)
    Endpoint.objects.filter(pk=endpoint.pk).update(**columns)

    html = log_in().get(f"/containers/local/{endpoint.container.docker_id}/").content.decode()

    assert "had 172.18.0.2" not in html.split('id="endpoint-rows"')[1].split("</tbody>")[0]


def test_another_engines_history_is_not_shown() -> None:
    mine, other = make_engine(), make_engine("other")
    assign("172.18.0.2", "secret", 0, engine_slug="other")
    client = log_in("vera", mine, "viewer")

    assert "secret" not in client.get("/addresses/history/").content.decode()
    for path in ("/addresses/history/?engine=other", "/addresses/history/export.csv?engine=other"):
        assert client.get(path).status_code == 403
    assert "secret" in log_in("otto", other, "viewer").get("/addresses/history/?engine=other").content.decode()


def test_it_takes_as_many_statements_however_much_it_shows() -> None:
    engine = make_engine()
    make_moved(engine)
    client = log_in()
    few = count_statements(client, "/addresses/history/?q=web")
    for turn in range(40):
        assign("172.18.0.9", "web", 100 + turn, 100.5 + turn)

    assert count_statements(client, "/addresses/history/?q=web") == few


def test_it_shows_names_as_text() -> None:
    make_engine()
    name = "<script>alert(1)</script>\u202e"
    assign("172.18.0.2", name, 0, network=name)

    client = log_in()
    for path in ("/addresses/history/", "/addresses/history/?q=172.18.0.2", f"/addresses/history/?q={name}"):
        html = client.get(path).content.decode()
        assert "<script>alert" not in html
        assert "\u202e" not in html.replace(f'value="{escape(name)}"', "")  # what was typed stands in its field again


def read(response: object) -> str:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response).decode()  # type: ignore[arg-type]


def test_a_length_has_two_units() -> None:
    spans = [timedelta(seconds=0.44), timedelta(seconds=12), timedelta(minutes=38), timedelta(hours=23, minutes=18, seconds=4)]
    assert [say_seconds(span.total_seconds()) for span in spans] == ["0.4 s", "12 s", "38 min", "23 h 18 min"]
    with override("ko"):
        assert [say_seconds(span.total_seconds()) for span in spans] == ["0.4초", "12초", "38분", "23시간 18분"]
