"""Where a button leads back to: a page of ours, whatever a browser says that it came from."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from networks.views.shell import referring_page

OURS = "http://localhost:8000"


@pytest.mark.parametrize(
    ("sent_from", "page"),
    [
        (f"{OURS}/networks/?q=web", "/networks/?q=web"),
        (f"{OURS}/", "/"),
        ("", ""),
        ("https://elsewhere.example/networks/", ""),
        (f"{OURS}//elsewhere.example/", ""),
        (f"{OURS}/\\elsewhere.example/", ""),
        (f"{OURS}///elsewhere.example/", ""),
        (f"{OURS}/\t/elsewhere.example/", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_it_leads_to_a_page_of_ours_or_nowhere(sent_from: str, page: str) -> None:
    request = RequestFactory().post("/engines/local/sync/", headers={"referer": sent_from, "host": "localhost:8000"})

    assert referring_page(request) == page
