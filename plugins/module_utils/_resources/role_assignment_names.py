# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of what the role assignments of many principals are made of, with the fewest requests.

Each listing is read once, and only where something that is assigned has no name yet. This module is private to the
collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import PermissionDeniedError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_rules import is_pending
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    APPLICATION,
    ENVIRONMENT,
    ORGANIZATION,
    POPULATION,
    Grant,
    Role,
    Scope,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.api import Api
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import Survey

# Role assignments of the service, each with the environment of its principal.
Assigned = t.Sequence[tuple[Wire, Wire]]

# The collections that hold the scopes of a type which are in an environment.
_LISTED_WITHIN: t.Final[t.Mapping[str, t.Callable[[Api, Wire], Resource]]] = {
    POPULATION: lambda api, environment: api.populations(environment),
    APPLICATION: lambda api, environment: api.applications(environment),
}


class Names:
    """What is known of roles and scopes, by their ids, which are unique whatever they belong to.

    places: the environments in which populations and applications are, by the ids of these.
    platform_roles: the platform's roles; none where they may not be listed.
    """

    def __init__(self, known: t.Mapping[str, Wire], places: t.Mapping[str, Wire], platform_roles: Wires) -> None:
        self.platform_roles = platform_roles
        self._known = known
        self._places = places

    def grant(self, item: Wire) -> Grant:
        """Return an assignment of the service as a grant, with all the names that are known."""
        role, scope = item["role"]["id"], item["scope"]
        return Grant(
            Role.from_api(self._known.get(role, {"id": role})),
            self._scope(scope["type"], scope["id"]),
            id=item["id"],
            read_only=bool(item.get("readOnly")),
        )

    def _scope(self, type: str, identifier: str) -> Scope:
        place = self._places.get(identifier) if type in _LISTED_WITHIN else None
        if place is None:
            return Scope(type, identifier, name=self.name(identifier))
        return Scope(type, identifier, place["id"], self.name(identifier), place.get("name"))

    def wire(self, identifier: str) -> Wire | None:
        """Return what has an id, as the service sends it, or None."""
        return self._known.get(identifier)

    def name(self, identifier: str) -> str | None:
        """Return the name of what has an id, or None."""
        return self._known.get(identifier, {}).get("name")


def names_of(api: Api, survey: Survey, assigned: Assigned, principals: t.Sequence[Wire]) -> Names:
    """Return the names of the roles and scopes of assignments, and of the groups by which users have them.

    principals: who has the assignments.

    What the caller may not list has no name. An assignment does not tell in which environment a population or an
    application is, so where the principal's own does not have it, all others are looked at, side by side.
    """
    environments = {environment["id"]: environment for environment in api.environments().list()}
    platform_roles = _platform_roles(api)
    known = {**environments, **{item["id"]: item for item in (*principals, *platform_roles)}}
    wanted = {
        resource.path: resource
        for environment, item in assigned
        for resource in _listings(api, environment, item, environments, known)
    }
    places: dict[str, Wire] = {}
    _read(survey, list(wanted.values()), known, places)
    elsewhere = [
        resource
        for type_, within in _LISTED_WITHIN.items()
        if any(item["scope"]["type"] == type_ and item["scope"]["id"] not in places for _home, item in assigned)
        for environment in environments.values()
        if not (is_pending(environment) or is_predicted(environment["id"]))
        if (resource := within(api, environment)).path not in wanted
    ]
    _read(survey, elsewhere, known, places)
    return Names(known, places, platform_roles)


def _read(survey: Survey, resources: t.Sequence[Resource], known: dict[str, Wire], places: dict[str, Wire]) -> None:
    """Add what collections hold to what is known, and where it is."""

    def read(resource: Resource) -> tuple[Resource, Wires]:
        return resource, resource.list()

    for resource, listed in survey.read_if_allowed(resources, read):
        known.update({item["id"]: item for item in listed})
        if resource.environment is not None:
            places.update({item["id"]: resource.environment for item in listed})


def _platform_roles(api: Api) -> Wires:
    try:
        return api.roles().list()
    except PermissionDeniedError:
        # An environment lists the platform's roles too, to those who may not list them elsewhere.
        return []


def _listings(
    api: Api, environment: Wire, item: Wire, environments: t.Mapping[str, Wire], known: t.Container[str]
) -> t.Iterator[Resource]:
    """Yield the listings that hold what one assignment names and is not known yet."""
    scope = item["scope"]
    if item["role"]["id"] not in known:
        yield api.roles(environment)
        if scope["type"] == ENVIRONMENT and scope["id"] in environments:
            yield api.roles(environments[scope["id"]])
    if scope["type"] == ORGANIZATION:
        yield api.organizations()
    elif scope["type"] in _LISTED_WITHIN:
        yield _LISTED_WITHIN[scope["type"]](api, environment)
    if item.get("group") and item["group"]["id"] not in known:
        yield api.groups(environment)
