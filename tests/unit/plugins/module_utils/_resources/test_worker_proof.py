# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keeps a worker from a token or from a call for certain, without the service."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import Grant, Role, Scope
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_proof import (
    obstacle_to_token,
    predict_proof,
    readable_environment,
)

HOME = {"id": "dev", "name": "Dev"}
WORKER = {
    "id": "w",
    "enabled": True,
    "grantTypes": ["CLIENT_CREDENTIALS"],
    "tokenEndpointAuthMethod": "CLIENT_SECRET_POST",
}
SECRET, KEY = {"client_secret": "s"}, {"private_key_path": "/key.pem"}


def grant(role, type, id, name=None):
    return Grant(Role(role.lower(), role), Scope(type, id, name=name))


ADMIN = grant("Environment Admin", "ENVIRONMENT", "dev", "Dev")
DATA = grant("Identity Data Admin", "ENVIRONMENT", "dev", "Dev")


@pytest.mark.parametrize(
    ("members", "own", "grants", "obstacle"),
    [
        ({}, SECRET, [ADMIN], None),
        ({"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT"}, KEY, [ADMIN], None),
        ({}, KEY, [ADMIN], "it authenticates by CLIENT_SECRET_POST"),
        ({"tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"}, {"client_secret": ""}, [ADMIN], None),
        ({}, None, [ADMIN], "its secret could not be read"),
        ({"enabled": False}, SECRET, [ADMIN], "it is disabled"),
        ({"grantTypes": ["IMPLICIT"]}, SECRET, [ADMIN], "it has no CLIENT_CREDENTIALS"),
        ({"grantTypes": None}, SECRET, [ADMIN], "it has no CLIENT_CREDENTIALS"),
        ({"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT"}, SECRET, [ADMIN], "it authenticates by PRIVATE_KEY_JWT"),
        ({}, SECRET, [], "it has no roles"),
        (
            {"tokenEndpointAuthMethod": "CLIENT_SECRET_JWT"},
            {"client_secret": "x" * 31},
            [ADMIN],
            "its secret of fewer than 32 characters cannot sign an assertion",
        ),
        ({"tokenEndpointAuthMethod": "CLIENT_SECRET_JWT"}, {"client_secret": "x" * 32}, [ADMIN], None),
        ({"tokenEndpointAuthMethod": "CLIENT_SECRET_JWT"}, {"client_secret": ""}, [ADMIN], None),
    ],
)
def test_what_keeps_a_worker_from_a_token(members, own, grants, obstacle):
    assert obstacle_to_token({**WORKER, **members}, own, grants) == obstacle


@pytest.mark.parametrize(
    ("grants", "found"),
    [
        ([DATA], None),
        ([DATA, ADMIN], HOME),
        ([grant("Environment Admin", "ENVIRONMENT", "test", "Test")], {"id": "test", "name": "Test"}),
        ([grant("Environment Admin", "ENVIRONMENT", "test", "Test"), ADMIN], HOME),
        ([grant("Organization Admin", "ORGANIZATION", "org")], HOME),
        ([grant("Environment Admin", "POPULATION", "people")], None),
    ],
)
def test_where_roles_let_a_worker_read_for_certain(grants, found):
    assert readable_environment(HOME, grants) == found


def test_a_proof_without_a_certain_call_says_why_there_is_none():
    proof = predict_proof(HOME, WORKER, SECRET, [DATA])
    assert proof.to_result() == {
        "token": True,
        "call": False,
        "obstacle": "none of its roles lets it read an environment for certain",
    }
