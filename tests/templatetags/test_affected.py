"""The lines of what a removal touches."""

from __future__ import annotations

from networks.queries.lifecycle.consequences import Affected, Dependant
from networks.templatetags.affected import affected_lines

WEB = Affected(
    docker_id="a" * 64,
    name="web",
    state="exited",
    exit_code=1,
    addresses=("172.18.0.3", "fd00::3"),
    is_running=False,
    is_last=True,
    is_own_network=False,
    project="shop",
    closing_ports=("0.0.0.0:80->8080/tcp",),
    dependants=(Dependant("b" * 64, "side", "running", is_running=True),),
)


def test_it_says_all_that_one_container_loses() -> None:
    drawn = affected_lines([WEB], "local")

    assert f'href="/containers/local/{"a" * 64}/"' in drawn
    for said in (
        "web",
        "exited (1)",
        "172.18.0.3",
        "fd00::3",
        "project shop",
        "its only network",
        "closes 0.0.0.0:80-&gt;8080/tcp",
        "shared by side",
    ):
        assert said in drawn


def test_it_offers_to_disconnect_only_where_that_is_asked_for() -> None:
    assert "Disconnect…" not in affected_lines([WEB], "local")
    assert f'href="/networks/local/net1/disconnect/{"a" * 64}/"' in affected_lines([WEB], "local", "net1")


def test_it_escapes_everything() -> None:
    evil = "<b>\u202e&'\""
    hostile = Affected(
        docker_id="c" * 64,
        name=evil,
        state=evil,
        exit_code=None,
        addresses=(evil,),
        is_running=False,
        is_last=False,
        is_own_network=False,
        project=evil,
        closing_ports=(evil,),
        dependants=(Dependant("d" * 64, evil, evil, is_running=False),),
    )

    drawn = affected_lines([hostile], "local", "net1")

    assert "<b>" not in drawn
    assert "\u202e" not in drawn
    assert drawn.count("&lt;b&gt;") == 6
