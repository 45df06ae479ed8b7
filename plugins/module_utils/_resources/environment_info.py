# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads environments, with what a task wants to know of each. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.selection import selection_from
from ansible_collections.idops.pingone.plugins.module_utils._resources.birthright import birthright_assignments
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_fields import to_result
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_rules import is_pending
from ansible_collections.idops.pingone.plugins.module_utils._resources.license import remaining_capacity
from ansible_collections.idops.pingone.plugins.module_utils._resources.service import short_names
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import Survey, reference_to

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# What costs further requests.
INCLUDES: t.Final = ("birthright_assignments", "license", "services")


def read_environments(task: Task) -> tuple[Wires, Wires]:
    """Return the environments that the options choose, as results show them, and what could not be read of them.

    Raises OptionError for a choice that cannot be right, before the first call, and the client's errors.
    """
    selection = selection_from(task.params)
    include = task.params["include"] or []
    survey = Survey(task, strict=selection.is_named)
    environments = selection.of(task.api.environments().list())
    services = _services(task, survey, environments) if "services" in include else {}
    found = [to_result(environment, services.get(environment["id"])) or {} for environment in environments]
    if "license" in include:
        _add_licenses(task, environments, found)
    if "birthright_assignments" in include:
        for environment, shown in zip(environments, found, strict=True):
            shown["birthright_assignments"] = birthright_assignments(task, environment, created=False)
    return found, survey.unreadable


def _services(task: Task, survey: Survey, environments: t.Sequence[Wire]) -> dict[str, list[str] | None]:
    """Return the services of environments by id, of those where there is something to be read."""
    readable = [one for one in environments if not (is_pending(one) or is_predicted(one["id"]))]
    pairs = survey.read(readable, task.api.bill_of_materials, lambda item: {"environment": reference_to(item)})
    return {environment["id"]: short_names(bill) for environment, bill in pairs}


def _add_licenses(task: Task, environments: t.Sequence[Wire], found: t.Sequence[Wire]) -> None:
    organizations = sorted({organization["id"] for one in environments if (organization := one.get("organization"))})
    listed = [item for organization in organizations for item in task.api.licenses(organization).list()]
    licenses = {item["id"]: _license(item) for item in listed}
    for shown in found:
        shown["license"] = licenses.get(shown["license_id"])


def _license(item: Wire) -> Wire:
    return {
        "id": item["id"],
        "name": item.get("name"),
        "package": item.get("package"),
        "status": item.get("status"),
        "expires_at": item.get("expiresAt"),
        "remaining_environments": remaining_capacity(item),
    }
