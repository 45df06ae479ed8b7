# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings worker applications of one environment to what is wanted of them.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import MissingObjectError, OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id, is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title, told_apart
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty
from ansible_collections.idops.pingone.plugins.module_utils._core.names import check_new_name
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, Outcome, plan, removal
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import is_caller
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import (
    WORKER_APP,
    WORKER_APP_DEFAULTS,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_rules import (
    check_given,
    check_whole,
    locks_out,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.api import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

WorkerOutcome = Outcome[Change, "Wire | None"]


def ensure_worker_apps(task: Task, environment: Wire, wanted: t.Sequence[t.Mapping[str, t.Any]]) -> list[WorkerOutcome]:
    """Create, update or delete the workers of one environment, and return an outcome for each.

    task: the task that wants it.
    environment: the environment that the workers live in.
    wanted: for each worker the options of pingone_worker_app.

    Raises OptionError for a bad option, before any of the workers is changed, and the client's errors.
    """
    applications = task.api.applications(environment)
    with applications.locked():
        changes = [_planned(task, environment, applications, params) for params in wanted]
        return [_applied(task, environment, applications, change) for change in changes]


def check_options(params: t.Mapping[str, t.Any]) -> None:
    """Raise OptionError for options that cannot be right whatever exists, before the first call."""
    check_not_empty(params, "environment", "id")
    if not params.get("id") and not params.get("name"):
        raise OptionError("name", "name must not be empty; give the worker's name, or its id.")
    if params.get("return_secret") and params.get("imported_client_secret"):
        raise OptionError(
            "return_secret",
            "return_secret and imported_client_secret are mutually exclusive because ansible-core takes the value of a "
            "secret option out of every result; use that value itself, or read the secret in a task of its own.",
        )
    if params.get("state") != "absent":
        WORKER_APP.given(params)
        check_given(params)


def _planned(task: Task, environment: Wire, applications: Resource, params: t.Mapping[str, t.Any]) -> Change:
    current = _find(task, environment, applications, params)
    if params.get("state") == "absent":
        return _guarded(task, environment, removal(WORKER_APP, current), params)
    if current is not None:
        current = applications.read_for_update(current)
    change = plan(WORKER_APP, current, params, on_create=WORKER_APP_DEFAULTS, environment_id=environment["id"])
    if is_predicted(params.get("id")) and change.predicted:
        change = change.with_result({**change.predicted, "id": params["id"]})
    name = (change.after or {}).get("name")
    if name and (change.action == "create" or name != (current or {}).get("name")):
        check_new_name(name, applications.list(), (current or {}).get("id"))
    if change.changed:
        check_whole(change.after or {})
        _guarded(task, environment, change, params)
    if change.action == "create" and params.get("assign_actor_roles"):
        task.warn(
            f"assign_actor_roles: true gives worker '{params['name']}' every role of the creating worker, "
            "where PingOne recommends to assign only the roles that it needs."
        )
    return change


def _guarded(task: Task, environment: Wire, change: Change, params: t.Mapping[str, t.Any]) -> Change:
    """Return a change; raise OptionError when by it the calling worker could not sign in again."""
    current = change.current
    if not change.changed or current is None or params.get("allow_self") or is_predicted(current["id"]):
        return change
    why = locks_out(change.before or {}, change.after, task.connection.credential.method)
    if why and is_caller(task, environment, current):
        raise OptionError(
            "allow_self",
            f"allow_self: worker '{title(current)}' ({current['id']}) is the one that calls, and {why}, so that this "
            "task could not sign in again; let another worker do it, or set allow_self: true. Nothing was changed.",
        )
    return change


def _find(task: Task, environment: Wire, applications: Resource, params: t.Mapping[str, t.Any]) -> Wire | None:
    """Return the worker that the options mean, or None when it has to be created or is gone."""
    reference = params.get("id")
    listed = applications.list()
    if not reference:
        return _by_name(listed, str(params["name"]), environment)
    for application in listed:
        if application["id"] == reference:
            return _worker(application)
    named = next((item for item in listed if item.get("name") == reference), None)
    if named is not None:
        raise OptionError(
            "id", f"id: '{reference}' is the name of application {named['id']}; give that id, or use name."
        )
    if not is_id(reference) and is_id(reference.lower()):
        raise OptionError("id", f"id: '{reference}' must be in lower case, as PingOne's ids are.")
    if params.get("state") == "absent" or (is_predicted(reference) and task.lookup.assumes("application", reference)):
        return None
    raise MissingObjectError(
        "id",
        f"id: there is no application '{reference}' in environment '{title(environment)}'; "
        "leave id out to create one by its name because PingOne chooses the id.",
    )


def _by_name(listed: t.Sequence[Wire], name: str, environment: Wire) -> Wire | None:
    found = [application for application in listed if application.get("name") == name]
    workers = [application for application in found if application.get("type") == "WORKER"]
    if len(workers) > 1:
        raise OptionError(
            "name",
            f"name: {len(workers)} worker applications in environment '{title(environment)}' are named '{name}'; "
            f"give the id of the one that is meant: {told_apart(workers)}.",
        )
    return workers[0] if workers else None


def _worker(application: Wire) -> Wire:
    if application.get("type") == "WORKER":
        return application
    raise OptionError(
        "id",
        f"id: application '{application.get('name')}' ({application['id']}) has the type {application.get('type')}, "
        "and this module manages only the type WORKER, which PingOne does not let an application change to.",
    )


def _applied(task: Task, environment: Wire, applications: Resource, change: Change) -> WorkerOutcome:
    worker = task.apply(change, applications)
    found = change.current or worker
    called = f"worker {title(environment)}/{title(found)}" if found else ""
    return Outcome(change if worker is None else change.with_result(worker), worker, called)
