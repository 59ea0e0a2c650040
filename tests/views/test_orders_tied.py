"""What pages of orders say of those who are tied to a container, and of its address, on a real Engine."""

from __future__ import annotations

from html import unescape

from django.test import Client

from networks.forms.containers.several import ORDER_PLANS
from networks.forms.several import Selection
from networks.models import Engine
from tests.private_engine import PrivateEngine, wait_until
from tests.views.pages import shown_by
from tests.views.test_forms import browser, text_of
from tests.views.test_orders import known, order

__all__ = ["browser"]


def test_it_restarts_a_chain_from_its_beginning_and_none_whose_donor_stays(engine: PrivateEngine, followed: Engine) -> None:
    chain = [known(engine.run("z-donor", "--network", "none"))]
    for name, donor in (("m-guest", "z-donor"), ("a-guest", "m-guest")):
        chain.append(known(engine.run(name, "--network", f"container:{donor}")))
    gone = known(engine.run("gone", "--network", "none"))
    chain += [
        known(engine.run(f"{name}-lost", "--network", f"container:{donor}")) for name, donor in (("y", "gone"), ("b", "y-lost"))
    ]
    engine.cli("rm", "-f", gone)
    wait_until(lambda: not followed.containers.filter(docker_id=gone).exists(), "the removal")

    plan = ORDER_PLANS["restart_containers"](Selection(followed.slug, tuple(reversed(chain))))

    assert [step.container_name for step in plan.steps] == ["b-lost", "z-donor", "m-guest", "a-guest"]
    assert [one.name for one in plan.left_out] == ["y-lost"]


def test_it_says_which_address_it_comes_back_with(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", "--subnet", "172.72.0.0/16", "front")
    first = known(engine.run("first", "--network", "front"))
    web = known(engine.run("web", "--network", "front"))
    url = order(followed, "restart", web)
    assert "It gets 172.72.0.3 again unless another container starts in the meantime" in text_of(browser.get(url))
    engine.cli("rm", "-f", first)
    wait_until(lambda: not followed.containers.filter(docker_id=first).exists(), "the removal")

    asked = browser.get(url)
    assert "It may get an address other than 172.72.0.3" in text_of(asked)
    assert "gives out the lowest that is free, which is 172.72.0.2" in text_of(asked)
    assert browser.post(url).status_code == 200, "one click is not enough"
    assert browser.post(url, {"shown": shown_by(asked)}).status_code == 302

    assert engine.cli("inspect", "-f", "{{.NetworkSettings.Networks.front.IPAddress}}", "web") == "172.72.0.2"


def test_it_speaks_of_networks_alone_where_others_are_tied_to_it(
    engine: PrivateEngine, followed: Engine, browser: Client
) -> None:
    tied = known(engine.run("tied", "--network", "none"))
    known(engine.run("in-its-pids", "--network", "none", "--pid", "container:tied"))

    words = text_of(browser.get(order(followed, "stop", tied)))

    assert "Nothing else on its networks depends on it." in words
    assert "Containers that are tied to it by --link, --pid, --ipc or --volumes-from are not looked for." in words


def test_it_says_nothing_of_a_pause_that_guests_make_untrue(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", "front")
    donor = known(engine.run("donor", "--network", "front", "-p", "127.0.0.1:8087:80"))
    known(engine.run("guest", "--network", "container:donor", command=("httpd", "-f", "-p", "80")))
    url = order(followed, "pause", donor)

    words = text_of(browser.get(url))
    assert "1 container shares its network and isn't paused with it" in unescape(words)
    assert "Nothing behind its published ports" not in words
    assert "no container's processes answer" not in unescape(words)
    engine.cli("pause", "donor")
    address = engine.cli("inspect", "-f", "{{.NetworkSettings.Networks.front.IPAddress}}", "donor")
    known(engine.run("peer", "--network", "front"))
    assert "404" in engine.cli("exec", "peer", "sh", "-c", f"wget -q -O - http://{address}/ 2>&1; true")
