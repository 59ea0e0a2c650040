"""The docker command that does the same: a real shell must read it as it was meant."""

from __future__ import annotations

import shutil
import subprocess
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.addressing.pool_checks import Pool
from networks.engine.cli import (
    command_of,
    connect_lines,
    create_network_lines,
    disconnect_lines,
    is_plain,
    named_command,
    quoted,
)
from networks.engine.specs import ConnectSpec, DisconnectSpec, NetworkSpec

CONTAINER = "a" * 64
NETWORK = "b" * 64


def test_it_shows_the_driver_and_nothing_else_that_is_a_default() -> None:
    assert command_of(create_network_lines(NetworkSpec("mybridge"))) == "docker network create --driver bridge mybridge"


def test_it_shows_every_option_that_was_chosen() -> None:
    spec = NetworkSpec(
        "my_custom_network",
        pools=(
            Pool(
                ip_network("172.72.0.0/16"),
                ip_network("172.72.0.0/24"),
                ip_address("172.72.0.1"),
                {"router": ip_address("172.72.0.5")},
            ),
            Pool(ip_network("fd00::/64")),
        ),
        enable_ipv6=True,
        is_internal=True,
        is_attachable=True,
        labels={"owner": "me & you"},
        options={"com.docker.network.bridge.name": "br1"},
    )

    assert command_of(create_network_lines(spec)) == (
        "docker network create --driver bridge --subnet 172.72.0.0/16 --ip-range 172.72.0.0/24 --gateway 172.72.0.1 "
        "--aux-address router=172.72.0.5 --subnet fd00::/64 --ipv6 --internal --attachable --label 'owner=me & you' "
        "--opt com.docker.network.bridge.name=br1 my_custom_network"
    )
    assert create_network_lines(spec)[:3] == [
        ("docker network create", ""),
        ("--driver", "bridge"),
        ("--subnet", "172.72.0.0/16"),
    ]


def test_it_tells_a_family_that_is_off_from_one_that_was_not_chosen() -> None:
    assert "--ipv4=false --ipv6=false" in command_of(create_network_lines(NetworkSpec("n", enable_ipv4=False, enable_ipv6=False)))
    assert "--ipv4 --ipv6 " in command_of(create_network_lines(NetworkSpec("n", enable_ipv4=True, enable_ipv6=True)))


def test_it_shows_what_few_networks_need() -> None:
    ingress = NetworkSpec("n", "overlay", is_ingress=True, scope="swarm", ipam_driver="weave ipam", ipam_options={"a": "b c"})

    assert command_of(create_network_lines(ingress)) == (
        "docker network create --driver overlay --ingress --scope swarm --ipam-driver 'weave ipam' --ipam-opt 'a=b c' n"
    )
    assert command_of(create_network_lines(NetworkSpec("n", is_config_only=True))).endswith(" --config-only n")
    assert command_of(create_network_lines(NetworkSpec("n", config_from="plan"))).endswith(" --config-from plan n")


def test_it_connects_and_disconnects_by_name() -> None:
    connect = ConnectSpec(NETWORK, CONTAINER, ipv4=IPv4Address("10.0.0.9"), ipv6=IPv6Address("fd00::9"), aliases=("web", "a b"))

    assert command_of(connect_lines(connect, "app", "web-1")) == (
        "docker network connect --ip 10.0.0.9 --ip6 fd00::9 --alias web --alias 'a b' app web-1"
    )
    assert (
        command_of(disconnect_lines(DisconnectSpec(NETWORK, CONTAINER), "app", "web-1")) == "docker network disconnect app web-1"
    )
    forced = DisconnectSpec(NETWORK, CONTAINER, is_forced=True)
    assert command_of(disconnect_lines(forced, "app", "web-1")) == "docker network disconnect --force app web-1"


@pytest.mark.parametrize(
    "name", ["../containers/victim", "-rf", "a/b", "<script>", "a b", "", "b" * 12, "x\ny", "\u202etxt", "a?b", "100%"]
)
def test_it_names_by_id_what_is_not_safe_to_type(name: str) -> None:
    assert named_command("docker network rm", name, NETWORK) == f"docker network rm {NETWORK}"
    assert command_of(disconnect_lines(DisconnectSpec(NETWORK, CONTAINER), name, name)) == (
        f"docker network disconnect {NETWORK} {CONTAINER}"
    )


def test_it_keeps_a_name_from_being_an_option_where_there_is_no_id() -> None:
    assert command_of(create_network_lines(NetworkSpec("-rf"))) == "docker network create --driver bridge -- -rf"
    assert named_command("docker network rm", "--help") == "docker network rm -- --help"


@pytest.mark.parametrize("shell", ["sh", "bash"])
@settings(max_examples=30)
@given(words=st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")), min_size=20, max_size=20))
def test_it_means_the_same_to_a_shell(shell: str, words: list[str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    words += ["$(id)", "`id`", "'", '"', "\\", "a\nb", "\x1b[31m\x07", "\u202e", "\x019", "!x", "~", "*", "한글\t"]
    words += ["-n\t", "%s\t!'", "\\n\x7f", "\u3164", "\ufe0f"]
    if shell == "bash":
        words += ["a\n", "\n'\n"]  # what only $'…' carries, and dash doesn't know that
    else:
        words = [word.rstrip("\n") for word in words]

    script = "printf '%s\\0' " + " ".join(map(quoted, words))
    done = subprocess.run([shell, "-c", script], capture_output=True, check=True)

    assert done.stdout.decode().split("\0")[:-1] == words


@given(st.text())
def test_it_shows_no_invisible_character(text: str) -> None:
    assert is_plain(quoted(text))
