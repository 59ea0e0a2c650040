"""The URL of an Engine: what is taken, and what is said of the rest."""

from __future__ import annotations

import pytest

from networks.engine.access.facts import AccessFault, AccessStep, EngineAddress, Fault, Scheme, SshMaterial, TlsMaterial, Unopened
from networks.engine.access.openers import opener_for
from networks.engine.access.parsing import parse_engine_url
from networks.engine.access.sockets import open_tcp


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("unix:///run/docker.sock", EngineAddress(Scheme.UNIX, path="/run/docker.sock")),
        ("tcp://127.0.0.1:2375", EngineAddress(Scheme.TCP, "127.0.0.1", 2375)),
        ("tcp://[::1]:2376/", EngineAddress(Scheme.TCP, "::1", 2376)),
        ("tcp://Build-7.example.org:2376", EngineAddress(Scheme.TCP, "build-7.example.org", 2376)),
        ("ssh://ops@build", EngineAddress(Scheme.SSH, "build", 22, "/var/run/docker.sock", "ops")),
        ("ssh://ops@[fd00::7]:2222/run/d.sock", EngineAddress(Scheme.SSH, "fd00::7", 2222, "/run/d.sock", "ops")),
    ],
)
def test_it_reads_a_url(url: str, address: EngineAddress) -> None:
    assert parse_engine_url(url) == address
    assert parse_engine_url(str(address)) == address


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", Fault.SHAPE),
        ("/var/run/docker.sock", Fault.SHAPE),
        ("unix:///a\nb", Fault.SHAPE),
        ("unix:///" + "x" * 400, Fault.SHAPE),
        ("unix://relative", Fault.SOCKET_PATH),
        ("unix:///" + "x" * 107, Fault.SOCKET_PATH),
        ("http://h:1", Fault.SCHEME),
        ("npipe:////./pipe/docker", Fault.SCHEME),
        ("tcp://h", Fault.PORT),
        ("tcp://h:0", Fault.PORT),
        ("tcp://h:70000", Fault.PORT),
        ("tcp://h:12x", Fault.PORT),
        ("tcp://:2375", Fault.HOST),
        ("tcp://a b:2375", Fault.HOST),
        ("tcp://h:1/v1", Fault.EXTRA),
        ("tcp://u@h:1", Fault.EXTRA),
        ("tcp://h:1?x=1", Fault.EXTRA),
        ("ssh://h", Fault.USER),
        ("ssh://-oProxyCommand=x@h", Fault.USER),
        ("ssh://u:x@h", Fault.EXTRA),
        ("ssh://u@-oProxyCommand=x", Fault.HOST),
        ("ssh://u@h/a:b", Fault.SOCKET_PATH),
        ("ssh://u@h/$(x)", Fault.SOCKET_PATH),
    ],
)
def test_it_says_what_is_wrong_with_a_url(url: str, fault: Fault) -> None:
    with pytest.raises(AccessFault) as caught:
        parse_engine_url(url)

    assert caught.value.fault is fault


@pytest.mark.parametrize("url", ["tcp://10.0.0.1:2375", "tcp://build:2375", "tcp://169.254.169.254:80", "tcp://0.0.0.0:2375"])
def test_it_goes_nowhere_but_loopback_without_tls(url: str) -> None:
    with pytest.raises(AccessFault) as caught:
        opener_for(url)

    assert caught.value.fault is Fault.PLAIN


def test_it_goes_by_what_a_name_leads_to() -> None:
    address = EngineAddress(Scheme.TCP, "elsewhere.invalid", 2375)

    with pytest.raises(Unopened) as caught:
        open_tcp(address, 5, is_loopback_only=True)

    assert caught.value.step is AccessStep.RESOLVE


def test_it_keeps_secrets_out_of_its_own_words() -> None:
    assert "s3cret" not in repr(TlsMaterial("ca", "certificate", "s3cret")) + repr(SshMaterial("s3cret", "ssh-rsa A"))
