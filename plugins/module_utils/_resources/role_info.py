# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the roles of the platform and custom ones of many environments. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import NotFoundError, PermissionDeniedError
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.rights import CUSTOM
from ansible_collections.idops.pingone.plugins.module_utils._core.selection import Selection, selection_from
from ansible_collections.idops.pingone.plugins.module_utils._resources.custom_role_fields import is_custom, referred_ids
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import (
    Survey,
    check_environments,
    reference_to,
    survey_of_environments,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

PLATFORM: t.Final = "PLATFORM"
TYPES: t.Final = (CUSTOM, PLATFORM)

# Environments, each with the roles that it lists.
Listings = t.Sequence[tuple[Wire, Wires]]


def read_roles(task: Task) -> tuple[Wires, Wires]:
    """Return the roles that the options choose, as results show them, and what could not be read.

    Raises OptionError for a choice that cannot be right, before the first call, and the client's errors.
    """
    selection = checked_selection(task.params)
    type_ = task.params["type"]
    survey, listings = (Survey(task, strict=True), []) if type_ == PLATFORM else listed_roles(task)
    platform = _platform_roles(task, survey, listings) if type_ != CUSTOM else []
    described = _described([*platform, *(role for _environment, listed in listings for role in listed)])
    found = [_to_result(role, None, described) for role in selection.of(platform)]
    found += [
        _to_result(role, reference_to(environment), described)
        for environment, role in custom_roles(listings, selection)
    ]
    return found, survey.unreadable


def checked_selection(params: t.Mapping[str, t.Any]) -> Selection:
    """Return which roles are asked for. Raises OptionError for options that cannot be right."""
    check_environments(params)
    return selection_from(params)


def listed_roles(task: Task) -> tuple[Survey, Listings]:
    """Return what read the roles of the environments that the options choose, and those environments with them."""
    survey, environments = survey_of_environments(task)
    listings = survey.read(
        environments,
        lambda environment: task.api.roles(environment).list(),
        lambda environment: {"environment": reference_to(environment)},
    )
    return survey, listings


def custom_roles(listings: Listings, selection: Selection) -> list[tuple[Wire, Wire]]:
    """Return the custom roles that are asked for, each after its environment, in the order of their names there."""
    return [
        (environment, role)
        for environment, listed in listings
        for role in selection.of(role for role in listed if is_custom(role))
    ]


def _platform_roles(task: Task, survey: Survey, listings: Listings) -> Wires:
    """Return the roles of the platform, which every environment lists too, to those who may list them nowhere else."""
    try:
        listed = task.lookup.platform_roles()
    except (NotFoundError, PermissionDeniedError) as error:
        listed = [role for _environment, roles in listings for role in roles]
        if not listed:
            survey.report(error, {"environment": None})
    return list({role["id"]: role for role in listed if not is_custom(role)}.values())


def _described(roles: t.Iterable[Wire]) -> dict[str, Wire]:
    """Return what the service says of permissions, by their ids: it describes those of platform roles alone."""
    permissions = [item for role in roles for item in role.get("permissions") or ()]
    return {item["id"]: item for item in permissions if item.get("id") and item.get("description")}


def _to_result(role: Wire, environment: Wire | None, described: t.Mapping[str, Wire]) -> Wire:
    permissions = [{**described.get(str(item.get("id")), {}), **item} for item in role.get("permissions") or ()]
    assigned_by = referred_ids(role, "canBeAssignedBy") if "canBeAssignedBy" in role else None
    return {
        "id": role["id"],
        "environment": environment,
        "type": PLATFORM if environment is None else CUSTOM,
        "name": role.get("name"),
        "description": role.get("description"),
        "applicable_to": role.get("applicableTo") or [],
        "permissions": sorted(
            ({member: item.get(member) for member in ("id", "classifier", "description")} for item in permissions),
            key=lambda item: (str(item["id"] or ""), str(item["classifier"]), str(item["description"])),
        ),
        "can_assign": sorted(referred_ids(role, "canAssign")),
        "can_be_assigned_by": None if assigned_by is None else sorted(assigned_by),
    }
