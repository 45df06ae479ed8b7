# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings the scopes of a resource that a worker may ask for to what a task wants.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import referred_id
from ansible_collections.idops.pingone.plugins.module_utils._core.agreement import write_until_it_stays
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty, check_set
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, plan, removal
from ansible_collections.idops.pingone.plugins.module_utils._resources.existing_worker import existing_worker
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_grant_fields import (
    GRANT,
    granted_ids,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_grant_rules import (
    check_has_users,
    check_names_are_free,
    check_resource,
    doubt_about,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# The scopes that the options name, each with the first option that does, by their ids.
Named = dict[str, tuple[Wire, str]]


@dataclass(frozen=True)
class GrantOutcome:
    """What became of a grant.

    change: what was planned.
    after: the grant afterwards, as answered or predicted.
    resource: what it is of.
    scopes: the scopes of the resource, with their names.
    title: what a diff calls it.
    """

    change: Change
    after: Wire | None
    resource: Wire
    scopes: Wires
    title: str


def check_options(params: t.Mapping[str, t.Any]) -> None:
    """Raise OptionError for options that cannot be right whatever exists, before the first call."""
    check_not_empty(params, "environment", "application", "resource")
    check_set(params, "scopes")
    for index, scope in enumerate(params["scopes"]):
        if not scope.strip():
            raise OptionError(f"scopes[{index}]", f"scopes[{index}] must not be empty; give a name or an id.")


def ensure_grant(task: Task) -> GrantOutcome:
    """Grant and take away the scopes that the options name.

    Raises MissingObjectError when the worker or its environment is gone, OptionError for what cannot be wanted, before
    anything is written, and the client's errors.
    """
    environment, worker = existing_worker(task)
    resource = task.lookup.resource(environment, task.params["resource"])
    grants = task.api.grants(environment, worker)
    with grants.locked():
        grants.list()
        named: Named = {}
        for index, reference in enumerate(task.params["scopes"]):
            option = f"scopes[{index}]"
            scope = task.lookup.scope(environment, resource, reference, option)
            named.setdefault(scope["id"], (scope, option))
        change = _checked(task, environment, worker, resource, named)
        writer = _Grants(task.params, grants, resource, list(named), f"worker '{title(worker)}'")
        after = task.apply(change, writer)
    # Those that a dry run assumes are not listed.
    scopes = [*task.api.scopes(environment, resource).list(), *(scope for scope, _option in named.values())]
    diff_title = f"scopes of {title(resource)} for worker {title(environment)}/{title(worker)}"
    return GrantOutcome(writer.done or change, after, resource, scopes, diff_title)


class _Grants:
    """Writes the grant of a resource, which other controllers may add scopes to.

    named: the ids of the scopes that the options name.
    holder: whose grant it is, as sentences say it.
    done: the last change that was carried out; None before that.
    """

    def __init__(
        self, params: t.Mapping[str, t.Any], grants: Resource, resource: Wire, named: list[str], holder: str
    ) -> None:
        self._params = params
        self._grants = grants
        self._resource = resource
        self._named = named
        self._what = f"The scopes of '{title(resource)}' for {holder}"
        self.path = grants.path
        self.done: Change | None = None

    def carry_out(self, _change: Change) -> Wire | None:
        """Write until it stays, and return the grant. Raises ConflictError."""
        self.done, after = write_until_it_stays(self._read, self._plan, self._grants.carry_out, self._what)
        return after

    def _read(self) -> Wire | None:
        return _grant_of(self._resource, self._grants.refresh())

    def _plan(self, current: Wire | None) -> Change:
        wanted = wanted_ids(granted_ids(current), self._named, self._params)
        return plan_grant(current, self._resource, wanted, self._grants)


def _checked(task: Task, environment: Wire, worker: Wire, resource: Wire, named: Named) -> Change:
    """Return what leads to what the options want. Raises OptionError for what PingOne would refuse."""
    grants = task.api.grants(environment, worker)
    current = _grant_of(resource, grants.list())
    wanted = wanted_ids(granted_ids(current), list(named), task.params)
    change = plan_grant(current, resource, wanted, grants)
    added = {scope["name"]: option for id, (scope, option) in named.items() if id not in granted_ids(current)}
    if task.params["state"] == "absent" or not added:
        return change
    check_has_users(worker)
    check_resource(resource)
    others = [grant for grant in grants.list() if grant is not current]
    check_names_are_free(added, _names_granted(task, environment, others), worker)
    doubt = doubt_about(resource, worker)
    task.preflight(change, grants, likely=[doubt] if doubt else [])
    return change


def wanted_ids(held: list[str], named: list[str], params: t.Mapping[str, t.Any]) -> list[str]:
    """Return the ids of the scopes that a worker is to have. held: of those that it has. named: by the options."""
    if params["state"] == "absent":
        return [id for id in held if id not in named]
    return named if params["exclusive"] else [*held, *(id for id in named if id not in held)]


def plan_grant(current: Wire | None, resource: Wire, wanted: list[str], grants: Resource) -> Change:
    """Return what leads from a grant that was read to one of certain scopes; one of no scopes is none.

    grants: the collection that the grant belongs to, for its predicted id.
    """
    if not wanted:
        return removal(GRANT, current)
    change = plan(GRANT, current, {"resource": resource["id"], "scopes": wanted})
    if change.action == "create":
        return change.with_result({**(change.predicted or {}), "id": grants.predicted_id(resource["id"])})
    return change


def _grant_of(resource: Wire, listed: t.Sequence[Wire]) -> Wire | None:
    """Return the grant of a resource; PingOne lets an application have only one."""
    return next((grant for grant in listed if referred_id(grant, "resource") == resource["id"]), None)


def _names_granted(task: Task, environment: Wire, grants: t.Sequence[Wire]) -> dict[str, str]:
    """Return, by the names of the scopes that some grants hold, the names of their resources."""
    resources = {item["id"]: item for item in task.api.resources(environment).list()} if grants else {}
    taken: dict[str, str] = {}
    for grant in grants:
        resource = resources.get(referred_id(grant, "resource"))
        if resource is None:
            continue
        held = granted_ids(grant)
        for scope in task.api.scopes(environment, resource).list():
            if scope["id"] in held:
                taken[str(scope.get("name"))] = title(resource)
    return taken
