# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications of other protocols and of the platform, and what all of them link to."""

from __future__ import annotations

from typing import Any

import pytest

from emulator_world import API, Caller, World

SAML = {
    "name": "saml",
    "enabled": True,
    "protocol": "SAML",
    "type": "WEB_APP",
    "acsUrls": ["https://example.com/acs"],
    "assertionDuration": 60,
    "spEntityId": "sp",
}
SAML_FULL = {
    **SAML,
    "description": "All that there is",
    "accessControl": {"group": {"type": "ANY_GROUP", "groups": [{"id": "g"}]}},
    "hiddenFromAppPortal": True,
    "homePageUrl": "https://example.com",
    "loginPageUrl": "https://example.com/login",
    "acsUrls": ["https://example.com/acs", "https://example.com/other"],
    "assertionSigned": False,
    "corsSettings": {"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": ["https://example.com"]},
    "defaultTargetUrl": "https://example.com/deep",
    "enableRequestedAuthnContext": True,
    "enableAlwaysAcceptAcsUrlInSignedAuthnRequest": False,
    "idpSigning": {"algorithm": "SHA384withRSA", "key": {"id": "k"}},
    "nameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "responseSigned": True,
    "sessionNotOnOrAfterDuration": 64,
    "sloBinding": "HTTP_REDIRECT",
    "sloEndpoint": "https://example.com/slo",
    "sloResponseEndpoint": "https://example.com/slo/response",
    "sloWindow": 3,
    "spEncryption": {"algorithm": "AES_256", "certificate": {"id": "c"}},
    "spVerification": {"authnRequestSigned": True, "certificates": [{"id": "c"}, {"id": "d"}]},
    "virtualServerIdSettings": {
        "enabled": True,
        "virtualServerIds": [{"vsId": "https://example.com/a", "default": True}, {"vsId": "https://example.com/b"}],
    },
}
WS_FED = {
    "name": "office",
    "enabled": True,
    "protocol": "WS_FED",
    "type": "WEB_APP",
    "domainName": "example.com",
    "idpSigning": {"algorithm": "SHA256withRSA", "key": {"id": "k"}},
    "replyUrl": "https://example.com/reply",
}
WS_FED_FULL = {
    **WS_FED,
    "assertionDuration": 600,
    "audienceRestriction": "urn:example",
    "corsSettings": {"behavior": "ALLOW_NO_ORIGINS"},
    "kerberos": {"gateways": [{"id": "g", "type": "LDAP", "userType": {"id": "u"}}]},
    "sloEndpoint": "https://example.com/slo",
    "subjectNameIdentifierFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "wsTrustVersion": "1.3",
}
LINK = {
    "name": "link",
    "enabled": True,
    "protocol": "EXTERNAL_LINK",
    "type": "PORTAL_LINK_APP",
    "homePageUrl": "https://example.com",
}
LINK_FULL = {**LINK, "externalId": "e", "description": "Elsewhere", "hiddenFromAppPortal": True}
ADDED = {
    "SAML": {"assertionSigned": True, "responseSigned": False, "sloBinding": "HTTP_POST"},
    "WS_FED": {"assertionDuration": 300, "audienceRestriction": "urn:federation:MicrosoftOnline"},
    "EXTERNAL_LINK": {},
}
SERVICE = {"_links", "id", "environment", "createdAt", "updatedAt", "hiddenFromAppPortal"}
MINIMAL = [SAML, WS_FED, LINK]


def by_protocol(body: dict[str, Any]) -> str:
    return str(body["protocol"])


@pytest.mark.parametrize(("least", "full"), [(SAML, SAML_FULL), (WS_FED, WS_FED_FULL), (LINK, LINK_FULL)])
def test_an_application_is_shown_as_it_was_sent(
    bootstrap: Caller, home: str, least: dict[str, Any], full: dict[str, Any]
) -> None:
    path = f"/environments/{home}/applications"
    created = bootstrap.post(path, full).must(201)
    assert {key: created[key] for key in full} == full
    assert set(created) - set(full) <= SERVICE
    own = created["_links"]["self"]["href"]
    assert bootstrap.get(own).must(200) == created
    assert created in bootstrap.get(path).items

    replaced = bootstrap.put(own, least).must(200)
    added = {key: value for key, value in replaced.items() if key not in {*least, *SERVICE}}
    assert added == ADDED[least["protocol"]]
    assert (replaced["hiddenFromAppPortal"], replaced["createdAt"]) == (False, created["createdAt"])
    assert bootstrap.get(own).must(200) == replaced

    bootstrap.delete(own).must(204)
    bootstrap.get(own).error(404, "NOT_FOUND")
    assert created["id"] not in [one["id"] for one in bootstrap.get(path).items]


def test_what_the_service_fills_in_inside(bootstrap: Caller, home: str) -> None:
    sent = {**SAML, "spVerification": {"certificates": []}, "virtualServerIdSettings": {}}
    created = bootstrap.post(f"/environments/{home}/applications", sent).must(201)
    assert created["spVerification"] == {"authnRequestSigned": False, "certificates": []}
    assert created["virtualServerIdSettings"] == {"enabled": False}


@pytest.mark.parametrize("body", MINIMAL, ids=by_protocol)
def test_it_has_neither_secret_nor_what_only_clients_have(bootstrap: Caller, home: str, body: dict[str, Any]) -> None:
    created = bootstrap.post(f"/environments/{home}/applications", {**body, "id": "mine"}).must(201)
    assert not {"tokenEndpointAuthMethod", "grantTypes", "assignActorRoles"} & set(created)
    assert created["id"] != "mine"
    assert "secret" not in created["_links"]
    error = bootstrap.get(f"/environments/{home}/applications/{created['id']}/secret").error(404, "NOT_FOUND")
    assert error["message"] == "The request could not be completed. The requested resource was not found."


def test_the_entity_id_of_saml_is_taken_once(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/applications"
    first = bootstrap.post(path, SAML).must(201)
    answer = bootstrap.post(path, {**SAML, "name": "other"})
    answer.detail(400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "spEntityId")
    bootstrap.put(first["_links"]["self"]["href"], SAML).must(200)
    bootstrap.post(path, {**SAML, "spEntityId": "other"}).must(201)


@pytest.mark.parametrize(
    ("body", "member"),
    [
        *((SAML, member) for member in ("acsUrls", "assertionDuration", "spEntityId")),
        *((WS_FED, member) for member in ("domainName", "idpSigning", "replyUrl")),
        (LINK, "homePageUrl"),
    ],
)
def test_what_each_needs(bootstrap: Caller, home: str, body: dict[str, Any], member: str) -> None:
    path = f"/environments/{home}/applications"
    sent = {key: value for key, value in body.items() if key != member}
    bootstrap.post(path, sent).detail(400, "INVALID_DATA", "REQUIRED_VALUE", member)
    own = bootstrap.post(path, body).must(201)["_links"]["self"]["href"]
    bootstrap.put(own, sent).detail(400, "INVALID_DATA", "REQUIRED_VALUE", member)
    assert member in bootstrap.get(own).must(200)


@pytest.mark.parametrize(
    ("members", "code", "target"),
    [
        ({"acsUrls": []}, "EMPTY_VALUE", "acsUrls"),
        ({"acsUrls": "https://example.com"}, "INVALID_VALUE", "acsUrls"),
        ({"acsUrls": [5]}, "INVALID_VALUE", "acsUrls[0]"),
        ({"assertionDuration": 0}, "OUT_OF_RANGE", "assertionDuration"),
        ({"spEntityId": ""}, "EMPTY_VALUE", "spEntityId"),
        ({"homePageUrl": "ftp://example.com"}, "INVALID_VALUE", "homePageUrl"),
        ({"sloBinding": "TEA"}, "INVALID_VALUE", "sloBinding"),
        ({"idpSigning": {"algorithm": "SHA256withRSA"}}, "REQUIRED_VALUE", "idpSigning.key"),
        ({"idpSigning": {"algorithm": "TEA", "key": {"id": "k"}}}, "INVALID_VALUE", "idpSigning.algorithm"),
        ({"spEncryption": {"algorithm": "AES_128"}}, "REQUIRED_VALUE", "spEncryption.certificate"),
        ({"spVerification": {}}, "REQUIRED_VALUE", "spVerification.certificates"),
        ({"corsSettings": {"behavior": "ALLOW_SPECIFIC_ORIGINS"}}, "INVALID_VALUE", "corsSettings.origins"),
        (
            {"virtualServerIdSettings": {"enabled": True}},
            "REQUIRED_VALUE",
            "virtualServerIdSettings.virtualServerIds",
        ),
        ({"type": "SINGLE_PAGE_APP"}, "INVALID_VALUE", "type"),
        ({"protocol": "TEA"}, "INVALID_VALUE", "protocol"),
        ({"protocol": ["SAML"]}, "INVALID_VALUE", "protocol"),
    ],
)
def test_what_saml_refuses(bootstrap: Caller, home: str, members: dict[str, Any], code: str, target: str) -> None:
    bootstrap.post(f"/environments/{home}/applications", {**SAML, **members}).detail(400, "INVALID_DATA", code, target)


@pytest.mark.parametrize(
    ("members", "code", "target"),
    [
        ({"assertionDuration": 299}, "OUT_OF_RANGE", "assertionDuration"),
        ({"assertionDuration": 3932101}, "OUT_OF_RANGE", "assertionDuration"),
        ({"idpSigning": {"key": {"id": "k"}}}, "REQUIRED_VALUE", "idpSigning.algorithm"),
        ({"wsTrustVersion": "1.4"}, "INVALID_VALUE", "wsTrustVersion"),
        ({"kerberos": {"gateways": [{"id": "g"}]}}, "REQUIRED_VALUE", "kerberos.gateways[0].type"),
        ({"type": "PORTAL_LINK_APP"}, "INVALID_VALUE", "protocol"),
    ],
)
def test_what_ws_fed_refuses(bootstrap: Caller, home: str, members: dict[str, Any], code: str, target: str) -> None:
    body = {**WS_FED, **members}
    bootstrap.post(f"/environments/{home}/applications", body).detail(400, "INVALID_DATA", code, target)


@pytest.mark.parametrize("body", MINIMAL, ids=by_protocol)
def test_the_protocol_stays(bootstrap: Caller, home: str, body: dict[str, Any]) -> None:
    path = f"/environments/{home}/applications"
    own = bootstrap.post(path, body).must(201)["_links"]["self"]["href"]
    for other in MINIMAL:
        answer = bootstrap.put(own, other)
        if other is body:
            answer.must(200)
        else:
            answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "protocol")


@pytest.mark.parametrize("body", [WS_FED, LINK], ids=by_protocol)
def test_it_cannot_hold_roles(bootstrap: Caller, home: str, body: dict[str, Any]) -> None:
    created = bootstrap.post(f"/environments/{home}/applications", body).must(201)
    assert bootstrap.get(f"/environments/{home}/applications/{created['id']}/roleAssignments").status == 404


def platform(bootstrap: Caller, home: str, type_: str) -> dict[str, Any]:
    [one] = [one for one in bootstrap.get(f"/environments/{home}/applications").items if one["type"] == type_]
    return dict(one)


@pytest.mark.parametrize("type_", ["PING_ONE_PORTAL", "PING_ONE_SELF_SERVICE", "PING_ONE_ADMIN_CONSOLE"])
def test_platform_applications(bootstrap: Caller, home: str, type_: str) -> None:
    one = platform(bootstrap, home, type_)
    assert one["protocol"] == "OPENID_CONNECT"
    assert {"id", "name", "enabled", "environment", "tokenEndpointAuthMethod", "pkceEnforcement"} <= set(one)
    assert "grantTypes" not in one
    assert ("applyDefaultTheme" in one) is (type_ != "PING_ONE_ADMIN_CONSOLE")
    assert ("enableDefaultThemeFooter" in one) is (type_ == "PING_ONE_SELF_SERVICE")
    bootstrap.delete(one["_links"]["self"]["href"]).must(400)


@pytest.mark.parametrize("type_", ["PING_ONE_PORTAL", "PING_ONE_SELF_SERVICE"])
def test_platform_applications_take_back_what_a_client_read(bootstrap: Caller, home: str, type_: str) -> None:
    one = platform(bootstrap, home, type_)
    sent = {
        "name": one["name"],
        "enabled": False,
        "protocol": one["protocol"],
        "type": type_,
        "tokenEndpointAuthMethod": "NONE",
        "applyDefaultTheme": False,
        "description": "",
        "icon": {"id": "", "href": ""},
        "hiddenFromAppPortal": False,
    }
    replaced = bootstrap.put(one["_links"]["self"]["href"], sent).must(200)
    assert (replaced["enabled"], replaced["applyDefaultTheme"]) == (False, False)
    assert not {"description", "icon", "grantTypes"} & set(replaced)
    # What was not sent is kept.
    assert replaced["pkceEnforcement"] == one["pkceEnforcement"]
    assert "enableDefaultThemeFooter" not in replaced


def test_a_footer_that_is_not_sent_stays_when_the_switch_says_so(world: World, bootstrap: Caller, home: str) -> None:
    world.switch(omitted_footer_is_cleared=False)
    one = platform(bootstrap, home, "PING_ONE_SELF_SERVICE")
    members = ("name", "enabled", "protocol", "type", "tokenEndpointAuthMethod", "applyDefaultTheme")
    sent = {name: one[name] for name in members}
    assert bootstrap.put(one["_links"]["self"]["href"], sent).must(200)["enableDefaultThemeFooter"] is True


def test_links_lead_to_this_emulator(bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home)
    assert created["_links"]["environment"]["href"] == f"{API}/environments/{home}"
    for relation in ("self", "environment", "secret", "roleAssignments"):
        bootstrap.get(created["_links"][relation]["href"]).must(200)


EMPTY = [
    "identityProviders",
    *(f"applications/{{}}/{name}" for name in ("signOnPolicyAssignments", "flowPolicyAssignments", "pushCredentials")),
]


@pytest.mark.parametrize("name", EMPTY)
def test_what_cannot_be_made_is_an_empty_list(bootstrap: Caller, home: str, name: str) -> None:
    native = bootstrap.application(home, type="NATIVE_APP")["id"]
    path = f"/environments/{home}/{name.format(native)}"
    document = bootstrap.get(path).must(200)
    assert (document["_embedded"], document["count"], document["size"]) == ({name.rpartition("/")[2]: []}, 0, 0)
    for answer in (bootstrap.post(path, {}), bootstrap.get(f"{path}/{home}")):
        assert set(answer.must(403)) == {"message"}
    bootstrap.get(f"/environments/{home}/{name.format(home)}").must(200 if name == "identityProviders" else 404)
