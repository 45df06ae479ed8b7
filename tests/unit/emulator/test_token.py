# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token endpoint: five methods, strictly per application; tokens, keys, discovery, the bearer check."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from emulator_world import AUTH, BASIC, POST, Answer, Caller, World, worker

METHODS = ("CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT", "NONE")
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
UNKNOWN = "11111111-2222-4333-8444-555555555555"


class Client:
    """A worker with a role, and all ways in which it can present itself."""

    def __init__(self, bootstrap: Caller, home: str, method: str = BASIC) -> None:
        jwks = json.dumps(KeySet([KEY]).as_dict(private=False))
        members: dict[str, Any] = {"tokenEndpointAuthMethod": method, "jwks": jwks}
        if method == "NONE":
            members |= {"grantTypes": ["DEVICE_CODE"]}
        self.world, self.bootstrap, self.home = bootstrap.world, bootstrap, home
        self.id = bootstrap.application(home, **members)["id"]
        self.secret = bootstrap.secret(home, self.id)
        bootstrap.assign(home, self.id, "Environment Admin", ("ENVIRONMENT", home))

    def ask(self, method: str, **changes: Any) -> Answer:
        """A token request by one of the methods; ``changes`` are of the assertion's claims."""
        if method in (BASIC, POST):
            return self.world.token(self.home, self.id, self.secret, method)
        if method == "NONE":
            return self.send(client_id=self.id)
        return self.send(client_assertion_type=ASSERTION, client_assertion=self.assertion(method, **changes))

    def assertion(self, method: str, key: Any = None, **changes: Any) -> str:
        """A signed assertion, with the key of the client unless another is given."""
        now = int(self.world.emulator.tenant.clock.seconds())
        claims = {"iss": self.id, "sub": self.id, "aud": f"{AUTH}/{self.home}/as/token", "exp": now + 300, **changes}
        claims = {name: value for name, value in claims.items() if value is not None}
        if method == "PRIVATE_KEY_JWT":
            algorithm = "RS256" if isinstance(key, RSAKey) else "ES256"
            return jwt.encode({"alg": algorithm, "kid": "one"}, claims, key or KEY, algorithms=[algorithm])
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(self.secret), algorithms=["HS256"])

    def send(self, **form: str) -> Answer:
        """A form to the token endpoint."""
        raw = urlencode({"grant_type": "client_credentials", **form}).encode()
        return self.world.request("POST", f"/{self.home}/as/token", raw=raw, headers=FORM)


@pytest.mark.parametrize("configured", METHODS)
@pytest.mark.parametrize("used", METHODS)
def test_only_the_method_of_the_application_counts(bootstrap: Caller, home: str, configured: str, used: str) -> None:
    answer = Client(bootstrap, home, configured).ask(used)
    if configured != used:
        assert answer.must(401)["error"] == "invalid_client"
    elif configured == "NONE":
        assert answer.must(400)["error"] == "unauthorized_client"
    else:
        assert answer.must(200)["token_type"] == "Bearer"


def test_the_answer_and_the_token(world: World, bootstrap: Caller, home: str) -> None:
    client = Client(bootstrap, home)
    answer = client.ask(BASIC)
    document = answer.must(200)
    assert set(document) == {"access_token", "token_type", "expires_in"}
    assert document["expires_in"] == 3600
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Cache-Control"] == "no-store"

    jwks = world.request("GET", f"/{home}/as/jwks").must(200)
    token = jwt.decode(document["access_token"], KeySet.import_key_set(jwks), algorithms=["RS256"])
    assert token.header["kid"] in {key["kid"] for key in jwks["keys"]}
    assert not {"d", "p", "q"} & set(jwks["keys"][0])
    claims = token.claims
    assert set(claims) == {"client_id", "iss", "iat", "exp", "aud", "env", "org", "jti", "p1.rid"}
    assert claims["iss"] == f"{AUTH}/{home}/as"
    assert (claims["client_id"], claims["env"], claims["org"]) == (client.id, home, world.organization)
    assert claims["aud"] == [AUTH]
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["jti"] == claims["p1.rid"]


def test_the_header_type_is_asked_for(bootstrap: Caller, home: str) -> None:
    client = Client(bootstrap, home)
    bootstrap.put(f"/environments/{home}/applications/{client.id}", worker(includeTyp=True)).must(200)
    header = client.ask(BASIC).must(200)["access_token"].split(".")[0]
    assert json.loads(base64.urlsafe_b64decode(header + "=="))["typ"] == "at+jwt"


def test_discovery(world: World, home: str) -> None:
    document = world.request("GET", f"/{home}/as/.well-known/openid-configuration").must(200)
    assert document["issuer"] == f"{AUTH}/{home}/as"
    assert document["token_endpoint"] == f"{AUTH}/{home}/as/token"
    assert document["jwks_uri"] == f"{AUTH}/{home}/as/jwks"


def refused(answer: Answer, status: int, error: str, description: str) -> None:
    """Check that the request was refused with the words of the service."""
    correlation = answer.headers["Correlation-Id"]
    expected = f"{description} (Correlation ID: {correlation})"
    assert answer.must(status) == {"error": error, "error_description": expected}


CREDENTIALS = (401, "invalid_client", "Request denied: Invalid client credentials")
METHOD = (401, "invalid_client", "Request denied: Unsupported authentication method")
GRANT = (400, "unauthorized_client", "Request denied: Unsupported grant type: client_credentials")


def test_a_wrong_secret_and_an_unknown_client_get_the_same_words(world: World, bootstrap: Caller, home: str) -> None:
    client = Client(bootstrap, home)
    refused(world.token(home, client.id, "wrong"), *CREDENTIALS)
    refused(world.token(home, UNKNOWN, client.secret), *CREDENTIALS)
    refused(world.token(world.administrators, client.id, client.secret), *CREDENTIALS)
    refused(world.token(UNKNOWN, client.id, client.secret), *CREDENTIALS)


def test_the_client_is_looked_at_before_its_method_and_that_before_its_secret(
    world: World, bootstrap: Caller, home: str
) -> None:
    client = Client(bootstrap, home, POST)
    refused(client.ask(BASIC), *METHOD)
    refused(world.token(home, client.id, "wrong", BASIC), *METHOD)
    refused(world.token(home, client.id, "wrong", POST), *CREDENTIALS)
    refused(world.token(home, UNKNOWN, "wrong", BASIC), *CREDENTIALS)


def test_the_secret_is_looked_at_before_the_grant_and_that_before_the_roles(
    world: World, bootstrap: Caller, home: str
) -> None:
    members = {"grantTypes": ["IMPLICIT"], "responseTypes": ["TOKEN"], "redirectUris": ["https://app.example.com"]}
    application = bootstrap.application(home, **members)["id"]
    refused(world.token(home, application, "wrong"), *CREDENTIALS)
    refused(world.token(home, application, bootstrap.secret(home, application)), *GRANT)


def test_the_pair_is_form_encoded(world: World, bootstrap: Caller, home: str) -> None:
    secret = "a:b c+d%e/ü"
    bootstrap.application(home, clientId="client:with space", clientSecret=secret)
    bootstrap.assign(home, "client:with space", "Environment Admin", ("ENVIRONMENT", home))
    world.token(home, "client:with space", secret).must(200)


@pytest.mark.parametrize("method", ["CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT"])
@pytest.mark.parametrize(
    ("changes", "fine"),
    [
        ({}, True),
        ({"aud": "issuer"}, True),
        ({"aud": ["https://example.com", "issuer"]}, True),
        ({"aud": "https://example.com"}, False),
        ({"aud": None}, False),
        ({"iss": UNKNOWN}, False),
        ({"iss": None}, False),
        ({"sub": None}, False),
        ({"exp": None}, False),
        ({"exp": -1}, False),
        ({"exp": 3590}, True),
        ({"exp": 3700}, False),
        ({"nbf": -5}, True),
        ({"nbf": 60}, False),
        ({"jti": "x", "iat": 5}, True),
        ({"iat": 9999999999}, True),  # no rule is told of it
        ({"exp": "soon"}, False),
    ],
)
def test_what_an_assertion_must_say(
    world: World, bootstrap: Caller, home: str, method: str, changes: dict[str, Any], fine: bool
) -> None:
    now = int(world.emulator.tenant.clock.seconds())
    issuer = f"{AUTH}/{home}/as"
    claims = dict(changes)
    for name in ("exp", "nbf"):
        if isinstance(claims.get(name), int):
            claims[name] += now
    if "aud" in claims and claims["aud"]:
        claims["aud"] = json.loads(json.dumps(claims["aud"]).replace("issuer", issuer))
    answer = Client(bootstrap, home, method).ask(method, **claims)
    assert answer.status == (200 if fine else 401)


def test_an_assertion_needs_the_right_key(bootstrap: Caller, home: str) -> None:
    client = Client(bootstrap, home, "PRIVATE_KEY_JWT")
    stranger = ECKey.generate_key("P-256", {"kid": "one"})
    for key, status in ((None, 200), (stranger, 401)):
        assertion = client.assertion("PRIVATE_KEY_JWT", key)
        client.send(client_assertion_type=ASSERTION, client_assertion=assertion).must(status)
    for nonsense in ("a.b.c", "x", "", "e30.e30.e30"):
        client.send(client_assertion_type=ASSERTION, client_assertion=nonsense).must(401)


@pytest.mark.filterwarnings("ignore:Key size should be")
@pytest.mark.parametrize(("bits", "status"), [(1024, 401), (2048, 200)])
def test_an_rsa_key_has_2048_bits_at_least(bootstrap: Caller, home: str, bits: int, status: int) -> None:
    client = Client(bootstrap, home, "PRIVATE_KEY_JWT")
    made = rsa.generate_private_key(65537, bits)
    key = RSAKey(made, made, {"kid": "one"})
    jwks = json.dumps(KeySet([key]).as_dict(private=False))
    body = worker(tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwks=jwks)
    assert bootstrap.put(f"/environments/{home}/applications/{client.id}", body).must(200)["jwks"] == jwks
    answer = client.send(client_assertion_type=ASSERTION, client_assertion=client.assertion("PRIVATE_KEY_JWT", key))
    assert answer.status == status


def test_unsigned_assertions_do_not_count(bootstrap: Caller, home: str) -> None:
    client = Client(bootstrap, home, "PRIVATE_KEY_JWT")
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    payload = client.assertion("PRIVATE_KEY_JWT").split(".")[1]
    client.send(client_assertion_type=ASSERTION, client_assertion=f"{header}.{payload}.").must(401)


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_other_grants(bootstrap: Caller, home: str, form: dict[str, str], status: int, error: str) -> None:
    client = Client(bootstrap, home)
    assert client.world.token(home, client.id, client.secret, **form).must(status)["error"] == error


def test_a_grant_that_the_application_does_not_have(bootstrap: Caller, home: str) -> None:
    client = Client(bootstrap, home)
    code = worker(grantTypes=["AUTHORIZATION_CODE"], responseTypes=["CODE"], redirectUris=["https://example.com"])
    bootstrap.put(f"/environments/{home}/applications/{client.id}", code).must(200)
    assert client.ask(BASIC).must(400)["error"] == "unauthorized_client"


def test_no_credentials_at_all(world: World, home: str) -> None:
    raw = b"grant_type=client_credentials"
    answer = world.request("POST", f"/{home}/as/token", raw=raw, headers=FORM)
    assert answer.must(401)["error"] == "invalid_client"


@pytest.mark.parametrize("header", ["Basic !!!", "Basic bm9jb2xvbg==", "Basic", "Digest x"])
def test_a_header_that_cannot_be_read(world: World, home: str, header: str) -> None:
    raw = b"grant_type=client_credentials"
    answer = world.request("POST", f"/{home}/as/token", raw=raw, headers={**FORM, "Authorization": header})
    assert answer.must(401)["error"] == "invalid_client"


def test_a_disabled_application_gets_no_token_but_what_it_has_counts_until_it_expires(
    world: World, bootstrap: Caller, home: str
) -> None:
    client = Client(bootstrap, home)
    caller = world.caller(home, client.id, client.secret)
    bootstrap.put(f"/environments/{home}/applications/{client.id}", worker(enabled=False)).must(200)
    refused(client.ask(BASIC), *CREDENTIALS)
    caller.get(f"/environments/{home}").must(200)
    world.switch(disabled_application_tokens=False)
    caller.get(f"/environments/{home}").must(401)
    world.switch(disabled_application_tokens=True)
    world.advance(3600)
    caller.get(f"/environments/{home}").must(401)


@pytest.mark.parametrize("switch", ["access_denied", "invalid_scope"])
def test_a_worker_without_roles_gets_no_token(world: World, bootstrap: Caller, home: str, switch: str) -> None:
    world.switch(unassigned_worker=switch)
    application = bootstrap.application(home)["id"]
    secret = bootstrap.secret(home, application)
    words = {
        "access_denied": "Request denied: Application does not have any role assignments",
        "invalid_scope": "Request failed: At least one scope must be granted",
    }[switch]
    refused(world.token(home, application, secret), 400, switch, words)
    refused(world.token(home, application, secret, scope="openid"), 400, switch, words)


def test_the_status_of_a_worker_without_roles_can_be_chosen(world: World, bootstrap: Caller, home: str) -> None:
    world.switch(unassigned_worker_status=403)
    application = bootstrap.application(home)["id"]
    assert world.token(home, application, bootstrap.secret(home, application)).must(403)["error"] == "access_denied"


def test_scopes_that_exist_come_back_and_give_no_rights(world: World, bootstrap: Caller, home: str) -> None:
    client = Client(bootstrap, home)
    answer = world.token(home, client.id, client.secret, scope="openid p1:create:env profile").must(200)
    assert answer["scope"] == "openid profile"
    payload = answer["access_token"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(payload + "=="))["scope"] == "openid profile"
    assert "scope" not in world.token(home, client.id, client.secret).must(200)
    assert world.token(home, client.id, client.secret, scope="bogus").must(400)["error"] == "invalid_scope"


def test_other_types_get_no_token_without_a_scope(world: World, bootstrap: Caller, home: str) -> None:
    service = bootstrap.application(home, type="SERVICE")["id"]
    document = world.token(home, service, bootstrap.secret(home, service)).must(400)
    assert document["error"] == "invalid_scope"
    assert document["error_description"].startswith("Request failed: At least one scope must be granted (Corr")


def test_the_environment_is_that_of_the_worker(world: World, bootstrap: Caller, home: str) -> None:
    client = Client(bootstrap, home)
    world.token(world.administrators, client.id, client.secret).must(401)


# -- the bearer check -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Bearer a.b.c", "Basic eDp5", "Bearer e30.e30.x"])
def test_no_token_no_answer(world: World, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answer = world.request("GET", "/v1/environments", headers=headers)
    detail = answer.detail(401, "ACCESS_FAILED", "INVALID_TOKEN", "Authentication")
    assert detail["message"]
    assert answer.json["message"] == "The request could not be completed. You do not have access to this resource."


def test_tokens_expire(world: World, bootstrap: Caller) -> None:
    world.advance(3590)
    bootstrap.get("/environments").must(200)
    world.advance(11)
    bootstrap.get("/environments").detail(401, "ACCESS_FAILED", "INVALID_TOKEN", "Authentication")
    world.bootstrap().get("/environments").must(200)


def test_a_forged_token(world: World, bootstrap: Caller) -> None:
    header, payload, signature = bootstrap.access_token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["exp"] += 10
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    answer = Caller(world, f"{header}.{forged}.{signature}", "").get("/environments")
    answer.detail(401, "ACCESS_FAILED", "INVALID_TOKEN", "Authentication")


def test_the_token_of_a_deleted_worker(world: World, bootstrap: Caller, home: str) -> None:
    client = Client(bootstrap, home)
    caller = world.caller(home, client.id, client.secret)
    bootstrap.delete(f"/environments/{home}/applications/{client.id}").must(204)
    caller.get(f"/environments/{home}").must(401)


def test_rights_are_those_of_the_moment(world: World, bootstrap: Caller, home: str) -> None:
    client = Client(bootstrap, home)
    caller = world.caller(home, client.id, client.secret)
    caller.get(f"/environments/{home}").must(200)
    path = f"/environments/{home}/applications/{client.id}/roleAssignments"
    bootstrap.delete(f"{path}/{bootstrap.get(path).items[0]['id']}").must(204)
    caller.get(f"/environments/{home}").must(403)
