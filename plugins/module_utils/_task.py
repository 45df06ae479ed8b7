# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module's C(run) is given and what it gives back, and the door through which a real module calls it.

C(run(task)) raises the collection's exceptions and returns a Result. It knows neither C(exit_json) nor an action
plugin, so that both doors, and a test, can call it. This module is private to the collection.
"""

from __future__ import annotations

import threading
import typing as t
from functools import cached_property

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.idops.pingone.plugins.module_utils._api import Api, Resource
from ansible_collections.idops.pingone.plugins.module_utils._client import PingOneClient
from ansible_collections.idops.pingone.plugins.module_utils._connection import (
    Connection,
    connection_argument_spec,
    connection_from,
)
from ansible_collections.idops.pingone.plugins.module_utils._errors import OptionError, PingOneError
from ansible_collections.idops.pingone.plugins.module_utils._names import Names
from ansible_collections.idops.pingone.plugins.module_utils._reconcile import Change
from ansible_collections.idops.pingone.plugins.module_utils._redact import redact

try:
    # Since ansible-core 2.22, which then masks the value by itself in everything it prints.
    from ansible.module_utils.secrets import register_secret as _register_secret
except ImportError:
    _register_secret = None

ISSUES: t.Final = "https://github.com/idops/ansible-collection-pingone/issues"

Params = dict[str, t.Any]
Run = t.Callable[["Task"], "Result"]


def argument_spec(*parts: t.Mapping[str, t.Any], **options: t.Any) -> dict[str, t.Any]:
    """Return the argument spec of a module: the connection's options, then its own.

    parts, options: argument specs, such as those of a table; a later one wins.
    """
    spec = connection_argument_spec()
    for part in (*parts, options):
        spec.update(part)
    return spec


class Result:
    """What a task found and did.

    change: a Change, or whether anything was changed.
    before, after: the two sides of the diff, when there is no Change to take them from.
    values: what the module returns.
    """

    def __init__(self, change: Change | bool, *, before: t.Any = None, after: t.Any = None, **values: t.Any) -> None:
        if isinstance(change, Change):
            self.changed = change.changed
            self.before, self.after = change.before, change.after
        else:
            self.changed = change
            self.before, self.after = before, after
        self.values = values

    def diff(self) -> dict[str, t.Any] | None:
        """Return both sides as ansible-core compares and shows them; None when there is nothing to compare."""
        if self.before is None and self.after is None:
            return None
        return {"before": self.before or {}, "after": self.after or {}}


class Task:
    """One task of a playbook: its options, and what its module needs to carry them out.

    params: the validated options.
    check_mode: whether nothing may be written.
    door: C(module) or C(in-process); the service is told in the User-Agent.
    secrets: what must not be shown, as far as the argument spec tells.
    progress: called with a line for the user while the task runs; None where nobody would see it.
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
        self.check_mode = check_mode
        self.door = door
        self.warnings: list[str] = []
        self.secrets: set[str] = set()
        self._progress = progress
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
        return Api(self.client)

    @cached_property
    def names(self) -> Names:
        """Names and ids, looked up."""
        return Names(self.api, self.check_mode, self.warn)

    def client_of(self, connection: Connection) -> PingOneClient:
        """Return a client for a connection, whose secrets are from now on known as such."""
        for secret in connection.secrets():
            self.secret(secret)
        return PingOneClient(
            connection, check_mode=self.check_mode, door=self.door, warn=self.warn, on_secret=self.secret
        )

    def warn(self, message: str) -> None:
        """Give the user a warning, once."""
        if message not in self.warnings:
            self.warnings.append(message)

    def secret(self, value: str) -> str:
        """Remember a text as secret, so that nothing that leaves the task shows it; return it."""
        if value:
            self.secrets.add(value)
            if _register_secret is not None:
                _register_secret(value)
        return value

    def progress(self, message: str) -> None:
        """Show a line while the task runs, where that is possible: in process, and from the main thread."""
        if self._progress is not None and threading.current_thread() is threading.main_thread():
            self._progress(redact(message, self.secrets))

    def apply(self, change: Change, resource: Resource) -> dict[str, t.Any] | None:
        """Carry out a change; in check mode, only predict it.

        change: what C(plan) or C(removal) made.
        resource: the collection of the API that the object belongs to.

        Returns the object afterwards as the service sends it, or None when it is gone.
        """
        if self.check_mode or not change.changed:
            return change.predicted
        if change.action == "create":
            return resource.create(change.body or {}, change.creates)
        identifier = (change.current or {})["id"]
        if change.action == "replace":
            return resource.replace(identifier, change.body or {})
        resource.delete(identifier)
        return None


def perform(
    run: Run, task: Task, *, secret_returns: t.Sequence[str], no_log_values: t.Iterable[str], diff: bool
) -> dict[str, t.Any]:
    """Run a module and return its result as it may leave the task: nothing in it is secret but what was asked for.

    run: the module's function.
    secret_returns: the top-level keys that hold a secret and leave whole.
    no_log_values: the values of options that are C(no_log).
    diff: whether the user asked for a diff.

    The result holds C(failed) and C(msg) when the module failed; it never raises but what ends the process.
    """
    try:
        outcome = run(task)
        _refuse_imported(outcome, secret_returns, no_log_values)
    except PingOneError as error:
        return failed(str(error), task)
    except Exception as error:
        # ansible-core does not mask what it did not expect, so nothing else may get out.
        return failed(unexpected_message(f"{type(error).__name__}: {error}"), task)
    result = {"changed": outcome.changed, **outcome.values}
    if diff and outcome.diff() is not None:
        result["diff"] = outcome.diff()
    whole = {key: result[key] for key in secret_returns if key in result}
    return {**redact(result, task.secrets), **whole}


def failed(message: str, task: Task) -> dict[str, t.Any]:
    """Return the result of a task that failed, without any secret."""
    return {"failed": True, "msg": redact(message, task.secrets)}


def unexpected_message(what: str) -> str:
    """Return the sentence about an error that nobody expected."""
    return (
        f"Unexpected {what}. This is a defect of the collection idops.pingone; "
        f"please report it at {ISSUES} with the versions of the collection and of ansible-core."
    )


def unsupported_message(name: str, message: str) -> str:
    """Return the sentence about options that a module does not have, in AnsibleModule's words."""
    return f"Unsupported parameters for ({name}) module: {message}"


def run_module(run: Run, spec: dict[str, t.Any], rules: dict[str, t.Any], secret_returns: t.Sequence[str]) -> None:
    """Be a module: read the options, run, print the result, and exit.

    run, spec, rules, secret_returns: the module's C(run), C(ARGUMENT_SPEC), C(RULES) and C(SECRET_RETURNS).
    """
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True, **rules)
    task = Task(module.params, check_mode=module.check_mode, secrets=module.no_log_values)
    result = perform(
        run, task, secret_returns=secret_returns, no_log_values=module.no_log_values, diff=bool(module._diff)
    )
    for warning in task.warnings:
        module.warn(redact(warning, task.secrets))
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def _refuse_imported(outcome: Result, secret_returns: t.Sequence[str], no_log_values: t.Iterable[str]) -> None:
    """Refuse to return a secret that holds a value of an option, since AnsibleModule would return it mangled."""
    hidden = {str(value) for value in no_log_values if value}
    for key in secret_returns:
        value = outcome.values.get(key)
        if value and any(part in value for part in hidden):
            raise OptionError(
                f"{key} cannot be returned, since it holds the value of one of this task's own secret options, "
                "which ansible-core takes out of every result; use that option's value itself."
            )
