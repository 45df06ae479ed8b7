# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker application, what is refused of one, and its secret, which is rotated once."""

from __future__ import annotations

from ..exchange import (
    METHOD_NOT_KNOWN_YET,
    Exchange,
    TokenRequest,
    call,
    create,
    denied,
    read,
    refused,
    remove,
    signs_in,
)
from .common import APPLICATIONS, assignment, web_application, worker

_WORKER = f"{APPLICATIONS}/$worker"
_SECRET = f"{_WORKER}/secret"

EXCHANGES: tuple[Exchange, ...] = (
    create("application-create", APPLICATIONS, worker("worker", description="The first"), label="worker"),
    read("application-read", _WORKER),
    read("application-read-any-type", _WORKER, accept="*/*"),
    call("PUT", "application-update", _WORKER, worker("worker", description="The first, changed"), expects=200),
    refused("PUT", "application-update-partial", _WORKER, {"name": "worker"}),
    refused("POST", "application-without-protocol", APPLICATIONS, {"name": "none", "enabled": True, "type": "WORKER"}),
    refused("POST", "application-unknown-type", APPLICATIONS, worker("none", type="NONSENSE")),
    refused("POST", "application-without-method", APPLICATIONS, worker("none", tokenEndpointAuthMethod="NONE")),
    refused(
        "POST",
        "application-description",
        APPLICATIONS,
        worker("none", description="costs $$5, or <10"),
        keep={"described": "id"},
    ),
    remove("application-description-removed", f"{APPLICATIONS}/$described"),
    refused(
        "POST",
        "application-duplicate-name",
        APPLICATIONS,
        worker("worker"),
        keep={"duplicate": "id"},
        asks="whether a second application of the same name is accepted",
    ),
    remove("application-duplicate-removed", f"{APPLICATIONS}/$duplicate"),
    refused("GET", "application-absent", f"{APPLICATIONS}/$absent"),
    refused("GET", "secret-of-absent-application", f"{APPLICATIONS}/$absent/secret"),
    create("web-application-create", APPLICATIONS, web_application("web"), label="web"),
    create(
        "web-application-of-clients-create",
        APPLICATIONS,
        web_application("web of clients", grantTypes=["AUTHORIZATION_CODE", "CLIENT_CREDENTIALS"]),
        label="web_of_clients",
    ),
    read("application-metadata", f"{_WORKER}/metadata"),
    # The secret, and what it is good for.
    read("secret-read", _SECRET, keep={"worker_secret": "secret", "former_secret": "secret"}),
    denied(
        "token-of-worker-without-roles",
        "$worker",
        secret="worker_secret",
        waits_out=METHOD_NOT_KNOWN_YET,
        asks="the status of access_denied",
    ),
    create(
        "worker-assign",
        f"{_WORKER}/roleAssignments",
        assignment("environment_admin", "ENVIRONMENT", "environment"),
        label="worker_assignment",
    ),
    signs_in("token-of-worker", "worker"),
    read("worker-reads-itself", _WORKER, caller="worker"),
    refused("GET", "worker-reads-its-secret", _SECRET, caller="worker"),
    refused("POST", "worker-rotates-its-secret", _SECRET, {}, caller="worker"),
    refused(
        "POST",
        "secret-rotate-too-long",
        _SECRET,
        {"previous": {"expiresAt": "$in_a_year"}},
        keep={"worker_secret": "secret"},
    ),
    call(
        "POST",
        "secret-rotate",
        _SECRET,
        {"previous": {"expiresAt": "$in_a_day"}},
        expects=200,
        keep={"worker_secret": "secret"},
    ),
    read("secret-read-after-rotation", _SECRET),
    signs_in("token-of-new-secret", "worker"),
    TokenRequest(name="token-of-former-secret", client="$worker", secret="former_secret", expects=200),
    remove("secret-end-former", _SECRET),
    TokenRequest(name="token-of-ended-secret", client="$worker", secret="former_secret", expects=401, until=True),
    read("secret-read-after-end", _SECRET),
    refused("DELETE", "secret-end-former-again", _SECRET),
)
