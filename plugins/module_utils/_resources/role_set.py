# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings the roles of one principal to what is wanted: from options to grants, a plan, and requests.

This module is private to the collection.
"""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    ForeignAnswerError,
    NotFoundError,
    OptionError,
    PermissionDeniedError,
    PingOneError,
    ServiceError,
    UnavailableError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted, predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import referred_id
from ansible_collections.idops.pingone.plugins.module_utils._client.client import LOST_WRITE_TIMEOUT
from ansible_collections.idops.pingone.plugins.module_utils._client.http import Response
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import Budget, propagation_delay
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.preflight import Outlook
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import are_all_listed
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    APPLICATION,
    ENVIRONMENT,
    ORGANIZATION,
    POPULATION,
    Grant,
    Role,
    Scope,
    titles,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_plan import (
    Add,
    Exchange,
    RoleSetPlan,
    plan_absent,
    plan_present,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_rules import (
    incompatible,
    may_assign,
    redundant,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

Params = t.Mapping[str, t.Any]

# From this HTTP status on an answer does not tell whether a write took place.
_FIRST_UNCLEAR: t.Final = 500


class RoleSet:
    """The roles of one principal: resolved, read, planned for and written.

    task: the task.
    home: the environment of the principal.
    principal: the application, user, group or gateway.

    held is what the principal has, as far as it was read or written; has_written tells whether anything was.
    """

    def __init__(self, task: Task, home: Wire, principal_kind: str, principal: Wire) -> None:
        self.held: list[Grant] = []
        self.has_written = False
        self._task = task
        self._home = home
        self._principal_kind = principal_kind
        self._principal = principal
        self._title = f"{principal_kind} '{title(principal)}'"
        self.title = f"roles of {principal_kind} {title(home)}/{title(principal)}"
        self.resource: Resource = task.api.role_assignments(home, principal_kind, principal)
        self.path = self.resource.path
        self._roles: dict[str, Role] = {}
        # Those that the options name, which may lie in environments that are not listed for their names alone.
        self._scopes: dict[str, Scope] = {home["id"]: _environment_scope(home)} if home.get("name") else {}
        # How many writes this controller had made to the assignments when they were read.
        self._generation = 0

    def of_created(self, principal: Wire) -> RoleSet:
        """Return the same for the principal that was only predicted before, and so has no roles yet."""
        created = RoleSet(self._task, self._home, self._principal_kind, principal)
        created._roles, created._scopes = self._roles, self._scopes
        created._generation = created.resource.generation()
        return created

    # Reading

    def wanted(self, roles: t.Sequence[Params]) -> list[Grant]:
        """Return the grants that the options ask for, each once: lists that were merged may name one twice.

        Raises OptionError for an unknown name, a role at a scope that it cannot have, and a grant that another covers.
        """
        grants = []
        for index, entry in enumerate(roles):
            where = f"roles[{index}]"
            role = Role.from_api(self._task.lookup.role(entry["role"], self._home, option=f"{where}.role"))
            self._roles[role.id] = role
            grant = Grant(role, self._scope(entry.get("scope"), where))
            self._scopes[grant.scope.id] = grant.scope
            sentence = incompatible(grant)
            if sentence:
                raise OptionError(f"{where}.scope", f"{where}: {sentence}.")
            if grant not in grants:
                grants.append(grant)
        pair = redundant(grants)
        if pair:
            raise OptionError(
                "roles",
                f"roles: {pair[0].title()} is covered by {pair[1].title()}, and PingOne refuses to assign both; "
                "leave one of them out.",
            )
        return grants

    def current(self) -> list[Grant]:
        """Return the grants that the principal has."""
        self._generation = self.resource.generation()
        self.held = self._grants(self.resource.list())
        return list(self.held)

    def is_outdated(self) -> bool:
        """Tell whether another process of this controller wrote since the grants were read."""
        return self.resource.generation() != self._generation

    def assumed_existing(self, unwanted: t.Sequence[Grant]) -> list[Grant]:
        """Return those of the grants that the principal is to lose in environments that are only predicted.

        Whoever names such a one has it come with the creation of the environment, or from an earlier task, unless an
        earlier task of this dry run has removed it.
        """
        if is_predicted(self._principal["id"]):
            return []
        assumed = [self._predicted(grant) for grant in unwanted if is_predicted(grant.scope.id)]
        return [grant for grant in assumed if not self._task.has_predicted(str(grant.id))]

    def from_api(self, item: Wire, *, named: bool = True) -> Grant:
        """Return an assignment of the service as a grant. named: whether the name of its scope is looked up."""
        scope = item["scope"]
        return Grant(
            self._known_role(item["role"]["id"]),
            self._scopes.get(scope["id"]) or self._known_scope(scope, named),
            id=item["id"],
            read_only=bool(item.get("readOnly")),
        )

    def _grants(self, listed: t.Sequence[Wire], *, named: bool = True) -> list[Grant]:
        return [self.from_api(item, named=named) for item in listed if item.get("role") and item.get("scope")]

    def _known_role(self, identifier: str) -> Role:
        if identifier not in self._roles:
            try:
                self._roles[identifier] = Role.from_api(self._task.lookup.role(identifier, self._home))
            except (OptionError, PermissionDeniedError):
                # A role of another environment, which this caller cannot look up, has no name here.
                self._roles[identifier] = Role(identifier, identifier)
        return self._roles[identifier]

    def _scope(self, scope: Params | None, where: str) -> Scope:
        if scope is None:
            return _environment_scope(self._home)
        if scope.get("organization"):
            identifier = self._organization_id()
            return Scope(ORGANIZATION, identifier, name=self._scope_name({"type": ORGANIZATION, "id": identifier}))
        names = self._task.lookup
        place = self._home
        if scope.get("environment"):
            place = names.environment(scope["environment"], option=f"{where}.scope.environment", lists=False)
        if scope.get("population"):
            found = names.population(place, scope["population"], option=f"{where}.scope.population")
            return Scope(POPULATION, found["id"], place["id"], found.get("name"), place.get("name"))
        if scope.get("application"):
            found = names.application(place, scope["application"], f"{where}.scope.application", lists=False)
            return Scope(APPLICATION, found["id"], place["id"], found.get("name"), place.get("name"))
        return _environment_scope(place)

    def _organization_id(self) -> str:
        organization = self._home.get("organization") or {}
        identifier = organization.get("id") or self._task.client.claims().get("org")
        if not identifier:
            raise ForeignAnswerError(
                "The organization is not known: neither the environment nor the access token names it."
            )
        return str(identifier)

    def _known_scope(self, scope: Wire, named: bool) -> Scope:
        """Return a scope that the service names, with what can be told of it without a request of its own."""
        name = self._scope_name(scope) if named else None
        if name is None or scope["type"] not in (POPULATION, APPLICATION):
            return Scope(scope["type"], scope["id"], name=name)
        return Scope(scope["type"], scope["id"], self._home["id"], name, self._home.get("name"))

    def _scope_name(self, scope: Params) -> str | None:
        """Return the name of a scope, where that costs no request but a listing."""
        try:
            if scope["type"] == ORGANIZATION:
                listed = self._task.api.organizations().list()
            elif scope["type"] == ENVIRONMENT:
                listed = self._task.api.environments().list()
            elif scope["type"] == APPLICATION:
                listed = self._task.api.applications(self._home).list()
            else:
                listed = self._task.api.populations(self._home).list()
        except (PermissionDeniedError, NotFoundError):
            return None
        return next((item.get("name") for item in listed if item["id"] == scope["id"]), None)

    # Who may

    def check_rights(self, plan: RoleSetPlan) -> None:
        """Raise ReadOnlyError for what the service shows as read-only; tell what it may refuse to assign.

        All of it at once, and before anything is written.
        """
        self._task.conclude([("", self.outlook(plan))])

    def outlook(self, plan: RoleSetPlan) -> Outlook:
        """Return what the service shows as read-only, and what it may refuse to assign."""
        read_only = [grant for grant in plan.removed if grant.read_only]
        certain, likely = self._irremovable(read_only), self._unassignable(plan.added)
        return self._task.outlook(plan, self, certain=certain, likely=likely)

    def _irremovable(self, read_only: t.Sequence[Grant]) -> list[str]:
        """Return why the caller cannot remove what the service shows as read-only."""
        if read_only and self._task.client.claims().get("client_id") == self._principal["id"]:
            return [
                f"{self._title} is the calling worker, and no worker can remove its own role assignments: PingOne "
                f"shows them to it as read-only. To remove {_listed(read_only)}, sign in as another worker that "
                "holds the same roles."
            ]
        # With settle, a wrong flag of a new assignment is waited for.
        if read_only and not self._task.params.get("settle"):
            return [
                f"Nothing was changed for {self._title}, because PingOne shows as read-only what would be removed: "
                f"{_listed(read_only)}. The calling worker holds neither that role nor one that may assign it, at the "
                "same or a broader scope."
            ]
        return []

    def _unassignable(self, added: t.Sequence[Grant]) -> list[str]:
        """Return what the caller may not assign, as far as the service tells."""
        in_question = [grant for grant in added if not _is_assumed(grant)] if self._task.looks_ahead else []
        doubtful = self._doubtful(in_question) if in_question else []
        if doubtful:
            # What was read before may have become more.
            doubtful = self._doubtful(in_question, anew=True)
        if not doubtful:
            return []
        return [
            f"PingOne may refuse to assign to {self._title}: {_listed(doubtful)}. As far as it tells, the calling "
            "worker holds no role that may assign this, at the same or a broader scope."
        ]

    def _doubtful(self, grants: t.Sequence[Grant], *, anew: bool = False) -> list[Grant]:
        """Return those of grants that what the caller holds does not let it assign; none when that is hidden."""
        held = self._task.held_by_caller(anew=anew)
        own = None if held is None else self._grants(held, named=False)
        return [] if own is None else [grant for grant in grants if not may_assign(own, grant)]

    # Writing

    def plan(self, wanted: t.Sequence[Grant], *, absent: bool, exclusive: bool) -> RoleSetPlan:
        """Return what assigns the grants, or removes them, after a look at what the principal has.

        exclusive: whether all others are removed.

        Raises PingOneError for what the caller may not do.
        """
        plan = self.plan_from(self.current(), wanted, absent=absent, exclusive=exclusive)
        self.check_rights(plan)
        return plan

    def plan_from(
        self, current: t.Sequence[Grant], wanted: t.Sequence[Grant], *, absent: bool = False, exclusive: bool
    ) -> RoleSetPlan:
        """Return what leads from grants that were read to those that are wanted, without a look at what is allowed."""
        if absent:
            assumed = [grant for grant in self.assumed_existing(wanted) if grant not in current]
            return plan_absent([*current, *assumed], wanted)
        return plan_present(current, wanted, exclusive, self._predicted)

    def carry_out(self, plan: RoleSetPlan) -> tuple[Grant, ...]:
        """Carry out a plan and return the principal's grants afterwards."""
        self.held = list(plan.before)
        for step in plan.steps:
            if isinstance(step, Add):
                self._add(step.grant)
            elif isinstance(step, Exchange):
                self._exchange(step)
            else:
                self._remove(step.grant)
        return tuple(self.held)

    def _add(self, grant: Grant) -> Grant:
        grant = self._assigned(grant)
        self.has_written = True
        self.held = [*(held for held in self.held if held != grant), grant]
        return grant

    def _assigned(self, grant: Grant) -> Grant:
        try:
            made = self.resource.create(
                grant.body(),
                lambda item: self.from_api(item) == grant,
                f"assigning {grant.title()} to {self._title}",
                functools.partial(self._stays_refused, grant),
            )
        except ServiceError as error:
            # It may be held since the assignments were listed, by another controller, or before: a list may be behind.
            held = self._listed_late(grant) if error.is_duplicate else None
            if held is None:
                raise
            return held
        return Grant(grant.role, grant.scope, id=made["id"], read_only=bool(made.get("readOnly")))

    def _listed_late(self, grant: Grant) -> Grant | None:
        """Return a grant that the service says the principal has, as soon as it is listed; None when it is not."""
        client = self._task.client
        budget = Budget(client.clock, min(LOST_WRITE_TIMEOUT, client.connection.retry_budget), self._task.progress)
        message, attempt = f"Waiting until {grant.title()} is listed for {self._title}", 0
        while True:
            held = self._grants(self.resource.refresh())
            if grant in held:
                return held[held.index(grant)]
            if not budget.pause(propagation_delay(attempt), message):
                return None
            attempt += 1

    def _stays_refused(self, grant: Grant, response: Response) -> bool:
        """Tell whether the caller may not assign a grant, and will not, as far as the service tells.

        Waiting helps where the roles that it got by creating an environment are not known everywhere yet.
        """
        callers = self._task.api.own_role_assignments()
        own = callers.list_once() if callers is not None else None
        if own is None or not self._has_all(own, grant, response):
            return False
        return not may_assign(self._grants(own, named=False), grant)

    def _has_all(self, own: Wires, grant: Grant, response: Response) -> bool:
        """Tell whether what the caller holds where a grant is to apply is all listed.

        What it got by creating an environment comes all at once. What somebody gave it there besides is listed as soon
        as it is given (inferred: lists show other objects so), and only heeded late, which is waited for. Were the list
        late too, the grant would be refused at once, whatever C(settle): to wait then would slow down every refusal of
        a task that comes after a change.
        """
        place = grant.scope.environment_id
        if any(referred_id(item, "scope") == place for item in own):
            return True
        if self._task.connection.settle:
            # What it tells of may be that somebody gave the caller a role.
            return False
        if place == self._home["id"]:
            return are_all_listed(self._task, own, self._home, response)
        # Of another environment it is not known here how old it is.
        return grant.scope.type == ORGANIZATION

    def _predicted(self, grant: Grant) -> Grant:
        key = f"{self._principal['id']} {grant.role.id} {grant.scope.id}"
        return Grant(grant.role, grant.scope, id=predicted_id("role assignment", self._home["id"], key))

    def _remove(self, grant: Grant) -> None:
        self.resource.delete(str(grant.id), f"removing {grant.title()} from {self._title}")
        self.has_written = True
        self.held = [held for held in self.held if held != grant]

    def _exchange(self, exchange: Exchange) -> None:
        """Exchange broad grants for narrower ones; when that fails, or the task is ended, put the broad ones back.

        In a thread, which does not see that the task is ended, the exchange comes to its end.
        """
        removed: list[Grant] = []
        added: list[Grant] = []
        with self._task.client.finishing():
            try:
                for grant in reversed(exchange.broad):
                    self._remove_broad(grant, removed)
                for grant in exchange.narrow:
                    added.append(self._add(grant))
            except PingOneError as error:
                if not removed:
                    raise
                self._put_back(removed, added, error)
                raise error.with_note(f"{_listed(removed)} was put back, so {self._title} has it still.") from None
            except BaseException as ended:
                # The timeout of the task or Ctrl-C: once all is as it was, it ends as it would have.
                if removed:
                    self._task.client.wait_for_requests()
                    self._put_back(removed, added, UnavailableError(f"The task was ended by {type(ended).__name__}."))
                raise

    def _remove_broad(self, grant: Grant, removed: list[Grant]) -> None:
        """Remove a grant and put it before those that are removed already, unless the service refuses to remove it."""
        try:
            self._remove(grant)
        except PingOneError as error:
            if not isinstance(error, ServiceError) or error.status >= _FIRST_UNCLEAR:
                # It may be gone all the same.
                removed.insert(0, grant)
            raise
        except BaseException:
            removed.insert(0, grant)
            raise
        removed.insert(0, grant)

    def _put_back(self, removed: t.Sequence[Grant], added: t.Sequence[Grant], reason: PingOneError) -> None:
        try:
            for grant in added:
                self._remove(grant)
            for grant in removed:
                self._add(grant)
        except BaseException as error:
            why = describe(error) if isinstance(error, PingOneError) else f"it was ended by {type(error).__name__}."
            raise reason.with_note(
                f"{_listed(removed)}, which was removed before, could not be put back: {why} "
                f"{self._title} is without it now; run the task again, or assign it by hand."
            ) from None


def _environment_scope(environment: Wire) -> Scope:
    return Scope(ENVIRONMENT, environment["id"], environment["id"], environment.get("name"))


def _is_assumed(grant: Grant) -> bool:
    """Tell whether it is not known yet who may assign a grant.

    Nobody knows what an environment that is only predicted brings to whoever makes it, nor what a role is like that is
    assumed to be made by another task.
    """
    return is_predicted(grant.scope.id) or (is_predicted(grant.role.id) and not grant.role.applicable_to)


def _listed(grants: t.Collection[Grant]) -> str:
    return ", ".join(titles(grants))
