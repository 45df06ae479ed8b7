# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No body breaks the emulator: each member of each body, replaced by something of another kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator_world import Caller, World, worker

STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e400,
    10**30,
    "",
    "x",
    "\ud800",
    [],
    [None],
    [[]],
    {},
    {"id": None},
    {"id": 5},
)
UNKNOWN = "11111111-2222-4333-8444-555555555555"


def bodies(world: World, home: str, application: str, user: str) -> dict[tuple[str, str], dict[str, Any]]:
    """A right body for each endpoint that takes one."""
    below = f"/environments/{home}"
    environment = {"name": "n", "type": "SANDBOX", "region": "NA", "license": {"id": world.license}, "icon": "i"}
    bill = {"products": [{"type": "PING_ONE_BASE", "bookmarks": [{"name": "a", "href": "b"}], "tags": []}]}
    assignment = {"role": {"id": UNKNOWN}, "scope": {"type": "ENVIRONMENT", "id": home}}
    full = worker(
        corsSettings={"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": ["https://example.com"]},
        accessControl={"group": {"type": "ANY_GROUP", "groups": [{"id": "x"}]}},
        signing={"keyRotationPolicy": {"id": "x"}},
        redirectUris=["https://example.com"],
        jwks="{}",
        mobile={},
    )
    saml = {
        "name": "s",
        "protocol": "SAML",
        "type": "WEB_APP",
        "acsUrls": ["x"],
        "assertionDuration": 1,
        "spEntityId": "x",
    }
    role = {
        "name": "r",
        "applicableTo": ["ENVIRONMENT"],
        "permissions": [{"id": "dir:read:user"}],
        "canBeAssignedBy": [],
    }
    person = {"username": "u", "email": "e", "population": {"id": UNKNOWN}, "name": {"given": "g"}}
    group = {"name": "g", "population": {"id": UNKNOWN}, "customData": {}}
    population = {"name": "p", "default": False, "theme": {"id": "x"}, "alternativeIdentifiers": ["a"]}
    return {
        ("POST", "/environments"): {**environment, "billOfMaterials": bill},
        ("PUT", below): environment,
        ("PUT", f"{below}/type"): {"type": "SANDBOX"},
        ("PUT", f"{below}/status"): {"status": "ACTIVE", "license": {"id": world.license}},
        ("PUT", f"{below}/billOfMaterials"): bill,
        ("POST", f"{below}/applications"): full,
        ("POST", f"{below}/applications?"): saml,
        ("PUT", f"{below}/applications/{application}"): full,
        ("POST", f"{below}/applications/{application}/secret"): {"previous": {"expiresAt": "2999-01-01T00:00:00Z"}},
        ("POST", f"{below}/applications/{application}/roleAssignments"): assignment,
        ("POST", f"{below}/roles"): role,
        ("POST", f"{below}/populations"): population,
        ("POST", f"{below}/groups"): group,
        ("POST", f"{below}/users"): person,
        ("PUT", f"{below}/users/{user}"): person,
        ("PATCH", f"{below}/users/{user}"): person,
        ("PUT", f"{below}/users/{user}/enabled"): {"enabled": True},
        ("POST", f"{below}/users/{user}/memberOfGroups"): {"id": UNKNOWN},
    }


def plain_bodies(caller: Caller, home: str, application: str) -> dict[tuple[str, str], dict[str, Any]]:
    """A right body for each plain collection, with members of all kinds."""
    below = f"/environments/{home}"
    openid = caller.get(f"{below}/resources").items[0]["id"]
    colors = ("bodyTextColor", "buttonColor", "buttonTextColor", "cardColor", "headingTextColor", "linkTextColor")
    look = {"backgroundType": "NONE", "logoType": "NONE", "logo": {"id": "x", "href": "y"}}
    policy = dict.fromkeys(("excludesCommonlyUsed", "excludesProfileData", "notSimilarToCurrent"), True)
    key = {"algorithm": "RSA", "keyLength": 2048, "signatureAlgorithm": "SHA256withRSA", "usageType": "SIGNING"}
    lookup = {"attributeMappings": [{"name": "a", "value": "b"}], "ldapFilterPattern": "x", "population": {"id": "x"}}
    users = {
        "name": "u",
        "passwordAuthority": "LDAP",
        "searchBaseDn": "dc=example",
        "orderedCorrelationAttributes": ["uid"],
        "newUserLookup": lookup,
    }
    ldap = {
        "name": "g",
        "type": "LDAP",
        "enabled": True,
        "bindDN": "cn=admin",
        "bindPassword": "x",
        "vendor": "PingDirectory",
        "serversHostAndPort": ["ldap.example.com:636"],
        "kerberos": {"serviceAccountUserPrincipalName": "x", "serviceAccountPassword": "x"},
        "userTypes": [users],
    }
    own = caller.post(f"{below}/keys", {**key, "name": "k", "subjectDN": "CN=k", "validityPeriod": 1}).must(201)["id"]
    settings = {"accessTokenValiditySeconds": 300, "applicationPermissionsSettings": {"claimEnabled": True}}
    attribute = {"name": "a", "value": "b", "idToken": True, "userInfo": True}
    return {
        ("POST", f"{below}/resources"): {"name": "r", "audience": "a", **settings},
        ("PUT", f"{below}/resources/{openid}"): {"name": "openid", **settings},
        ("POST", f"{below}/resources/{openid}/scopes"): {"name": "s", "schemaAttributes": ["*"], "mappedClaims": ["x"]},
        ("POST", f"{below}/resources/{openid}/attributes"): attribute,
        ("POST", f"{below}/applications/{application}/grants"): {"resource": {"id": openid}, "scopes": [{"id": "x"}]},
        ("POST", f"{below}/applications/{application}/attributes"): {**attribute, "required": True, "oidcScopes": [""]},
        ("POST", f"{below}/themes"): {
            "template": "split",
            "default": False,
            "configuration": {**look, **dict.fromkeys(colors, "#000000")},
        },
        ("POST", f"{below}/passwordPolicies"): {
            "name": "p",
            **policy,
            "length": {"min": 8},
            "minCharacters": {"0123456789": 1},
        },
        ("POST", f"{below}/languages"): {"locale": "tlh", "default": False, "enabled": True},
        ("POST", f"{below}/gateways"): ldap,
        ("POST", f"{below}/keys"): {**key, "name": "k", "subjectDN": "CN=k", "validityPeriod": 1, "serialNumber": 1},
        ("PUT", f"{below}/keys/{own}"): {"usageType": "SIGNING", "default": False, "issuerDN": "x"},
        ("POST", f"{below}/keyRotationPolicies"): {**key, "name": "k", "dn": "CN=k", "rotationPeriod": 30},
    }


def spoilt(document: Any) -> Iterator[Any]:
    """The document with one part after the other replaced by something strange."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield {name: one for name, one in document.items() if name != key}
            for other in (*STRANGE, *spoilt(value)):
                yield {**document, key: other}
    elif isinstance(document, list) and document:
        for other in (*STRANGE, *spoilt(document[0])):
            yield [other, *document[1:]]


def test_no_body_is_a_defect(world: World, bootstrap: Caller, home: str) -> None:
    world.contract = None  # what is checked here is that there is an answer, for bodies of all kinds
    application = bootstrap.application(home)["id"]
    user = bootstrap.post(f"/environments/{home}/users", {"username": "a", "email": "b"}).must(201)["id"]
    defects, sent = [], 0
    right_bodies = bodies(world, home, application, user) | plain_bodies(bootstrap, home, application)
    for (verb, path), right in right_bodies.items():
        for body in spoilt(right):
            answer = bootstrap.call(verb, path, body)
            sent += 1
            if answer.status >= 500:
                defects.append(f"{verb} {path} {body}")
    assert sent > 500
    assert not defects, "\n".join(defects)
    for path in ("/environments", f"/environments/{home}", *(f"/environments/{home}/{kind}" for kind in LISTS)):
        bootstrap.get(path).must(200)
    bootstrap.get(f"/environments/{home}/applications/{application}/secret").must(200)
    world.request("GET", "/_emulator/state").must(200)


LISTS = (
    *("applications", "populations", "groups", "users", "roles", "billOfMaterials"),
    *("resources", "themes", "passwordPolicies", "languages", "gateways", "keys", "keyRotationPolicies"),
)


@pytest.mark.parametrize(
    "raw", ["access_token=x", "%", "grant_type", "a=%FF&b=%ZZ", "\x00", "client_id=%00&client_secret=x"]
)
def test_no_form_is_a_defect(world: World, home: str, raw: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = world.request("POST", f"/{home}/as/token", raw=raw.encode(), headers=headers)
    assert answer.status in (400, 401)
    assert answer.json["error"]
