# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wanted of one worker application: which one is meant, and what leads there. Nothing here calls the service.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.identity import find_by_id, find_by_name
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty
from ansible_collections.idops.pingone.plugins.module_utils._core.names import check_new_name
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, plan, removal, with_free_id
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import Caller
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import (
    WORKER_APP,
    WORKER_APP_DEFAULTS,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_rules import (
    check_given,
    check_whole,
    locks_out,
)

Params = t.Mapping[str, t.Any]

WORKER: t.Final = "WORKER"


def check_options(params: Params) -> None:
    """Raise OptionError for options that cannot be right whatever exists, before the first call."""
    check_not_empty(params, "id")
    if not params.get("id") and not params.get("name"):
        raise OptionError("name", "name must not be empty; give the worker's name, or its id.")
    if params.get("state") != "absent":
        WORKER_APP.given(params)
        check_given(params)


def plan_worker_app(
    environment: Wire, listed: t.Sequence[Wire], params: Params, *, caller: Caller, is_assumed: bool
) -> Change:
    """Return what leads from the worker that the options mean to what they want of it.

    environment: the environment that it lives in.
    listed: the applications of the environment.
    params: the options of pingone_worker_app, and C(previous_names).
    caller: who calls.
    is_assumed: whether a worker that is missing is taken for one that another task of a dry run makes.

    Raises OptionError for what cannot be wanted.
    """
    current = _find(environment, listed, params, is_assumed)
    if params.get("state") == "absent":
        change = removal(WORKER_APP, current)
    else:
        change = plan(WORKER_APP, current, params, on_create=WORKER_APP_DEFAULTS, environment_id=environment["id"])
        change = with_free_id(change, listed)
        if is_predicted(params.get("id")) and change.predicted:
            change = change.with_result({**change.predicted, "id": params["id"]})
        name = (change.after or {}).get("name")
        if name and (change.action == "create" or name != (current or {}).get("name")):
            check_new_name(name, listed, (current or {}).get("id"))
        if change.changed:
            check_whole(change.after or {})
    if not params.get("allow_self"):
        check_not_locked_out(environment, change, caller)
    return change


def check_not_locked_out(environment: Wire, change: Change, caller: Caller) -> None:
    """Raise OptionError when by a change the calling worker could not sign in again."""
    current = change.current
    if not change.changed or current is None or not caller.is_application(environment, current):
        return
    why = locks_out(change.before or {}, change.after, caller.method, caller.key)
    if why:
        raise OptionError(
            "allow_self",
            f"allow_self: worker '{title(current)}' ({current['id']}) is the one that calls, and {why}, so that this "
            "task could not sign in again; let another worker do it, or set allow_self: true. Nothing was changed.",
        )


def _find(environment: Wire, listed: t.Sequence[Wire], params: Params, is_assumed: bool) -> Wire | None:
    """Return the worker that the options mean, or None when it has to be created or is gone."""
    if not params.get("id"):
        return _by_names(environment, listed, params)
    found = find_by_id(listed, params, "application", _place(environment), is_assumed=is_assumed)
    return None if found is None else _checked_type(found)


def _by_names(environment: Wire, listed: t.Sequence[Wire], params: Params) -> Wire | None:
    """Return the worker of the name that is wanted, or else the one that has a name of before."""
    found = _by_name(environment, listed, str(params["name"]), "name")
    if found is not None:
        return found
    earlier = [
        worker
        for name in params.get("previous_names") or ()
        if (worker := _by_name(environment, listed, name, "previous_names"))
    ]
    if len(earlier) > 1:
        several = ", ".join(f"'{title(worker)}' ({worker['id']})" for worker in earlier)
        raise OptionError(
            "previous_names",
            f"previous_names: {len(earlier)} worker applications in environment '{title(environment)}' have one of "
            f"these names: {several}; give the id of the one that is meant.",
        )
    return earlier[0] if earlier else None


def _by_name(environment: Wire, listed: t.Sequence[Wire], name: str, option: str) -> Wire | None:
    workers = (item for item in listed if item.get("type") == WORKER)
    return find_by_name(workers, name, "worker applications", _place(environment), option)


def _place(environment: Wire) -> str:
    return f" in environment '{title(environment)}'"


def _checked_type(application: Wire) -> Wire:
    if application.get("type") == WORKER:
        return application
    raise OptionError(
        "id",
        f"id: application '{application.get('name')}' ({application['id']}) has the type {application.get('type')}, "
        "and this module manages only the type WORKER, which PingOne does not let an application change to.",
    )
