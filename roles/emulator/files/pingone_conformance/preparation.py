# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be known before the conversation, read without changing anything and told in no transcript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .client import Unanswered
from .exchange import found
from .session import Session
from .tenants import USUAL_ROLES, Roles

_SUCCESS = 200
_PLATFORM_SCOPES = ("ORGANIZATION", "ENVIRONMENT")


class PreparationError(Exception):
    """The conversation cannot be held; the text says why."""


@dataclass(frozen=True)
class Known:
    """What was found out: names to be kept out of a transcript, the license's name, what the caller holds."""

    private_words: frozenset[str]
    license_name: str
    roles: Roles


def prepare(session: Session, license_wanted: str) -> Known:
    """Sign in, and find the organization, the license and the caller's roles. Raises PreparationError."""
    try:
        response = session.sign_in()
        if response.status != _SUCCESS:
            raise PreparationError(f"the token request was answered with {response.status}: {_words(response.body)}")
        organization = found(session.call("GET", "/organizations").body, "_embedded.organizations.0") or {}
        if not isinstance(organization.get("id"), str):
            raise PreparationError("the organization cannot be read; it needs the role Organization Admin")
        session.labels["organization"] = organization["id"]
        answer = session.call("GET", f"/organizations/{organization['id']}/licenses").body
        chosen = choose_license(found(answer, "_embedded.licenses") or [], license_wanted)
        session.labels["license"] = chosen["id"]
        roles = _roles_of_caller(session)
    except Unanswered as error:
        raise PreparationError(str(error)) from None
    words = {str(organization.get("name", "")), str(organization.get("description", ""))}
    return Known(frozenset(words - {""}), str(chosen.get("name", "")), roles)


def choose_license(licenses: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    """Return the license of the wanted name or id, or the active one with the most room. Raises PreparationError."""
    active = [item for item in licenses if item.get("status") == "ACTIVE"]
    if wanted:
        named = [item for item in active if wanted in (item.get("name"), item.get("id"))]
        if len(named) != 1:
            raise PreparationError(f"{len(named)} active licenses have the name or id {wanted}")
        return named[0]
    with_room = [item for item in active if _room(item) > 0]
    if not with_room:
        raise PreparationError("no active license has room for one more environment")
    return max(with_room, key=_room)


def _room(item: dict[str, Any]) -> int:
    return int(found(item, "environments.max") or 0) - int(item.get("assignedEnvironmentsCount") or 0)


def _roles_of_caller(session: Session) -> Roles:
    """Return the caller's platform roles at the organization and at its own environment, as far as it may read them."""
    names = {item["id"]: item["name"] for item in found(session.call("GET", "/roles").body, "_embedded.roles") or []}
    home, caller = session.labels["home"], session.labels["caller"]
    answer = session.call("GET", f"/environments/{home}/applications/{caller}/roleAssignments")
    assignments = found(answer.body, "_embedded.roleAssignments")
    if answer.status != _SUCCESS or not assignments:
        return USUAL_ROLES
    held = []
    for item in assignments:
        role, kind, scope = (found(item, where) for where in ("role.id", "scope.type", "scope.id"))
        if role in names and kind in _PLATFORM_SCOPES and scope in (session.labels["organization"], home):
            held.append((str(names[role]), str(kind)))
    return held or USUAL_ROLES


def _words(body: Any) -> str:
    return str(found(body, "error_description") or found(body, "message") or "no reason given")
