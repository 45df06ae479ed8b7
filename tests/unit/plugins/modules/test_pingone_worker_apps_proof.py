# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The proofs that pingone_worker_apps makes of its workers."""

from __future__ import annotations

import json

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import generate_private_key
from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import (
    HIDDEN,
    role,
    run,
    secret_of,
    succeed,
    worker,
)

PRIVATE = generate_private_key("P-256")
LATE = (401, {"error": "invalid_client", "error_description": "Unsupported authentication method"})


def test_a_secret_that_is_hidden_is_an_obstacle_to_a_proof_and_no_error(tenant, dev):
    tenant.assign(tenant.add_worker(dev, "ci"), "Environment Admin", dev)
    tenant.refuse("GET", "/secret ", HIDDEN)
    result = succeed(environment="dev", workers=[worker("ci")], prove=True)
    assert result["workers"][0]["proof"] == {"token": False, "call": False, "obstacle": "its secret could not be read"}
    asked = run(environment="dev", workers=[worker("ci")], prove=True, return_secrets=True)
    assert asked["workers"][0]["error"]["kind"] == "permission"


@pytest.mark.parametrize("by_path", [False, True])
def test_a_worker_with_a_private_key_is_proven_by_it_and_its_secret_is_never_read(tenant, dev, tmp_path, by_path):
    (tmp_path / "ci.pem").write_text(PRIVATE)
    key = {"private_key_path": str(tmp_path / "ci.pem")} if by_path else {"private_key": PRIVATE}
    ci = tenant.add_worker(dev, "ci", tokenEndpointAuthMethod="PRIVATE_KEY_JWT")
    tenant.assign(ci, "Environment Admin", dev)
    other = tenant.add_worker(dev, "other")
    entries = [worker("ci", **key), worker("other")]
    result = succeed(environment="dev", workers=entries, prove=True, return_secrets=True)
    assert result["workers"][0]["proof"] == {"token": True, "call": True, "obstacle": None}
    assert result["client_secrets"] == {other: secret_of(other)}
    assert f"/environments/{dev}/applications/{ci}/secret" not in [path for _method, path in tenant.requests]
    assert "PRIVATE KEY" not in json.dumps(result)


def test_a_private_key_proves_no_worker_that_signs_in_by_its_secret(tenant, dev):
    tenant.assign(tenant.add_worker(dev, "ci"), "Environment Admin", dev)
    result = succeed(environment="dev", workers=[worker("ci", private_key=PRIVATE)], prove=True)
    assert result["workers"][0]["proof"]["obstacle"] == "it authenticates by CLIENT_SECRET_BASIC"


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"private_key_id": "one"}, "private_key_id"),
        ({"private_key": PRIVATE, "private_key_path": "/x.pem"}, "private_key"),
        ({"private_key_path": "/no-such-folder/x.pem"}, "private_key_path"),
        ({"private_key": "no key"}, "private_key"),
        ({"private_key": PRIVATE, "client_assertion_algorithm": "RS256"}, "client_assertion_algorithm"),
    ],
)
def test_a_private_key_that_cannot_be_used_is_found_before_anything_is_written(tenant, dev, given, option):
    keys = json.dumps({"keys": [{"kty": "EC", "kid": "one"}]})
    tenant.add_worker(dev, "ci", tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwks=keys)
    entries = [worker("ci", description="new", **given)]
    result = run(environment="dev", workers=entries, prove=True)
    assert result["error"] == {"kind": "option", "option": f"workers[0].{option}"}
    assert f"workers[0].{option}" in result["msg"]
    assert tenant.writes() == []


def test_a_proof_waits_for_what_was_changed_just_now(tenant, dev, monkeypatch):
    monkeypatch.setattr(Clock, "sleep", lambda self, seconds: None)
    tenant.refuse("POST", "/as/token", LATE, times=2)
    entry = worker("ci", roles=[role("Environment Admin")])
    result = succeed(environment="dev", workers=[entry], prove=True, retry_budget=30)
    assert result["workers"][0]["proof"]["token"]


def test_a_proof_does_not_wait_where_nothing_was_changed(tenant, dev):
    tenant.assign(tenant.add_worker(dev, "ci"), "Environment Admin", dev)
    tenant.refuse("POST", "/as/token", LATE, times=1)
    result = run(environment="dev", workers=[worker("ci")], prove=True, retry_budget=30)
    assert result["error"]["kind"] == "authentication"


def test_a_token_of_a_proof_is_not_one_of_a_cache(tenant, dev):
    entries = [worker("ci", roles=[role("Environment Admin")])]
    for _time in range(2):
        succeed(environment="dev", workers=entries, prove=True)
    assert tenant.counted()["POST /as/token"] == 2
