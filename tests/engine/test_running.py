"""A container to run: the document that an Engine takes, and the docker command that asks for the same."""

from __future__ import annotations

import dataclasses
import shlex
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.engine.bodies import connects_after, run_body
from networks.engine.cli import command_of, run_lines
from networks.engine.specs import EndpointSpec, Mode, PortSpec, RunSpec

NEW, OLD = (1, 45), (1, 43)
FRONT = EndpointSpec("f" * 64, "front")
BACK = EndpointSpec(
    "b" * 64,
    "back",
    ipv4=IPv4Address("10.0.0.9"),
    ipv6=IPv6Address("fd00::9"),
    aliases=("db", "sql"),
    link_local_ips=(ip_address("169.254.7.1"),),
    driver_options={"k": "v,w"},
    gateway_priority=7,
    mac="02:42:0a:00:00:09",
)
WHOLE = RunSpec(
    image="ubuntu:18.04",
    name="web",
    entrypoint=("sh", "-c"),
    command=("echo $HOME",),
    has_terminal=True,
    networks=(BACK, FRONT),
    ports=(PortSpec(80, 80, host_first=8080, host_last=8080), PortSpec(90, 91, "udp", 9000, 9001, ip_address("::1"))),
    publishes_all=True,
    dns=(ip_address("10.0.0.53"),),
    dns_options=("ndots:2",),
    dns_search=("example.test",),
    extra_hosts=(("host.docker.internal", "host-gateway"), ("six", "fd00::6")),
    hostname="web-1",
    domainname="example.test",
    sysctls={"net.ipv4.ip_forward": "1"},
    environment={"PASSWORD": "hunter2"},
    labels={"team": "a b", "bare": ""},
    restart="on-failure",
    restart_most=3,
    stop_signal="SIGKILL",
)
# What reaches past the container's own network stack: no spec can ask for it, so no body ever holds it.
NEVER = {
    *("Privileged", "CapAdd", "Binds", "Mounts", "Volumes", "VolumesFrom", "Devices", "DeviceRequests", "DeviceCgroupRules"),
    *("PidMode", "IpcMode", "UTSMode", "UsernsMode", "CgroupnsMode", "SecurityOpt", "Runtime", "CgroupParent", "GroupAdd"),
    *("User", "Healthcheck", "LogConfig", "OomScoreAdj", "Ulimits", "Isolation", "Links", "ReadonlyPaths", "MaskedPaths"),
}


def members(document: Any) -> set[str]:
    """Return the names of all members, however deep."""
    if isinstance(document, dict):
        return set(document) | {name for value in document.values() for name in members(value)}
    return {name for value in document for name in members(value)} if isinstance(document, list) else set()


def test_it_sends_every_member_that_was_asked_for() -> None:
    assert run_body(WHOLE, NEW) == {
        "Image": "ubuntu:18.04",
        "Entrypoint": ["sh"],
        "Cmd": ["-c", "echo $HOME"],
        "Tty": True,
        "OpenStdin": True,
        "Hostname": "web-1",
        "Domainname": "example.test",
        "StopSignal": "SIGKILL",
        "Env": ["PASSWORD=hunter2"],
        "Labels": {"team": "a b", "bare": ""},
        "ExposedPorts": {"80/tcp": {}, "90/udp": {}, "91/udp": {}},
        "HostConfig": {
            "NetworkMode": "back",
            "PortBindings": {
                "80/tcp": [{"HostIp": "", "HostPort": "8080"}],
                "90/udp": [{"HostIp": "::1", "HostPort": "9000"}],
                "91/udp": [{"HostIp": "::1", "HostPort": "9001"}],
            },
            "PublishAllPorts": True,
            "Dns": ["10.0.0.53"],
            "DnsOptions": ["ndots:2"],
            "DnsSearch": ["example.test"],
            "ExtraHosts": ["host.docker.internal:host-gateway", "six:fd00::6"],
            "Sysctls": {"net.ipv4.ip_forward": "1"},
            "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
        },
        "NetworkingConfig": {
            "EndpointsConfig": {
                "back": {
                    "IPAMConfig": {"IPv4Address": "10.0.0.9", "IPv6Address": "fd00::9", "LinkLocalIPs": ["169.254.7.1"]},
                    "Aliases": ["db", "sql"],
                    "DriverOpts": {"k": "v,w"},
                    "GwPriority": 7,
                    "MacAddress": "02:42:0a:00:00:09",
                },
                "front": {},
            }
        },
    }


def test_it_shows_every_option_that_was_chosen() -> None:
    assert command_of(run_lines(WHOLE)) == (
        "docker run -d -it --name web --hostname web-1 --domainname example.test "
        "--network 'name=back,ip=10.0.0.9,ip6=fd00::9,alias=db,alias=sql,link-local-ip=169.254.7.1,"
        'mac-address=02:42:0a:00:00:09,"driver-opt=k=v,w",gw-priority=7\' --network front '
        "--publish 8080:80 --publish '[::1]:9000-9001:90-91/udp' --publish-all "
        "--dns 10.0.0.53 --dns-option ndots:2 --dns-search example.test "
        "--add-host host.docker.internal:host-gateway --add-host six:fd00::6 --sysctl net.ipv4.ip_forward=1 "
        "--env PASSWORD --label 'team=a b' --label bare --restart on-failure:3 --stop-signal SIGKILL "
        "--entrypoint sh ubuntu:18.04 -c 'echo $HOME'"
    )


def test_it_asks_an_older_engine_for_one_network_and_connects_the_rest() -> None:
    body = run_body(WHOLE, OLD)

    assert body["MacAddress"] == BACK.mac
    assert list(body["NetworkingConfig"]["EndpointsConfig"]) == ["back"]
    assert "MacAddress" not in body["NetworkingConfig"]["EndpointsConfig"]["back"]
    assert [(each.network_id, each.container_id) for each in connects_after(WHOLE, "c" * 64, OLD)] == [("f" * 64, "c" * 64)]
    assert connects_after(WHOLE, "c" * 64, NEW) == ()


@pytest.mark.parametrize(
    ("spec", "mode", "shown"),
    [
        (RunSpec("i", networks=(EndpointSpec("a" * 64, "bridge"),)), "bridge", "--network bridge"),
        (RunSpec("i", mode=Mode.HOST), "host", "--network host"),
        (RunSpec("i", mode=Mode.NONE), "none", "--network none"),
        (
            RunSpec("i", mode=Mode.CONTAINER, donor_id="c" * 64, donor_name="web"),
            f"container:{'c' * 64}",
            "--network container:web",
        ),
        # A network may be called anything: what Docker would take for a mode, a path or an id goes by its own id.
        (RunSpec("i", networks=(EndpointSpec("a" * 64, "container:web"),)), "a" * 64, f"--network {'a' * 64}"),
        (RunSpec("i", networks=(EndpointSpec("a" * 64, "../containers/x"),)), "a" * 64, f"--network {'a' * 64}"),
        (RunSpec("i", networks=(EndpointSpec("a" * 64, "beef"),)), "a" * 64, f"--network {'a' * 64}"),
    ],
)
def test_it_names_the_network_in_a_way_that_means_nothing_else(spec: RunSpec, mode: str, shown: str) -> None:
    body = run_body(spec, NEW)

    assert body["HostConfig"]["NetworkMode"] == mode
    assert set(body["NetworkingConfig"]["EndpointsConfig"]) <= {mode}
    assert shown in command_of(run_lines(spec))


@pytest.mark.parametrize(
    ("port", "pairs", "fixed", "shown"),
    [
        (PortSpec(80, 80), [(80, "")], [], "80"),
        (PortSpec(80, 81), [(80, ""), (81, "")], [], "80-81"),
        (PortSpec(80, 80, host_first=8080, host_last=8080), [(80, "8080")], [8080], "8080:80"),
        (PortSpec(80, 80, host_first=8000, host_last=8010), [(80, "8000-8010")], [], "8000-8010:80"),
        (PortSpec(80, 81, "sctp", 8000, 8001), [(80, "8000"), (81, "8001")], [8000, 8001], "8000-8001:80-81/sctp"),
        (PortSpec(53, 53, "udp", address=ip_address("127.0.0.1")), [(53, "")], [], "127.0.0.1::53/udp"),
    ],
)
def test_it_publishes_as_docker_does(port: PortSpec, pairs: list[tuple[int, str]], fixed: list[int], shown: str) -> None:
    assert port.pairs == pairs
    assert list(port.fixed) == fixed
    assert f"--publish {shown} " in command_of(run_lines(RunSpec("i", mode=Mode.NONE, ports=(port,))))


def test_it_shows_no_value_of_a_variable_anywhere() -> None:
    assert "hunter2" not in repr(WHOLE)
    assert "hunter2" not in command_of(run_lines(WHOLE))
    assert "hunter2" not in str(run_body(WHOLE.without_values(), NEW))


def test_it_takes_an_empty_entrypoint_for_none_at_all() -> None:
    spec = RunSpec("i", mode=Mode.NONE, entrypoint=(), command=("sleep", "1"))

    assert run_body(spec, NEW)["Entrypoint"] == [""]
    assert command_of(run_lines(spec)).endswith("--entrypoint '' i sleep 1")


texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=12)
words = st.lists(texts, max_size=3).map(tuple)
endpoints = st.builds(
    EndpointSpec, st.just("a" * 64), texts, aliases=words, driver_options=st.dictionaries(texts, texts, max_size=2)
)
specs = st.builds(
    RunSpec,
    texts,
    texts,
    st.none() | words,
    words,
    networks=st.lists(endpoints, min_size=1, max_size=2, unique_by=lambda each: each.network_name).map(tuple),
    hostname=texts,
    labels=st.dictionaries(texts, texts, max_size=2),
    environment=st.dictionaries(texts, st.just("hunter2"), max_size=2),
    sysctls=st.dictionaries(texts, texts, max_size=2),
)


@given(specs)
def test_it_sends_no_member_that_reaches_past_the_container(spec: RunSpec) -> None:
    body = run_body(dataclasses.replace(spec, labels={}, sysctls={}), NEW)
    body["NetworkingConfig"] = {}  # its keys are names of networks

    assert not members(body) & NEVER


@given(specs)
def test_it_quotes_whatever_was_typed(spec: RunSpec) -> None:
    for flag, word in run_lines(spec)[1:]:
        assert flag.startswith("--") or not flag
        assert not any(letter in word for letter in "\n\r")
    if "$" not in command_of(run_lines(spec)):  # shlex knows no "$(printf …)", which stands for what can't be seen
        count = len(spec.words)
        assert tuple(shlex.split(command_of(run_lines(spec)))[-count - 1 :]) == (spec.image, *spec.words)
    assert "hunter2" not in command_of(run_lines(spec))
