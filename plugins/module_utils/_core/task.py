# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module's C(run) is given: its options, and what it needs to carry them out. This module is private."""

from __future__ import annotations

import copy
import functools
import threading
import time
import typing as t
from functools import cached_property

from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import (
    SHORTEST_IN_VALUES,
    SecretKeeper,
    parts_of,
    redact,
    redact_message,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.text import long_texts, printable, shortened
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.client import PingOneClient
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import (
    Connection,
    connection_argument_spec,
    connection_from,
    secret_variables,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.parallel import in_main_thread
from ansible_collections.idops.pingone.plugins.module_utils._core.api import Api
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import Lookup
from ansible_collections.idops.pingone.plugins.module_utils._core.permissions import needs_of
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Sides, Write
from ansible_collections.idops.pingone.plugins.module_utils._core.preflight import (
    CALLER,
    FAIL,
    OFF,
    PREFLIGHT,
    WARN,
    Outlook,
    Preflight,
    Refusal,
    products_as_kept,
)
from ansible_collections.idops.pingone.plugins.module_utils._core.products import product_for, types_of
from ansible_collections.idops.pingone.plugins.module_utils._core.readings import Readings
from ansible_collections.idops.pingone.plugins.module_utils._core.rights import Rights

try:
    # Since ansible-core 2.22, which then masks the value by itself in everything it prints.
    from ansible.module_utils.secrets import register_secret as _register_secret
except ImportError:
    _register_secret = None

# In seconds: how long a wait lasts before the user is told of it, and how much later than another line.
_TOLD_FROM: t.Final = 2.0
_TOLD_EACH: t.Final = 5.0

Params = dict[str, t.Any]


def argument_spec(*parts: t.Mapping[str, t.Any], **options: t.Any) -> dict[str, t.Any]:
    """Return the argument spec of a module: the options that all share, then its own.

    parts, options: argument specs, such as those of a table; a later one wins.
    """
    spec = {**connection_argument_spec(), "assume_missing": {"type": "bool", "default": False}, "preflight": PREFLIGHT}
    for part in (*parts, options):
        spec.update(part)
    return spec


class Plan(t.Protocol):
    """What a task is about to do."""

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""

    @property
    def predicted(self) -> t.Any:
        """What should be there afterwards."""

    @property
    def sides(self) -> t.Sequence[Sides]:
        """The objects that later tasks may refer to, before and after."""

    @property
    def writes(self) -> t.Sequence[Write]:
        """The requests that carry it out. C(_core/permissions.py) says what each needs."""


_Value = t.TypeVar("_Value")
_Plan = t.TypeVar("_Plan", bound=Plan)
_Plan_contra = t.TypeVar("_Plan_contra", contravariant=True)
_After = t.TypeVar("_After")
_After_co = t.TypeVar("_After_co", covariant=True)


class Writer(t.Protocol[_Plan_contra, _After_co]):
    """What carries out plans of one kind.

    path: of the collection of the objects that it writes.
    """

    path: str

    def carry_out(self, plan: _Plan_contra) -> _After_co:
        """Write, and return what is there afterwards."""


class Task(SecretKeeper):
    """One task of a playbook: its options, and what its module needs to carry them out.

    params: the validated options.
    check_mode: whether nothing may be written.
    door: C(module) or C(in-process); the service is told in the User-Agent.
    secrets: what must not be shown, as far as the argument spec tells.
    progress: called with a line for the user while the task waits; None where nobody would see it.
    """

    def __init__(
        self,
        params: Params,
        *,
        check_mode: bool = False,
        door: str = "module",
        secrets: t.Iterable[str] = (),
        progress: t.Callable[[str], None] | None = None,
    ) -> None:
        self.params = params
        # What sentences call the worker that carries the task out.
        self.who = CALLER
        self.check_mode = check_mode
        self.door = door
        # What earlier tasks of a dry run predicted; a door that knows the run puts in its own.
        self.predictions = Predictions() if check_mode else None
        # What earlier tasks of the run read for a look ahead; from the same doors.
        self.readings = Readings()
        self.warnings: list[str] = []
        # What a thread of run_parallel warned of so far.
        self._apart = threading.local()
        self.secrets: set[str] = set()
        self._passwords: set[str] = set()
        self._progress = progress
        self._told_at: float | None = None
        for secret in secrets:
            self.secret(secret)

    @cached_property
    def connection(self) -> Connection:
        """The connection that the options and the environment describe. Raises OptionError."""
        return connection_from(self.params)

    @cached_property
    def client(self) -> PingOneClient:
        """The client of this connection."""
        return self.client_of(self.connection)

    @cached_property
    def api(self) -> Api:
        """The resources of the service."""
        return Api(self.client, self.predictions)

    @cached_property
    def lookup(self) -> Lookup:
        """Names and ids, looked up."""
        assume_missing = bool(self.params.get("assume_missing"))
        return Lookup(self.api, self.warn, predictions=self.predictions, assume_missing=assume_missing)

    @cached_property
    def _preflight(self) -> Preflight:
        mode = self.params.get("preflight") or WARN
        # A right that seems to be missing may be on its way then.
        may_change = bool(self.params.get("settle"))
        return Preflight(self.api, self.readings, WARN if mode == FAIL and may_change else mode, self.warn, self.who)

    @property
    def looks_ahead(self) -> bool:
        """Whether the user wants to know what may be refused, though it is not certain."""
        return self.params.get("preflight") != OFF

    def client_of(self, connection: Connection) -> PingOneClient:
        """Return a client for a connection, whose secrets are from now on known as such."""
        for secret in connection.secrets():
            self.secret(secret)
        self._passwords |= connection.proxy_passwords()
        if not connection.validate_certs:
            self.warn(
                "validate_certs is false: whoever is between here and PingOne can read and change all that is sent."
            )
        return PingOneClient(connection, check_mode=self.check_mode, door=self.door, keeper=self)

    def acting_as(self, connection: Connection, who: str | None = None, **options: t.Any) -> Task:
        """Return the same task as another worker carries it out: by a client of its own, with all else shared.

        connection: the other worker's, as C(worker_connection) makes it.
        who: what sentences call it; as before when left out.
        options: those that are otherwise for it.
        """
        other = copy.copy(self)
        for made_for_connection in ("client", "api", "lookup", "_preflight"):
            other.__dict__.pop(made_for_connection, None)
        other.connection = connection
        other.who = who or self.who
        other.params = {**self.params, **options}
        return other

    def warn(self, message: str) -> None:
        """Give the user a warning, once."""
        warnings: list[str] = getattr(self._apart, "warnings", self.warnings)
        if message not in warnings:
            warnings.append(message)

    def run_parallel(self, jobs: t.Sequence[t.Callable[[], _Value]]) -> list[_Value]:
        """Run functions side by side and return what each gives, in their order; in that order they warn, too.

        One of them may do the same with functions of its own.
        """

        def apart(job: t.Callable[[], _Value]) -> tuple[_Value, list[str]]:
            # A single function runs in the thread of its caller, which may be one of these.
            outer = getattr(self._apart, "warnings", self.warnings)
            self._apart.warnings = []
            try:
                return job(), self._apart.warnings
            finally:
                self._apart.warnings = outer

        done = self.client.run_parallel([functools.partial(apart, job) for job in jobs])
        for _value, warnings in done:
            for warning in warnings:
                self.warn(warning)
        return [value for value, _warnings in done]

    def message(self, text: str) -> str:
        """Return a text as it may be shown to the user: no secret in it, and nothing that disturbs a terminal.

        Of an option that it repeats, such as a name, it shows no more than the beginning.
        """
        text = self.redact(text)
        for value in sorted(long_texts(self.params), key=len, reverse=True):
            repeated = self.redact(value)
            text = text.replace(repeated, shortened(repeated))
        return printable(text)

    def redact(self, said: t.Any) -> t.Any:
        """Return a text, or an answer that a message is made of, without any secret; before it is cut or stripped."""
        return redact_message(said, self.secrets | self._passwords)

    def redact_values(self, values: t.Any) -> t.Any:
        """Return data as it may leave the task: keys, and what only holds a short secret, stay as they are."""
        return redact(values, self.secrets)

    def secret(self, value: str) -> str:
        """Remember a text as secret, so that nothing that leaves the task shows it; return it."""
        if value:
            self.secrets.add(value)
            # ansible-core takes what it is told out of everything, so a short one would spoil other values.
            if _register_secret is not None and len(value) >= SHORTEST_IN_VALUES:
                for part in {value} | parts_of(value):
                    _register_secret(part)
        return value

    def know_secrets(self, environ: t.Mapping[str, t.Any]) -> None:
        """Keep the secrets of an environment from being shown, though a wrong option may hold one. environ: variables.

        Those of the connection are known only once its options were found right.
        """
        for variable in secret_variables(environ):
            self.secret(str(environ[variable]))

    def progress(self, message: str, waited: float) -> None:
        """Show what is waited for, where that is possible: in process.

        waited: for how many seconds, the pause that comes now included. A short wait is not worth a line, and lines
            come at some distance, whichever of the threads of a task they are from.
        """
        if self._progress is not None and waited >= _TOLD_FROM:
            in_main_thread(lambda: self._show(message))

    def _show(self, message: str) -> None:
        now = time.monotonic()
        if self._progress is not None and (self._told_at is None or now - self._told_at >= _TOLD_EACH):
            self._told_at = now
            self._progress(self.message(message))

    def preflight(
        self,
        plan: _Plan,
        writer: Writer[_Plan, t.Any],
        *,
        certain: t.Sequence[Refusal] = (),
        likely: t.Sequence[str] = (),
    ) -> None:
        """Tell what the service would refuse of a plan. Raises ReadOnlyError, once, with all of it.

        C(apply) does so itself; who has several plans calls C(outlook) for each, and then C(conclude) for all of them,
        before the first one is applied.

        certain: sentences on what the service shows that it will refuse, or errors, whose kind the failure then has.
        likely: sentences on what it may refuse, as far as it shows; the option C(preflight) says what comes of them.
        """
        self.conclude([("", self.outlook(plan, writer, certain=certain, likely=likely))])

    def outlook(
        self,
        plan: _Plan,
        writer: Writer[_Plan, t.Any],
        *,
        certain: t.Sequence[Refusal] = (),
        likely: t.Sequence[str] = (),
    ) -> Outlook:
        """Return what the service would refuse of a plan, as C(preflight) tells it."""
        may_be_refused = needs_of(writer.path, plan.writes) or (plan.writes and product_for(writer.path))
        if not (certain or likely or may_be_refused):
            return Outlook()
        return self._preflight.outlook(writer.path, plan.writes, certain=certain, likely=likely)

    def held_by_caller(self, *, anew: bool = False) -> Wires | None:
        """Return the role assignments of the calling worker, as they are kept for the run, or read now.

        None when they cannot be read, or a person calls.
        """
        return self._preflight.held_by_caller(anew=anew)

    def missing_product(self, path: str) -> list[str]:
        """Return a sentence when a collection was refused because its environment lacks a product."""
        return self._preflight.missing_product(path, was_refused=True)

    def know_bill(self, environment: Wire, bill: Wire | None) -> None:
        """Keep for later tasks which products an environment has. bill: of materials, which was read or written."""
        if bill is not None and environment.get("id"):
            self._preflight.know_bill(environment["id"], bill)

    def predict_bill(self, environment: Wire, bill: Wire | None) -> None:
        """Let later tasks of a dry run know which products an environment would have. bill: None when nobody knows."""
        id, types = environment["id"], types_of(bill)
        before = None if is_predicted(id) else products_as_kept(id, [])
        self.api.predict(self.api.bills_of_materials(id).path, Sides(before, products_as_kept(id, types), ()))

    def conclude(self, outlooks: t.Iterable[tuple[str, Outlook]]) -> None:
        """Tell what the service would refuse of several plans, as one failure.

        outlooks: each with the title of whom it concerns; empty for the only one of a task.
        """
        found = [(name, outlook) for name, outlook in outlooks if outlook.refused or outlook.doubts]
        if found:
            self._preflight.conclude(found)

    def know_rights(self, rights: Rights) -> None:
        """Take what the worker holds by the time that it writes, for who has read that, so that it is not read here."""
        self._preflight.known = rights

    def apply(self, plan: _Plan, writer: Writer[_Plan, _After]) -> _After:
        """Carry out a plan; in check mode, only predict. Nothing else decides whether anything is written.

        plan: such as C(plan) or C(removal) make.
        writer: carries it out, such as the collection of the API that an object belongs to.

        Returns what is there afterwards, as the service answered or as the plan predicts.
        """
        self.preflight(plan, writer)
        predicted: _After = plan.predicted
        if self.check_mode:
            for sides in plan.sides:
                self._remember(sides, writer.path)
            return predicted
        return writer.carry_out(plan) if plan.changed else predicted

    def has_predicted(self, id: str) -> bool:
        """Tell whether earlier tasks of a dry run predicted anything of an object of an id, such as that it is gone."""
        return self.predictions is not None and self.predictions.concern(id)

    def _remember(self, sides: Sides, path: str) -> None:
        """Let later tasks of a dry run know what this one predicts."""
        if sides.before == sides.after or self.predictions is None:
            return
        if not self.api.predict(path, sides) and self.predictions.path:
            self.warn(
                f"What this task predicts could not be written to {self.predictions.path}, so later tasks of this dry "
                "run do not know it."
            )
