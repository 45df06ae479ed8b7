# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings the attribute mappings of a worker to what a task wants. This module is private to the collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, ServiceError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import referred_id
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty, check_set
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change
from ansible_collections.idops.pingone.plugins.module_utils._resources.existing_worker import existing_worker
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_attribute_plan import (
    attributes_after,
    check_entries,
    plan_absent,
    plan_present,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_grant_fields import granted_ids

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# The resource whose scopes an attribute may be limited to.
_OPENID: t.Final = "openid"


@dataclass(frozen=True)
class AttributesOutcome:
    """What became of the attributes of a worker.

    before: those that it had.
    made: the changes, each with the attribute that came of it, as answered or predicted; None for one that is gone.
    scopes: the scopes of openid with their names, where an attribute is limited to some.
    title: what a diff calls the attributes.
    """

    before: Wires
    made: list[tuple[Change, Wire | None]]
    scopes: Wires
    title: str

    @property
    def after(self) -> Wires:
        """Those that it has afterwards."""
        return attributes_after(self.before, self.made)

    def made_by(self, action: str) -> Wires:
        """Return the attributes that one kind of change made, and of C(delete) those that it took away."""
        made = [(change.current if action == "delete" else after, change) for change, after in self.made]
        return [attribute for attribute, change in made if change.action == action and attribute is not None]


def check_options(params: t.Mapping[str, t.Any]) -> None:
    """Raise OptionError for options that cannot be right whatever exists, before the first call."""
    check_not_empty(params, "environment", "application")
    check_set(params, "attributes")
    check_entries(params["attributes"], absent=params["state"] == "absent")


def ensure_attributes(task: Task) -> AttributesOutcome:
    """Make, change and remove the attributes that the options name.

    Raises MissingObjectError when the worker or its environment is gone, OptionError for what cannot be wanted, before
    anything is written, and the client's errors.
    """
    environment, worker = existing_worker(task)
    attributes = task.api.attributes(environment, worker)
    with attributes.locked():
        listed = attributes.list()
        entries: list[dict[str, t.Any]] = task.params["attributes"]
        scopes: Wires = []
        if task.params["state"] == "absent":
            changes = plan_absent(listed, entries)
        else:
            entries, scopes = _with_ids_of_scopes(task, environment, worker)
            changes = plan_present(
                listed, entries, exclusive=task.params["exclusive"], predicted_id=attributes.predicted_id
            )
        task.conclude([("", task.outlook(change, attributes)) for change in changes])
        made: list[tuple[Change, Wire | None]] = []
        for change in changes:
            try:
                made.append((change, task.apply(change, attributes)))
            except ServiceError as error:
                theirs = _made_elsewhere(change, error, attributes)
                if theirs is None:
                    raise
                listed.append(theirs)
                same = [entry for entry in entries if entry["name"] == theirs["name"]]
                again = plan_present([theirs], same, exclusive=False, predicted_id=attributes.predicted_id)
                made += [(change, task.apply(change, attributes)) for change in again]
    if any(item.get("oidcScopes") for item in listed):
        scopes = [*task.api.scopes(environment, _openid(task, environment)).list(), *scopes]
    return AttributesOutcome(listed, made, scopes, f"attributes of worker {title(environment)}/{title(worker)}")


def _made_elsewhere(change: Change, error: ServiceError, attributes: Resource) -> Wire | None:
    """Return the attribute that another controller made since they were listed, when that is why ours was refused."""
    if change.action != "create" or not error.is_duplicate:
        return None
    return next((item for item in attributes.refresh() if change.matches_created(item)), None)


def _with_ids_of_scopes(task: Task, environment: Wire, worker: Wire) -> tuple[list[dict[str, t.Any]], Wires]:
    """Return the attributes that the options name with the ids of their scopes, and these scopes.

    Raises OptionError for a scope that there is not, or that the worker does not have.
    """
    entries, scopes = [], []
    for index, entry in enumerate(task.params["attributes"]):
        if not entry.get("scopes"):
            entries.append(entry)
            continue
        found = []
        for number, reference in enumerate(entry["scopes"]):
            option = f"attributes[{index}].scopes[{number}]"
            scope = task.lookup.scope(environment, _openid(task, environment), reference, option)
            _check_granted(task, environment, worker, scope, option)
            found.append(scope)
        entries.append({**entry, "scopes": [scope["id"] for scope in found]})
        scopes += found
    return entries, scopes


def _check_granted(task: Task, environment: Wire, worker: Wire, scope: Wire, option: str) -> None:
    """Raise OptionError for a scope that the worker does not have, to which PingOne limits no attribute."""
    openid = _openid(task, environment)
    grants = task.api.grants(environment, worker).list()
    held = [id for grant in grants if referred_id(grant, "resource") == openid["id"] for id in granted_ids(grant)]
    if scope["id"] in held:
        return
    if task.lookup.assumes("grant", title(scope)):
        task.warn(
            f"Worker '{title(worker)}' does not have the scope '{title(scope)}' of {_OPENID} yet; this dry run assumes "
            "that another task grants it."
        )
        return
    raise OptionError(
        option,
        f"{option}: worker '{title(worker)}' does not have the scope '{title(scope)}' of {_OPENID}, and PingOne limits "
        "an attribute only to scopes that its worker has; grant it with idops.pingone.pingone_worker_app_grant first.",
    )


def _openid(task: Task, environment: Wire) -> Wire:
    return task.lookup.resource(environment, _OPENID, "attributes")
