# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of exchanges: what it asks, and that it touches nothing that it did not make."""

from __future__ import annotations

import json
import re

from pingone_conformance.announcement import announcement
from pingone_conformance.conversation import CONVERSATION, TOPICS
from pingone_conformance.exchange import Call, Exchange, TokenRequest, found, role_label

# What is known before the first exchange.
GIVEN = {"name", "region", "home", "caller", "caller_token", "organization", "license", "absent", "in_a_day"}
GIVEN |= {"in_a_year", "key_jwks", "nonsense_token"}
# What the vendor's pages leave open, in words of the questions.
OPEN = (
    "permissions of the platform roles",
    "which scope GET /v1/roles checks",
    "status of access_denied",
    "disabled application",
    "an environment that does not exist",
    "Unsupported grant type",
    "405",
    "second application of the same name",
    "second environment of the same name",
    "duplicate name",
    "DELETE of an active PRODUCTION environment",
    "DELETE of the caller's own environment",
    "PUT /type downwards",
    "403 or 404",
    "inherited assignments",
    "which roles come with a new environment",
    "how long the removal of a role takes",
    "without Authorization",
)


def wanted(exchange: Exchange) -> set[str]:
    """Return the labels that an exchange needs."""
    if isinstance(exchange, Call):
        text = f"{exchange.path} {json.dumps(exchange.body)}"
        own = {f"{exchange.caller}_token"} if exchange.caller else set()
    else:
        assert isinstance(exchange, TokenRequest)
        text = f"{exchange.client} {exchange.environment} {json.dumps(dict(exchange.form))}"
        own = {exchange.secret} if exchange.secret.endswith(("_secret", "_jwks")) else set()
    return own | set(re.findall(r"\$([a-z_]+)", text.replace("$$", "")))


def test_names_are_unique() -> None:
    names = [exchange.name for exchange in CONVERSATION]
    assert len(names) == len(set(names)) > 200


def test_each_label_is_given_by_an_earlier_exchange() -> None:
    known = set(GIVEN)
    for exchange in CONVERSATION:
        missing = {label for label in wanted(exchange) - known if not label.startswith("role_")}
        assert not missing, exchange.name
        known |= set(exchange.keep)


def test_each_open_question_is_asked() -> None:
    asked = " | ".join(exchange.asks for exchange in CONVERSATION)
    assert [question for question in OPEN if question not in asked] == []


def test_each_topic_asks() -> None:
    assert all(TOPICS.values())


def test_nothing_is_written_but_in_environments_of_the_conversation() -> None:
    inside = re.compile(r"/environments/\$(environment|production)(/.*)?$")
    # The first makes the environments; the second is a verb that the collection does not have.
    others = {("POST", "/environments"), ("POST", "/roles")}
    for exchange in CONVERSATION:
        if isinstance(exchange, Call) and exchange.method != "GET":
            assert inside.match(exchange.path) or (exchange.method, exchange.path) in others, exchange.name


def test_environments_are_made_under_the_name_by_which_they_are_removed() -> None:
    calls = [exchange for exchange in CONVERSATION if isinstance(exchange, Call)]
    names = [call.body["name"] for call in calls if (call.method, call.path) == ("POST", "/environments")]
    assert len(names) > 4
    assert all(name is None or name.startswith("$name") for name in names)


def test_nothing_of_others_is_read_but_what_every_tenant_has() -> None:
    inside = re.compile(r"/environments/(\$(environment|production|absent)|nonsense)(/.*)?$")
    filtered = re.compile(r"/environments\?filter=.*\$(name|environment)")
    # Of the caller's own assignments, those of other environments are left out of a transcript.
    others = {"/roles", "/nothings", "/v1x", "/environments/$home/applications/$caller/roleAssignments"}
    for exchange in CONVERSATION:
        if isinstance(exchange, Call) and exchange.method == "GET":
            path = exchange.path
            assert inside.match(path) or filtered.match(path) or path in others, exchange.name


def test_the_announcement_tells_what_is_made() -> None:
    text = "\n".join(announcement(CONVERSATION, production=False))
    assert "one SANDBOX environment" in text
    assert re.search(
        r"applications \(\d+\), .*gateways \(1\).*groups \(1\).*roleAssignments \(\d+\).*users \(1\)", text
    )
    assert "Organization Admin at the organization" in text
    assert "PRODUCTION" not in text
    assert "one PRODUCTION environment" in "\n".join(announcement(CONVERSATION, production=True))


def test_places_in_an_answer() -> None:
    body = {"_embedded": {"users": [{"id": "x"}]}}
    assert found(body, "_embedded.users.0.id") == "x"
    assert found(body, "_embedded.users.1.id") is None
    assert found(None, "id") is None
    resources = [{"name": "api", "id": "1"}, {"name": "openid", "id": "2"}]
    assert found(resources, "name=openid.id") == "2"
    assert found(resources, "name=other.id") is None


def test_labels_of_roles() -> None:
    assert role_label("DaVinci Admin Read Only") == "role_davinci_admin_read_only"
    assert role_label("PingFederate Admin (Crypto)") == "role_pingfederate_admin_crypto"
