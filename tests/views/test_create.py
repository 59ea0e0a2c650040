"""The page of a new network: every option in its place, what is drawn while one types, what it says to bad input."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.conf import settings
from django.test import Client

from networks.engine.specs import NetworkSpec
from networks.models import Action, Engine
from networks.preflight.known_options import OPTIONS, options_of
from tests.builders import make_engine, make_network
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db
URL = "/networks/local/create/"
DRIVERS = ["bridge", "host", "ipvlan", "macvlan", "null", "overlay", "weave"]
MEMBERS = ("enable_ipv4", "enable_ipv6", "is_ipv6_off", "is_internal", "is_attachable", "is_ingress", "is_config_only")


@pytest.fixture
def browser() -> Client:
    make_engine(network_drivers=DRIVERS, version="26.1.5", api_version="1.45", default_address_pools=[["10.201.0.0/16", 26]])
    return log_in()


def text_of(content: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content)))


def tag_of(content: str, name: str) -> str:
    found = re.search(rf'<(?:input|select|textarea)[^>]* name="{name}"[^>]*>', content)
    assert found, name
    return found[0]


def test_it_has_a_field_for_every_member_of_the_spec(browser: Client) -> None:
    page = browser.post(URL, {"driver": "overlay", "do": "check"}).content.decode()

    names = ["name", "driver", *MEMBERS, "config_from", "scope", "ipam_driver", "ipam_options", "labels", "options"]
    assert all(tag_of(page, name) for name in names)
    assert set(NetworkSpec.__dataclass_fields__) - set(names) == {"pools"}
    for field in ("subnet", "ip_range", "gateway", "aux_addresses"):
        assert tag_of(page, f"pools-0-{field}")


@pytest.mark.parametrize("driver", ["bridge", "macvlan", "ipvlan", "overlay"])
def test_it_has_a_field_for_each_option_of_the_driver_and_no_other(browser: Client, driver: str) -> None:
    page = browser.post(URL, {"driver": driver, "do": "check"}).content.decode()

    assert all(tag_of(page, option.field) for option in options_of(driver))
    others = [option.field for option in OPTIONS if driver not in option.drivers]
    assert not [field for field in others if f'name="{field}"' in page]


@pytest.mark.parametrize(
    ("typed", "is_offered"),
    [
        ({"driver": "bridge"}, False),
        ({"driver": "macvlan"}, False),
        ({"driver": "overlay"}, True),
        ({"driver": "bridge", "scope": "swarm"}, True),
        ({"driver": "weave"}, True),
        ({"driver": "bridge", "is_attachable": "on"}, True),
    ],
)
def test_it_offers_attachable_where_it_changes_something(browser: Client, typed: dict[str, str], is_offered: bool) -> None:
    page = browser.post(URL, typed | {"do": "check"}).content.decode()
    shown = {"attachable-shown": "1"} if is_offered else {}
    again = browser.post(URL, typed | shown | {"preview": "1", "options-of": typed["driver"]}).content.decode()
    otherwise = {} if is_offered else {"attachable-shown": "1"}
    changed = browser.post(URL, typed | otherwise | {"preview": "1", "options-of": typed["driver"]}).content.decode()

    assert ('name="is_attachable"' in page) is is_offered
    assert ("This changes nothing: on a network of one machine any container may be." in text_of(page)) is (
        "is_attachable" in typed
    )
    assert "#driver-options" not in again
    assert "#driver-options" in changed


def test_it_shows_the_command_with_the_driver_that_was_typed_though_it_can_t_be(browser: Client) -> None:
    page = browser.post(URL, {"name": "across", "driver": "overlay", "preview": "1"}).content.decode()

    assert "An overlay network needs a swarm" in text_of(page)
    assert "--driver overlay" in text_of(page)
    assert "--driver bridge" not in text_of(page)


def test_it_leaves_free_pairs_to_the_driver_of_a_plugin(browser: Client) -> None:
    page = browser.post(URL, {"driver": "weave", "do": "check"}).content.decode()

    fold = page[page.index('id="driver-options"') :]
    assert '<details class="fold" open>' in fold[: fold.index('name="options"')]


def test_it_draws_other_options_once_another_driver_is_chosen(browser: Client) -> None:
    typed = {"name": "lan", "preview": "1", "options-of": "bridge", "bridge_name": "br-lan", "masquerade-shown": "1"}

    same = browser.post(URL, typed | {"driver": "bridge"}).content.decode()
    other = browser.post(URL, typed | {"driver": "macvlan"}).content.decode()

    assert "#driver-options" not in same
    partial = r'<hx-partial hx-target="#driver-options" hx-swap="outerMorph">\s*<div class="fieldset" id="driver-options">'
    assert re.search(partial, other)
    assert tag_of(other, "parent")
    # What was typed for the other driver comes back with it, and is not sent meanwhile.
    assert tag_of(other, "bridge_name") == '<input type="hidden" name="bridge_name" value="br-lan">'
    assert tag_of(other, "masquerade-shown")
    assert "bridge.name" not in text_of(other)


def test_it_disables_what_the_engine_is_too_old_for_and_says_which_can(browser: Client) -> None:
    page = browser.get(URL).content.decode()

    for name, version in {"enable_ipv4": "28", "gateway_mode_ipv4": "27", "trusted_host_interfaces": "28.2"}.items():
        assert " disabled" in tag_of(page, name)
        assert f"from Engine {version}" in page[page.index(f'name="{name}"') :][:2_000]
    assert " disabled" not in tag_of(page, "mtu")


def test_it_disables_single_values_that_a_newer_engine_knows() -> None:
    make_engine(network_drivers=DRIVERS, version="27.5.1", api_version="1.47")

    page = log_in().get(URL).content.decode()

    select = page[page.index('name="gateway_mode_ipv4"') :]
    options = re.findall(r'<option value="([a-z-]*)"( disabled)?', select[: select.index("</select>")])
    assert dict(options) == {"": "", "nat": "", "nat-unprotected": " disabled", "routed": "", "isolated": " disabled"}


def test_it_says_what_was_forged_into_a_disabled_field(browser: Client) -> None:
    response = browser.post(URL, {"name": "lan", "driver": "bridge", "enable_ipv4": "false", "do": "create"})

    assert response.status_code == 422
    assert "Engine 26.1.5 does not know this. It came with Engine 28." in text_of(response.content.decode())
    assert not Action.objects.exists()


def test_it_shows_the_command_and_the_very_body_that_is_sent(browser: Client) -> None:
    typed = {"name": "lan", "driver": "bridge", "mtu": "1400", "is_internal": "on", "preview": "1"}
    typed |= {"pools-0-subnet": "10.9.0.0/24", "labels": "team=web's\ndb.password=hush\nnbsp=\u00a0\u202e"}

    page = browser.post(URL, typed).content.decode()

    command, asked = (unescape(re.sub(r"<[^>]+>", "", found)) for found in re.findall(r"<code>(.*?)</code>", page, re.DOTALL))
    assert "--label 'team=web'\"'\"'s'" in command
    assert r"""--label "$(printf 'nbsp=\302\240\342\200\256')" """ in command
    assert "--opt com.docker.network.driver.mtu=1400" in command
    request, body = asked.split("\n", 1)
    assert request == "POST /networks/create"
    assert json.loads(body) == {
        "Name": "lan",
        "Driver": "bridge",
        "CheckDuplicate": True,
        "Internal": True,
        "IPAM": {"Driver": "default", "Options": {}, "Config": [{"Subnet": "10.9.0.0/24"}]},
        "Options": {"com.docker.network.driver.mtu": "1400"},
        "Labels": {"team": "web's", "db.password": "hush", "nbsp": "\u00a0\u202e"},
    }


def test_it_masks_secrets_for_those_who_never_see_them() -> None:
    engine = make_engine(network_drivers=DRIVERS)
    typed = {"name": "lan", "driver": "bridge", "labels": "db.password=hush\nteam=web", "preview": "1"}

    operator = text_of(log_in("olga", engine, "operator").post(URL, typed).content.decode())
    admin = text_of(log_in("ada", engine, "admin").post(URL, typed).content.decode())

    assert '"db.password": "•••"' in operator
    assert "stands for what you typed" in operator
    assert '"db.password": "hush"' in admin
    assert "stands for what you typed" not in admin


def test_it_keeps_to_the_request_while_one_types(browser: Client) -> None:
    page = browser.post(URL, {"name": "lan", "driver": "bridge", "preview": "1", "show": "api"}).content.decode()

    assert re.search(r'value="api" form="create"\s+checked', page)
    assert not re.search(r'value="docker" form="create"\s+checked', page)


def test_it_offers_config_only_networks_to_take_from(browser: Client) -> None:
    make_network(Engine.objects.get(), "blueprint", is_config_only=True)

    page = browser.get(URL).content.decode()

    select = page[page.index('name="config_from"') :]
    assert re.findall(r'<option value="([^"]*)"', select[: select.index("</select>")]) == ["", "blueprint"]


HOSTILE = {
    "subnet with host bits": ({"pools-0-subnet": "10.9.0.5/24"}, "Did you mean 10.9.0.0/24?"),
    "subnet without a length": ({"pools-0-subnet": "10.9.0.0"}, "has no prefix length"),
    "mask": ({"pools-0-subnet": "10.9.0.0/255.255.255.0"}, "not a mask"),
    "words": ({"pools-0-subnet": "a subnet"}, "has no prefix length"),
    "too long a length": ({"pools-0-subnet": "10.9.0.0/33"}, "is not a subnet"),
    "other digits": ({"pools-0-subnet": "١٠.9.0.0/24"}, "is not a subnet"),
    "everything": ({"pools-0-subnet": "0.0.0.0/0"}, "covers all addresses"),
    "loopback": ({"pools-0-subnet": "127.0.0.0/8"}, "loopback range"),
    "multicast": ({"pools-0-subnet": "224.0.0.0/8"}, "multicast range"),
    "IPv6 multicast": ({"pools-0-subnet": "ff00::/64", "enable_ipv6": "on"}, "multicast range"),
    "no room": ({"pools-0-subnet": "10.9.0.0/32"}, "has no address left"),
    "zone": ({"pools-0-subnet": "fe80::%eth0/64"}, "is not a subnet"),
    "NUL in a subnet": ({"pools-0-subnet": "10.9.0.0\0/24"}, "Null characters are not allowed"),
    "NUL in a name": ({"name": "a\0b"}, "Null characters are not allowed"),
    "NUL in a label": ({"labels": "a=\0"}, "Null characters are not allowed"),
    "NUL in an option": ({"bridge_name": "br\0"}, "Null characters are not allowed"),
    "20,000 labels": ({"labels": "\n".join(f"k{n}=v" for n in range(20_000))}, "at most 100000 characters"),
    "2,000 labels": ({"labels": "\n".join(f"k{n}=v" for n in range(2_000))}, "There are 2000 lines; this form accepts 1000."),
    "200 KB in a label": ({"labels": "k=" + "v" * 200_000}, "at most 100000 characters (it has 200002)"),
    "a forged family": ({"enable_ipv4": "perhaps"}, "perhaps is not one of the available choices"),
    "a forged scope": ({"scope": "galaxy"}, "galaxy is not one of the available choices"),
    "a configuration of nowhere": ({"config_from": "nothing"}, "has no config-only network called nothing"),
    "an IPAM driver of nowhere": ({"ipam_driver": "nosuch"}, "Nothing shows that this Engine has the IPAM driver"),
}


@pytest.mark.parametrize(("typed", "sentence"), HOSTILE.values(), ids=list(HOSTILE))
def test_it_says_what_is_wrong_and_keeps_the_form(browser: Client, typed: dict[str, str], sentence: str) -> None:
    form = {"name": "lan", "driver": "bridge", "pools-0-gateway": "", "mtu": "1400", "do": "create"}

    response = browser.post(URL, form | typed)

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in text_of(page)
    assert 'value="1400"' in tag_of(page, "mtu")
    assert not Action.objects.exists()
    assert browser.post(URL, form | typed | {"preview": "1"}).status_code == 200


def test_it_reads_lone_surrogates_as_what_they_are_on_the_wire(browser: Client) -> None:
    body = b"name=lan&driver=bridge&labels=k%3D%ED%A0%80&do=create"

    page = browser.post(URL, body + b"&preview=1", content_type="application/x-www-form-urlencoded")

    assert page.status_code == 200
    assert "k=\ufffd" in page.content.decode()


def test_it_refuses_ten_megabytes_in_words(browser: Client) -> None:
    response = browser.post(URL, {"name": "lan", "driver": "bridge", "labels": "k=" + "v" * 10_000_000, "do": "create"})
    crowd = browser.post(URL, {f"f{n}": "1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 10)})

    for refused in (response, crowd):
        assert refused.status_code == 413
        assert "your browser still has what you typed" in refused.content.decode()
    assert not Action.objects.exists()
