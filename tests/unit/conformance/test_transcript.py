# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a transcript is made, and when it is not."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from pingone_conformance.client import Client, Response
from pingone_conformance.exchange import create, read
from pingone_conformance.holder import Held
from pingone_conformance.preparation import Known
from pingone_conformance.sanitize import Sanitizer
from pingone_conformance.session import Session, new_key
from pingone_conformance.tenants import Tenant
from pingone_conformance.transcript import TranscriptError, constant_ids, make

ID = "0d0c7d7e-2f2b-4e5c-8d9a-3a4b5c6d7e8f"
KNOWN = Known(frozenset({"Acme"}), "Trial", [("Environment Admin", "ORGANIZATION")])
NOW = datetime(2030, 1, 2, 3, 4, 5, 678000, tzinfo=timezone.utc)


def transcript(*held: Held) -> dict[str, Any]:
    """Make a transcript of a tenant that calls the one environment by its id."""
    tenant = Tenant("the service", "https://api.pingone.eu/v1", "https://auth.pingone.eu", "EU", "h", "c", "s3cret-one")
    session = Session(tenant, Client(pause=0.0, environment=False), new_key(), "1a2b3c4d")
    session.labels["environment"] = ID
    return make(session, held, KNOWN, production=False)


def answered(body: Any, headers: dict[str, str] | None = None) -> Held:
    """Make an exchange with an answer."""
    return Held(read("look", "/"), NOW, {"method": "GET"}, Response(200, headers or {}, "", body))


def test_an_exchange_is_told_as_recorded_ones_are() -> None:
    waited = Held(
        create("make", "/", {}, asks="what comes"),
        NOW,
        {"method": "POST", "url": f"https://api.pingone.eu/v1/environments/{ID}"},
        Response(201, {"pragma": "no-cache", "via": "x"}, "", {"id": ID, "owner": "Acme"}),
        waited=(1.234, (403, 404, 403)),
    )
    made = transcript(waited)
    assert made["exchanges"] == [
        {
            "name": "make",
            "asks": "what comes",
            "source": "conformance conversation, the service",
            "recordedAt": "2030-01-02T03:04:05.678Z",
            "request": {
                "method": "POST",
                "url": "https://api.pingone.com/v1/environments/a0000000-0000-4000-8000-000000000001",
            },
            "response": {
                "status": 201,
                "headers": {"pragma": "no-cache"},
                "otherHeaders": ["via"],
                "body": {"id": "a0000000-0000-4000-8000-000000000001", "owner": "<removed>"},
            },
            "waited": {"seconds": 1.2, "tries": 3, "statuses": [403, 404]},
        }
    ]
    assert made["ids"] == {"a0000000-0000-4000-8000-000000000001": "environment"}
    assert made["callerHolds"] == [["Environment Admin", "ORGANIZATION"]]


def test_an_exchange_that_was_not_held_is_told_with_its_reason() -> None:
    (told,) = transcript(Held(read("look", "/"), NOW, not_held="nothing gave worker", needs="make"))["exchanges"]
    assert (told["notHeld"], told["needs"]) == ("nothing gave worker", "make")
    assert "response" not in told


def test_a_transcript_with_something_private_in_it_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sanitizer, "text", lambda _self, text: text)
    with pytest.raises(TranscriptError, match="would hold a secret, a name$"):
        transcript(answered({"note": "s3cret-one of Acme"}))


def test_only_ids_of_platform_roles_are_the_same_in_every_tenant() -> None:
    roles = [
        {"id": "A", "name": "x"},
        {"id": "B", "name": "y", "type": "PLATFORM"},
        {"id": "C", "name": "z", "type": "CUSTOM"},
    ]
    assert constant_ids([{"_embedded": {"roles": roles}}, None, "text"]) == {"a", "b"}
