# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is taken out of exchanges, and the search for what was not."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingone_conformance.sanitize import Private, Sanitizer, leaks

PRIVATE = Private(
    api_url="https://tenant.example.net:8443/v1",
    auth_url="https://signin.example.net",
    secrets=frozenset({"s~3/cret+with.signs", "another-secret"}),
    words=frozenset({"Acme", "Acme Widgets Ltd."}),
    run="conformance-1a2b3c4d",
    constants=frozenset({"29ddce68-cd7f-4b2a-b6fc-f7a19553b496"}),
    ours=frozenset({"4f3c6f0e-58a5-4c4c-9d6a-0d5e3a0f6b11"}),
)
ONE, TWO = "0d0c7d7e-2f2b-4e5c-8d9a-3a4b5c6d7e8f", "7e0d4b52-93d8-4d9e-8a57-0c5f3b1e2d46"


def clean(text: str) -> str:
    """Sanitize one text."""
    return Sanitizer(PRIVATE).text(text)


def test_ids_are_replaced_one_for_one_in_every_spelling() -> None:
    sanitizer = Sanitizer(PRIVATE)
    first = sanitizer.text(ONE)
    assert first == "a0000000-0000-4000-8000-000000000001"
    assert sanitizer.text(f"filter=id%20eq%20%22{ONE}%22") == f"filter=id%20eq%20%22{first}%22"
    assert sanitizer.text(ONE.upper()) == first.upper()
    assert sanitizer.text(ONE.replace("-", "")) == first.replace("-", "")
    assert sanitizer.text(f"%22{ONE.replace('-', '')}") == "%22" + first.replace("-", "")
    assert sanitizer.text(TWO) == "a0000000-0000-4000-8000-000000000002"
    assert sanitizer.labels({ONE: "worker", "other": "absent"}) == {first: "worker"}


def test_ids_that_every_tenant_has_stay() -> None:
    (constant,) = PRIVATE.constants
    assert clean(constant) == constant


@given(st.lists(st.uuids(), min_size=1, max_size=6), st.text("%20 /'\"=&?", max_size=4))
def test_no_id_is_left_whatever_stands_around_it(ids: list[uuid.UUID], around: str) -> None:
    text = around.join(f"{around}{item}" for item in ids) + around
    sanitizer = Sanitizer(PRIVATE)
    shown = sanitizer.text(text)
    assert leaks(shown, PRIVATE, [str(item) for item in ids]) == []
    assert len(sanitizer.invented) == len(set(ids))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sent s~3/cret+with.signs", "sent <secret>"),
        ("sent s~3%2Fcret%2Bwith.signs", "sent <secret>"),
        ("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln", "<token>"),
        ("Base64): 'aW52ZW50ZWQtaW52ZW50ZWQtaW52ZW50ZWQtaW52ZW4='.", "Base64): '<hash>'."),
        ("ask mary.poppins@corp.example.net", "ask somebody@example.com"),
        ("from 203.0.113.77", "from 192.0.2.1"),
        ("from 2001:db8:85a3::8a2e:370:7334 it came", "from 2001:db8::1 it came"),
        ("of Acme Widgets Ltd. and Acme, not Acmeish", "of <removed> and <removed>, not Acmeish"),
        ("conformance-1a2b3c4d-production", "conformance-production"),
        ("https://tenant.example.net:8443/v1/roles", "https://api.pingone.com/v1/roles"),
        ("https://signin.example.net/as/token", "https://auth.pingone.com/as/token"),
        ("https://assets.pingone.eu/ux/x.png", "https://assets.pingone.com/ux/x.png"),
        ("https://login.acme.test/x", "https://host.example.com/x"),
        ("at 2026-01-02T03:04:05.678Z", "at 2026-01-02T03:04:05.678Z"),
    ],
)
def test_a_text_without_what_is_private(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_members_that_are_secret_or_of_a_person_whatever_they_hold() -> None:
    body = {
        "secret": "unknown",
        "previous": {"secret": "older", "expiresAt": "2026-01-02T03:04:05Z"},
        "access_token": "opaque",
        "name": {"given": "Mary", "family": "Poppins"},
        "username": "mary",
        "_links": {"secret": {"href": "https://tenant.example.net:8443/v1/x"}},
    }
    assert Sanitizer(PRIVATE).value(body) == {
        "secret": "<secret>",
        "previous": {"secret": "<secret>", "expiresAt": "2026-01-02T03:04:05Z"},
        "access_token": "<access_token>",
        "name": {"given": "<given>", "family": "<family>"},
        "username": "<username>",
        "_links": {"secret": {"href": "https://api.pingone.com/v1/x"}},
    }


def test_environments_of_others_are_left_out_of_a_list() -> None:
    (ours,) = PRIVATE.ours
    body = {"_embedded": {"environments": [{"id": TWO, "name": "prod"}, {"id": ours, "name": "x"}]}, "size": 2}
    shown = Sanitizer(PRIVATE).value(body)
    assert [item["name"] for item in shown["_embedded"]["environments"]] == ["x"]
    assert shown["size"] == "<left out>"


def test_roles_that_are_held_elsewhere_are_left_out_of_a_list() -> None:
    (ours,) = PRIVATE.ours
    items = [{"scope": {"id": scope, "type": "ENVIRONMENT"}} for scope in (ours, TWO)]
    shown = Sanitizer(PRIVATE).value({"_embedded": {"roleAssignments": items}, "count": 2})
    assert (len(shown["_embedded"]["roleAssignments"]), shown["count"]) == (1, "<left out>")
    shown = Sanitizer(PRIVATE).value({"_embedded": {"roleAssignments": items[:1]}, "count": 1})
    assert (len(shown["_embedded"]["roleAssignments"]), shown["count"]) == (1, 1)


def test_headers_of_the_content_network_are_told_by_name_alone() -> None:
    shown, others = Sanitizer(PRIVATE).headers({"pragma": "no-cache", "x-amz-cf-pop": "FRA56", "set-cookie": "a=b"})
    assert (shown, others) == ({"pragma": "no-cache"}, ["set-cookie", "x-amz-cf-pop"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"x{ONE}x", "an id"),
        (ONE.upper().replace("-", ""), "an id"),
        ("another-secret", "a secret"),
        ("s~3%2Fcret%2Bwith.signs", "a secret"),
        ("for Acme only", "a name"),
        ("signin.example.net", "a host"),
        ("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.", "a token"),
        ("mary@corp.example.net", "an address"),
        ("conformance-1a2b3c4d", "the name of the run"),
    ],
)
def test_the_search_finds_what_was_left(text: str, kind: str) -> None:
    assert leaks(text, PRIVATE, [ONE]) == [kind]


def test_the_search_finds_nothing_in_what_stands_for_every_tenant() -> None:
    assert leaks("https://api.pingone.com/v1 somebody@example.com <secret>", PRIVATE, [ONE]) == []
