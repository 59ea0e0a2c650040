"""The small scripts, each in a real Chromium under the strict policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


def document(body: str, script: str, language: str = "en") -> str:
    """Return a page with one script; theme.js runs in the head, the others are modules, as in skeleton.html."""
    kind = "" if script == "theme" else ' type="module"'
    source = f'<script src="/static/js/{script}.js"{kind}></script>'
    return f'<!doctype html><html lang="{language}" data-bs-theme="system"><head>{source}</head><body>{body}</body></html>'


def ago(seconds: int, form: str = "relative") -> str:
    """Return a script that appends a <time> so many seconds before now."""
    return f"""() => {{
        const time = document.createElement("time");
        time.dateTime = new Date(Date.now() - {seconds} * 1000).toISOString();
        time.dataset.as = "{form}";
        time.textContent = "from the server";
        document.body.append(time);
    }}"""


@pytest.mark.parametrize(
    ("seconds", "language", "words"),
    [
        (0, "en", "now"),
        (95, "en", "1 minute ago"),
        (3 * 3600 + 60, "en", "3 hours ago"),
        (26 * 3600, "en", "1 day ago"),
        (20 * 86400, "en", "2 weeks ago"),
        (400 * 86400, "en", "13 months ago"),
        (3 * 3600 + 60, "ko", "3시간 전"),
        (-3, "en", "now"),
    ],
)
def test_it_makes_pushed_times_relative(open_page: OpenPage, seconds: int, language: str, words: str) -> None:
    page = open_page(document("", "time", language))

    page.evaluate(ago(seconds))

    expect(page.locator("time")).to_have_text(words)


def test_it_makes_times_local_and_says_them_whole_in_the_title(open_page: OpenPage) -> None:
    body = '<time datetime="2026-11-24T01:41:52.000Z" data-as="full">2026-11-24 01:41:52 UTC</time>'
    page = open_page(document(body + body.replace("full", "relative"), "time"), timezone="Asia/Seoul")

    expect(page.locator("time").first).to_have_text("Nov 24, 2026, 10:41:52")
    expect(page.locator("time").last).to_have_attribute("title", "Nov 24, 2026, 10:41:52")


def test_it_writes_the_clock_alone_today_and_the_date_before(open_page: OpenPage) -> None:
    page = open_page(document("", "time"))

    page.evaluate(ago(0, "clock"))
    page.evaluate(ago(86400 * 3, "clock"))

    assert page.locator("time").first.inner_text().count(":") == 2
    assert "," not in page.locator("time").first.inner_text()
    assert "," in page.locator("time").last.inner_text()


def test_it_puts_right_what_a_push_wrote_back(open_page: OpenPage) -> None:
    page = open_page(document("", "time"))
    page.evaluate(ago(7200 + 5))
    expect(page.locator("time")).to_have_text("2 hours ago")

    page.evaluate("document.querySelector('time').firstChild.data = '2026-11-24 01:41:52 UTC'")
    expect(page.locator("time")).to_have_text("2 hours ago")

    page.evaluate("document.querySelector('time').dateTime = new Date(Date.now() - 3600e3 * 5 - 5e3).toISOString()")
    expect(page.locator("time")).to_have_text("5 hours ago")


def test_it_counts_seconds_on_and_stops_at_now(open_page: OpenPage) -> None:
    page = open_page(document("", "time"))

    page.evaluate(ago(-2, "until"))

    expect(page.locator("time")).to_have_text("in 1 second")
    expect(page.locator("time")).to_have_text("now")


def test_it_leaves_times_alone_that_it_cannot_read(open_page: OpenPage) -> None:
    page = open_page(document('<time datetime="nonsense">once</time><time>twice</time>', "time"))

    assert page.locator("time").all_inner_texts() == ["once", "twice"]


THEMES = "".join(f'<button data-set-theme="{theme}">{theme}</button>' for theme in ("light", "dark", "system"))


def test_it_keeps_the_chosen_theme_in_a_cookie_and_tells_the_admin_site(open_page: OpenPage) -> None:
    page = open_page(document(THEMES, "theme"))

    page.get_by_text("dark").click()

    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert page.get_by_text("dark").get_attribute("aria-pressed") == "true"
    assert page.get_by_text("light").get_attribute("aria-pressed") == "false"
    assert {cookie["name"]: cookie["value"] for cookie in page.context.cookies()} == {"theme": "dark"}
    assert page.evaluate("localStorage.theme") == "dark"


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("<x>", "system")])
def test_it_draws_the_cookies_theme_on_pages_that_know_no_cookie(open_page: OpenPage, cookie: str, theme: str) -> None:
    page = open_page(document(THEMES, "theme"), cookies={"theme": cookie})

    assert page.locator("html").get_attribute("data-bs-theme") == theme


def test_it_copies_and_says_so(open_page: OpenPage) -> None:
    page = open_page(document('<button data-copy="docker network ls">copy</button>', "copy"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_text("copy").click()

    expect(page.get_by_text("copy")).to_have_class("is-copied")
    assert page.evaluate("navigator.clipboard.readText()") == "docker network ls"


def test_it_copies_the_command_as_it_stands_now(open_page: OpenPage) -> None:
    body = '<div class="codebox"><pre><code>old</code></pre><button data-copy="old">copy</button></div>'
    page = open_page(document(body, "copy"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("document.querySelector('code').textContent = 'new'")

    page.get_by_text("copy").click()

    expect(page.get_by_text("copy")).to_have_class("is-copied")
    assert page.evaluate("navigator.clipboard.readText()") == "new"


def test_it_copies_without_a_clipboard_api_and_leaves_the_focus_where_it_was(open_page: OpenPage) -> None:
    page = open_page(document('<button data-copy="docker network ls">copy</button>', "copy"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("""() => {
        window.clipboard = navigator.clipboard;
        Object.defineProperty(navigator, "clipboard", {value: undefined});
    }""")

    page.get_by_text("copy").click()

    expect(page.get_by_text("copy")).to_have_class("is-copied")
    expect(page.get_by_text("copy")).to_be_focused()
    assert page.evaluate("window.clipboard.readText()") == "docker network ls"
    assert page.locator("textarea").count() == 0


def test_it_stays_silent_where_copying_is_forbidden(open_page: OpenPage) -> None:
    page = open_page(document('<button class="a" data-copy="x">copy</button>', "copy"))
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('forbidden')); }")

    page.get_by_text("copy").click()

    expect(page.get_by_text("copy")).to_have_class("a")


def test_it_closes_a_toast(open_page: OpenPage) -> None:
    page = open_page(document('<div class="toast-x">said<button data-dismiss>close</button></div>', "copy"))

    page.get_by_text("close").click()

    expect(page.locator(".toast-x")).to_have_count(0)


TOOLBAR = """<form class="toolbar"><input name="q"><select name="driver"><option value="">any<option>bridge</select>
<select name="scope"><option value="">any<option selected>local</select></form>"""


def test_it_applies_a_filter_when_it_is_picked_and_keeps_empty_ones_out_of_the_address(open_page: OpenPage) -> None:
    page = open_page(document(TOOLBAR, "forms"))

    page.locator("[name=driver]").select_option("bridge")
    page.wait_for_url("**/?*")

    assert page.url.endswith("/?driver=bridge&scope=local")


def test_it_lets_every_filter_be_used_again_after_going_back(open_page: OpenPage) -> None:
    page = open_page(document(TOOLBAR, "forms"))
    page.locator("[name=driver]").select_option("bridge")
    page.wait_for_url("**/?*")

    page.go_back()

    expect(page.locator("[name=q]")).to_be_enabled()


CHECKED = """<form hx-post="/"><div class="field"><input id="id_name" aria-invalid="true"><p class="hint" hidden>a hint</p>
<div id="id_name_error"><p class="err">taken</p></div></div><div class="field"><input id="id_subnet" aria-invalid="true">
<div id="id_subnet_error"><p class="err">wrong</p></div></div><select><option>bridge<option>macvlan</select></form>"""


def test_it_takes_away_what_stands_beside_a_field_once_something_else_is_typed(open_page: OpenPage) -> None:
    page = open_page(document(CHECKED, "forms"))

    page.locator("#id_name").fill("front")

    expect(page.locator(".err")).to_have_text(["wrong"])
    expect(page.locator(".hint")).to_be_visible()
    assert page.locator("[aria-invalid]").get_attribute("id") == "id_subnet"
    page.locator("select").select_option("macvlan")
    expect(page.locator(".err, [aria-invalid]")).to_have_count(0)


def test_it_unfolds_the_credentials_that_the_url_needs(open_page: OpenPage) -> None:
    folds = "".join(f'<details data-scheme="{scheme}"><summary>{scheme}</summary>x</details>' for scheme in ("ssh", "tcp"))
    page = open_page(document(f'<input name="url" value="tcp://10.0.0.1:2376">{folds}', "engine"))

    expect(page.locator("details[open]")).to_have_text(["tcpx"])
    page.locator("[name=url]").fill("ssh://box")
    expect(page.locator("details[open]")).to_have_text(["sshx"])
    page.locator("summary", has_text="tcp").click()
    page.locator("[name=url]").fill("ssh://box.example")
    expect(page.locator("details[open]")).to_have_count(2)


def test_it_takes_the_set_up_token_out_of_the_address(open_page: OpenPage) -> None:
    body = '<form><input name="token" data-from-fragment><input name="username"></form>'
    page = open_page(document(body, "setup"), path="/setup/#a%2Bb")

    expect(page.locator("[name=token]")).to_have_value("a+b")
    expect(page.locator("[name=username]")).to_be_focused()
    assert page.url == "http://localhost/setup/"


def test_it_takes_a_token_that_comes_to_an_open_page(open_page: OpenPage) -> None:
    body = '<form><input name="token" data-from-fragment><input name="username"></form>'
    page = open_page(document(body, "setup"), path="/setup/")

    page.evaluate("location.hash = '#later'")

    expect(page.locator("[name=token]")).to_have_value("later")
    expect(page).to_have_url("http://localhost/setup/")
