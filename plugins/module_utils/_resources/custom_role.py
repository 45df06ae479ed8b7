# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one custom role to what a task wants. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import Budget, propagation_delay
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, Outcome, removal
from ansible_collections.idops.pingone.plugins.module_utils._resources.custom_role_fields import (
    CUSTOM_ROLE,
    referred_ids,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.custom_role_holders import holders_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.custom_role_plan import (
    find_custom_role,
    plan_custom_role,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.custom_role_rules import (
    check_options,
    known_permissions,
    named_by,
    shows_assigners,
    wanted_permissions,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_object import home_of

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# In seconds: for how long what PingOne derives from a change is waited for. As long as its Terraform provider does.
_SETTLED_AFTER: t.Final = 15.0


def ensure_custom_role(task: Task) -> Outcome[Change, Wire | None]:
    """Create, update or delete the custom role that the options mean.

    Raises MissingObjectError when its environment is gone, OptionError for what cannot be wanted, before anything is
    written, and the client's errors.
    """
    params = task.params
    check_options(params)
    environment = home_of(task)
    roles = task.api.roles(environment)
    with roles.locked():
        listed = roles.list()
        if params["state"] == "absent":
            current = find_custom_role(environment, listed, params)
            change = removal(CUSTOM_ROLE, current)
            if current is not None:
                _check_removal(task, environment, current, listed)
        else:
            is_assumed = bool(params["id"]) and task.lookup.assumes("role", params["id"])
            current = find_custom_role(environment, listed, params, is_assumed=is_assumed)
            change = _planned(task, environment, listed, current)
        after = task.apply(change, _CustomRoles(task, roles))
    called = title(change.predicted or change.current or {"id": params["id"] or params["name"]})
    return Outcome(change, after, f"custom role {title(environment)}/{called}")


def _planned(task: Task, environment: Wire, listed: Wires, current: Wire | None) -> Change:
    platform = task.lookup.platform_roles(environment)
    seen = list({role["id"]: role for role in (*platform, *listed)}.values())
    wanted = _resolved(task, environment, seen)
    if current is not None and wanted["like_id"] == current["id"]:
        raise OptionError("like", "like must not be the role itself.")
    change = plan_custom_role(environment, seen, current, wanted)
    after = change.predicted or {}
    if change.changed and not referred_ids(after, "canBeAssignedBy"):
        task.warn(
            f"Nobody can assign custom role '{title(after)}', Organization Admin included, because can_be_assigned_by "
            "is empty."
        )
    return change


def _resolved(task: Task, environment: Wire, seen: Wires) -> dict[str, t.Any]:
    """Return the options with the ids of what they name. seen: all roles that can be seen."""
    params = task.params
    like = task.lookup.role(params["like"], environment, "like") if params["like"] else None
    applicable_to = params["applicable_to"]
    assigned_by = params["can_be_assigned_by"]
    return {
        **params,
        "like_id": like["id"] if like else None,
        "applicable_to": applicable_to,
        "permissions": wanted_permissions(params, like, known_permissions(seen)),
        "can_be_assigned_by": None
        if assigned_by is None
        else [
            task.lookup.role(reference, environment, f"can_be_assigned_by[{index}]")["id"]
            for index, reference in enumerate(assigned_by)
        ],
    }


def _check_removal(task: Task, environment: Wire, role: Wire, listed: Wires) -> None:
    """Raise OptionError when a role is assigned to somebody; warn of what else may stand in the way."""
    naming = named_by(role, listed)
    if naming:
        task.warn(
            f"PingOne may refuse to delete custom role '{title(role)}' because others name it in can_be_assigned_by: "
            f"{', '.join(naming)}."
        )
    if task.params["force"]:
        return
    holders = holders_of(task, environment, role)
    if holders.unseen:
        task.warn(
            f"Whether custom role '{title(role)}' is assigned could not be told for: {', '.join(holders.unseen)}. "
            "The calling worker may not read that."
        )
    if holders.titles:
        raise OptionError(
            "force",
            f"force: custom role '{title(role)}' is assigned to {', '.join(holders.titles)}; users and other "
            "environments were not looked at. Take it away there first, or set force: true. Nothing was changed.",
        )


class _CustomRoles:
    """Writes custom roles, and waits until what PingOne derives from them is up to date."""

    def __init__(self, task: Task, roles: Resource) -> None:
        self.path = roles.path
        self._task = task
        self._roles = roles

    def carry_out(self, change: Change) -> Wire | None:
        """Write, and return the role as it is afterwards, or None when it is gone."""
        written = self._roles.carry_out(change)
        if written is None:
            # What the others may assign has changed with it.
            self._task.client.session_state.forget(self.path)
            return None
        return self._settled(written)

    def _settled(self, written: Wire) -> Wire:
        client = self._task.client
        listed = self._roles.list()
        budget = Budget(client.clock, min(_SETTLED_AFTER, client.connection.retry_budget), self._task.progress)
        message, attempt = f"Waiting until custom role '{title(written)}' can be assigned", 0
        role = written
        while not shows_assigners(role, listed):
            if attempt and not budget.pause(propagation_delay(attempt - 1), message):
                self._task.warn(
                    f"PingOne does not show yet which roles can assign custom role '{title(written)}', and which it "
                    "can assign, so assigning it may be refused for a while."
                )
                break
            listed = self._roles.refresh()
            role = next((item for item in listed if item["id"] == written["id"]), written)
            attempt += 1
        return role
