"""Our scripts are ES modules that stay out of window and of htmx's internals, and find each other under hashed names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from netadmin.storage import HashedStaticFilesStorage

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = {file.name: file.read_text() for file in (ROOT / "static/js").iterdir()}
TEMPLATES = {str(file.relative_to(ROOT / "templates")): file.read_text() for file in (ROOT / "templates").rglob("*.html")}
CLASSIC = "theme.js"  # runs before anything is painted, which a module can't
TAG = re.compile(r"<script\b[^>]*\{% static 'js/([\w.-]+)' %\}[^>]*>")
PRELOAD = re.compile(r"<link rel=\"modulepreload\" fetchpriority=\"low\" href=\"\{% static 'js/([\w.-]+)' %\}\">")
IMPORT = re.compile(r"""^(?:import|export)\b[^;]*["']([^"']+)["'];$""", re.MULTILINE)
REFUSED = {
    "var": re.compile(r"\bvar\s"),
    "a function called at once": re.compile(r"\(function\b|\}\)\(|\}\(\)\)"),
    "a global of ours": re.compile(r"\b(?:window|globalThis|self)(?:\.\w+|\[[^\]]+\])\s*(?:\|\||\?\?)?=(?!=)"),
    "htmx's internals": re.compile(r"_htmx|htmx-powered"),
}


def refused_in(script: str) -> list[str]:
    code = re.sub(r"^\s*//.*$", "", script, flags=re.MULTILINE)
    return [what for what, pattern in REFUSED.items() if pattern.search(code)]


def imports_of(script: str) -> set[str]:
    return {name.removeprefix("./") for name in IMPORT.findall(script)}


def imported_by(name: str) -> set[str]:
    """Return all that a script brings along."""
    direct = imports_of(SCRIPTS[name])
    return direct.union(*(imported_by(each) for each in direct))


def test_it_keeps_scripts_to_themselves() -> None:
    assert {name: refused for name, script in SCRIPTS.items() if (refused := refused_in(script))} == {}


@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("  var a = 1;", "var"),
        ("(function () {\n})();", "a function called at once"),
        ("(() => {\n})();", "a function called at once"),
        ("window.Screen = { make };", "a global of ours"),
        ('globalThis["x"] ||= 1;', "a global of ours"),
        ("element._htmx.ws.connection", "htmx's internals"),
    ],
)
def test_it_sees_what_is_refused(script: str, what: str) -> None:
    assert refused_in(script) == [what]


def test_it_lets_what_others_put_into_window_be_read() -> None:
    assert refused_in("// var, once\nif (window.uPlot === undefined) { window.open(url); }") == []


def test_it_says_at_the_top_what_each_script_does() -> None:
    assert [name for name, script in SCRIPTS.items() if not re.match(r"// [A-Z]", script)] == []


def test_it_loads_every_script_as_a_module_but_the_one_that_runs_before_the_first_paint() -> None:
    tags = [(match[1], match[0]) for page in TEMPLATES.values() for match in TAG.finditer(page)]
    brought = {each for name, _ in tags for each in imported_by(name)}

    # Browsers fetch modules as soon as style sheets unless they are told that it isn't urgent.
    assert {name for name, tag in tags if '<script type="module" fetchpriority="low"' not in tag} == {CLASSIC}
    assert {name for name, _ in tags} | brought == set(SCRIPTS)
    assert imports_of(SCRIPTS[CLASSIC]) == set()
    assert re.findall(r"^(?:const|let|function|class)\b.*", SCRIPTS[CLASSIC], re.MULTILINE) == []  # a classic script's are global


def test_it_lets_live_js_listen_before_htmx_opens_a_socket() -> None:
    base = TEMPLATES["base.html"]

    assert 0 < base.index("js/live.js") < base.index("vendor/htmx-ws.min.js")


def test_it_preloads_what_a_script_of_a_page_imports() -> None:
    everywhere = {match[1] for match in TAG.finditer(TEMPLATES["skeleton.html"])}
    for page in TEMPLATES.values():
        wanted = {each for match in TAG.finditer(page) for each in imported_by(match[1])} - everywhere
        assert set(PRELOAD.findall(page)) == wanted


def test_it_lets_modules_find_each_other_under_the_names_that_pages_know(tmp_path: Path) -> None:
    storage = HashedStaticFilesStorage(location=str(tmp_path), base_url="/static/")
    sources = FileSystemStorage(ROOT / "static")
    for name in SCRIPTS:
        with sources.open(f"js/{name}") as source:
            storage.save(f"js/{name}", source)

    list(storage.post_process({f"js/{name}": (sources, f"js/{name}") for name in SCRIPTS}))

    for name, script in SCRIPTS.items():
        hashed = (tmp_path / storage.stored_name(f"js/{name}")).read_text()
        assert imports_of(hashed) == {Path(storage.stored_name(f"js/{each}")).name for each in imports_of(script)}
    assert imports_of((tmp_path / storage.stored_name("js/terminal.js")).read_text()).isdisjoint(SCRIPTS)
