# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_apps returns of many workers, whether all went well or not.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import PingOneError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, certain
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.preflight import refusal_of
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Failure, Result, Results, told
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    Grant,
    covered_to_result,
    sort_grants,
    titles,
    to_result,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import WORKER_APP
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_apps_plan import (
    Policy,
    UnlistedWorker,
    WorkerRun,
    outlooks_of,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def result_of(
    task: Task, workers: t.Sequence[WorkerRun], unlisted: t.Sequence[UnlistedWorker], policy: Policy
) -> Result:
    """Return the result of a task from what became of each worker."""
    treated: list[WorkerRun | UnlistedWorker] = [*workers, *unlisted]
    failed = [item for item in treated if item.error is not None]
    values: dict[str, t.Any] = {
        "workers": [_worker_to_result(task, worker) for worker in workers],
        "unlisted": [_unlisted_to_result(task, item) for item in unlisted],
    }
    failure = None
    if failed:
        values["failed_workers"] = [item.title for item in failed]
        failure = _failure(failed, len(workers))
    elif policy.return_secrets:
        values["client_secrets"] = _secrets(task, workers)
    return Results([result for item in treated for result in _changes(item)], failure, **values)


def _failure(failed: t.Sequence[WorkerRun | UnlistedWorker], number: int) -> Failure:
    """Tell of the first one that failed, and of all that was refused before it was tried."""
    count = "One worker failed" if len(failed) == 1 else f"{len(failed)} workers failed"
    told, errors = [f"{count}, of {number} in the list."], []
    first = next((item for item in failed if not any(outlook.refused for outlook in item.outlooks)), None)
    if first is not None:
        told.append(f"{first.title}: {first.message}")
        errors.append(certain(first.error))
    refusal = refusal_of(outlooks_of(failed))
    if refusal is not None:
        told.append(describe(refusal))
        errors.append(refusal)
    return Failure(" ".join(told), errors[0])


def _worker_to_result(task: Task, worker: WorkerRun) -> dict[str, t.Any]:
    home, plan, held = worker.home, worker.role_plan, worker.held_roles
    before = plan.before if plan is not None else ()
    return {
        "environment": _environment(home) if home else {"id": None, "name": worker.entry.environment},
        "worker_app": WORKER_APP.to_result(worker.present),
        "role_assignments": None if held is None else _grants(held),
        "added": _grants(grant for grant in held or () if grant not in before) if worker.changes_roles else [],
        "removed": _grants(grant for grant in before if grant not in (held or ())) if worker.changes_roles else [],
        "covered": [covered_to_result(pair) for pair in plan.covered] if plan is not None else [],
        "changed": worker.is_changed,
        "created": worker.changes_worker and certain(worker.change).action == "create" and not worker.is_adopted,
        "hidden_secret": _error(task, *worker.hidden) if worker.hidden else None,
        "proof": worker.proof.to_result() if worker.proof is not None else None,
        "error": _error(task, worker.error, worker.message),
        "skipped_by": worker.skipped_by,
    }


def _unlisted_to_result(task: Task, unlisted: UnlistedWorker) -> dict[str, t.Any]:
    return {
        "id": unlisted.worker["id"],
        "name": unlisted.worker.get("name"),
        "environment": _environment(unlisted.home),
        "action": unlisted.action,
        "error": _error(task, unlisted.error, unlisted.message),
    }


def _environment(home: Wire) -> dict[str, t.Any]:
    return {"id": home["id"], "name": title(home)}


def _error(task: Task, error: PingOneError | None, message: str) -> dict[str, t.Any] | None:
    if error is None:
        return None
    found = told(message, error, task)
    return {"msg": found["msg"], **found["error"]}


def _secrets(task: Task, workers: t.Sequence[WorkerRun]) -> dict[str, str]:
    found = {worker.worker["id"]: worker.secret for worker in workers if worker.worker and worker.secret is not None}
    if any(is_predicted(identifier) for identifier in found):
        task.warn("Some workers do not exist yet, so their entries of client_secrets are empty in this dry run.")
    return found


def _changes(item: WorkerRun | UnlistedWorker) -> list[Result]:
    """Return a result for each object that was changed: the worker, and its roles."""
    changes = []
    if item.change is not None and item.changes_worker:
        change = item.change if isinstance(item, UnlistedWorker) else item.change.with_result(item.worker)
        changes.append(Result(change, title=item.diff_title))
    if isinstance(item, WorkerRun) and item.roles is not None and item.role_plan is not None and item.changes_roles:
        held, holds = item.role_plan.before, item.held_roles or ()
        before, after = ({"role_assignments": titles(*sides)} for sides in ((held, holds), (holds, held)))
        changes.append(Result(True, before=before, after=after, title=item.roles.title))
    return changes


def _grants(grants: t.Iterable[Grant]) -> list[dict[str, t.Any]]:
    return [to_result(grant) for grant in sort_grants(grants)]
