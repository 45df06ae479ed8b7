# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a call was refused: what a few reads more can tell. This module is private to the collection."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import ServiceError
from ansible_collections.idops.pingone.plugins.module_utils._client.client import GetOnce
from ansible_collections.idops.pingone.plugins.module_utils._client.http import Response

_NESTED: t.Final = re.compile(r"/environments/([^/]+)(?:/(.*))?")
_SECRET: t.Final = re.compile(r"applications/[^/]+/secret")

# The service that an environment needs for a collection of objects (inferred from what each service is for).
_SERVICE_OF: t.Final = {
    "applications": ("PING_ONE_BASE", "SSO"),
    "populations": ("PING_ONE_BASE", "SSO"),
    "users": ("PING_ONE_BASE", "SSO"),
    "groups": ("PING_ONE_BASE", "SSO"),
    "resources": ("PING_ONE_BASE", "SSO"),
}


def hint_for(error: ServiceError, path: str, get_once: GetOnce, client_id: str) -> str | None:
    """Return what to do about a refusal of a path; None when nothing more can be said.

    client_id: who called, as the token says; may be empty.
    """
    if error.status == 401:
        return _about_token(client_id)
    nested = _NESTED.fullmatch(path)
    if nested is None or error.status not in (403, 404):
        return None
    environment, rest = nested.group(1), nested.group(2) or ""
    if rest and _status(get_once(f"/environments/{environment}")) == 404:
        return (
            f"There is no environment {environment}, or the calling worker may not see it: "
            "it may have been deleted, or belong to another organization or region."
        )
    if error.status == 404:
        return None
    if _SECRET.fullmatch(rest):
        return _about_secret(environment, rest, get_once)
    return _about_service(environment, rest, get_once) or _about_role(environment, rest, client_id)


def _about_token(client_id: str) -> str:
    who = f" of worker {client_id}" if client_id else ""
    return (
        f"The access token{who} was refused: it has expired, or the worker was disabled or deleted, "
        "or the token is not for the region of api_url."
    )


def _about_role(environment: str, rest: str, client_id: str) -> str:
    who = f"Worker {client_id}" if client_id else "The calling worker"
    what = f"{rest.split('/')[0]} of environment {environment}" if rest else f"environment {environment}"
    return (
        f"{who} holds no role that allows this on {what}; have one assigned to it, such as with "
        "idops.pingone.pingone_role_assignment by an actor that holds that role itself."
    )


def _about_service(environment: str, rest: str, get_once: GetOnce) -> str | None:
    needed = _SERVICE_OF.get(rest.split("/")[0])
    response = get_once(f"/environments/{environment}/billOfMaterials") if needed else None
    if needed is None or response is None or not response.ok or not isinstance(response.body, dict):
        return None
    present = [str(product.get("type")) for product in response.body.get("products") or []]
    if needed[0] in present:
        return None
    return (
        f"Environment {environment} does not have the service {needed[1]} ({needed[0]}) in its bill of materials "
        f"(it has {', '.join(present) or 'none'}); add it by the option services of idops.pingone.pingone_environment."
    )


def _about_secret(environment: str, rest: str, get_once: GetOnce) -> str:
    """Name the role assignments that keep the secret of a worker from the caller.

    Source: https://apidocs.pingidentity.com/pingone/platform/v1/api/#application-secret.
    """
    rule = (
        "The secret of a worker can be read and rotated only by an actor that holds all of its roles, "
        "at the same or a broader scope, and by no worker for itself."
    )
    application = rest.rsplit("/", 1)[0]
    response = get_once(f"/environments/{environment}/{application}/roleAssignments")
    assigned = [item for item in _items(response, "roleAssignments") if item.get("readOnly")]
    if not assigned:
        return rule
    names = {str(role.get("id")): str(role.get("name")) for role in _items(get_once("/roles"), "roles")}
    listed = "; ".join(_assignment(item, names) for item in assigned)
    return f"{rule} The calling worker lacks: {listed}."


def _assignment(assignment: t.Mapping[str, t.Any], names: t.Mapping[str, str]) -> str:
    role, scope = str(assignment.get("role", {}).get("id")), assignment.get("scope", {})
    return f"{names.get(role, role)} at {scope.get('type')} {scope.get('id')}"


def _items(response: Response | None, key: str) -> list[dict[str, t.Any]]:
    body = response.body if response is not None and response.ok and isinstance(response.body, dict) else {}
    items: list[dict[str, t.Any]] = (body.get("_embedded") or {}).get(key) or []
    return items


def _status(response: Response | None) -> int | None:
    return None if response is None else response.status
