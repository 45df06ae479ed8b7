# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role assignments of applications, who may read and change them, and what is refused."""

from __future__ import annotations

from ..exchange import ASSIGNMENT_NOT_KNOWN_YET, Exchange, call, create, read, refused, remove
from .common import APPLICATIONS, ENVIRONMENT, assignment, worker_with_role

_WORKER = f"{APPLICATIONS}/$worker"
_WEB = f"{APPLICATIONS}/$web"
_POPULATION = f"{ENVIRONMENT}/populations/$population"
_OF_WORKER = f"{_WORKER}/roleAssignments"
_EXTRA = f"{_OF_WORKER}/$extra"
_SCOPE_OF_ROLES = "which scope GET /v1/roles checks"
_HIDDEN = "403 or 404 for a caller without rights"

EXCHANGES: tuple[Exchange, ...] = (
    read("populations", f"{ENVIRONMENT}/populations", keep={"population": "_embedded.populations.0.id"}),
    # Only those are told that are for the organization or for what the conversation made.
    read(
        "assignments-of-caller",
        "/environments/$home/applications/$caller/roleAssignments",
        asks="which roles come with a new environment",
    ),
    read("assignments-of-application", _OF_WORKER),
    read("assignment-read", f"{_OF_WORKER}/$worker_assignment"),
    refused("GET", "assignment-absent", f"{_OF_WORKER}/$absent"),
    refused(
        "PUT",
        "assignment-put",
        f"{_OF_WORKER}/$worker_assignment",
        assignment("environment_admin", "ENVIRONMENT", "environment"),
    ),
    create(
        "assignment-to-population",
        _OF_WORKER,
        assignment("identity_data_admin", "POPULATION", "population"),
        label="extra",
    ),
    remove("assignment-remove", _EXTRA),
    refused("DELETE", "assignment-remove-again", _EXTRA),
    create(
        "assignment-of-application-owner",
        _OF_WORKER,
        assignment("application_owner", "APPLICATION", "web"),
        label="owner_assignment",
    ),
    remove("assignment-of-application-owner-removed", f"{_OF_WORKER}/$owner_assignment"),
    refused("POST", "assignment-duplicate", _OF_WORKER, assignment("environment_admin", "ENVIRONMENT", "environment")),
    refused(
        "POST",
        "assignment-wrong-scope-type",
        _OF_WORKER,
        assignment("organization_admin", "ENVIRONMENT", "environment"),
    ),
    refused(
        "POST",
        "assignment-wrong-scope-type-organization",
        _OF_WORKER,
        assignment("identity_data_admin", "ORGANIZATION", "organization"),
    ),
    refused(
        "POST",
        "assignment-absent-role",
        _OF_WORKER,
        {"role": {"id": "$absent"}, "scope": {"id": "$environment", "type": "ENVIRONMENT"}},
    ),
    refused("POST", "assignment-absent-scope", _OF_WORKER, assignment("environment_admin", "ENVIRONMENT", "absent")),
    refused("POST", "assignment-without-scope", _OF_WORKER, {"role": {"id": "$role_environment_admin"}}),
    refused(
        "POST",
        "assignment-to-absent-application",
        f"{APPLICATIONS}/$absent/roleAssignments",
        assignment("environment_admin", "ENVIRONMENT", "environment"),
    ),
    refused("GET", "assignments-of-web-application", f"{_WEB}/roleAssignments"),
    refused(
        "POST",
        "assignment-to-web-application",
        f"{_WEB}/roleAssignments",
        assignment("client_application_developer", "ENVIRONMENT", "environment"),
    ),
    # Custom roles: one that nobody may assign, one that the caller may.
    create(
        "custom-role-for-nobody",
        f"{ENVIRONMENT}/roles",
        {
            "name": "for nobody",
            "applicableTo": ["ENVIRONMENT"],
            "permissions": [{"id": "applications:read:application"}],
            "canBeAssignedBy": [],
        },
        label="role_for_nobody",
    ),
    refused(
        "POST", "assignment-of-role-for-nobody", _OF_WORKER, assignment("for_nobody", "ENVIRONMENT", "environment")
    ),
    create(
        "custom-role-create",
        f"{ENVIRONMENT}/roles",
        {
            "name": "reader",
            "applicableTo": ["ENVIRONMENT"],
            "permissions": [{"id": "applications:read:application"}],
            "canBeAssignedBy": [{"id": "$role_environment_admin"}],
        },
        label="role_reader",
    ),
    read("custom-role-read", f"{ENVIRONMENT}/roles/$role_reader"),
    refused(
        "POST",
        "custom-role-duplicate-name",
        f"{ENVIRONMENT}/roles",
        {
            "name": "reader",
            "applicableTo": ["ENVIRONMENT"],
            "permissions": [{"id": "applications:read:application"}],
            "canBeAssignedBy": [],
        },
    ),
    refused(
        "POST",
        "custom-role-unknown-permission",
        f"{ENVIRONMENT}/roles",
        {
            "name": "none",
            "applicableTo": ["ENVIRONMENT"],
            "permissions": [{"id": "nonsense:read:nothing"}],
            "canBeAssignedBy": [],
        },
    ),
    create(
        "assignment-of-custom-role",
        _OF_WORKER,
        assignment("reader", "ENVIRONMENT", "environment"),
        label="reader_assignment",
    ),
    refused("DELETE", "custom-role-remove-assigned", f"{ENVIRONMENT}/roles/$role_reader"),
    # What a worker sees and may do of its own.
    read("worker-lists-its-assignments", _OF_WORKER, caller="worker"),
    refused("DELETE", "worker-removes-its-assignment", f"{_OF_WORKER}/$worker_assignment", caller="worker"),
    refused(
        "POST",
        "worker-assigns-itself",
        _OF_WORKER,
        assignment("client_application_developer", "ENVIRONMENT", "environment"),
        caller="worker",
        keep={"own_assignment": "id"},
    ),
    remove("worker-assigns-itself-removed", f"{_OF_WORKER}/$own_assignment"),
    # Workers with less, each with one role at one scope.
    *worker_with_role(
        "identity_worker", assignment("identity_data_admin", "ENVIRONMENT", "environment"), f"{ENVIRONMENT}/users"
    ),
    *worker_with_role("population_worker", assignment("identity_data_admin", "POPULATION", "population"), _POPULATION),
    *worker_with_role("owner_worker", assignment("application_owner", "APPLICATION", "web"), _WEB),
    refused("GET", "roles-by-environment-role", "/roles", caller="worker", asks=_SCOPE_OF_ROLES),
    refused("GET", "roles-by-identity-role", "/roles", caller="identity_worker", asks=_SCOPE_OF_ROLES),
    refused("GET", "roles-by-population-role", "/roles", caller="population_worker", asks=_SCOPE_OF_ROLES),
    refused("GET", "roles-by-application-role", "/roles", caller="owner_worker", asks=_SCOPE_OF_ROLES),
    refused("GET", "hidden-application", _WORKER, caller="identity_worker", asks=_HIDDEN),
    refused("GET", "hidden-absent-application", f"{APPLICATIONS}/$absent", caller="identity_worker", asks=_HIDDEN),
    refused("GET", "hidden-absent-environment", "/environments/$absent", caller="identity_worker", asks=_HIDDEN),
    refused(
        "GET",
        "hidden-list-of-absent-environment",
        "/environments/$absent/applications",
        caller="identity_worker",
        asks=_HIDDEN,
    ),
    refused("GET", "hidden-list-of-absent-environment-by-caller", "/environments/$absent/applications"),
    refused("GET", "hidden-secret", f"{_WORKER}/secret", caller="identity_worker"),
    refused("GET", "hidden-application-of-owner", _WORKER, caller="owner_worker", asks=_HIDDEN),
    refused(
        "POST",
        "assignment-by-identity-worker",
        _OF_WORKER,
        assignment("identity_data_admin", "ENVIRONMENT", "environment"),
        caller="identity_worker",
        keep={"identity_assignment": "id"},
    ),
    remove("assignment-by-identity-worker-removed", f"{_OF_WORKER}/$identity_assignment"),
    refused(
        "POST",
        "environment-create-by-worker",
        "/environments",
        {"name": "$name-worker", "type": "SANDBOX", "region": "$region", "license": {"id": "$license"}},
        caller="worker",
    ),
    # A worker reads the secret of one that holds less than it, and of one that holds more.
    read("assignments-of-identity-worker", f"{APPLICATIONS}/$identity_worker/roleAssignments", caller="worker"),
    refused("GET", "secret-of-less", f"{APPLICATIONS}/$owner_worker/secret", caller="worker"),
    refused("GET", "secret-of-other", f"{APPLICATIONS}/$identity_worker/secret", caller="worker"),
    call(
        "POST",
        "application-inherits",
        APPLICATIONS,
        {
            "name": "heir",
            "enabled": False,
            "protocol": "OPENID_CONNECT",
            "type": "WORKER",
            "grantTypes": ["CLIENT_CREDENTIALS"],
            "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        },
        caller="worker",
        expects=201,
        keep={"heir": "id"},
    ),
    read("assignments-of-heir", f"{APPLICATIONS}/$heir/roleAssignments", waits_out=ASSIGNMENT_NOT_KNOWN_YET),
)
