# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies and sequences that several topics use."""

from __future__ import annotations

from typing import Any

from ..exchange import ASSIGNMENT_NOT_KNOWN_YET, Exchange, create, read, signs_in

ENVIRONMENT = "/environments/$environment"
APPLICATIONS = f"{ENVIRONMENT}/applications"


def worker(name: str, **members: Any) -> dict[str, Any]:
    """Return the body of a worker application without roles."""
    return {
        "name": name,
        "enabled": True,
        "protocol": "OPENID_CONNECT",
        "type": "WORKER",
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "assignActorRoles": False,
        **members,
    }


def web_application(name: str, **members: Any) -> dict[str, Any]:
    """Return the body of a web application."""
    return {
        "name": name,
        "enabled": True,
        "protocol": "OPENID_CONNECT",
        "type": "WEB_APP",
        "grantTypes": ["AUTHORIZATION_CODE"],
        "responseTypes": ["CODE"],
        "redirectUris": ["https://www.example.com/callback"],
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        **members,
    }


def assignment(role: str, kind: str, scope: str) -> dict[str, Any]:
    """Return the body of a role assignment."""
    return {"role": {"id": f"$role_{role}"}, "scope": {"id": f"${scope}", "type": kind}}


def worker_with_role(
    label: str, role: dict[str, Any], proof: str, members: dict[str, Any] | None = None, **more: Any
) -> tuple[Exchange, ...]:
    """Return what makes a worker with one role assignment and signs it in.

    proof: what only this role lets the worker read, so that the role is known everywhere before anything is refused.
    members: further members of the application. more: further members of the token request.
    """
    name = label.replace("_", "-")
    path = f"{APPLICATIONS}/${label}"
    given = f"{label}_assignment"
    return (
        create(f"{name}-create", APPLICATIONS, worker(name, **(members or {})), label=label),
        create(f"{name}-assign", f"{path}/roleAssignments", role, label=given),
        read(f"{name}-assignment", f"{path}/roleAssignments/${given}", waits_out=ASSIGNMENT_NOT_KNOWN_YET),
        read(f"{name}-secret", f"{path}/secret", keep={f"{label}_secret": "secret"}),
        signs_in(f"{name}-token", label, **more),
        read(f"{name}-proof", proof, caller=label),
    )
