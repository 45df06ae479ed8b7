# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads who calls, and what it may do. This module is private to the collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    NotFoundError,
    OptionError,
    PermissionDeniedError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import nearest_names, title
from ansible_collections.idops.pingone.plugins.module_utils._base.times import format_time
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.rights import NO, UNKNOWN, Rights
from ansible_collections.idops.pingone.plugins.module_utils._resources.actor_info_secrets import SecretReading
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import caller_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    Grant,
    Role,
    scope_to_result,
    sort_grants,
    to_result,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_names import Names, names_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_rules import scopes_to_assign
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import (
    Survey,
    check_environments,
    reference_to,
    survey_of_environments,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

CUSTOM_ROLES: t.Final = "custom_roles"
SECRETS: t.Final = "secrets"
# What costs further requests.
INCLUDES: t.Final = (CUSTOM_ROLES, SECRETS)
_LIMITS: t.Final = ("environments", "environments_matching")


@dataclass(frozen=True)
class Actor:
    """Who calls, as far as its token tells, or else the options of the connection.

    type: C(application) or C(user).
    id, environment_id: None where nothing tells.
    """

    type: str
    id: str | None
    environment_id: str | None


def check_options(params: t.Mapping[str, t.Any]) -> None:
    """Raise OptionError for options that cannot be right, before the first call."""
    check_environments(params)
    for option in _LIMITS:
        if params[option] is not None and not params["include"]:
            raise OptionError(option, f"{option} requires include, which it limits.")
    for index, question in enumerate(params["can"] or []):
        for option, value in question.items():
            if value is not None and not value.strip():
                raise OptionError(f"can[{index}].{option}", f"can[{index}].{option} must not be empty.")


def read_actor(task: Task) -> Wire:
    """Return who calls and what it may do, as results show it.

    Raises OptionError for what cannot be asked, before the first call, and the client's errors.
    """
    check_options(task.params)
    actor, expires = _actor(task), _expires(task)
    survey, environments = _survey(task)
    seen = {environment["id"]: environment for environment in task.api.environments().list()}
    home = seen.get(actor.environment_id or "", {"id": actor.environment_id or "", "name": None})
    assigned = _assigned(task, survey, actor, home)
    principal = _principal(task, survey, actor, home)
    named = [{"id": actor.id, "name": principal["name"]}] if actor.id else []
    names = names_of(task.api, survey, [(home, item) for item in assigned or ()], named)
    own = sort_grants(names.grant(item) for item in assigned or ())
    # An environment lists the platform's roles too, to those who may not list them elsewhere.
    places = [] if names.platform_roles or not home["id"] else [home]
    places += environments if CUSTOM_ROLES in (task.params["include"] or ()) else []
    roles = _roles(task, survey, names, own, places)
    rights = Rights(assigned, roles)
    found = {
        "environment": {"id": actor.environment_id, "name": home["name"]} if actor.environment_id else None,
        "principal": principal,
        "organization_id": task.client.claims().get("org"),
        **expires,
        "role_assignments": None if assigned is None else [to_result(grant) for grant in own],
        "assignable_roles": None if assigned is None else _assignable(own, roles),
        "can": _answers(task, rights),
    }
    if SECRETS in (task.params["include"] or ()):
        found["secrets"] = SecretReading(task, survey, rights).of(environments)
    return {**found, "unreadable": survey.unreadable}


def _actor(task: Task) -> Actor:
    claims, caller = task.client.claims(), caller_of(task)
    # A token of a person has a subject; a worker's has none.
    if claims.get("sub"):
        return Actor("user", str(claims["sub"]), caller.environment_id or None)
    return Actor("application", caller.client_id or None, caller.environment_id or None)


def _expires(task: Task) -> Wire:
    token = task.client.token()
    if not token.expires_at:
        return {"expires_in": None, "expires_at": None}
    left = max(0, int(token.expires_at - task.client.clock.time()))
    return {"expires_in": left, "expires_at": format_time(token.expires_at)}


def _survey(task: Task) -> tuple[Survey, Wires]:
    """Return what reads, and the environments to look into; none when nothing in them is asked for."""
    if task.params["include"]:
        return survey_of_environments(task)
    return Survey(task, strict=False), []


def _assigned(task: Task, survey: Survey, actor: Actor, home: Wire) -> Wires | None:
    """Return the role assignments of who calls; None, told as unreadable, when it may not read them."""
    if not actor.id or not actor.environment_id:
        task.warn("The access token does not tell who calls, so what it may do is not known.")
        return None
    resource = task.api.role_assignments(home, actor.type, {"id": actor.id})
    try:
        return [item for item in resource.list() if item.get("role") and item.get("scope")]
    except (NotFoundError, PermissionDeniedError) as error:
        place = {"environment": {"id": home["id"], "name": home["name"]}}
        survey.note(error, {**place, "principal": {"type": actor.type, "id": actor.id, "name": None}})
        return None


def _principal(task: Task, survey: Survey, actor: Actor, home: Wire) -> Wire:
    """Return who calls, with its name where it may read that."""
    shown = {"type": actor.type, "id": actor.id, "name": None}
    if not actor.id or not actor.environment_id:
        return shown
    kind = task.api.users(home) if actor.type == "user" else task.api.applications(home)
    read = survey.read_if_allowed([kind], lambda resource: resource.get(actor.id))
    return {**shown, "name": title(read[0]) if read and read[0] else None}


def _roles(task: Task, survey: Survey, names: Names, own: t.Sequence[Grant], places: t.Sequence[Wire]) -> Wires:
    """Return the roles of the platform, those that the caller holds, and those that environments list."""
    listings = list({place["id"]: task.api.roles(place) for place in places}.values())
    listed = [role for roles in survey.read_if_allowed(listings, lambda resource: resource.list()) for role in roles]
    held = [role for grant in own if (role := names.wire(grant.role.id))]
    return list({role["id"]: role for role in (*names.platform_roles, *held, *listed)}.values())


def _assignable(own: t.Sequence[Grant], roles: t.Sequence[Wire]) -> Wires:
    """Return the roles that the holder of grants may assign, with the scopes at which, and below which, it may."""
    found = []
    for role in sorted(map(Role.from_api, roles), key=lambda role: (role.name, role.id)):
        scopes = scopes_to_assign(own, role)
        if scopes:
            shown = [scope_to_result(scope) for scope in scopes]
            found.append({"role": {"id": role.id, "name": role.name}, "scopes": shown})
    return found


def _answers(task: Task, rights: Rights) -> Wires:
    """Return the questions, each with its answer."""
    answers = []
    for index, question in enumerate(task.params["can"] or []):
        permission, reference = question["permission"], question["environment"]
        environment = task.lookup.environment(reference, f"can[{index}].environment") if reference else None
        answer = rights.answer(permission, environment["id"] if environment else None)
        if answer == NO and environment and is_predicted(environment["id"]):
            # What comes with its creation is not held yet.
            answer = UNKNOWN
        holders = rights.holders(permission)
        if not holders:
            _tell_of_unknown(task, rights, permission, f"can[{index}].permission")
        answers.append(
            {
                "permission": permission,
                "environment": reference_to(environment) if environment else None,
                "answer": answer,
                "roles": holders,
            }
        )
    return answers


def _tell_of_unknown(task: Task, rights: Rights, permission: str, option: str) -> None:
    known = rights.known_permissions()
    if known:
        task.warn(
            f"{option}: no role that the calling worker can see has the permission '{permission}'; those that they "
            f"have, the nearest first: {nearest_names(permission, known)}."
        )
