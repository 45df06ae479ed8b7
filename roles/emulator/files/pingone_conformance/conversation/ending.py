# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ends: a role, an application, and at last the environment."""

from __future__ import annotations

from ..exchange import Exchange, call, create, denied, read, refused, remove
from .common import APPLICATIONS, ENVIRONMENT, assignment

_WORKER = f"{APPLICATIONS}/$worker"
_OF_WORKER = f"{_WORKER}/roleAssignments"

EXCHANGES: tuple[Exchange, ...] = (
    remove("custom-role-assignment-removed", f"{_OF_WORKER}/$reader_assignment"),
    read("web-read-before-removal", f"{APPLICATIONS}/$web_of_clients", caller="worker"),
    remove("role-removed", f"{_OF_WORKER}/$worker_assignment"),
    call(
        "GET",
        "web-read-after-removal",
        f"{APPLICATIONS}/$web_of_clients",
        caller="worker",
        expects=403,
        until=True,
        asks="how long the removal of a role takes",
    ),
    refused("GET", "worker-without-roles-reads-absent", "/environments/$absent", caller="worker"),
    refused("GET", "worker-without-roles-lists-environments", '/environments?filter=name sw "$name"', caller="worker"),
    remove("application-removed", f"{APPLICATIONS}/$post_worker"),
    refused("GET", "application-removed-read", f"{APPLICATIONS}/$post_worker"),
    refused("GET", "application-removed-secret", f"{APPLICATIONS}/$post_worker/secret"),
    refused("GET", "application-removed-assignments", f"{APPLICATIONS}/$post_worker/roleAssignments"),
    denied("token-of-removed-application", "$post_worker", secret="post_worker_secret", login="post"),
    # Deleting the environment that one lives in; whoever may delete any holds Organization Admin.
    create(
        "organization-admin-assigned",
        _OF_WORKER,
        assignment("organization_admin", "ORGANIZATION", "organization"),
        label="organization_assignment",
    ),
    read("environment-read-by-organization-admin", ENVIRONMENT, caller="worker", until=True),
    # Its rights are known when it is not the caller that is refused, but what it asks for.
    call(
        "POST",
        "environment-create-by-organization-admin",
        "/environments",
        {"name": None},
        caller="worker",
        expects=400,
        until=True,
    ),
    refused(
        "DELETE", "environment-delete-own", ENVIRONMENT, caller="worker", asks="DELETE of the caller's own environment"
    ),
    call("GET", "environment-read-after-delete-own", ENVIRONMENT, waits_out="You do not have access"),
    refused("DELETE", "organization-admin-removed", f"{_OF_WORKER}/$organization_assignment"),
    refused("PUT", "sandbox-promote-to-sandbox", f"{ENVIRONMENT}/type", {"type": "SANDBOX"}),
    refused("PUT", "sandbox-retire", f"{ENVIRONMENT}/status", {"status": "DELETE_PENDING"}),
    remove("environment-delete", ENVIRONMENT),
    call("GET", "environment-deleted-read", ENVIRONMENT, expects=404, until=True),
    refused("GET", "environment-deleted-list", APPLICATIONS),
    refused("DELETE", "environment-deleted-again", ENVIRONMENT),
    denied("token-of-deleted-environment", "$worker", secret="worker_secret"),
    read("environments-after-deletion", '/environments?filter=name sw "$name"'),
)
