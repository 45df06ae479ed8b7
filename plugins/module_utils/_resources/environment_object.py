# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one object of an environment, such as a population, to what a task wants: reads, asks for a plan, applies.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, ServiceError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, Outcome
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_rules import check_usable

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def check_identity(params: t.Mapping[str, t.Any], kind: str) -> None:
    """Raise OptionError when the options name no object, before the first call. kind: what an object is."""
    check_not_empty(params, "environment", "id")
    if not params["id"] and not params["name"]:
        raise OptionError("name", f"name must not be empty; give the {kind}'s name, or its id.")
    if params["name"] == "":
        raise OptionError("name", "name must not be empty; leave it out to keep the name.")


def home_of(task: Task) -> Wire:
    """Return the environment that the options name. Raises OptionError when nothing can be done in it."""
    home = task.lookup.environment(task.params["environment"], lists=False)
    check_usable(home)
    return home


def is_assumed(task: Task, kind: str) -> bool:
    """Tell whether the id that is given is of an object that another task of this dry run makes."""
    return is_predicted(task.params["id"]) and task.lookup.assumes(kind, task.params["id"])


def with_id(change: Change, identifier: str | None) -> Change:
    """Return a change that creates with the id by which a dry run named the object before, if it did."""
    if identifier and change.action == "create" and change.predicted:
        return change.with_result({**change.predicted, "id": identifier})
    return change


def ensure_object(
    task: Task,
    home: Wire,
    resource: Resource,
    find: t.Callable[[], Wire | None],
    planned: t.Callable[[Wire | None], Change],
) -> Outcome[Change, Wire | None]:
    """Find an object, and carry out what is planned for it.

    home: the environment that it lives in.
    find: returns it as it is listed, or None when it has to be created or is gone.
    planned: returns what leads from it to what the task wants.

    Raises OptionError for what cannot be wanted, before anything is written, and the client's errors.
    """
    with resource.locked():
        change = _planned(task, resource, find, planned)
        try:
            after = task.apply(change, resource)
        except ServiceError as error:
            if change.action != "create" or not error.is_duplicate:
                raise
            # Another controller may have made one like it since they were listed.
            task.client.session_state.forget(resource.path)
            if find() is None:
                raise
            change = _planned(task, resource, find, planned)
            after = task.apply(change, resource)
    shown = change.current or after
    called = f"{resource.kind} {title(home)}/{title(shown)}" if shown else ""
    return Outcome(change, after, called)


def _planned(
    task: Task, resource: Resource, find: t.Callable[[], Wire | None], planned: t.Callable[[Wire | None], Change]
) -> Change:
    current = find()
    change = planned(current)
    if current is None or not change.changed or is_predicted(current["id"]):
        return change
    # As it is now, because a replacement sends all of it back, and a removal may be refused by what it holds.
    now = resource.get(current["id"])
    if now is None:
        task.client.session_state.forget(resource.path)
        now = find()
    return change if now == current else planned(now)
