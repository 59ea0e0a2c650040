"""Which keys look like secrets."""

from __future__ import annotations

import pytest

from networks.queries.masking import is_secret_key


@pytest.mark.parametrize(
    "key",
    [
        *(
            "password",
            "db.password",
            "DB_PASSWORD",
            "com.example.api-key",
            "apiKey",
            "accessToken",
            "AUTH",
            "private_key",
        ),
        *("secret1", "pgpassword", "mysqlpwd", "authtoken", "traefik.http.middlewares.a.basicauth.users"),
    ],
)
def test_it_hides_what_looks_like_a_secret(key: str) -> None:
    assert is_secret_key(key)


@pytest.mark.parametrize(
    "key", ["author", "com.example.tokenizer", "passenger", "compass", "com.docker.compose.project", "key", ""]
)
def test_it_leaves_the_rest_alone(key: str) -> None:
    assert not is_secret_key(key)
