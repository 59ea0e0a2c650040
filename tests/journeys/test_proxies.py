"""Netadmin behind the distribution's nginx, with TLS: at the root of a host, and below a path of it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import IS_FULL
from tests.journeys.acts import network_row
from tests.journeys.quiet_place import QuietPlace
from tests.journeys.site import ADMIN, PASSWORD, Site
from tests.journeys.visits import Visits, open_live
from tests.journeys.walk import small_world
from tests.private_engine import PrivateEngine, wait_until

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CONFIGURATIONS = Path(__file__).parents[2] / "deploy" / "proxies"
NAMED, HOST = "netadmin.example", "localhost"  # in the configurations, and here
MAIN = """daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; events {{}}
http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
uwsgi_temp_path {folder}; scgi_temp_path {folder}; include {folder}/site.conf; }}"""
FETCH = """async (path) => {
  const answer = await fetch(path, {headers: {Accept: "text/html"}});
  return [answer.status, answer.headers.get("content-type") || "", await answer.text()];
}"""
ADDRESSES = re.compile(r'(?:href|action|src|hx-get|hx-post|hx-ws:connect)="([^"#?]*)')
MOST_PAGES = 400 if IS_FULL else 30

pytestmark = pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx isn't installed (package nginx-light)")


@contextmanager
def nginx(place: QuietPlace, folder: Path, name: str, port: int) -> Iterator[None]:
    """Run nginx with a configuration of ours, on a certificate that it gets here; its names and ports are the test's."""
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    subprocess.run([*made, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    text = (
        (CONFIGURATIONS / name)
        .read_text()
        .replace("127.0.0.1:8000", f"127.0.0.1:{port}")
        .replace("443", "8443")
        .replace(f"server_name {NAMED}", f"server_name {HOST}")
    )
    text = text.replace(f"/etc/ssl/private/{NAMED}.key", str(folder / "key.pem"))
    (folder / "site.conf").write_text(text.replace(f"/etc/ssl/{NAMED}.pem", str(folder / "cert.pem")))
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    running = subprocess.Popen([*place.entering, NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    try:
        wait_until(lambda: (folder / "nginx.pid").exists() or running.poll() is not None, "nginx")
        assert running.poll() is None, (folder / "error.log").read_text()
        yield
    finally:
        running.terminate()
        running.wait(10)


@pytest.fixture(
    params=[
        pytest.param(("nginx.conf", ""), id="root", marks=pytest.mark.full),
        pytest.param(("nginx-sub-path.conf", "/netadmin"), id="sub-path"),
    ]
)
def behind(
    request: pytest.FixtureRequest, own_site: Callable[..., Site], place: QuietPlace, tmp_path: Path
) -> Iterator[tuple[Site, str]]:
    """Give a server behind nginx, and the address at which people find it."""
    name, prefix = request.param
    url = f"https://{HOST}:8443{prefix}/"
    more = (("NETADMIN_PUBLIC_URL", url), ("NETADMIN_TRUSTED_PROXIES", "1"))
    with own_site(more=more) as site, nginx(place, tmp_path, name, 8001):
        yield site, url


@pytest.fixture
def page(behind: tuple[Site, str], browser: Browser) -> Iterator[Page]:
    """Give the admin, logged in."""
    _site, url = behind
    with Visits(browser, url) as visits:
        visits.expect_status(405)
        tab = visits.enter(ignore_https_errors=True)
        tab.goto(f"{url}accounts/login/")
        tab.get_by_label("Username").fill(ADMIN)
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_role("button", name="Log in").click()
        tab.wait_for_url(url)
        yield tab


def test_every_link_leads_to_a_page_of_its_own(behind: tuple[Site, str], page: Page, engine: PrivateEngine) -> None:
    url = behind[1]
    prefix = urlsplit(url).path
    small_world(engine)
    open_live(page, f"{url}networks/")
    expect(network_row(page, "mybridge")).to_be_visible()
    found, seen, wrong = [prefix], set[str](), list[str]()
    while found and len(seen) < MOST_PAGES:
        path = found.pop(0)
        if path in seen:
            continue
        seen.add(path)
        status, kind, text = page.evaluate(FETCH, path)
        if status >= 400 and status != 405:  # what only takes forms
            wrong.append(f"{path}: {status}")
        for word in re.findall(ADDRESSES, text if "text/html" in kind else ""):
            if word.startswith("/") and not word.startswith("//"):
                if not word.startswith(prefix):
                    wrong.append(f"{path} leads to {word}")
                elif "/static/" not in word and "/ws/" not in word and "logout" not in word:
                    found.append(word)

    assert wrong == []
    assert len(seen) > 25


def test_it_is_live_and_changes_something(behind: tuple[Site, str], page: Page, engine: PrivateEngine) -> None:
    url = behind[1]
    open_live(page, f"{url}networks/")
    engine.cli("network", "create", "made-outside")
    expect(network_row(page, "made-outside")).to_be_visible()
    # A row that came by the socket was drawn by a thread that no request began.
    assert str(network_row(page, "made-outside").locator("a").first.get_attribute("href")).startswith(urlsplit(url).path)

    page.goto(f"{url}networks/local/create/")
    page.get_by_label("Name", exact=True).fill("made-inside")
    page.get_by_role("button", name="Create network").click()
    page.wait_for_url(re.compile(rf"^{re.escape(url)}networks/local/[0-9a-f]{{64}}/$"))
    assert "made-inside" in engine.cli("network", "ls", "--format", "{{.Name}}").splitlines()

    page.locator("[data-set-theme=dark]").first.dispatch_event("click")
    cookies = [one for one in page.context.cookies() if one["name"] != "sessionid"]
    assert {one["path"] for one in cookies} == {urlsplit(url).path}
    assert all(one["secure"] for one in cookies)


def test_a_wrong_address_is_told_the_setting(behind: tuple[Site, str], browser: Browser) -> None:
    site, url = behind
    with Visits(browser, site.url) as visits:
        visits.expect_status(403, 404)
        tab = visits.enter()
        tab.goto(f"{site.url}{urlsplit(url).path}networks/")
        expect(tab.get_by_text("Log in").first).to_be_visible()  # the loopback names are always ours
        if urlsplit(url).path != "/":
            answer = tab.goto(f"{site.url}/networks/")
            assert answer is not None
            assert answer.status == 404
            expect(tab.locator("main")).to_contain_text(f"This Netadmin is at {url}, as NETADMIN_PUBLIC_URL says")
