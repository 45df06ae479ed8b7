# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user is told to do after an error."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    CertificateError,
    CheckModeWriteError,
    Circumstances,
    OptionError,
    OutcomeUnknownError,
    PermissionDeniedError,
    ProxyRefusedError,
    SignIn,
    TokenError,
    UnreachableError,
    service_error,
)
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe, hint_for
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import explained

NOT_AUTHORIZED = {
    "id": "c0ffee00-0000-4000-8000-000000000001",
    "code": "ACCESS_FAILED",
    "message": "The actor attempting to perform the request is not authorized.",
}
THING = "/environments/e/applications/a"
NO_ACCESS = {
    "code": "ACCESS_FAILED",
    "message": "The request could not be completed. You do not have access to this resource.",
}
ASSIGNED = {"id": "1", "role": {"id": "r1"}, "scope": {"type": "ENVIRONMENT", "id": "e"}}


class TestExplanation:
    def test_an_environment_that_is_gone(self, client, service):
        service.answers("GET", THING, (403, NOT_AUTHORIZED))
        service.answers("GET", "/environments/e", 404)

        with pytest.raises(PermissionDeniedError) as caught:
            client.get(THING, operation="getting it")

        assert describe(caught.value) == (
            "Getting it failed: PingOne answered HTTP 403 ACCESS_FAILED: The actor attempting to perform the request "
            "is not authorized. Correlation id: c0ffee00-0000-4000-8000-000000000001. There is no environment e, or "
            "the calling worker may not see it: it may have been deleted, or belong to another organization or region."
        )

    def test_a_service_that_is_missing(self, client, service):
        service.answers("GET", THING, (403, NOT_AUTHORIZED))
        service.answers("GET", "/environments/e", 200)
        service.answers("GET", "/environments/e/billOfMaterials", (200, {"products": [{"type": "PING_ONE_MFA"}]}))

        with explained(PermissionDeniedError, match=r"does not have the service SSO .*it has PING_ONE_MFA"):
            client.get(THING, operation="getting it")

    def test_a_role_that_is_missing(self, client, service):
        service.answers("GET", THING, (403, NOT_AUTHORIZED))
        service.answers("GET", "/environments/e", 200)
        service.answers("GET", "/environments/e/billOfMaterials", (200, {"products": [{"type": "PING_ONE_BASE"}]}))

        with explained(PermissionDeniedError, match="Worker worker holds no role that allows this on applications"):
            client.get(THING, operation="getting it")

    @pytest.mark.parametrize(
        ("collection", "role"), [("populations", "Environment Admin"), ("groups", "Identity Data Admin")]
    )
    def test_the_role_that_a_collection_needs_is_named(self, client, service, collection, role):
        path = f"/environments/e/{collection}/1"
        service.answers("GET", path, (403, NOT_AUTHORIZED))
        service.answers("GET", "/environments/e", 200)
        service.answers("GET", "/environments/e/billOfMaterials", 403)

        with explained(PermissionDeniedError, match=f"allows this on {collection} of environment e, as {role} does;"):
            client.get(path, operation="getting it")

    def test_a_secret_that_is_unreadable(self, client, service):
        service.answers("GET", THING + "/secret", (403, NO_ACCESS))
        service.answers("GET", "/environments/e", 200)
        assigned = [{**ASSIGNED, "readOnly": True}, {**ASSIGNED, "role": {"id": "r2"}, "readOnly": False}]
        service.answers("GET", THING + "/roleAssignments", (200, {"_embedded": {"roleAssignments": assigned}}))
        service.answers("GET", "/roles", (200, {"_embedded": {"roles": [{"id": "r1", "name": "Environment Admin"}]}}))

        with explained(
            PermissionDeniedError,
            match=r"to this resource\. PingOne shows .* Read-only .*scope: Environment Admin at ENVIRONMENT e\.$",
        ):
            client.get(THING + "/secret", operation="reading the secret")

    def test_a_secret_without_the_permission_is_first_a_matter_of_that(self, client, service):
        service.answers("GET", THING + "/secret", (403, NOT_AUTHORIZED))
        service.answers("GET", "/environments/e", 200)
        assigned = [{**ASSIGNED, "readOnly": True}, {"id": "2", "role": "odd", "scope": "odd", "readOnly": True}]
        service.answers("GET", THING + "/roleAssignments", (200, {"_embedded": {"roleAssignments": assigned}}))
        service.answers("GET", "/roles", 403)
        service.answers("GET", "/environments/e/billOfMaterials", 403)

        with explained(
            PermissionDeniedError,
            match=r"Worker worker holds no role that allows this on applications .* Besides: PingOne shows .*"
            r": r1 at ENVIRONMENT e; an unknown role at an unknown scope\.$",
        ):
            client.get(THING + "/secret", operation="reading the secret")

    @pytest.mark.parametrize("bill", [{}, {"products": 7}, {"products": [{"id": "1"}]}, "<html>"])
    def test_a_bill_of_another_shape_tells_nothing(self, client, service, bill):
        service.answers("GET", THING, (403, NOT_AUTHORIZED))
        service.answers("GET", "/environments/e", 200)
        service.answers("GET", "/environments/e/billOfMaterials", (200, bill))

        with explained(PermissionDeniedError, match="Worker worker holds no role that allows this on applications"):
            client.get(THING, operation="getting it")

    def test_a_full_license(self, client, service):
        full = {"code": "ACCESS_FAILED", "message": "The request exceeded your license limit"}
        service.answers("POST", "/environments/e/users", (403, full))

        with explained(PermissionDeniedError, match=r"license limit\. The license allows no more: remove what"):
            client.post("/environments/e/users", {}, operation="creating it")

    @pytest.mark.parametrize(
        ("answer", "which"),
        [
            (
                (200, {"_embedded": {"roleAssignments": [{**ASSIGNED, "readOnly": False}]}}),
                " That worker holds r1 at ENVIRONMENT e.",
            ),
            (403, ""),
        ],
    )
    def test_a_secret_of_a_worker_that_may_do_more_than_the_caller(self, client, service, answer, which):
        detail = "Actor does not have permissions to access worker application client secrets"
        service.answers("GET", THING + "/secret", (403, {**NOT_AUTHORIZED, "details": [{"message": detail}]}))
        service.answers("GET", "/environments/e", 200)
        service.answers("GET", THING + "/roleAssignments", answer)
        service.answers("GET", "/roles", 403)

        with explained(PermissionDeniedError, match=f"and the calling worker's roles do not\\.{which}$"):
            client.get(THING + "/secret", operation="reading the secret")

    def test_a_workers_own_secret(self, client, service):
        own = "/environments/e/applications/worker/secret"
        service.answers("GET", own, (403, NO_ACCESS))
        service.answers("GET", "/environments/e", 200)

        with explained(PermissionDeniedError, match=r"shows no worker its own secret; let another worker read it\.$"):
            client.get(own, operation="reading the secret")

    def test_a_sentence_does_not_grow_with_the_environments(self, client, service):
        service.answers("GET", THING + "/secret", (403, NO_ACCESS))
        service.answers("GET", "/environments/e", 200)
        assigned = [{**ASSIGNED, "readOnly": True}] * 7
        service.answers("GET", THING + "/roleAssignments", (200, {"_embedded": {"roleAssignments": assigned}}))
        service.answers("GET", "/roles", 403)

        with explained(PermissionDeniedError, match=r"scope: (r1 at ENVIRONMENT e; ){5}and 2 more\.$"):
            client.get(THING + "/secret", operation="reading the secret")

    def test_a_secret_that_is_kept_for_want_of_a_permission(self, client, service):
        service.answers("GET", THING + "/secret", (403, NOT_AUTHORIZED))
        service.answers("GET", "/environments/e", 200)
        service.answers("GET", THING + "/roleAssignments", (200, {}))
        service.answers("GET", "/roles", 200)
        service.answers("GET", "/environments/e/billOfMaterials", 403)

        with explained(PermissionDeniedError, match="Worker worker holds no role that allows this on applications"):
            client.get(THING + "/secret", operation="reading the secret")

    @pytest.mark.parametrize(
        ("path", "kind", "permissions"),
        [
            ("users", "user", "permissions:read:userRoleAssignments, permissions:update:userRoleAssignments;"),
            ("users/p/roleAssignments/a", "user", "permissions:read:userRoleAssignments, permissions:update:userRole"),
            (
                "groups/p/roleAssignments",
                "group",
                "permissions:read:groupRoleAssignments, permissions:create:groupRoleAssignments, "
                "permissions:delete:groupRoleAssignments;",
            ),
        ],
    )
    def test_roles_of_people_need_a_role_of_their_own(self, client, service, path, kind, permissions):
        path = f"/environments/e/{path}"
        service.answers("GET", path, (403, NOT_AUTHORIZED))
        service.answers("GET", "/environments/e", 200)
        service.answers("GET", "/environments/e/billOfMaterials", 403)

        with explained(
            PermissionDeniedError,
            match=f"roles of {kind}s of environment e. Have Identity Data Admin in that environment assigned to it, or "
            f"a custom role with dir:read:{kind}, {permissions}",
        ):
            client.get(path, operation="reading them")

    def test_an_unknown_address(self, client, service):
        message = "Invalid key=value pair (missing equal-sign) in Authorization header"
        service.answers("GET", "/nonsense", (403, {"message": message}))

        with explained(PermissionDeniedError, match="an address that it does not know: check api_url"):
            client.get("/nonsense", operation="reading nonsense")


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (400, "Correct what the details name."),
        (401, "The access token was refused: check"),
        (403, "The calling worker lacks a role"),
        (404, "Check the ids"),
        (415, "This is a defect of the collection"),
        (429, "The rate limit of the license is used up"),
        (500, "The service has a problem"),
        (599, "The service has a problem"),
        (418, None),
    ],
)
def test_each_status_has_its_hint_when_nothing_more_is_known(status, hint):
    told = hint_for(service_error("reading it", status, {}, None))
    assert told is None if hint is None else told.startswith(hint)


@pytest.mark.parametrize(("asked", "said"), [(None, ""), ("90", " (it asked to wait: Retry-After 90)")])
def test_what_was_repeated_says_for_how_long(asked, said):
    circumstances = Circumstances(path=THING, repeated_for=60.4, retry_after=asked)
    assert describe(service_error("reading it", 503, {}, None, circumstances)) == (
        "Reading it failed: PingOne answered HTTP 503. "
        f"Gave up after retrying for 60 seconds{said}; try again later, or raise retry_budget."
    )


def test_what_was_waited_for_in_vain_says_for_how_long_and_what_may_be_wrong():
    error = service_error("reading it", 403, {}, None, Circumstances(repeated_for=14.6))
    assert describe(error) == (
        "Reading it failed: PingOne answered HTTP 403. Gave up after retrying for 15 seconds. "
        "The calling worker lacks a role that allows this; have one assigned to it."
    )
    error = service_error("reading it", 401, {}, None, Circumstances(path=THING, client_id="w", repeated_for=9))
    assert describe(error) == (
        "Reading it failed: PingOne answered HTTP 401. Gave up after retrying for 9 seconds. The access token of "
        "worker w was refused: it has expired, or the worker was disabled or deleted, or the token is not for the "
        "region of api_url, or the environment is so new that the worker's roles are not known there yet."
    )
    error = service_error("reading it", 418, {}, None, Circumstances(repeated_for=2))
    assert describe(error) == "Reading it failed: PingOne answered HTTP 418. Gave up after retrying for 2 seconds."


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (CheckModeWriteError("x."), "This is a defect of the collection; please report it."),
        (CertificateError("x."), "Name its certificate authority by ca_path."),
        (ProxyRefusedError("x."), "Check the variable that names the proxy, HTTPS_PROXY or HTTP_PROXY:"),
        (UnreachableError("x."), "Check the network, the proxy, and that api_url or region is right."),
        (OutcomeUnknownError("x."), "Run the task again: it reads first what is there."),
        (TokenError("x.", 429), "The service has a problem, or its rate limit is used up"),
        (TokenError("x.", 401), "Usual causes: "),
        (TokenError("Unsupported authentication method.", 401), "The client id is right, and the worker's token_end"),
        (TokenError("Invalid client credentials.", 401), "The client id is not one of a worker of the environment"),
        (TokenError("Unsupported grant type: x.", 400), "The worker lacks CLIENT_CREDENTIALS in its grant_types."),
        (TokenError("It does not have any role assignments.", 400), "Assign a role to the worker."),
        (TokenError("At least one scope must be granted.", 400), "Assign a role to the worker."),
        (TokenError("x."), None),
        (OptionError("x", "x."), None),
    ],
)
def test_each_kind_of_error_has_its_hint(error, hint):
    told = describe(error)
    assert told == "x." if hint is None else told.startswith(f"{error} {hint}")


@pytest.mark.parametrize(
    ("matter", "hint"),
    [
        ("authority", "Name its certificate authority by ca_path."),
        ("name", "The certificate is for another name,"),
        ("time", "The certificate has expired, or is not valid yet:"),
        ("protocol", "What answered does not speak TLS:"),
        ("other", "Check what answers at that address,"),
    ],
)
def test_ca_path_is_named_where_the_authority_is_the_matter(matter, hint):
    told = hint_for(CertificateError("x.", matter=matter))
    assert told.startswith(hint)
    assert ("ca_path" in told) is (matter == "authority")


@pytest.mark.parametrize(
    ("status", "code", "first"),
    [
        (
            401,
            "invalid_client",
            "the secret is not (or no longer) the worker's; the worker's token_endpoint_auth_method",
        ),
        (400, "unauthorized_client", "the worker lacks CLIENT_CREDENTIALS in its grant_types; the secret"),
        (400, "access_denied", "the worker has no role; the worker is disabled; the secret"),
        (400, "invalid_scope", "the worker has no role; the secret"),
        (404, "NOT_FOUND", "auth_environment_id is not the environment that the worker belongs to; the region"),
        (404, None, "auth_environment_id is not the environment that the worker belongs to; the region"),
        (403, None, "the region, or auth_url, is not the tenant's; the secret"),
        (400, "odd", "the secret is not (or no longer) the worker's; auth_environment_id"),
    ],
)
def test_the_likeliest_cause_of_a_refused_token_comes_first(status, code, first):
    told = hint_for(TokenError("x.", status, code=code))
    assert told.startswith(f"Usual causes: {first}")
    causes = told.partition(". ")[0].removeprefix("Usual causes: ").split("; ")
    assert len(causes) == len(set(causes)) == 7


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("Must have role at the same or broader scope", "PingOne lets nobody assign a role but who holds it"),
        ("Role assignment a cannot be deleted as it is read only", "A role assignment is read-only to the worker"),
    ],
)
def test_refusals_of_role_assignments_are_explained(said, hint):
    error = service_error("assigning it", 400, {"details": [{"message": said}]}, None)
    assert hint_for(error).startswith(hint)


def test_notes_come_before_what_to_do():
    error = service_error("reading it", 404, {}, None)
    assert error.with_note("It was put back.") is error
    assert describe(error).startswith("Reading it failed: PingOne answered HTTP 404. It was put back. Check the ids")


def refused_sign_in(**more):
    error = TokenError("x failed: Request denied: Invalid client credentials.", 401, code="invalid_client")
    error.sign_in = SignIn("private_key_jwt", by_key=True, **more)
    return describe(error)


@pytest.mark.parametrize(
    ("sign_in", "said"),
    [
        ({}, "The client id is not one of a worker of the environment auth_environment_id, or the private key belongs"),
        (
            {"with_blanks": ("client_id", "private_key_id"), "environment_exists": lambda: False},
            "The value of client_id and that of private_key_id begins or ends in a blank or a line end, which PingOne",
        ),
        (
            {"environment_exists": lambda: False, "client_is_known": lambda: False},
            "PingOne has no environment with the id auth_environment_id there, so this is another one, or the region",
        ),
        (
            {"environment_exists": lambda: True, "client_is_known": lambda: False, "clock_error": 99.0},
            "PingOne knows no enabled worker of this client id in that environment: client_id or auth_environment_id",
        ),
        (
            {"client_is_known": lambda: True, "clock_error": 31.2},
            "The clock of this machine is 31 seconds behind PingOne's, so that the assertion, which is good for",
        ),
        ({"clock_error": -31.2}, "The clock of this machine is 31 seconds ahead of PingOne's"),
        (
            {"client_is_known": lambda: True, "clock_error": 30.0},
            "The client id is that of an enabled worker of that environment, so the private key belongs to none of",
        ),
    ],
)
def test_a_refused_sign_in_is_explained_by_what_can_be_told_apart(sign_in, said):
    told = refused_sign_in(**sign_in)
    assert told.startswith(f"x failed: Request denied: Invalid client credentials. {said}")
    assert told.endswith("the option settle waits for it to take effect.")
