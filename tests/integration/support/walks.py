# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of tasks whose every request is disturbed."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One task of a walk: a module and its options.

    waits: whether its pauses take their time, because the service takes some too; without, they only seem to.
    """

    module: str
    options: dict[str, t.Any]
    waits: bool = False


@dataclass(frozen=True)
class Walk:
    """A row of tasks, from a tenant as the emulator has it.

    steps: the tasks.
    emulator: what the emulator is started with.
    first: the number of the first task that is disturbed; those before it prepare.
    """

    steps: tuple[Step, ...]
    emulator: tuple[str, ...] = ()
    first: int = 0


_EVERY_MODULE: t.Final = (
    Step("pingone_environment", {"name": "dev", "type": "SANDBOX", "description": "one"}),
    Step("pingone_worker_app", {"environment": "dev", "name": "ci", "return_secret": True}),
    Step(
        "pingone_role_assignment",
        {"environment": "dev", "application": "ci", "roles": [{"role": "Identity Data Admin"}]},
    ),
    Step(
        "pingone_role_assignment",
        {
            "environment": "dev",
            "application": "ci",
            "roles": [{"role": "Environment Admin"}, {"role": "Client Application Developer"}],
            "exclusive": True,
        },
    ),
    Step("pingone_environment", {"name": "dev", "description": "two", "services": ["MFA"]}),
    Step("pingone_worker_app", {"environment": "dev", "name": "ci", "description": "two", "enabled": False}),
    Step("pingone_worker_app", {"environment": "dev", "name": "ci", "state": "absent"}),
    # One after another, so that a request has the same number each time.
    Step(
        "pingone_worker_apps",
        {
            "environment": "dev",
            "workers": [
                {"name": "a", "roles": [{"role": "Environment Admin"}]},
                {"name": "b", "roles": [{"role": "Identity Data Admin"}]},
                {"name": "c"},
            ],
            "prove": True,
            "concurrency": 1,
        },
    ),
    Step(
        "pingone_worker_apps",
        {
            "environment": "dev",
            "workers": [
                {"name": "a", "description": "two", "roles": [{"role": "Identity Data Admin"}]},
                {"name": "d", "previous_names": ["b"], "roles": [{"role": "Environment Admin"}]},
            ],
            "exclusive_roles": True,
            "unlisted": "remove",
            "unlisted_match": ".*",
            "concurrency": 1,
        },
    ),
    Step("pingone_environment", {"name": "dev", "state": "absent"}, waits=True),
)


# Who takes over; of the environment that the calling worker lives in, which the walk learns from the emulator.
_SUCCESSOR: t.Final = {
    "client_id": "5a1c0c7e-7f5d-4c55-8d4e-0b6f3a2e9d11",
    "client_secret": "An-example-secret-of-64-characters-or-more-for-the-second-actor-0001",
}
_AT_ORGANIZATION: t.Final = [
    {"role": role, "scope": {"organization": True}} for role in ("Organization Admin", "Environment Admin")
]
_HAND_OVER: t.Final = (
    Step(
        "pingone_worker_app",
        {
            "environment": "Administrators",
            "name": "second",
            "imported_client_id": _SUCCESSOR["client_id"],
            "imported_client_secret": _SUCCESSOR["client_secret"],
        },
    ),
    Step(
        "pingone_role_assignment",
        {"environment": "Administrators", "application": "second", "roles": _AT_ORGANIZATION},
    ),
    Step("pingone_environment", {"name": "one", "type": "SANDBOX"}),
    Step("pingone_environment", {"name": "two", "type": "SANDBOX"}),
    Step("pingone_role_handover", {"environments": ["one", "two"], "successor": _SUCCESSOR, "disable": True}),
)
# Source of the coordinates: RFC 7517, appendix A.1, and RFC 7515, appendix A.3.
_KEYS: t.Final = (
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    },
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
)
_OF_CI: t.Final = {"environment": "dev", "application": "ci"}
_OF_KEYS: t.Final = (
    Step("pingone_environment", {"name": "dev", "type": "SANDBOX"}),
    Step("pingone_worker_app", {"environment": "dev", "name": "ci"}),
    Step(
        "pingone_worker_app_key",
        {**_OF_CI, "keys": [{"public_key": _KEYS[0]}], "token_endpoint_auth_method": "PRIVATE_KEY_JWT"},
    ),
    Step("pingone_worker_app_key", {**_OF_CI, "keys": [{"public_key": _KEYS[1]}]}),
    Step("pingone_worker_app_key", {**_OF_CI, "keys": [{"public_key": _KEYS[0]}], "state": "absent"}),
)
# What the calling worker may make anything in without more ado: the environment that it lives in.
_HOME: t.Final = {"environment": "Administrators"}
_PARTNERS: t.Final = {**_HOME, "name": "Partners"}
_OF_POPULATIONS: t.Final = (
    Step("pingone_population", {**_PARTNERS, "description": "one"}),
    Step("pingone_population", {**_PARTNERS, "description": "two", "default": True}),
    Step("pingone_population", {**_HOME, "name": "Default", "default": True}),
    Step("pingone_population", {**_PARTNERS, "state": "absent"}),
)
_INNER: t.Final = {**_HOME, "name": "inner", "population": "Default"}
_OF_GROUPS: t.Final = (
    Step("pingone_group", {**_HOME, "name": "first"}),
    Step("pingone_group", {**_HOME, "name": "second"}),
    Step("pingone_group", {**_INNER, "member_of": ["first"]}),
    Step("pingone_group", {**_INNER, "description": "two", "member_of": ["second"], "exclusive_member_of": True}),
    Step("pingone_group", {**_INNER, "state": "absent"}),
)
_READER: t.Final = {**_HOME, "name": "reader"}
_OF_CUSTOM_ROLES: t.Final = (
    Step(
        "pingone_custom_role",
        {
            **_READER,
            "permissions": ["applications:read:application"],
            "applicable_to": ["ENVIRONMENT"],
            "can_be_assigned_by": ["Environment Admin"],
        },
    ),
    Step("pingone_custom_role", {**_READER, "permissions": ["orgmgt:read:environment"], "can_be_assigned_by": []}),
    Step("pingone_custom_role", {**_READER, "state": "absent"}),
)
_OF_TOOL: t.Final = {**_HOME, "application": "tool"}
_TOOL: t.Final = Step(
    "pingone_worker_app",
    {
        **_HOME,
        "name": "tool",
        "grant_types": ["AUTHORIZATION_CODE"],
        "response_types": ["CODE"],
        "redirect_uris": ["https://tool.example.com/callback"],
    },
)
_OF_GRANTS: t.Final = (
    _TOOL,
    Step("pingone_worker_app_grant", {**_OF_TOOL, "scopes": ["openid", "email"]}),
    Step("pingone_worker_app_grant", {**_OF_TOOL, "scopes": ["openid", "phone"], "exclusive": True}),
    Step("pingone_worker_app_grant", {**_OF_TOOL, "scopes": ["openid", "phone"], "state": "absent"}),
)
_MAIL: t.Final = {"name": "mail", "value": "${user.email}"}
_NICK: t.Final = {"name": "nick", "value": "${user.nickname}"}
_OF_ATTRIBUTES: t.Final = (
    _TOOL,
    Step("pingone_worker_app_attribute", {**_OF_TOOL, "attributes": [_MAIL, _NICK]}),
    Step("pingone_worker_app_attribute", {**_OF_TOOL, "attributes": [{**_MAIL, "required": True}], "exclusive": True}),
    Step("pingone_worker_app_attribute", {**_OF_TOOL, "attributes": [{"name": "mail"}], "state": "absent"}),
)
_IMPORT: t.Final = ("--switch", "application_import=true")

WALKS: t.Final = {
    "populations": Walk(_OF_POPULATIONS),
    "groups": Walk(_OF_GROUPS, first=2),
    "custom roles": Walk(_OF_CUSTOM_ROLES),
    "scopes of a worker": Walk(_OF_GRANTS, first=1),
    "attributes of a worker": Walk(_OF_ATTRIBUTES, first=1),
    "keys of a worker": Walk(_OF_KEYS, first=2),
    "every module": Walk(_EVERY_MODULE),
    "hand-over of two roles": Walk(_HAND_OVER, _IMPORT, first=4),
    "hand-over of three roles": Walk(_HAND_OVER, (*_IMPORT, "--switch", "birthright_always_all=true"), first=4),
}
