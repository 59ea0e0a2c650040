"""What is kept from whom, and that nothing hostile comes through."""

from __future__ import annotations

import pytest

from networks.partials.screens import draw_screen
from tests.builders import make_container, make_endpoint, make_engine, make_id, make_network, make_predefined
from tests.partials.looking import ADMIN, OPERATOR, ids, key, words

pytestmark = pytest.mark.django_db

HOSTILE = '<script>alert(1)</script>"\u202e\x1b[31m\x00../containers/victim'


def test_it_keeps_languages_and_rights_apart() -> None:
    engine = make_engine()
    make_network(engine, "front")

    operator, viewer, korean = (
        draw_screen(key("network_list", rights=OPERATOR)),
        draw_screen(key("network_list", rights="view")),
        draw_screen(key("network_list", language="ko")),
    )

    assert "/remove/" in operator.regions["network-rows"][0].html
    assert "/remove/" not in viewer.regions["network-rows"][0].html
    assert "/remove/" in korean.regions["network-rows"][0].html


def test_it_offers_no_removal_of_what_docker_made() -> None:
    make_predefined(make_engine())

    assert not any("/remove/" in row.html for row in draw_screen(key("network_list")).regions["network-rows"])


def test_it_shows_command_lines_only_to_those_who_may_act() -> None:
    make_container(make_engine(), "web", command="serve --password=hunter2")
    docker_id = make_id("container web")

    for page, place in (("container_list", ""), ("container_detail", docker_id)):
        seen = draw_screen(key(page, place, rights=OPERATOR))
        unseen = draw_screen(key(page, place, rights="view"))
        assert "hunter2" in str(seen)
        assert "hunter2" not in str(unseen)


def test_it_masks_secrets_in_labels_options_and_commands() -> None:
    engine = make_engine()
    network = make_network(engine, "front", labels={"db.password": "hunter2", "team": "blue"}, options={"x.token": "tok123"})
    web = make_container(engine, "web", labels={"API_KEY": "key456"})

    everything = draw_screen(key("network_detail", network.docker_id, rights=OPERATOR))
    of_container = draw_screen(key("container_detail", web.docker_id, rights=OPERATOR))
    shown = draw_screen(key("network_detail", network.docker_id, rights=ADMIN))

    assert "hunter2" not in str(everything)
    assert "tok123" not in str(everything)
    assert "key456" not in str(of_container)
    assert "blue" in everything.parts["network-options"]
    assert "hunter2" in shown.parts["network-options"]
    assert "hunter2" in shown.parts["network-commands"]
    assert ids(draw_screen(key("network_list", query="q=hunter2")), "network-rows") == []


def test_it_writes_the_command_of_a_network_without_ipv4_and_says_which_gateway_nobody_chose() -> None:
    engine = make_engine(api_version="1.48")
    six = make_network(engine, "six", "fd00:6::/64", has_ipv4=False, has_ipv6=True)
    lan = make_network(engine, "lan", "172.20.0.0/16", driver="macvlan")
    planned = make_network(engine, "planned", "172.21.0.0/16", ipam_driver="planner")
    draft = make_network(engine, "draft", "172.22.0.0/16", is_config_only=True)

    of_others = [draw_screen(key("network_detail", each.docker_id, rights=ADMIN)).parts for each in (planned, draft)]
    of_six = draw_screen(key("network_detail", six.docker_id, rights=ADMIN)).parts
    of_lan = draw_screen(key("network_detail", lan.docker_id, rights=ADMIN)).parts

    assert "--ipv4=false" in of_six["network-commands"]
    assert "no IPv4" in of_six["network-facts"]
    assert "--ipv4" not in of_lan["network-commands"]
    for part in ("network-facts", "network-pools"):
        assert ("chosen by Docker" in of_six[part], "Docker names none" in of_six[part]) == (True, False)
        for parts in (of_lan, *of_others):
            assert ("chosen by Docker" in parts[part], "Docker names none" in parts[part]) == (False, True)


def test_it_shows_hostile_text_harmlessly_on_every_screen() -> None:
    engine = make_engine()
    network = make_network(engine, HOSTILE, "172.20.0.0/16", labels={HOSTILE: HOSTILE}, driver=HOSTILE)
    web = make_container(engine, HOSTILE, image=HOSTILE, command=HOSTILE, network_mode=HOSTILE, labels={HOSTILE: HOSTILE})
    make_endpoint(web, network, "172.20.0.2", aliases=[HOSTILE], dns_names=[HOSTILE])
    make_endpoint(web, None, network_name=HOSTILE + "2")

    screens = [
        draw_screen(key("network_list")),
        draw_screen(key("container_list")),
        draw_screen(key("network_detail", network.docker_id)),
        draw_screen(key("container_detail", web.docker_id)),
    ]

    for screen in screens:
        drawn = "".join(row.html for rows in screen.regions.values() for row in rows) + "".join(screen.parts.values())
        assert "<script>" not in drawn
        assert not {"\u202e", "\x1b", "\x00"} & set(drawn)
        assert "\\u202e" in drawn


def test_it_puts_no_person_token_or_state_of_the_engine_into_a_row() -> None:
    engine = make_engine(state="stale")
    make_endpoint(make_container(engine, "web"), make_network(engine, "front"), "172.20.0.2")

    for page, region in (("network_list", "network-rows"), ("container_list", "container-rows")):
        html = draw_screen(key(page)).regions[region][0].html
        assert "csrf" not in html
        assert "stale" not in html
        assert "ago" not in words(html)
