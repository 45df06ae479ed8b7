# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings worker applications of any number of environments to what is wanted of them, with their roles.

This is the only engine for workers; one worker is a list of one. What can be refused is refused before the first write.
Between environments and workers it works side by side, within one worker in order. This module is private to the
collection.
"""

from __future__ import annotations

import contextlib
import functools
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    OptionError,
    PermissionDeniedError,
    PingOneError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires, certain
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change
from ansible_collections.idops.pingone.plugins.module_utils._core.preflight import Outlook, refusal_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import Caller, caller_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_rules import check_usable
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_set import RoleSet
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app import plan_worker_app
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret import read_secret
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_apps_plan import (
    Entry,
    Policy,
    Progress,
    UnlistedWorker,
    WorkerRun,
    check_distinct,
    check_entry,
    outlooks_of,
    treatment,
    unlisted_workers,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_proof import (
    check_key,
    connection_of,
    predict_proof,
    prove,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def ensure_worker_apps(
    task: Task, entries: t.Sequence[Entry], policy: Policy, looked_at: t.Sequence[Entry] = ()
) -> tuple[list[WorkerRun], list[UnlistedWorker]]:
    """Create, update or delete workers, assign their roles and prove both; return what became of each, in order.

    entries: the workers that are wanted.
    policy: what holds for all of them.
    looked_at: entries without a worker, for environments in which none is listed.

    One worker's error does not stop the others; it is found at the worker. Raises the client's errors when the
    environments cannot be listed, or the workers of one in which none is wanted.
    """
    engine = _Engine(task, [WorkerRun(entry) for entry in entries], policy)
    engine.run(looked_at)
    return engine.workers, engine.unlisted


class _Engine:
    """One run over a list of workers."""

    def __init__(self, task: Task, workers: list[WorkerRun], policy: Policy) -> None:
        self.workers = workers
        self.unlisted: list[UnlistedWorker] = []
        self._task = task
        self._policy = policy
        # The environments by id, their applications, and how these were listed first.
        self._homes: dict[str, Wire] = {}
        self._applications: dict[str, Resource] = {}
        self._listed: dict[str, Wires] = {}

    def run(self, looked_at: t.Sequence[Entry]) -> None:
        """Do all that is wanted, in the order in which it can be done."""
        for entry in looked_at:
            entry.environment_reference()
        for worker in self.workers:
            worker.guard(functools.partial(check_entry, worker.entry, self._policy))
        if self._is_refused():
            return
        self._find_environments(looked_at)
        with contextlib.ExitStack() as locks:
            # In one order, so that no two plays wait for each other.
            for identifier in sorted(self._homes):
                self._applications[identifier] = self._task.api.applications(self._homes[identifier])
                locks.enter_context(self._applications[identifier].locked())
            self._list_applications()
            self._plan_workers()
            self._plan_roles()
            self._plan_unlisted()
            self._look_ahead()
            if self._is_refused():
                return
            self._write_workers()
            self._settle_created()
            self._read_secrets()
            self._give_roles()
            self._treat_unlisted()

    def _is_refused(self) -> bool:
        """Tell whether a worker was refused before anything was written; then no other one is begun."""
        every: list[WorkerRun | UnlistedWorker] = [*self.workers, *self.unlisted]
        refused = next((item for item in every if item.is_refused), None)
        if refused is None:
            return False
        for worker in self.workers:
            if worker.error is None:
                worker.skip(refused)
        return True

    def _each(self, job: t.Callable[[WorkerRun], None], workers: t.Iterable[WorkerRun]) -> None:
        """Do something for workers, side by side; what goes wrong is noted at the worker."""
        jobs = [functools.partial(worker.guard, functools.partial(job, worker)) for worker in workers]
        self._task.run_parallel(jobs)

    # Names and reads

    def _find_environments(self, looked_at: t.Sequence[Entry]) -> None:
        # All of them at once; when that fails, nothing can be done for any worker.
        self._task.api.environments().list()
        for worker in self.workers:
            worker.guard(functools.partial(self._find_environment, worker))
        for entry in looked_at:
            self._find_environment(WorkerRun(entry))

    def _find_environment(self, worker: WorkerRun) -> None:
        entry = worker.entry
        try:
            home = self._task.lookup.environment(entry.environment_reference(), option=entry.environment_option)
            check_usable(home)
        except MissingObjectError as error:
            # A worker is as absent as the environment that it lived in.
            if entry.is_wanted:
                raise
            self._task.warn(str(error))
            return
        worker.home = self._homes.setdefault(home["id"], home)

    def _list_applications(self) -> None:
        def listed(home: Wire) -> Wires | PingOneError:
            try:
                return self._applications[home["id"]].list()
            except PingOneError as error:
                return error

        homes = list(self._homes.values())
        found = self._task.run_parallel([functools.partial(listed, home) for home in homes])
        for home, applications in zip(homes, found, strict=True):
            if not isinstance(applications, PingOneError):
                self._listed[home["id"]] = applications
                continue
            if not self._in(home):
                # It is looked at for unlisted workers alone, and nothing else would tell.
                raise applications
            self._refuse_place(home, applications)

    def _refuse_place(self, home: Wire, error: PingOneError) -> None:
        """Note at the workers of an environment why its applications cannot be listed.

        A product that it lacks is certain, so then no worker of any environment is begun.
        """
        path = self._applications[home["id"]].path
        lacking = self._task.missing_product(path) if isinstance(error, PermissionDeniedError) else []
        outlook = Outlook(tuple(lacking), is_certain=True)
        for worker in self._in(home):
            worker.outlooks.append(outlook)
            worker.fail(refusal_of([("", outlook)]) or error)

    def _in(self, home: Wire) -> list[WorkerRun]:
        return [worker for worker in self.workers if worker.home is home]

    # Plans

    def _progress(self, change: Change) -> Progress:
        """Return how far a change is once it was applied; it may have become none meanwhile."""
        if not change.changed:
            return ""
        return "predicted" if self._task.check_mode else "written"

    @functools.cached_property
    def _caller(self) -> Caller:
        return caller_of(self._task)

    def _plan_workers(self) -> None:
        for worker in self.workers:
            if worker.error is None and worker.home is not None:
                worker.guard(functools.partial(self._plan_worker, worker, worker.home))
        for worker, error in check_distinct(self.workers):
            worker.fail(error)

    def _plan_worker(self, worker: WorkerRun, home: Wire) -> None:
        worker.change = self._change(worker, home, self._listed[home["id"]])
        worker.worker = worker.change.predicted
        if self._policy.prove and worker.worker is not None:
            check_key(self._task, home, worker.worker, worker.key)
        worker.outlooks.append(self._task.outlook(worker.change, self._applications[home["id"]]))
        for old in worker.left_behind(self._listed[home["id"]]):
            self._task.warn(
                f"previous_names: worker '{title(old)}' ({old['id']}) is there beside '{worker.title}', "
                "and is left as it is."
            )
        if worker.is_created_despite_previous_names(self._listed[home["id"]]):
            self._task.warn(
                f"previous_names: no worker of environment '{title(home)}' has one of these names, so worker "
                f"'{worker.title}' is created anew."
            )
        if worker.change.action == "create" and worker.entry.given.get("assign_actor_roles"):
            self._task.warn(
                f"assign_actor_roles: true gives worker '{title(worker.worker or {})}' every role of the creating "
                "worker, where PingOne recommends to assign only the roles that it needs."
            )

    def _change(self, worker: WorkerRun, home: Wire, listed: Wires) -> Change:
        given = worker.entry.given
        is_assumed = is_predicted(given.get("id")) and self._task.lookup.assumes("application", given["id"])
        return plan_worker_app(home, listed, given, caller=self._caller, is_assumed=is_assumed)

    def _plan_roles(self) -> None:
        """Read what the workers hold, side by side; what cannot be read keeps only the worker's roles from it."""
        self._expect_workers()
        wanting = [worker for worker in self.workers if worker.error is None and worker.wants_roles(self._policy)]
        self._task.run_parallel([functools.partial(self._read_roles, worker) for worker in wanting])
        for worker in wanting:
            if worker.error is None and worker.role_error is None:
                worker.guard(functools.partial(self._plan_role_set, worker))

    def _expect_workers(self) -> None:
        """Let a role apply to a worker of the list, whether it is there already or only planned."""
        for home in self._homes.values():
            changed = [it for it in self._in(home) if it.error is None and it.change is not None and it.change.changed]
            self._task.lookup.expect(self._applications[home["id"]], [it.worker for it in changed if it.worker])

    def _read_roles(self, worker: WorkerRun) -> None:
        worker.roles = RoleSet(self._task, certain(worker.home), "application", certain(worker.worker))
        try:
            worker.wanted_roles = worker.roles.wanted(worker.entry.given.get("roles") or [])
            worker.roles.current()
        except OptionError as error:
            worker.fail(error)
        except PingOneError as error:
            worker.role_error = error

    def _plan_role_set(self, worker: WorkerRun) -> None:
        roles, exclusive = certain(worker.roles), worker.is_exclusive(self._policy)
        worker.role_plan = roles.plan_from(roles.held, worker.wanted_roles, exclusive=exclusive)
        worker.outlooks.append(roles.outlook(worker.role_plan))

    def _plan_unlisted(self) -> None:
        if self._policy.unlisted == "ignore":
            return
        for home in self._homes.values():
            workers = self._in(home)
            if home["id"] in self._listed:
                found = unlisted_workers(home, self._listed[home["id"]], workers, self._policy, self._caller)
                for unlisted in found:
                    unlisted.outlooks.append(self._task.outlook(unlisted.change, self._applications[home["id"]]))
                self.unlisted += found

    def _look_ahead(self) -> None:
        """Tell what would be refused of all that is planned; what ends the task is noted where it is planned."""
        every: list[WorkerRun | UnlistedWorker] = [*self.workers, *self.unlisted]
        planned = [item for item in every if item.error is None]
        with contextlib.suppress(PingOneError):
            self._task.conclude(outlooks_of(planned))
        for item in planned:
            refusal = refusal_of([("", outlook) for outlook in item.outlooks])
            if refusal is not None:
                item.fail(refusal)

    # Writes

    def _write_workers(self) -> None:
        begun = [worker for worker in self.workers if worker.error is None and worker.change is not None]
        self._each(self._write_worker, [worker for worker in begun if worker.change and worker.change.changed])

    def _write_worker(self, worker: WorkerRun) -> None:
        home, change = certain(worker.home), certain(worker.change)
        applications, current = self._applications[home["id"]], change.current
        if current is not None and change.action == "replace":
            now = applications.read_for_update(current)
            if now != current:
                change = worker.change = self._change(worker, home, [now])
        worker.worker = self._task.apply(change, _Unsettled(applications))
        worker.progress = self._progress(change)

    def _settle_created(self) -> None:
        """List once more where workers were created, and give way to those that another controller made meanwhile."""
        for_created = [
            functools.partial(self._settle_created_in, home, created)
            for home in self._homes.values()
            if (created := [worker for worker in self._in(home) if worker.was_created])
        ]
        self._task.run_parallel(for_created)

    def _settle_created_in(self, home: Wire, created: t.Sequence[WorkerRun]) -> None:
        applications, known = self._applications[home["id"]], {item["id"] for item in self._listed[home["id"]]}
        try:
            listed = applications.refresh()
        except PingOneError as error:
            for worker in created:
                worker.fail(error)
            return
        ours = {worker.worker["id"] for worker in created if worker.worker}
        for worker in created:
            worker.guard(functools.partial(self._settle, worker, applications, {*known, *ours}, listed))

    @staticmethod
    def _settle(worker: WorkerRun, applications: Resource, known: set[str], listed: Wires) -> None:
        made, change = certain(worker.worker), certain(worker.change)
        worker.worker = applications.resolve_concurrent_create(made, change.matches_created, known, listed)
        worker.is_adopted = worker.worker["id"] != made["id"]

    # Secrets

    def _read_secrets(self) -> None:
        if self._policy.return_secrets or self._policy.prove:
            self._each(self._read_secret, [worker for worker in self.workers if worker.is_there and not worker.key])

    def _read_secret(self, worker: WorkerRun) -> None:
        home, made = certain(worker.home), certain(worker.worker)
        if is_predicted(made["id"]):
            worker.secret = ""
            return
        try:
            worker.secret = read_secret(self._task, home, made)
        except PermissionDeniedError as error:
            # Where only a proof is wanted, that says that it could not be read.
            if self._policy.return_secrets and self._policy.hidden_secrets == "fail":
                raise
            worker.hide_secret(error)

    # Roles and proof

    def _give_roles(self) -> None:
        """Give no role to any worker before all of them, and the secrets that roles may hide, are there."""
        failed = next((worker for worker in self.workers if worker.error is not None), None)
        for worker in self.workers:
            if worker.role_error is not None:
                worker.fail(worker.role_error)
        waiting = [worker for worker in self.workers if worker.is_there and self._awaits_roles(worker)]
        if failed is None:
            self._expect_workers()
            self._each(self._give_roles_to, waiting)
            return
        for worker in waiting:
            worker.skip(failed)

    def _awaits_roles(self, worker: WorkerRun) -> bool:
        """Tell whether the roles of a worker have to be changed, or it is to be proven."""
        if not self._policy.manage_roles:
            return False
        return (
            self._policy.prove or worker.has_actor_roles or (worker.role_plan is not None and worker.role_plan.changed)
        )

    def _give_roles_to(self, worker: WorkerRun) -> None:
        if worker.role_plan is not None and (worker.role_plan.changed or worker.has_actor_roles):
            self._exchange(worker)
        if self._policy.prove:
            self._prove(worker)

    def _exchange(self, worker: WorkerRun) -> None:
        roles, plan, exclusive = certain(worker.roles), certain(worker.role_plan), worker.is_exclusive(self._policy)
        if worker.was_created:
            roles = worker.roles = roles.of_created(certain(worker.worker))
        if not self._task.check_mode and any(is_predicted(grant.scope.id) for grant in worker.wanted_roles):
            # It applies to a worker that was only planned when the options were resolved.
            worker.wanted_roles = roles.wanted(worker.entry.given.get("roles") or [])
            plan = roles.plan_from(plan.before, worker.wanted_roles, exclusive=exclusive)
        with roles.resource.locked():
            if worker.is_adopted or worker.has_actor_roles or roles.is_outdated():
                plan = roles.plan(worker.wanted_roles, absent=False, exclusive=exclusive)
            elif worker.was_created:
                plan = roles.plan_from([], worker.wanted_roles, exclusive=exclusive)
            worker.role_plan = plan
            worker.grants = tuple(self._task.apply(plan, roles))

    def _prove(self, worker: WorkerRun) -> None:
        home, made = certain(worker.home), certain(worker.worker)
        worker.proof = predict_proof(home, made, worker.credential, worker.held_roles or ())
        if not worker.proof.token or (self._task.check_mode and self._differs(worker)):
            return
        settle = self._task.params.get("settle") or 0
        if worker.is_changed:
            settle = max(settle, self._task.connection.retry_budget)
        connection = connection_of(self._task, home, made, certain(worker.credential), settle)
        prove(self._task.client.of_other(connection), made, worker.proof)

    def _differs(self, worker: WorkerRun) -> bool:
        """Tell whether a dry run, of this task or before it, predicts a worker otherwise than it is."""
        applications = self._applications[certain(worker.home)["id"]]
        return worker.is_changed or applications.is_predicted(certain(worker.worker)["id"])

    # Unlisted

    def _treat_unlisted(self) -> None:
        """Disable or remove what is not listed, but nothing in an environment where a worker failed."""
        failed = [worker.home for worker in self.workers if worker.error is not None]
        treated = [item for item in self.unlisted if item.change.changed and item.home not in failed]
        self._task.run_parallel([functools.partial(self._treat, unlisted) for unlisted in treated])

    def _treat(self, unlisted: UnlistedWorker) -> None:
        applications = self._applications[unlisted.home["id"]]
        try:
            if unlisted.change.action == "replace":
                unlisted.change = treatment(applications.read_for_update(unlisted.worker), self._policy)
            self._task.apply(unlisted.change, applications)
            unlisted.progress = self._progress(unlisted.change)
        except PingOneError as error:
            unlisted.fail(error)


class _Unsettled:
    """Carries out changes of applications, without the look for concurrent creations, which is made once for all."""

    def __init__(self, applications: Resource) -> None:
        self.path = applications.path
        self._applications = applications

    def carry_out(self, change: Change) -> Wire | None:
        """Carry out a change; return the object afterwards."""
        if change.action == "create":
            return self._applications.create_unsettled(change.body or {}, change.matches_created)
        return self._applications.carry_out(change)
