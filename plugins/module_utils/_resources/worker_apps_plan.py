# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wanted of many workers, what became of each so far, and what of it can be decided without the service.

This module is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    OptionError,
    PermissionDeniedError,
    PingOneError,
    ReadOnlyError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, plan, removal
from ansible_collections.idops.pingone.plugins.module_utils._core.preflight import Outlook
from ansible_collections.idops.pingone.plugins.module_utils._core.selection import compiled
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import Caller
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import Grant
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_plan import RoleSetPlan
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_rules import check_scope
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_set import RoleSet
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app import WORKER, check_options
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import WORKER_APP
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_proof import (
    Credential,
    Proof,
    check_key_options,
    key_options,
)

# How far a change came: not yet carried out, only predicted, or carried out.
Progress = t.Literal["", "predicted", "written"]


@dataclass(frozen=True)
class Policy:
    """What holds for all workers of a list. The attributes are options of pingone_worker_apps."""

    manage_roles: bool = True
    exclusive_roles: bool = False
    return_secrets: bool = False
    prove: bool = False
    unlisted: str = "ignore"
    unlisted_match: str | None = None
    hidden_secrets: str = "fail"

    def check(self) -> None:
        """Raise OptionError for what contradicts itself."""
        if self.prove and not self.manage_roles:
            raise OptionError("prove", "prove requires manage_roles: true because it comes after the roles.")
        if self.unlisted in ("disable", "remove") and not (self.unlisted_match or "").strip():
            raise OptionError(
                "unlisted_match",
                f"unlisted_match is needed with unlisted: {self.unlisted}; give a regular expression for the whole "
                "names of the workers that this task may touch.",
            )
        if self.unlisted_match is not None and not self.unlisted_match.strip():
            raise OptionError(
                "unlisted_match", "unlisted_match must not be empty; leave it out to report all unlisted workers."
            )
        compiled(self.unlisted_match or "", "unlisted_match", "unlisted_match")


@dataclass(frozen=True)
class Entry:
    """A worker that is wanted, as the user gave it.

    where: where it stands, such as C(workers[0]); empty for the only one of a task.
    environment: name or id of its environment; None when it is missing.
    environment_option: the option that gives it, or has to.
    params: the options of the worker; None for an environment in which no worker is listed.
    """

    where: str
    environment: str | None
    environment_option: str
    params: t.Mapping[str, t.Any] | None

    @property
    def given(self) -> t.Mapping[str, t.Any]:
        """The options of the worker."""
        return self.params or {}

    @property
    def is_wanted(self) -> bool:
        """Whether there is to be a worker."""
        return self.given.get("state") != "absent"

    def environment_reference(self) -> str:
        """Return the name or id of the environment. Raises OptionError when there is none."""
        option = self.environment_option
        if self.environment is None:
            raise OptionError(option, f"{option} is missing; name the environment here, or that of all by environment.")
        if not self.environment.strip():
            raise OptionError(option, f"{option} must not be empty; give a name or an id.")
        return self.environment

    def within(self, error: PingOneError) -> PingOneError:
        """Return an error about an option of this entry as one that names where the option stands."""
        if not self.where or not isinstance(error, OptionError) or error.option == self.environment_option:
            return error
        message = str(error)
        begins_with_it = error.option is not None and message.startswith(re.split(r"\W", error.option)[0])
        option = f"{self.where}.{error.option}" if error.option else self.where
        return type(error)(option, f"{self.where}{'.' if begins_with_it else ': '}{message}")


@dataclass
class WorkerRun:
    """One worker that is wanted, and what became of it so far.

    home: its environment, once it is found.
    change: what leads to what is wanted of it.
    worker: it as it is now, or as it is predicted; None when there is none.
    is_adopted: whether one was made elsewhere at the same time, and taken in the place of ours.
    roles, wanted_roles, role_plan, grants: its roles: as they are managed, wanted, planned, and afterwards.
    role_error: why they could not be read, which keeps nothing but them from the worker.
    secret: its secret; None when it was not read.
    hidden: why it was not, where that is no error, and how a user is told.
    progress: whether its change was carried out, or predicted in check mode; the roles tell it for themselves.
    error, message: what went wrong, and how a user is told; skipped_by: the worker whose error kept this one from
        being begun or finished.
    outlooks: what PingOne would refuse of what is planned.
    """

    entry: Entry
    home: Wire | None = None
    change: Change | None = None
    worker: Wire | None = None
    is_adopted: bool = False
    roles: RoleSet | None = None
    wanted_roles: list[Grant] = field(default_factory=list)
    role_plan: RoleSetPlan | None = None
    role_error: PingOneError | None = None
    grants: tuple[Grant, ...] | None = None
    secret: str | None = None
    hidden: tuple[PermissionDeniedError, str] | None = None
    proof: Proof | None = None
    progress: Progress = ""
    error: PingOneError | None = None
    message: str = ""
    skipped_by: str | None = None
    outlooks: list[Outlook] = field(default_factory=list)

    def guard(self, job: t.Callable[[], None]) -> None:
        """Do something for this worker, and note what goes wrong."""
        try:
            job()
        except PingOneError as error:
            self.fail(error)

    def fail(self, error: PingOneError) -> None:
        """Note what went wrong; the first error counts."""
        if self.error is None:
            self.error = self.entry.within(error)
            self.message = describe(self.error)

    def hide_secret(self, error: PermissionDeniedError) -> None:
        """Note why the secret of this worker cannot be read, where that is no error."""
        self.hidden = error, describe(error)

    def skip(self, failed: WorkerRun | UnlistedWorker) -> None:
        """Note that another worker's error kept this one from being begun or finished."""
        self.skipped_by = failed.title

    @property
    def key(self) -> Credential:
        """Its private key, as options of a connection; empty for a worker that signs in by its secret."""
        return key_options(self.entry.given)

    @property
    def credential(self) -> Credential | None:
        """By what it signs in, as options of a connection; None when its secret was not read."""
        return self.key or (None if self.secret is None else {"client_secret": self.secret})

    @property
    def title(self) -> str:
        """The worker in words: its environment, and its name or id."""
        name = (self.worker or {}).get("name") or self.entry.given.get("name") or self.entry.given.get("id")
        return f"{title(self.home) if self.home else self.entry.environment}/{name}"

    @property
    def diff_title(self) -> str:
        """What a diff calls the worker; empty for one that is not there and was not."""
        found = (self.change.current if self.change is not None else None) or self.worker
        return f"worker {title(self.home)}/{title(found)}" if self.home and found else ""

    @property
    def is_refused(self) -> bool:
        """Whether the error is one that was found before anything was written."""
        return isinstance(self.error, (OptionError, ReadOnlyError))

    @property
    def is_there(self) -> bool:
        """Whether the worker is there, or is predicted to be, and nothing went wrong."""
        return self.error is None and self.worker is not None

    @property
    def was_created(self) -> bool:
        """Whether the worker was created just now."""
        return self.progress == "written" and self.change is not None and self.change.action == "create"

    @property
    def has_actor_roles(self) -> bool:
        """Whether a worker that was created got the roles of the calling worker."""
        return self.was_created and bool(self.entry.given.get("assign_actor_roles"))

    @property
    def is_changed(self) -> bool:
        """Whether something of the worker was changed, or would be."""
        return self.changes_worker or self.changes_roles

    @property
    def present(self) -> Wire | None:
        """The worker as it is, or is predicted to be: as it was before if it was not brought to what is wanted."""
        if self.progress or (self.change is not None and not self.change.changed):
            return self.worker
        return self.change.current if self.change is not None else None

    @property
    def changes_worker(self) -> bool:
        """Whether the worker was changed, or would be."""
        return bool(self.progress)

    @property
    def changes_roles(self) -> bool:
        """Whether its roles were changed, or would be."""
        if self.roles is not None and self.roles.has_written:
            return True
        return self.grants is not None and self.role_plan is not None and self.role_plan.changed

    @property
    def held_roles(self) -> tuple[Grant, ...] | None:
        """What it holds now, or would hold; None when that was not looked at."""
        if self.grants is not None:
            return self.grants
        was_read = self.roles is not None and self.role_error is None and not self.is_adopted
        return tuple(self.roles.held) if self.roles is not None and was_read else None

    def left_behind(self, listed: t.Iterable[Wire]) -> list[Wire]:
        """Return workers of a name of before that are there although this one was not renamed from them."""
        earlier = self.entry.given.get("previous_names") or ()
        current = (self.change.current if self.change is not None else None) or {}
        workers = [item for item in listed if item.get("type") == WORKER and item.get("name") in earlier]
        return [item for item in workers if item["id"] != current.get("id")]

    def is_created_despite_previous_names(self, listed: t.Iterable[Wire]) -> bool:
        """Tell whether it is created where other workers are, although names that it had before are given."""
        is_created = self.change is not None and self.change.action == "create"
        others = any(item.get("type") == WORKER for item in listed)
        return is_created and others and bool(self.entry.given.get("previous_names"))

    def wants_roles(self, policy: Policy) -> bool:
        """Tell whether the roles of the worker are looked at."""
        return self.worker is not None and (self.entry.given.get("roles") is not None or policy.prove)

    def is_exclusive(self, policy: Policy) -> bool:
        """Tell whether the worker loses all other roles."""
        given = self.entry.given
        own = given.get("exclusive_roles")
        return given.get("roles") is not None and (policy.exclusive_roles if own is None else bool(own))


@dataclass
class UnlistedWorker:
    """A worker that exists and that no entry names.

    change: what is to be done with it.
    progress: whether that was carried out, or predicted in check mode.
    error, message: what went wrong, and how a user is told.
    outlooks: what PingOne would refuse of what is planned.
    """

    home: Wire
    worker: Wire
    change: Change
    progress: Progress = ""
    error: PingOneError | None = None
    message: str = ""
    outlooks: list[Outlook] = field(default_factory=list)

    def fail(self, error: PingOneError) -> None:
        """Note what went wrong."""
        self.error, self.message = error, describe(error)

    @property
    def is_refused(self) -> bool:
        """Whether the error is one that was found before anything was written."""
        return isinstance(self.error, ReadOnlyError)

    @property
    def title(self) -> str:
        """The worker in words: its environment and its name."""
        return f"{title(self.home)}/{title(self.worker)}"

    @property
    def changes_worker(self) -> bool:
        """Whether the worker was changed, or would be."""
        return bool(self.progress)

    @property
    def diff_title(self) -> str:
        """What a diff calls the worker."""
        return f"worker {self.title}"

    @property
    def action(self) -> str:
        """What was done with it, or would be."""
        if not self.progress:
            return "kept"
        return "removed" if self.change.action == "delete" else "disabled"


def outlooks_of(planned: t.Iterable[WorkerRun | UnlistedWorker]) -> list[tuple[str, Outlook]]:
    """Return what PingOne would refuse, each with the worker that it concerns; with none for the only one of a task."""
    return [
        ("" if isinstance(item, WorkerRun) and not item.entry.where else item.title, outlook)
        for item in planned
        for outlook in item.outlooks
    ]


def check_entry(entry: Entry, policy: Policy) -> None:
    """Raise OptionError for options of one worker that cannot be right whatever exists."""
    given = entry.given
    entry.environment_reference()
    check_options(given)
    check_key_options(given)
    if policy.return_secrets and given.get("imported_client_secret"):
        asked = "return_secrets" if entry.where else "return_secret"
        raise OptionError(
            "imported_client_secret" if entry.where else asked,
            f"{asked} and imported_client_secret are mutually exclusive because ansible-core takes the value of a "
            "secret option out of every result; use that value itself, or read the secret in a task of its own.",
        )
    roles = given.get("roles")
    if roles is None:
        return
    if not entry.is_wanted:
        raise OptionError(
            "roles", "roles requires state: present; a worker that is deleted loses all of them, so leave it out."
        )
    own = given.get("exclusive_roles")
    if not roles and not (policy.exclusive_roles if own is None else own):
        raise OptionError(
            "roles", "roles must name at least one role; to remove every role, set exclusive_roles: true as well."
        )
    for index, role in enumerate(roles):
        check_scope(role.get("scope"), f"roles[{index}]")


def check_distinct(workers: t.Iterable[WorkerRun]) -> list[tuple[WorkerRun, OptionError]]:
    """Return an error for each worker that an earlier entry means too, or that would get the same name."""
    problems: list[tuple[WorkerRun, OptionError]] = []
    seen: dict[tuple[str, str], WorkerRun] = {}
    for worker in workers:
        if worker.error is not None or worker.home is None or worker.change is None:
            continue
        current, predicted = worker.change.current, worker.change.predicted
        keys = [("id", current["id"])] if current else []
        keys += [(worker.home["id"], str(predicted["name"]))] if predicted else []
        earlier = next((seen[key] for key in keys if key in seen), None)
        for key in keys:
            seen.setdefault(key, worker)
        if earlier is not None:
            option = "name" if worker.entry.given.get("name") else "id"
            problems.append(
                (worker, OptionError(option, f"{option}: {earlier.entry.where} is the same worker; leave one out."))
            )
    return problems


def unlisted_workers(
    home: Wire, listed: t.Iterable[Wire], workers: t.Sequence[WorkerRun], policy: Policy, caller: Caller
) -> list[UnlistedWorker]:
    """Return the worker applications of an environment that no entry names, and what is to be done with each.

    Left out are the calling worker, names of before, and what C(unlisted_match) does not match. Applications of
    other types, such as those of the platform, are none.
    """
    current = {worker.change.current["id"] for worker in workers if worker.change and worker.change.current}
    ids = current | {worker.entry.given.get("id") for worker in workers}
    names = {name for worker in workers for name in (worker.entry.given.get("previous_names") or ())}
    names |= {worker.entry.given.get("name") for worker in workers}
    found = []
    for item in sorted(listed, key=lambda item: (str(item.get("name")), item["id"])):
        if item.get("type") != WORKER or item["id"] in ids or item.get("name") in names:
            continue
        if caller.is_application(home, item):
            continue
        if policy.unlisted_match is not None and not re.fullmatch(policy.unlisted_match, str(item.get("name"))):
            continue
        found.append(UnlistedWorker(home, item, treatment(item, policy)))
    return found


def treatment(worker: Wire, policy: Policy) -> Change:
    """Return what is to be done with an unlisted worker."""
    if policy.unlisted == "remove":
        return removal(WORKER_APP, worker)
    return plan(WORKER_APP, worker, {"enabled": False} if policy.unlisted == "disable" else {})
