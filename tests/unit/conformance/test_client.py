# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a call is sent, and when it is sent again."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
import requests
import responses

from pingone_conformance.client import Client, Unanswered, seconds_to_wait

URL = "https://api.example.com/v1/roles"
NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


@pytest.fixture
def client() -> Client:
    """A client that pauses for nothing."""
    return Client(pause=0.0, environment=False)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 2.0),
        ("7", 7.0),
        ("0", 0.0),
        ("3600", 60.0),
        ("Wed, 02 Jan 2030 03:04:15 GMT", 10.0),
        ("Wed, 02 Jan 2030 03:04:00 GMT", 0.0),
        ("Wed, 02 Jan 2030 05:00:00 GMT", 60.0),
        ("soon", 2.0),
    ],
)
def test_how_long_a_refusal_asks_to_wait(header: str | None, seconds: float) -> None:
    assert seconds_to_wait(header, NOW) == seconds


@responses.activate
def test_too_many_requests_are_waited_out(client: Client) -> None:
    responses.get(URL, status=429, headers={"Retry-After": "0"})
    responses.get(URL, status=429, headers={"Retry-After": "0"})
    responses.get(URL, json={"size": 0})
    assert client.send("GET", URL, {}, None).body == {"size": 0}
    assert len(responses.calls) == 3


@responses.activate
def test_a_refusal_that_does_not_end_is_an_answer(client: Client) -> None:
    responses.get(URL, status=429, headers={"Retry-After": "0"})
    assert client.send("GET", URL, {}, None).status == 429
    assert len(responses.calls) == 10


@responses.activate
def test_an_error_without_an_answer_tells_no_address(client: Client) -> None:
    responses.get(URL, body=requests.exceptions.ProxyError("https://user:password@proxy.example.com"))
    with pytest.raises(Unanswered) as caught:
        client.send("GET", URL, {}, None)
    assert str(caught.value) == "GET was not answered (ProxyError)"


@responses.activate
def test_nothing_is_followed_and_nothing_is_added(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    responses.get(URL, status=302, headers={"Location": "https://elsewhere.example.com/"}, body="moved")
    answer = client.send("GET", URL, {"Accept": "*/*"}, None)
    assert (answer.status, answer.text, answer.body) == (302, "moved", None)
    sent = responses.calls[0].request.headers
    assert "Authorization" not in sent
    assert sent["Accept"] == "*/*"


@responses.activate
def test_credentials_of_a_file_netrc_are_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.example.com login somebody password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    responses.get(URL, json={})
    Client(pause=0.0, environment=True).send("GET", URL, {}, None)
    assert "Authorization" not in responses.calls[0].request.headers
