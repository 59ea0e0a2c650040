"""Signs on as a browser does, by HTTP alone: forms, redirects and cookies, at the server and at the provider."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from tests.installed.sign_on.provider import ProviderProcess
from tests.management.serving import ROOT, Serving

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_MOST_STEPS = 10
# Who somebody is here, and which roles they have, by their subject there: for `Office.ask`.
PERSON = (
    """SELECT username, is_superuser FROM auth_user JOIN networks_signonidentity ON user_id = auth_user.id WHERE subject = ?"""
)
ROLES = """SELECT slug, role, is_mapped FROM networks_grant JOIN networks_engine ON engine_id = networks_engine.id
JOIN networks_signonidentity USING (user_id) WHERE subject = ?"""


def staff(*groups: str, **claims: Any) -> dict[str, Any]:
    """Return the claims of somebody whom a group lets in."""
    return {"preferred_username": "mina", "groups": ["staff", *groups], **claims}


@dataclass(frozen=True, slots=True)
class Office:
    """A provider and a server. `prefix`: the path that all of it lies below."""

    provider: ProviderProcess
    serving: Serving
    prefix: str = ""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.serving.port}{self.prefix}"

    def shell(self, python: str) -> str:
        """Run a script beside the server; return what it prints."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("NETADMIN_", "DJANGO_"))}
        environment |= {"NETADMIN_DATA_DIR": str(self.serving.data_dir), "DOCKER_HOST": self.serving.docker_host}
        environment |= dict(self.serving.extra)
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", python]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=60)
        return done.stdout

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query to the server's database."""
        with closing(sqlite3.connect(f"file:{self.serving.data_dir / 'netadmin.sqlite3'}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()


class Visitor:
    """One browser, without its scripts."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.session = requests.Session()
        self.session.trust_env = False
        self.asked_provider: dict[str, str] = {}

    def get(self, path: str) -> requests.Response:
        """Open a page; follow where it leads."""
        return self._follow(self.session.get(self._at(path), allow_redirects=False))

    def post(self, path: str, page: str = "/accounts/login/", **fields: str) -> requests.Response:
        """Send a form of a page, with its token; nothing is followed."""
        token = _TOKEN.search(self.session.get(self._at(page)).text)
        assert token, page
        return self.session.post(
            self._at(path),
            data={"csrfmiddlewaretoken": token[1], **fields},
            headers={"Origin": self.office.url.removesuffix(self.office.prefix)},
            allow_redirects=False,
        )

    def begin(self, path: str = "/accounts/sign-on/", page: str = "/accounts/login/", **fields: str) -> str:
        """Press the button; return where at the provider it leads."""
        answer = self.post(path, page, **fields)
        assert answer.status_code == 302, answer.text
        place = answer.headers["Location"]
        self.asked_provider = {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}
        return place

    def come_back(self, place: str, subject: str) -> str:
        """Log in at the provider as this subject, "" to refuse there; return where it sends the browser back to."""
        fields = {"sub": subject} if subject else {"action": "deny"}
        answer = self.session.post(place, data=fields, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def sign_on(self, subject: str, **fields: str) -> requests.Response:
        """Do all of it; return the page that it ends on."""
        return self.get(self.come_back(self.begin(**fields), subject))

    def is_in(self) -> bool:
        """Tell whether somebody is logged in here."""
        return self.session.get(f"{self.office.url}/accounts/sessions/", allow_redirects=False).status_code == 200

    def _at(self, path: str) -> str:
        return path if path.startswith("http") else f"{self.office.url}{path}"

    def _follow(self, answer: requests.Response) -> requests.Response:
        for _step in range(_MOST_STEPS):
            if answer.status_code not in (301, 302, 303):
                return answer
            answer = self.session.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False)
        raise AssertionError("it leads round and round")
