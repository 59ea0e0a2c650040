"""The columns of a list that stay however narrow the window is: in the address, then in the browser, without a script."""

from __future__ import annotations

import re

import pytest

from tests.builders import make_container, make_engine, make_network
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db

LISTS = {
    "/containers/": {"id", "image", "command", "ports", "mode", "created"},
    "/networks/": {"id", "scope", "gateway", "free", "flags", "project", "created"},
}
SHOWN = re.compile(r'<table class="tbl \w+" data-show="([^"]*)"')
TICKED = re.compile(r'name="columns" value="(\w+)"\s+checked')


def shown(page: str) -> set[str]:
    [text] = SHOWN.findall(page)
    assert set(TICKED.findall(page)) == set(text.split())
    return set(text.split())


@pytest.mark.parametrize("path", LISTS)
def test_it_keeps_a_choice_until_another_is_made(path: str) -> None:
    engine = make_engine()
    make_container(engine, "web")
    make_network(engine, "front", "10.20.0.0/24")
    browser = log_in()

    def look(query: str = "") -> str:
        return str(browser.get(path + query).content.decode())

    first = look()
    assert shown(first) == set()
    assert set(re.findall(r'type="checkbox" name="columns" value="(\w+)"', first)) == LISTS[path]
    for key in LISTS[path]:  # in the head and in the row
        assert len(re.findall(rf'[ "]k-{key}[ "]', first)) == 2
    assert shown(look("?columns=&columns=id&columns=created")) == {"id", "created"}
    assert shown(look()) == {"id", "created"}
    assert shown(look("?columns=")) == set()
    assert shown(look()) == set()


def test_it_keeps_each_list_by_itself_and_what_else_is_asked() -> None:
    make_engine("alpha")
    make_engine("beta")
    browser = log_in()

    page = browser.get("/containers/?engine=beta&state=running&sort=-created&columns=id").content.decode()

    assert shown(page) == {"id"}
    assert shown(browser.get("/networks/").content.decode()) == set()
    chooser = page[page.index('id="columns-menu"') :]
    kept = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', chooser[: chooser.index("</form>")])
    assert kept == [("engine", "beta"), ("state", "running"), ("sort", "-created"), ("columns", "")]
    assert "columns" not in page[page.index("/ws/live/") :].split('"')[0]


@pytest.mark.parametrize("query", ["?columns=nowhere", "?columns=%00", "?columns=id.created", "?columns=<b>"])
def test_it_takes_no_column_that_is_not_offered(query: str) -> None:
    make_engine()
    browser = log_in()

    assert shown(browser.get("/containers/" + query).content.decode()) == set()
    browser.cookies["netadmin_columns_container_list_8000"] = "created.<b>.id x"
    assert shown(browser.get("/containers/").content.decode()) == {"created"}


def test_it_names_columns_in_the_language_of_who_asks() -> None:
    make_engine()
    browser = log_in()
    labels = re.compile(r'name="columns" value="created"\s*(checked)?>\s*<span>([^<]+)</span>')

    def look(language: str, query: str = "") -> tuple[str, str]:
        page = browser.get(f"/networks/{query}", headers={"accept-language": language}).content.decode()
        [(ticked, label)] = labels.findall(page)
        return ticked.strip(), label

    assert [look("en"), look("ko"), look("en")] == [("", "Created"), ("", "생성"), ("", "Created")]
    assert [look("ko", "?columns=created"), look("en")] == [("checked", "생성"), ("checked", "Created")]
