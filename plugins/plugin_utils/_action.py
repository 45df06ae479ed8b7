# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The door in the controller's process: a module's C(run), without the cost of a module.

ansible-core loads an action plugin's class once in the parent of all workers, so what is imported here is paid once a
play. An error while it is loaded would end the whole play; so nothing here may need C(requests).
"""

from __future__ import annotations

import contextlib
import os
import types
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleAction, AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    OptionError,
    PingOneError,
    UnavailableError,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import secret_variables
from ansible_collections.idops.pingone.plugins.module_utils._client.http import HAS_REQUESTS, prepare
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import reset
from ansible_collections.idops.pingone.plugins.module_utils._core.result import (
    failed,
    perform,
    unexpected,
)
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.plugin_utils._options import as_meant, check_shape, plain, refusal
from ansible_collections.idops.pingone.plugins.plugin_utils._run import handed_to_module, predictions, readings
from ansible_collections.idops.pingone.plugins.plugin_utils._vaulted_keys import decrypted_keys

prepare()


class PingOneAction(ActionBase):  # type: ignore[misc]
    """Run one of the collection's modules in process when that is possible, as a module when it must be.

    A subclass names its module in C(module). A module may name the options that guard against harm in C(GUARDS), and
    in C(SECRET_ASKED_BY) the one without which it returns none of its C(SECRET_RETURNS).
    """

    module: types.ModuleType

    # The task that this process ran last. The items of a loop are copies of it, but an attempt of until is the same.
    _last_task: t.ClassVar[t.Any] = None
    _supports_async = True
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Run the task and return its result."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        try:
            result = merge_hash(result, self._run(task_vars or {}))
        except (AnsibleAction, AnsibleConnectionFailure):
            raise
        except AnsibleError as error:
            # Such as a module that ansible-core cannot put together.
            result.update(failed(UnavailableError(_sentence(error)), Task({})))
        except PingOneError as error:
            result.update(failed(error, Task({})))
        except Exception as error:
            # Its text may hold a secret, and which one is not known here.
            result.update(failed(unexpected(type(error).__name__), Task({})))
        if any(_holds_secret(result.get(key)) for key in self.module.SECRET_RETURNS):
            # Both: without the task's, ansible-core before 2.19 prints the result of a whole loop.
            result["_ansible_no_log"] = True
            self._task.no_log = True
        return result

    def _run(self, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        args = plain(self._task.args)
        check_shape(self._name, self.module.ARGUMENT_SPEC, args, getattr(self.module, "GUARDS", ()))
        args = as_meant(self.module.ARGUMENT_SPEC, args)
        validation = ArgumentSpecValidator(self.module.ARGUMENT_SPEC, **self.module.RULES).validate(args)
        no_log_values = {str(value) for value in validation._no_log_values}
        task = Task(
            validation.validated_parameters,
            check_mode=self._task.check_mode,
            door="in-process",
            secrets=no_log_values,
            progress=self._progress(),
        )
        task.readings = readings()
        if self._task.check_mode:
            task.predictions = predictions()
        if validation.error_messages:
            # For both doors: a module of ansible-core 2.22 leaves secrets in this message. It tells the first error.
            task.know_secrets({**os.environ, **self._environment()})
            return failed(refusal(validation.error_messages[0], args), task)
        prepared = {**self._with_decrypted_keys(task), **self._prepared(task)}
        task.params.update(prepared)
        given = {name: value for name, value in {**args, **prepared}.items() if value is not None}
        args = as_meant(self.module.ARGUMENT_SPEC, given)
        if self._needs_module(task_vars):
            return self._run_as_module(task.params, args, task_vars)
        return self._run_in_process(task, no_log_values)

    def _with_decrypted_keys(self, task: Task) -> dict[str, t.Any]:
        """Return the options that name a vaulted file of a private key, with the key in its place, if it stays here."""
        if self._is_elsewhere():
            return {}
        # Another user has an environment of its own.
        environ = {**({} if self._connection.become else os.environ), **self._environment()}
        options, keys = decrypted_keys(task.params, self._loader._vault.secrets or [], environ)
        for key in keys:
            task.secret(key)
        return options

    def _prepared(self, task: Task) -> dict[str, t.Any]:
        """Do what only the controller can, and return the options that the module gets in the place of those given.

        Raises PingOneError.
        """
        return {}

    def _progress(self) -> t.Callable[[str], None] | None:
        """Return what shows a line of progress: on stderr because callbacks write documents to stdout, and when asked.

        None for a task that is no_log, whose names are nobody's business either.
        """
        display = Display()
        if self._task.no_log or display.verbosity < 1:
            return None
        return lambda message: display.display(message, stderr=True)

    @property
    def _name(self) -> str:
        _root, namespace, collection, *_folders, name = self.module.__name__.split(".")
        return f"{namespace}.{collection}.{name}"

    def _needs_module(self, task_vars: dict[str, t.Any]) -> bool:
        """Tell whether the task has to run as a module."""
        if not HAS_REQUESTS or self._is_elsewhere() or self._connection.become:
            return True
        try:
            allowed = self._templar.template(task_vars.get("pingone_in_process", True))
        except AnsibleError as error:
            raise OptionError("pingone_in_process", f"pingone_in_process: {_sentence(error)}") from None
        return not (_allows(allowed) and _allows(os.environ.get("PINGONE_IN_PROCESS")))

    def _is_elsewhere(self) -> bool:
        return bool(self._task.async_val) or self._connection.transport != "local"

    def _run_as_module(
        self, params: dict[str, t.Any], args: dict[str, t.Any], task_vars: dict[str, t.Any]
    ) -> dict[str, t.Any]:
        if self._is_elsewhere() and self._returns_secret(params):
            raise OptionError(
                getattr(self.module, "SECRET_ASKED_BY", None),
                f"{self._name} would return a secret, which is not safe with async nor over another connection "
                f"than local; {self._way_here(task_vars) or 'use delegate_to: localhost'}, without async.",
            )
        for variable, option in secret_variables(self._environment()).items():
            raise OptionError(
                option,
                f"{variable} stands in the environment of a task that runs as a module, so ansible-core would "
                f"print it with -vvv and pass it in a command line; give the option {option} instead.",
            )
        wrap_async = self._task.async_val and not self._connection.has_native_async
        is_reachable = not self._is_elsewhere() and not self._connection.become
        try:
            with handed_to_module(is_reachable, check_mode=self._task.check_mode):
                result: dict[str, t.Any] = self._execute_module(
                    module_name=self._name, module_args=args, task_vars=task_vars, wrap_async=wrap_async
                )
        except AnsibleConnectionFailure as error:
            way_here = self._way_here(task_vars)
            if way_here is None:
                raise
            raise AnsibleConnectionFailure(f"{str(error).rstrip('.')}; {way_here}.") from None
        if self._task.check_mode and not is_reachable and result.get("changed"):
            predictions().record_unknown()
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        # Some versions of ansible-core add the options to the result, others do not; the other door does not.
        result.pop("invocation", None)
        if result.get("failed") and "error" not in result:
            # The module did not get as far as to say so itself.
            result["error"] = UnavailableError("").facts()
        return result

    def _way_here(self, task_vars: dict[str, t.Any]) -> str | None:
        """Return how a host that is this machine by its name becomes it; None when it is another one, or is already.

        Who lists localhost in an inventory takes from it the connection that it has by itself.
        """
        host = self._task.delegate_to or task_vars.get("inventory_hostname")
        if host not in C.LOCALHOST or self._connection.transport == "local":
            return None
        return f"{host} is reached by {self._connection.transport}, so set connection: local"

    def _returns_secret(self, params: dict[str, t.Any]) -> bool:
        asked_by = getattr(self.module, "SECRET_ASKED_BY", None)
        return bool(self.module.SECRET_RETURNS) and (asked_by is None or bool(params[asked_by]))

    def _run_in_process(self, task: Task, no_log_values: set[str]) -> dict[str, t.Any]:
        if PingOneAction._last_task is self._task:
            # An attempt that is repeated wants to see what has changed.
            reset()
        PingOneAction._last_task = self._task
        with _environ(self._environment()):
            result = perform(
                self.module.run,
                task,
                secret_returns=self.module.SECRET_RETURNS,
                no_log_values=no_log_values,
                diff=bool(self._task.diff),
            )
        if task.warnings:
            result["warnings"] = [task.message(warning) for warning in task.warnings]
        return result

    def _environment(self) -> dict[str, t.Any]:
        """Return the task's own environment, with that of its block and play."""
        environment: dict[str, t.Any] = {}
        self._compute_environment_string(environment)
        return environment


def _sentence(error: AnsibleError) -> str:
    """Return what an error says; before ansible-core 2.19 an excerpt of the playbook follows."""
    return str(error).partition("\n\n")[0]


def _holds_secret(value: t.Any) -> bool:
    """Tell whether what a result returns holds a secret; a dry run leaves that of a new worker empty."""
    return any(value.values()) if isinstance(value, dict) else bool(value)


def _allows(value: t.Any) -> bool:
    """Read a switch that is on unless it says no."""
    return value in (None, "") or boolean(value, strict=False)


@contextlib.contextmanager
def _environ(variables: t.Mapping[str, t.Any]) -> t.Iterator[None]:
    """Put a task's environment into the process's, and take it out again."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update({name: str(value) for name, value in variables.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
