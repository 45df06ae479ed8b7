# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads who holds which role where. This module is private to the collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import MissingObjectError, OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty, seen_names
from ansible_collections.idops.pingone.plugins.module_utils._core.selection import Selection, selection_from
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    APPLICATION,
    ENVIRONMENT,
    ORGANIZATION,
    POPULATION,
    Grant,
    Scope,
    grant_order,
    to_result,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_names import Names, names_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import (
    Survey,
    check_environments,
    reference_to,
    survey_of_environments,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_info import workers

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

_APPLICATION: t.Final = "application"
_USER: t.Final = "user"
_GATEWAY: t.Final = "gateway"
PRINCIPAL_TYPES: t.Final = (_APPLICATION, _GATEWAY, "group", _USER)

_SCOPES: t.Final = ("organization", "environment", "population", "application")
_WHOLE_SCOPES: t.Final = (
    ["organization"],
    ["environment"],
    ["environment", "population"],
    ["environment", "application"],
)


@dataclass(frozen=True)
class _Principal:
    """Who may hold roles. type: one of PRINCIPAL_TYPES."""

    environment: Wire
    type: str
    wire: Wire

    def place(self) -> Wire:
        """Return where a role assignment stands, as results show it."""
        principal = {"type": self.type, **reference_to(self.wire)}
        return {"environment": reference_to(self.environment), "principal": principal}


def read_role_assignments(task: Task) -> tuple[Wires, Wires]:
    """Return the role assignments that the options choose, as results show them, and what could not be read.

    Raises OptionError for a choice that cannot be right, before the first call, and the client's errors.
    """
    selection = _checked_selection(task.params)
    survey, environments = survey_of_environments(task)
    scope = _scope(task)
    principals = _principals(task, survey, environments, selection)
    assigned = [
        (principal, [item for item in listed if _is_at(item, scope, task.params["include_broader"])])
        for principal, listed in survey.read(principals, lambda one: _assignments(task, one).list(), _Principal.place)
    ]
    names = names_of(
        task.api,
        survey,
        [(principal.environment, item) for principal, items in assigned for item in items],
        [principal.wire for principal in principals],
    )
    found = [
        {**principal.place(), **to_result(grant), "group": _group(principal, item, names)}
        for principal, items in assigned
        for grant, item in _sorted(names, items)
        if task.params["role"] in (None, grant.role.id, grant.role.name)
    ]
    if not found and task.params["role"]:
        _check_role(task, survey, environments)
    return found, survey.unreadable


def _checked_selection(params: t.Mapping[str, t.Any]) -> Selection:
    """Return which principals are asked for. Raises OptionError for options that cannot be right."""
    type_ = params["principal_type"]
    selection = selection_from(params, "username" if type_ == _USER else "name")
    check_environments(params)
    check_not_empty(params, "role")
    if type_ == _USER and selection.is_all:
        raise OptionError(
            "principal_type",
            "principal_type: user requires one of id, name and name_pattern, because each user costs a request; "
            "to read all of them, give name_pattern: '.*'.",
        )
    named = [kind for kind in _SCOPES if (params["scope"] or {}).get(kind)]
    if params["scope"] is not None and named not in _WHOLE_SCOPES:
        raise OptionError(
            "scope",
            "scope must be organization: true, or an environment, alone or with one of population and application, "
            f"not {' and '.join(named) or 'empty'}.",
        )
    if params["include_broader"] and not named:
        raise OptionError("include_broader", "include_broader requires scope.")
    return selection


def _scope(task: Task) -> Scope | None:
    """Return the scope that is asked for, or None. Raises MissingObjectError for a name or an id that none has."""
    given, lookup = task.params["scope"], task.lookup
    if given is None:
        return None
    if given["organization"]:
        return Scope(ORGANIZATION, str(task.api.organizations().list()[0]["id"]))
    environment = lookup.environment(given["environment"], "scope.environment")
    if given["population"]:
        population = lookup.population(environment, given["population"], "scope.population")
        return Scope(POPULATION, population["id"], environment["id"])
    if given["application"]:
        application = lookup.application(environment, given["application"], "scope.application")
        return Scope(APPLICATION, application["id"], environment["id"])
    return Scope(ENVIRONMENT, environment["id"], environment["id"])


def _principals(task: Task, survey: Survey, environments: t.Sequence[Wire], selection: Selection) -> list[_Principal]:
    type_ = task.params["principal_type"]

    def read(environment: Wire) -> Wires:
        if type_ == _USER:
            return selection.read(task.api.users(environment))
        if type_ == _GATEWAY:
            # Whether the service filters them by a name is not documented.
            return selection.of(task.api.gateways(environment).list())
        if type_ != _APPLICATION:
            return selection.read(task.api.groups(environment))
        listed = task.api.applications(environment).list()
        return selection.of(listed if selection.is_named else workers(listed))

    pairs = survey.read(environments, read, lambda environment: {"environment": reference_to(environment)})
    return [_Principal(environment, type_, wire) for environment, listed in pairs for wire in listed]


def _assignments(task: Task, principal: _Principal) -> Resource:
    return task.api.role_assignments(principal.environment, principal.type, principal.wire)


def _is_at(item: Wire, wanted: Scope | None, include_broader: bool) -> bool:
    if not item.get("role") or not item.get("scope"):
        return False
    held = Scope(item["scope"]["type"], item["scope"]["id"])
    return wanted is None or held == wanted or (include_broader and held.covers(wanted))


def _sorted(names: Names, items: t.Sequence[Wire]) -> list[tuple[Grant, Wire]]:
    return sorted(((names.grant(item), item) for item in items), key=lambda pair: grant_order(pair[0]))


def _group(principal: _Principal, item: Wire, names: Names) -> Wire | None:
    """Return the group by which a user has a role, as results show it; None for what is the principal's own."""
    group = item.get("group")
    if not group or group["id"] == principal.wire["id"]:
        return None
    return {"id": group["id"], "name": names.name(group["id"])}


def _check_role(task: Task, survey: Survey, environments: t.Sequence[Wire]) -> None:
    """Raise MissingObjectError when nobody holds a role because there is none, such as for a name with a typo."""
    reference, api = task.params["role"], task.api
    seen: dict[str, Wire] = {}
    # The platform's first: a custom role costs a request for each environment.
    for resources in ([api.roles()], [api.roles(environment) for environment in environments]):
        listed = survey.read_if_allowed(resources, lambda resource: resource.list())
        seen.update({role["id"]: role for roles in listed for role in roles})
        if any(reference in (role["id"], role.get("name")) for role in seen.values()):
            return
    raise MissingObjectError(
        "role",
        f"role: there is no role '{reference}', neither of the platform nor a custom one of these environments"
        f"{seen_names(reference, list(seen.values()))}.",
    )
