# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles that a worker gets on an environment by creating it. This module is private to the collection.

They are read wherever the environment exists. Only a dry run goes by BIRTHRIGHT_ROLES.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import NotFoundError, PermissionDeniedError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted, predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import referred_id
from ansible_collections.idops.pingone.plugins.module_utils._client.client import LOST_WRITE_TIMEOUT
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import Budget, propagation_delay
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# What PingOne documents for "Create Environment". It says too that the first comes only where the creator does not hold
# it at the organization; the guide of the vendor's Terraform provider names all three without that condition.
UNLESS_HELD_ABOVE: t.Final = "Environment Admin"
BIRTHRIGHT_ROLES: t.Final = ("Client Application Developer", UNLESS_HELD_ABOVE, "Identity Data Admin")


def birthright_assignments(task: Task, environment: Wire, created: bool) -> list[Wire] | None:
    """Return what the calling worker holds on an environment, by names and ids; predicted for a predicted one.

    created: whether the worker created it just now, so that what it got may show a moment later.

    None, with a warning, when the caller is not a worker or may not read its own role assignments.
    """
    assignments = task.api.own_role_assignments()
    if assignments is None:
        task.warn("birthright_assignments is left out because the access token is not a worker's.")
        return None
    try:
        names = _role_names(task, assignments)
        if is_predicted(environment["id"]):
            return _predicted(environment, names, assignments.list())
        found = _found(task, assignments, environment, created)
    except (PermissionDeniedError, NotFoundError) as error:
        task.warn(
            "birthright_assignments is left out because the calling worker cannot read its own roles: "
            f"{describe(error)}"
        )
        return None
    roles = {item["id"]: referred_id(item, "role") for item in found}
    shown = [
        _shown(environment, item["id"], roles[item["id"]], names.get(roles[item["id"]]), item.get("readOnly"))
        for item in found
    ]
    return sorted(shown, key=lambda item: (str(item["role"]["name"]), str(item["id"])))


def _found(task: Task, assignments: Resource, environment: Wire, created: bool) -> list[Wire]:
    """Return the assignments on an environment; those of a new one are looked for again while there are none."""
    budget = Budget(task.client.clock, LOST_WRITE_TIMEOUT if created else 0, task.progress)
    message = f"Waiting until the roles of the calling worker on environment '{title(environment)}' are listed"
    listed, attempt = assignments.list(), 0
    while True:
        found = [item for item in listed if referred_id(item, "scope") == environment["id"]]
        if found or not budget.pause(propagation_delay(attempt), message):
            return found
        listed, attempt = assignments.refresh(), attempt + 1


def _role_names(task: Task, assignments: Resource) -> dict[str, str]:
    try:
        roles = task.api.roles().list()
    except PermissionDeniedError:
        # An environment lists the platform's roles too, to those who may not list them elsewhere.
        roles = task.api.roles(assignments.environment).list()
    return {role["id"]: role["name"] for role in roles}


def predicted_birthright(above: t.Container[str | None]) -> list[str]:
    """Return the names of the roles that come with an environment. above: those of what is held at the organization."""
    return [name for name in BIRTHRIGHT_ROLES if not (name == UNLESS_HELD_ABOVE and name in above)]


def _predicted(environment: Wire, names: t.Mapping[str, str], held: t.Sequence[Wire]) -> list[Wire]:
    above = {names.get(referred_id(item, "role")) for item in held if _is_of_organization(item)}
    ids = {name: identifier for identifier, name in names.items()}
    return [
        _shown(environment, predicted_id("role assignment", environment["id"], name), ids.get(name), name, True)
        for name in predicted_birthright(above)
    ]


def _is_of_organization(assignment: Wire) -> bool:
    scope = assignment.get("scope")
    return isinstance(scope, dict) and scope.get("type") == "ORGANIZATION"


def _shown(environment: Wire, identifier: str, role_id: str | None, role_name: str | None, read_only: t.Any) -> Wire:
    return {
        "id": identifier,
        "role": {"id": role_id, "name": role_name},
        "scope": {"id": environment["id"], "name": title(environment), "type": "ENVIRONMENT"},
        "read_only": bool(read_only),
    }
