# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The secrets that pingone_worker_apps returns."""

from __future__ import annotations

import json

from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import (
    HIDDEN,
    TEN,
    run,
    secret_of,
    succeed,
    worker,
)


def test_secrets_are_returned_by_client_id_when_asked_for(tenant, dev):
    known = tenant.add_worker(dev, "known")
    result = succeed(environment="dev", workers=[worker("known"), worker("gone", state="absent")], return_secrets=True)
    assert result["client_secrets"] == {known: secret_of(known)}
    assert secret_of(known) not in json.dumps(result["workers"])


def test_an_imported_secret_is_not_returned(tenant, dev):
    entry = worker("ci", imported_client_id="moved-from-elsewhere", imported_client_secret="longer than eight")
    result = run(environment="dev", workers=[entry], return_secrets=True)
    assert result["error"] == {"kind": "option", "option": "workers[0].imported_client_secret"}
    assert tenant.requests == []


def test_a_secret_that_is_hidden_can_be_left_out(tenant, dev):
    tenant.refuse("GET", r"/secret.* w-1\b", HIDDEN)
    options = {"environment": "dev", "workers": [worker(name) for name in TEN], "return_secrets": True}
    failed = run(**options)
    assert (failed["failed_workers"], failed["error"]["kind"]) == (["dev/w-1"], "permission")
    assert "client_secrets" not in failed
    result = succeed(**options, hidden_secrets="skip")
    hidden = {item["worker_app"]["name"]: item["hidden_secret"] for item in result["workers"] if item["hidden_secret"]}
    assert {name: why["kind"] for name, why in hidden.items()} == {"w-1": "permission"}
    assert hidden["w-1"]["msg"] == failed["workers"][1]["error"]["msg"]
    ids = {item["worker_app"]["id"] for item in result["workers"]}
    assert ids - set(result["client_secrets"]) == {tenant.worker(dev, "w-1")["id"]}


def test_a_secret_that_cannot_be_read_for_another_reason_is_an_error(tenant, dev):
    tenant.refuse("GET", r"/secret.* w-1\b")
    entries = [worker(name) for name in TEN]
    result = run(environment="dev", workers=entries, return_secrets=True, hidden_secrets="skip")
    assert result["failed_workers"] == ["dev/w-1"]


def test_secrets_of_predicted_workers_are_empty(tenant, dev):
    result = succeed(check_mode=True, environment="dev", workers=[worker("new")], return_secrets=True)
    assert list(result["client_secrets"].values()) == [""]
    assert any("client_secrets" in warning for warning in result["warnings"])
