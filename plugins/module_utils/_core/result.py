# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module's C(run) gives back, how it leaves the task, and the door through which a real module calls it.

C(run(task)) raises the collection's exceptions and returns a Result. It knows neither C(exit_json) nor an action
plugin, so that both doors, and a test, can call it. This module is private to the collection.
"""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    OptionError,
    PingOneError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import SHORTEST_IN_VALUES
from ansible_collections.idops.pingone.plugins.module_utils._base.text import printable
from ansible_collections.idops.pingone.plugins.module_utils._core import dry_run, readings
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change
from ansible_collections.idops.pingone.plugins.module_utils._core.readings import Readings
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

ISSUES: t.Final = "https://github.com/idops/ansible-collection-pingone/issues"

_SERVICE_TIMES: t.Final = ("created_at", "updated_at")
# What of a failure's facts the service said, or was made for people, and so may hold anything.
_TOLD: t.Final = ("code", "correlation_id", "option", "operation")

Run = t.Callable[[Task], "Result"]


Diff = dict[str, t.Any]


@dataclass(frozen=True)
class Failure:
    """Why a task failed that did something all the same.

    message: for the user.
    error: the error that it is about; the first one of several.
    """

    message: str
    error: PingOneError


class Result:
    """What a task found and did.

    change: a Change, or whether anything was changed.
    before, after: the two sides of the diff, when there is no Change to take them from.
    title: what the diff is of, as its header names it.
    values: what the module returns.

    failure is why the task failed, though it may have changed something; None when it did not.
    """

    failure: Failure | None = None

    def __init__(
        self, change: Change | bool, *, before: t.Any = None, after: t.Any = None, title: str = "", **values: t.Any
    ) -> None:
        self.title = title
        if isinstance(change, Change):
            self.changed = change.changed
            self.before, self.after = change.before, change.after
        else:
            self.changed = change
            self.before, self.after = before, after
        self.values = values

    def diff(self) -> Diff | list[Diff] | None:
        """Return both sides as ansible-core compares and shows them; None when there is nothing to compare."""
        if self.before is None and self.after is None:
            return None
        sides = {"before": _shown(self.before or {}), "after": _shown(self.after or {})}
        # ansible-core prints a header as it is.
        header = printable(self.title)
        return {"before_header": header, "after_header": header, **sides}


class Results(Result):
    """What a task found and did that is about several objects, and goes on after the failure of one.

    changed: one for each object that was changed.
    failure: why the task failed all the same.
    values: what the module returns.
    """

    def __init__(self, changed: t.Sequence[Result], failure: Failure | None, **values: t.Any) -> None:
        super().__init__(bool(changed), **values)
        self._changed = changed
        self.failure = failure

    def diff(self) -> list[Diff]:
        """Return a diff for each object that was changed."""
        return [t.cast("Diff", result.diff()) for result in self._changed]


def absent(task: Task, error: MissingObjectError, **values: t.Any) -> Result:
    """Return the result of a task whose object is as absent as what it was in, and warn that this is gone.

    error: what tells that it is gone; it is raised where the object is not to be absent.
    values: what the module returns.
    """
    if task.params["state"] != "absent":
        raise error
    task.warn(str(error))
    return Result(False, **values)


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
    task.know_secrets(os.environ)
    try:
        outcome = run(task)
        _refuse_imported(outcome, secret_returns, no_log_values)
    except PingOneError as error:
        return failed(error, task)
    except Exception as error:
        # ansible-core does not mask what it did not expect, so nothing else may get out.
        return failed(unexpected(f"{type(error).__name__}: {error}"), task)
    result = {"changed": outcome.changed, **outcome.values}
    if diff and outcome.diff() is not None:
        result["diff"] = outcome.diff()
    if outcome.failure is not None:
        public = {key: value for key, value in result.items() if key not in secret_returns}
        return {**task.redact_values(public), **told(outcome.failure.message, outcome.failure.error, task)}
    whole = {key: result[key] for key in secret_returns if key in result}
    return {**task.redact_values(result), **whole}


def failed(error: PingOneError, task: Task) -> dict[str, t.Any]:
    """Return the result of a task that failed, without any secret."""
    return told(describe(error), error, task)


def told(message: str, error: PingOneError, task: Task) -> dict[str, t.Any]:
    """Return how a failure is told to people and to programs, without any secret."""
    kind_and_facts = {name: task.message(fact) if name in _TOLD else fact for name, fact in error.facts().items()}
    return {"failed": True, "msg": task.message(message), "error": kind_and_facts}


def unexpected(what: str) -> PingOneError:
    """Return an error that nobody expected."""
    return PingOneError(
        f"Unexpected {what}. This is a defect of the collection idops.pingone; "
        f"please report it at {ISSUES} with the versions of the collection and of ansible-core."
    )


def run_module(run: Run, spec: dict[str, t.Any], rules: dict[str, t.Any], secret_returns: t.Sequence[str]) -> None:
    """Be a module: read the options, run, print the result, and exit.

    run, spec, rules, secret_returns: the module's C(run), C(ARGUMENT_SPEC), C(RULES) and C(SECRET_RETURNS).
    """
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True, **rules)
    task = Task(module.params, check_mode=module.check_mode, secrets=module.no_log_values)
    task.readings = Readings(os.environ.get(readings.VARIABLE))
    if module.check_mode:
        task.predictions = Predictions(os.environ.get(dry_run.VARIABLE))
    result = perform(
        run, task, secret_returns=secret_returns, no_log_values=module.no_log_values, diff=bool(module._diff)
    )
    # What leaves is redacted; ansible-core would also take a short secret, which may be a word, out of the data. It
    # adds the options by itself, so those are redacted here.
    module.no_log_values = {value for value in module.no_log_values if len(str(value)) >= SHORTEST_IN_VALUES}
    result["invocation"] = {"module_args": task.redact(module.params)}
    for warning in task.warnings:
        module.warn(task.message(warning))
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def _shown(side: t.Any) -> t.Any:
    """Return one side of a diff without what tells nobody anything: what is not set, and the service's own times."""
    if isinstance(side, dict):
        return {name: _shown(item) for name, item in side.items() if item is not None and name not in _SERVICE_TIMES}
    return [_shown(item) for item in side] if isinstance(side, list) else side


def _refuse_imported(outcome: Result, secret_returns: t.Sequence[str], no_log_values: t.Iterable[str]) -> None:
    """Refuse to return a secret that holds a value of an option because AnsibleModule would return it mangled."""
    hidden = {str(value) for value in no_log_values if value}
    for key in secret_returns:
        value = outcome.values.get(key) or ()
        texts = value.values() if isinstance(value, dict) else [value]
        if any(part in text for part in hidden for text in texts):
            raise OptionError(
                key,
                f"{key} cannot be returned because it holds the value of one of this task's own secret options, "
                "which ansible-core takes out of every result; use that option's value itself.",
            )
