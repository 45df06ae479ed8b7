# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the lookups share: where their options come from, and how an error leaves them.

A lookup has the options of the modules' connection, and looks for what it is not given in more places because
C(module_defaults) do not reach it: variables of the host, the environment, ansible.cfg.
"""

from __future__ import annotations

import abc
import os
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleError, AnsibleLookupError, AnsibleOptionsError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import (
    CONNECTION_OPTIONS,
    connection_argument_spec,
    connection_from,
)
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, perform
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.plugin_utils._options import as_meant, check_shape, plain, refusal
from ansible_collections.idops.pingone.plugins.plugin_utils._run import predictions
from ansible_collections.idops.pingone.plugins.plugin_utils._sources import IN_INI, VARIABLES
from ansible_collections.idops.pingone.plugins.plugin_utils._vaulted_keys import decrypted_keys

Values = t.Mapping[str, t.Any]

# What says who signs in, and so excludes what other places say of it. A choice of a method alone does not.
_CREDENTIALS: t.Final = {option.name for option in CONNECTION_OPTIONS if option.credential}
_CHOOSES_CREDENTIALS: t.Final = {
    option.name for option in CONNECTION_OPTIONS if option.credential and not option.choices
}


class PingOneLookup(LookupBase, abc.ABC):  # type: ignore[misc]
    """A lookup that asks PingOne.

    A subclass names itself in C(name), says in C(options) which options it has besides those of the connection, and in
    C(returns_secret) whether what it returns is one.
    """

    name: t.ClassVar[str]
    options: t.ClassVar[dict[str, t.Any]] = {}
    returns_secret: t.ClassVar[bool] = False

    @abc.abstractmethod
    def answer(self, task: Task, terms: list[t.Any]) -> list[t.Any]:
        """Return one value for each thing that is looked up. Raises the collection's errors."""

    def answer_in_dry_run(self, task: Task) -> list[t.Any] | None:
        """Return what a dry run knows without the service, such as of a worker that is not there yet; None else."""
        return None

    def run(self, terms: t.Sequence[t.Any], variables: Values | None = None, **kwargs: t.Any) -> list[t.Any]:
        """Return what was looked up.

        Raises AnsibleOptionsError for what the user has to correct, and for all else AnsibleLookupError, which the
        lookup's own C(errors) can make a warning. ansible-core takes a sentence from a lookup, and nothing else.
        """
        variables = variables or {}
        given = self._given(variables, kwargs)
        check_mode = boolean(variables.get("ansible_check_mode", False), strict=False)
        task = Task({}, check_mode=check_mode, door="in-process")
        if check_mode:
            task.predictions = predictions()
        result = perform(
            lambda task: self._looked_up(task, plain({"terms": list(terms)})["terms"], plain(given)),
            task,
            secret_returns=("answer",) if self.returns_secret else (),
            no_log_values=(),
            diff=False,
        )
        for warning in task.warnings:
            Display().warning(task.message(warning))
        if result.get("failed"):
            kind = AnsibleOptionsError if result["error"]["kind"] == "option" else AnsibleLookupError
            raise kind(result["msg"])
        answer: list[t.Any] = result["answer"]
        return answer

    def _looked_up(self, task: Task, terms: list[t.Any], given: dict[str, t.Any]) -> Result:
        spec = {**connection_argument_spec(), **self.options}
        check_shape(self.name, spec, given, type="lookup")
        given = as_meant(spec, given)
        validation = ArgumentSpecValidator(spec).validate(given)
        for secret in validation._no_log_values:
            task.secret(str(secret))
        if validation.error_messages:
            raise refusal(validation.error_messages[0], given)
        # What is looked up is an option too, as sentences repeat it.
        task.params = {**validation.validated_parameters, "_terms": terms}
        known = self.answer_in_dry_run(task) if task.check_mode else None
        if known is not None:
            return Result(False, answer=known)
        in_environment, others = self._configured()
        environ = {**in_environment, **os.environ}
        # A file that a lookup, or the environment, names may be vaulted, as that of a task.
        options, keys = decrypted_keys(task.params, self._loader._vault.secrets if self._loader else [], environ)
        for key in keys:
            task.secret(key)
        task.params.update(options)
        task.params.update({name: value for name, value in plain(others).items() if name not in given})
        task.connection = connection_from(task.params, environ)
        return Result(False, answer=self.answer(task, terms))

    def _given(self, variables: Values, kwargs: Values) -> dict[str, t.Any]:
        """Return the options that the lookup or the variables of the host give. Credentials are taken whole."""
        given = {name: value for name, value in kwargs.items() if value is not None}
        known = _CREDENTIALS if _CHOOSES_CREDENTIALS & set(given) else set()
        for option, variable in VARIABLES.items():
            if variable in variables and option not in given and option not in known:
                value = self._templar.template(variables[variable])
                if value is not None:
                    given[option] = value
        return given

    def _configured(self) -> tuple[dict[str, str], dict[str, t.Any]]:
        """Return what ansible.cfg says: by environment variable, which wins over it, and by option where none does."""
        in_environment, others = {}, {}
        for option in CONNECTION_OPTIONS:
            value = self._in_ini(option.name) if option.name in IN_INI else None
            if value is not None and option.env:
                in_environment[option.env] = str(value)
            elif value is not None:
                others[option.name] = value
        return in_environment, others

    def _in_ini(self, option: str) -> t.Any:
        """Return the value of an option in ansible.cfg, or None. Raises OptionError, which does not show it."""
        try:
            value, origin = C.config.get_config_value_and_origin(
                option, plugin_type="lookup", plugin_name=self._load_name
            )
        except AnsibleError:
            raise OptionError(
                option, f"{option}: its value in ansible.cfg or in the environment is not one that it takes."
            ) from None
        return None if origin == "default" or str(origin).startswith("env:") else value
