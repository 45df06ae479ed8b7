# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenID Connect applications: defaults, the rule of echoing, replacement, combinations."""

from __future__ import annotations

from typing import Any

import pytest

from emulator_world import Caller, World, worker

UNKNOWN = "11111111-2222-4333-8444-555555555555"
JWKS = '{\n  "keys": [{"kty": "RSA", "n": "placeholder", "e": "AQAB"}]\n}'

EVERYTHING = {
    "description": "All that a worker may have",
    "hiddenFromAppPortal": False,
    "homePageUrl": "https://example.com/home",
    "loginPageUrl": "http://localhost:8080/login?x=1",
    "icon": {"id": "image", "href": "https://example.com/icon.png"},
    "accessControl": {
        "role": {"type": "ADMIN_USERS_ONLY"},
        "group": {"type": "ANY_GROUP", "groups": [{"id": UNKNOWN}]},
    },
    "tags": ["PING_FED_CONNECTION_INTEGRATION"],
    "grantTypes": ["CLIENT_CREDENTIALS", "AUTHORIZATION_CODE", "REFRESH_TOKEN"],
    "responseTypes": ["CODE"],
    "redirectUris": ["https://example.com/*", "com.example.app://callback", "http://127.0.0.1:9/x"],
    "allowWildcardInRedirectUris": True,
    "postLogoutRedirectUris": ["http://example.com/bye", "myapp:/x"],
    "pkceEnforcement": "OPTIONAL",
    "parRequirement": "REQUIRED",
    "parTimeout": 60,
    "deviceTimeout": 3600,
    "devicePollingInterval": 1,
    "devicePathId": "path_1-A",
    "deviceCustomVerificationUri": "https://example.com/device",
    "refreshTokenDuration": 60,
    "refreshTokenRollingDuration": 2147483647,
    "refreshTokenRollingGracePeriodDuration": 0,
    "refreshTokenType": "JSON_WEB_TOKEN",
    "additionalRefreshTokenReplayProtectionEnabled": False,
    "requestScopesForMultipleResourcesEnabled": False,
    "idpSignoff": False,
    "opSessionCheckEnabled": True,
    "includeX5t": False,
    "includeTyp": True,
    "initiateLoginUri": "https://example.com/initiate",
    "targetLinkUri": "myapp:/target",
    "jwks": JWKS,
    "requireSignedRequestObject": False,
    "supportUnsignedRequestObject": True,
    "signing": {"keyRotationPolicy": {"id": UNKNOWN}},
    "corsSettings": {"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": ["https://*.example.com", "http://localhost"]},
}


def stripped(document: dict[str, Any]) -> dict[str, Any]:
    """Without what the service made."""
    generated = ("_links", "id", "environment", "createdAt", "updatedAt")
    return {key: value for key, value in document.items() if key not in generated}


def test_everything_that_is_sent_comes_back(bootstrap: Caller, home: str) -> None:
    sent = worker(**EVERYTHING)
    answer = bootstrap.post(f"/environments/{home}/applications", sent)
    created = answer.must(201)
    assert stripped(created) == sent
    assert created["environment"] == {"id": home}
    assert answer.headers["Location"] == created["_links"]["self"]["href"]
    assert bootstrap.get(created["_links"]["self"]["href"]).must(200) == created
    listed = {one["id"]: one for one in bootstrap.get(f"/environments/{home}/applications").items}
    assert listed[created["id"]] == created


def test_a_minimal_worker_gets_the_defaults_and_nothing_else(world: World, bootstrap: Caller, home: str) -> None:
    world.contract = None  # the vendor's document requires the method, the vendor's page says what it is without
    sent = {"name": "w", "type": "WORKER", "protocol": "OPENID_CONNECT", "assignActorRoles": False, "enabled": False}
    created = bootstrap.post(f"/environments/{home}/applications", sent).must(201)
    assert stripped(created) == {
        **sent,
        "hiddenFromAppPortal": False,
        "accessControl": {"role": {"type": "ADMIN_USERS_ONLY"}},
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "pkceEnforcement": "OPTIONAL",
        "parRequirement": "OPTIONAL",
        "devicePollingInterval": 5,
        "parTimeout": 60,
        "deviceTimeout": 600,
    }
    relations = {"self", "environment", "attributes", "secret", "grants", "roleAssignments"}
    assert set(created["_links"]) == relations


def test_an_application_is_disabled_unless_it_is_enabled(world: World, bootstrap: Caller, home: str) -> None:
    sent = {"name": "w", "type": "WORKER", "protocol": "OPENID_CONNECT", "assignActorRoles": False}
    world.contract = None  # the vendor's document requires the member, the vendor's page says what it is without
    assert bootstrap.post(f"/environments/{home}/applications", sent).must(201)["enabled"] is False


def test_null_counts_as_not_sent(bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home, description=None, corsSettings=None, pkceEnforcement=None)
    assert "description" not in created
    assert "corsSettings" not in created
    assert created["pkceEnforcement"] == "OPTIONAL"


def test_read_only_and_unknown_members_are_ignored(world: World, bootstrap: Caller, home: str) -> None:
    world.contract = None
    sent = {**worker(), "id": UNKNOWN, "createdAt": "x", "environment": {"id": UNKNOWN}, "tea": "green"}
    created = bootstrap.post(f"/environments/{home}/applications", sent).must(201)
    assert created["id"] != UNKNOWN
    assert created["environment"] == {"id": home}
    assert "tea" not in created


def test_replacement_clears_and_defaults(bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home, **EVERYTHING)
    path = created["_links"]["self"]["href"]

    replaced = bootstrap.put(path, worker("renamed")).must(200)

    kept = {"refreshTokenDuration": 60, "refreshTokenRollingDuration": 2147483647}
    fresh = stripped(bootstrap.application(home, "renamed"))
    assert stripped(replaced) == {**fresh, **kept}
    assert (replaced["id"], replaced["createdAt"]) == (created["id"], created["createdAt"])
    assert bootstrap.get(path).must(200) == replaced


def test_a_replacement_with_what_was_read_changes_nothing(bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home, **EVERYTHING)
    replaced = bootstrap.put(created["_links"]["self"]["href"], created).must(200)
    assert {**replaced, "updatedAt": ""} == {**created, "updatedAt": ""}


def test_roles_of_the_creator_are_ignored_on_replacement(bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home)
    path = created["_links"]["self"]["href"]
    assert bootstrap.put(path, worker(assignActorRoles=True)).must(200)["assignActorRoles"] is False
    assert bootstrap.get(f"{path}/roleAssignments").items == []


@pytest.mark.parametrize(("member", "value"), [("type", "SERVICE"), ("protocol", "SAML")])
def test_what_cannot_be_changed(world: World, bootstrap: Caller, home: str, member: str, value: str) -> None:
    created = bootstrap.application(home)
    sent = worker(**{member: value})
    sent["tokenEndpointAuthMethod"] = "CLIENT_SECRET_BASIC"
    bootstrap.put(created["_links"]["self"]["href"], sent).must(400)


def test_the_creators_roles_are_copied_unless_it_is_told_not_to(bootstrap: Caller, home: str) -> None:
    sent = worker()
    del sent["assignActorRoles"]
    created = bootstrap.post(f"/environments/{home}/applications", sent).must(201)
    assert created["assignActorRoles"] is True

    own = f"/environments/{bootstrap.world.administrators}/applications/{bootstrap.client_id}/roleAssignments"
    copied = bootstrap.get(f"/environments/{home}/applications/{created['id']}/roleAssignments").items
    pairs = [[(one["role"]["id"], one["scope"]) for one in side] for side in (copied, bootstrap.get(own).items)]
    assert len(pairs[0]) == 5
    assert sorted(map(str, pairs[0])) == sorted(map(str, pairs[1]))


def test_no_roles_means_no_roles(bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home)
    assert bootstrap.get(f"/environments/{home}/applications/{created['id']}/roleAssignments").items == []


def test_names_may_repeat_unless_the_switch_forbids_it(world: World, bootstrap: Caller, home: str) -> None:
    first = bootstrap.application(home, "same")["id"]
    assert bootstrap.application(home, "same")["id"] != first
    world.switch(unique_application_names=True)
    bootstrap.post(f"/environments/{home}/applications", worker("same")).detail(
        400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "name"
    )


def test_an_unknown_application(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/applications/{UNKNOWN}"
    message = f"Unable to find Application with ID: '{UNKNOWN}' in Environment '{home}'"
    for answer in (bootstrap.get(path), bootstrap.put(path, worker()), bootstrap.delete(path)):
        assert answer.error(404, "NOT_FOUND")["message"] == message


def test_deletion_takes_everything_along(bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home)
    path = f"/environments/{home}/applications/{created['id']}"
    bootstrap.assign(home, created["id"], "Environment Admin", ("ENVIRONMENT", home))
    bootstrap.delete(path).must(204)
    bootstrap.get(path).error(404, "NOT_FOUND")
    for child in ("secret", "roleAssignments"):
        message = bootstrap.get(f"{path}/{child}").error(404, "NOT_FOUND")["message"]
        assert message == "The request could not be completed. The requested resource was not found."
    bootstrap.delete(path).error(404, "NOT_FOUND")


def test_an_imported_client_brings_its_id_and_secret(world: World, bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home, clientId="imported-client", clientSecret="imported-secret")
    assert created["id"] == "imported-client"
    assert "clientSecret" not in created
    assert created["clientId"] == "imported-client"
    replaced = bootstrap.put(created["_links"]["self"]["href"], worker(name="imported")).must(200)
    assert replaced["clientId"] == "imported-client"
    assert "clientId" not in bootstrap.application(home, "not imported")
    bootstrap.assign(home, "imported-client", "Environment Admin", ("ENVIRONMENT", home))
    world.token(home, "imported-client", "imported-secret").must(200)


def test_nobody_takes_over_an_application_by_its_id(world: World, bootstrap: Caller, home: str) -> None:
    developer = bootstrap.worker(home, {"Client Application Developer": ("ENVIRONMENT", home)}, "developer")
    path = f"/environments/{home}/applications"
    for taken in (bootstrap.client_id, developer.client_id):
        body = worker("other", clientId=taken, clientSecret="chosen-by-me")
        developer.post(path, body).detail(400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "clientId")
    world.token(world.administrators, bootstrap.client_id, "chosen-by-me").must(401)
    assert "other" not in [one["name"] for one in bootstrap.get(path).items]


@pytest.mark.parametrize("id_", ["abc/def/ghi", "ключ-клиента", "with\nline-breaks", "too-sho"])
def test_an_id_that_no_address_could_hold(bootstrap: Caller, home: str, id_: str) -> None:
    path = f"/environments/{home}/applications"
    before = bootstrap.get(path).must(200)["size"]
    answer = bootstrap.post(path, worker("w", clientId=id_))
    answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "clientId")
    assert bootstrap.get(path).must(200)["size"] == before


def test_importing_is_a_feature_that_can_be_missing(world: World, bootstrap: Caller, home: str) -> None:
    world.switch(application_import=False)
    answer = bootstrap.post(f"/environments/{home}/applications", worker("w", clientId="imported-client"))
    answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "clientId")


@pytest.mark.parametrize("members", [{"clientSecret": "chosen-by-me"}, {"clientId": "imported"}])
def test_what_counts_on_creation_alone_is_ignored_on_replacement(
    bootstrap: Caller, home: str, members: dict[str, Any]
) -> None:
    created = bootstrap.application(home)
    replaced = bootstrap.put(created["_links"]["self"]["href"], worker(**members)).must(200)
    assert stripped(replaced) == stripped(created)


def test_attributes_can_be_expanded(bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home)
    path = f"/environments/{home}/applications/{created['id']}?expand=attributes"
    assert "attributes" in bootstrap.get(path).must(200)["_embedded"]


# -- combinations -----------------------------------------------------------------------------------------------------

REFUSED = {
    "worker-saml": (
        {"protocol": "SAML", "acsUrls": ["https://example.com"], "assertionDuration": 60, "spEntityId": "sp"},
        "protocol",
    ),
    "worker-link": ({"protocol": "EXTERNAL_LINK", "homePageUrl": "https://example.com"}, "protocol"),
    "link-without-link": ({"type": "PORTAL_LINK_APP"}, "protocol"),
    "no-authentication": ({"tokenEndpointAuthMethod": "NONE"}, "tokenEndpointAuthMethod"),
    "code-without-response": (
        {"grantTypes": ["AUTHORIZATION_CODE"], "redirectUris": ["https://example.com"]},
        "responseTypes",
    ),
    "response-without-code": ({"responseTypes": ["CODE"]}, "responseTypes"),
    "code-without-redirect": ({"grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"]}, "redirectUris"),
    "implicit-with-code": (
        {"grantTypes": ["IMPLICIT"], "responseTypes": ["CODE"], "redirectUris": ["https://example.com"]},
        "responseTypes",
    ),
    "refresh-alone": ({"grantTypes": ["CLIENT_CREDENTIALS", "REFRESH_TOKEN"]}, "grantTypes"),
    "key-without-keys": ({"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT"}, "jwks"),
    "jwks-no-json": ({"jwks": "keys"}, "jwks"),
    "jwks-url-http": ({"jwksUrl": "http://example.com/jwks"}, "jwksUrl"),
    "signed-and-unsigned": (
        {"requireSignedRequestObject": True, "supportUnsignedRequestObject": True},
        "supportUnsignedRequestObject",
    ),
    "no-origins-with": (
        {"corsSettings": {"behavior": "ALLOW_NO_ORIGINS", "origins": ["https://example.com"]}},
        "corsSettings.origins",
    ),
    "origins-without": (
        {"corsSettings": {"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": []}},
        "corsSettings.origins",
    ),
    "origin-with-path": (
        {"corsSettings": {"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": ["https://example.com/x"]}},
        "corsSettings.origins[0]",
    ),
    "refresh-longer-than-rolling": (
        {"refreshTokenDuration": 100, "refreshTokenRollingDuration": 99},
        "refreshTokenDuration",
    ),
    "login-page-http": ({"loginPageUrl": "http://example.com"}, "loginPageUrl"),
    "home-page-scheme": ({"homePageUrl": "myapp:/x"}, "homePageUrl"),
    "redirect-http": ({"redirectUris": ["https://example.com", "http://example.com"]}, "redirectUris[1]"),
    "secret-without-id": ({"clientSecret": "long-enough"}, "clientId"),
    "signing-of-a-service": (
        {"type": "SERVICE", "signing": {"keyRotationPolicy": {"id": UNKNOWN}}},
        "signing",
    ),
    "par-timeout-0": ({"parTimeout": 0}, "parTimeout"),
    "par-timeout-601": ({"parTimeout": 601}, "parTimeout"),
    "device-timeout": ({"deviceTimeout": 3601}, "deviceTimeout"),
    "polling": ({"devicePollingInterval": 61}, "devicePollingInterval"),
    "refresh-59": ({"refreshTokenDuration": 59}, "refreshTokenDuration"),
    "grace": ({"refreshTokenRollingGracePeriodDuration": 86401}, "refreshTokenRollingGracePeriodDuration"),
    "path-id": ({"devicePathId": "a b"}, "devicePathId"),
    "grant": ({"grantTypes": ["PASSWORD"]}, "grantTypes[0]"),
    "method": ({"tokenEndpointAuthMethod": "NOTHING"}, "tokenEndpointAuthMethod"),
    "type": ({"type": "ROBOT"}, "type"),
    "enabled-as-text": ({"enabled": "true"}, "enabled"),
    "empty-name": ({"name": ""}, "name"),
    "platform": ({"type": "PING_ONE_PORTAL"}, "type"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_combination_is_refused_and_nothing_is_made(bootstrap: Caller, home: str, case: str) -> None:
    members, target = REFUSED[case]
    before = bootstrap.world.state
    error = bootstrap.post(f"/environments/{home}/applications", {**worker(), **members}).must(400)
    assert target in [detail.get("target") for detail in error["details"]], error
    assert bootstrap.world.state == before
    created = bootstrap.application(home)
    if "type" not in members and "protocol" not in members and "clientSecret" not in members:
        bootstrap.put(created["_links"]["self"]["href"], {**worker(), **members}).must(400)
        assert bootstrap.get(created["_links"]["self"]["href"]).must(200) == created


def test_wildcards_are_refused_at_the_top_of_the_error(bootstrap: Caller, home: str) -> None:
    sent = worker(redirectUris=["https://example.com/*"])
    error = bootstrap.post(f"/environments/{home}/applications", sent).must(400)
    assert error["message"].startswith("Wildcards are not allowed in redirect URIs.")


ACCEPTED = {
    **{
        f"credentials-of-a-{type_}": {"type": type_}
        for type_ in ("NATIVE_APP", "CUSTOM_APP", "SERVICE", "SINGLE_PAGE_APP", "WEB_APP")
    },
    "service-code": {
        "type": "SERVICE",
        "grantTypes": ["AUTHORIZATION_CODE", "REFRESH_TOKEN"],
        "responseTypes": ["CODE"],
        "redirectUris": ["https://example.com"],
    },
    "public-worker": {
        "grantTypes": ["AUTHORIZATION_CODE", "REFRESH_TOKEN"],
        "responseTypes": ["CODE"],
        "redirectUris": ["https://example.com"],
        "tokenEndpointAuthMethod": "NONE",
        "pkceEnforcement": "S256_REQUIRED",
    },
    "public-page": {
        "type": "SINGLE_PAGE_APP",
        "grantTypes": ["IMPLICIT"],
        "responseTypes": ["ID_TOKEN"],
        "redirectUris": ["https://example.com"],
        "tokenEndpointAuthMethod": "NONE",
    },
    "device": {"type": "CUSTOM_APP", "grantTypes": ["DEVICE_CODE"], "tokenEndpointAuthMethod": "NONE"},
    "device-refresh": {"type": "CUSTOM_APP", "grantTypes": ["DEVICE_CODE", "REFRESH_TOKEN"], "devicePathId": "x"},
    "wildcards-without-uris": {"allowWildcardInRedirectUris": True},
    "refresh-members-without-grant": {"refreshTokenDuration": 2592000, "refreshTokenRollingDuration": 15552000},
    "refresh-as-long-as-rolling": {"refreshTokenDuration": 100, "refreshTokenRollingDuration": 100},
    "no-origins": {"corsSettings": {"behavior": "ALLOW_NO_ORIGINS"}},
    "origins": {
        "corsSettings": {
            "behavior": "ALLOW_SPECIFIC_ORIGINS",
            "origins": ["http://localhost", "https://localhost:1", "http://*.pingidentity.com", "https://192.168.1.1"],
        }
    },
    "private-key": {"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT", "jwks": JWKS},
    "private-key-url": {"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT", "jwksUrl": "https://example.com/jwks"},
    "float": {"parTimeout": 59.9},
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_combination_is_accepted_and_comes_back(bootstrap: Caller, home: str, case: str) -> None:
    if case == "float":
        bootstrap.world.contract = None  # the contract wants a whole number; the service truncates
    created = bootstrap.application(home, **ACCEPTED[case])
    for member, value in ACCEPTED[case].items():
        assert created[member] == (59 if value == 59.9 else value)
    assert ("mobile" in created) is (created["type"] == "NATIVE_APP")
    assert ("accessControl" in created) is (created["type"] == "WORKER")


def test_the_method_can_be_switched_back_and_forth(bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home)
    path = created["_links"]["self"]["href"]
    keyed = bootstrap.put(path, worker(tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwks=JWKS)).must(200)
    assert keyed["jwks"] == JWKS
    back = bootstrap.put(path, worker(tokenEndpointAuthMethod="CLIENT_SECRET_POST")).must(200)
    assert "jwks" not in back


def test_a_device_path_is_taken_once_and_free_again(bootstrap: Caller, home: str) -> None:
    device = {"type": "CUSTOM_APP", "grantTypes": ["DEVICE_CODE"], "devicePathId": "path"}
    first = bootstrap.application(home, **device)
    bootstrap.post(f"/environments/{home}/applications", worker(**device)).detail(
        400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "devicePathId"
    )
    bootstrap.delete(first["_links"]["self"]["href"]).must(204)
    bootstrap.application(home, **device)


def test_mobile_gets_its_defaults(bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home, type="NATIVE_APP", mobile={"bundleId": "com.example"})
    assert created["mobile"] == {
        "bundleId": "com.example",
        "passcodeGracePeriod": 5,
        "passcodeRefreshDuration": {"duration": 30, "timeUnit": "SECONDS"},
        "integrityDetection": {"mode": "DISABLED"},
    }


def test_mobile_is_sent_in_parts_and_keeps_its_identity(bootstrap: Caller, home: str) -> None:
    sent = {
        "bundleId": "com.example",
        "passcodeRefreshDuration": {"duration": 60, "timeUnit": "SECONDS"},
        "passcodeGracePeriod": None,
        "integrityDetection": {"mode": "DISABLED", "excludedPlatforms": []},
    }
    created = bootstrap.application(home, type="NATIVE_APP", mobile=sent)
    expected = {
        "bundleId": "com.example",
        "passcodeGracePeriod": 5,
        "passcodeRefreshDuration": {"duration": 60, "timeUnit": "SECONDS"},
        "integrityDetection": {"mode": "DISABLED"},
    }
    assert created["mobile"] == expected
    other = worker(type="NATIVE_APP", mobile={**sent, "bundleId": "com.example.other", "packageName": "new"})
    replaced = bootstrap.put(created["_links"]["self"]["href"], other).must(200)
    assert replaced["mobile"] == expected


IDS_OF_APP = {
    "bundleId": "com.example",
    "packageName": "com.example.app",
    "huaweiAppId": "12345",
    "huaweiPackageName": "com.example.huawei",
}


@pytest.mark.parametrize("mobile", [{}, {"mobile": None}])
def test_without_mobile_a_native_application_loses_the_ids_of_its_app(
    bootstrap: Caller, home: str, mobile: dict[str, Any]
) -> None:
    own = bootstrap.application(home, type="NATIVE_APP", mobile=IDS_OF_APP)["_links"]["self"]["href"]
    kept = bootstrap.put(own, worker(type="NATIVE_APP", mobile={})).must(200)["mobile"]
    assert {key: kept.get(key) for key in IDS_OF_APP} == IDS_OF_APP
    cleared = bootstrap.put(own, worker(type="NATIVE_APP", **mobile)).must(200)["mobile"]
    assert set(cleared) == {"passcodeGracePeriod", "passcodeRefreshDuration", "integrityDetection"}
    assert bootstrap.get(own).must(200)["mobile"] == cleared


def test_by_a_switch_the_ids_of_the_app_stay_without_mobile(world: World, bootstrap: Caller, home: str) -> None:
    world.switch(omitted_mobile_clears_ids=False)
    own = bootstrap.application(home, type="NATIVE_APP", mobile=IDS_OF_APP)["_links"]["self"]["href"]
    kept = bootstrap.put(own, worker(type="NATIVE_APP")).must(200)["mobile"]
    assert {key: kept.get(key) for key in IDS_OF_APP} == IDS_OF_APP


def test_what_other_types_have_is_dropped(bootstrap: Caller, home: str) -> None:
    elsewhere = {
        "mobile": {"bundleId": "com.example"},
        "kerberos": {"key": {"id": UNKNOWN}},
        "externalId": "x",
    }
    assert not set(elsewhere) & set(bootstrap.application(home, **elsewhere))


def test_other_types_have_no_access_control_of_their_own(bootstrap: Caller, home: str) -> None:
    access = {"role": {"type": "ADMIN_USERS_ONLY"}}
    created = bootstrap.application(home, type="SERVICE", accessControl=access)
    assert created["accessControl"] == access
    replaced = bootstrap.put(created["_links"]["self"]["href"], worker(type="SERVICE")).must(200)
    assert "accessControl" not in replaced
