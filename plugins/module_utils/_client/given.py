# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values of options: those of a task, or else those of environment variables, or else defaults.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import hinted

Params = t.Mapping[str, t.Any]
Environ = t.Mapping[str, str]

# Any of these in a task means that none of the credentials comes from the environment.
_CHOOSES_CREDENTIALS: t.Final = (
    "access_token",
    "client_id",
    "client_secret",
    "private_key",
    "private_key_path",
    "private_key_id",
)
# A day; more than that is a slip, and too much for the system's own clocks.
_MOST_SECONDS: t.Final = 86400


@dataclass(frozen=True)
class ConnectionOption:
    """One option: its name, the environment variable that is read when it is left out, and its argument spec."""

    name: str
    env: str | None = None
    type: str = "str"
    default: t.Any = None
    choices: tuple[str, ...] | None = None
    no_log: bool | None = None
    # Whether it is a part of the credentials, which come from the task or from the environment, never from both.
    credential: bool = False

    def spec(self) -> dict[str, t.Any]:
        """Return the entry of the argument spec."""
        spec: dict[str, t.Any] = {"type": self.type}
        if self.default is not None:
            spec["default"] = self.default
        if self.choices:
            spec["choices"] = list(self.choices)
        if self.no_log is not None:
            spec["no_log"] = self.no_log
        return spec


def credentials_of_environment(
    options: t.Iterable[ConnectionOption], params: Params, environ: Environ
) -> dict[str, str]:
    """Return the credentials that the environment gives, by option; none where the task gives one of its own."""
    if _has_own_credentials(params):
        return {}
    variables = {option.name: option.env for option in options if option.credential and option.env}
    return {name: environ[variable] for name, variable in variables.items() if environ.get(variable)}


def _has_own_credentials(params: Params) -> bool:
    return any(params.get(name) is not None for name in _CHOOSES_CREDENTIALS)


class Given:
    """The options as they were given: by the task, or else by the environment. options: the table."""

    def __init__(self, options: t.Iterable[ConnectionOption], params: Params, environ: Environ) -> None:
        self._params = params
        self._environ = environ
        self._options = {option.name: option for option in options}
        self._own_credentials = _has_own_credentials(params)

    def text(self, name: str) -> str | None:
        """Return a text, or None. An empty environment variable counts as none; an empty option is an error."""
        value = self._params.get(name)
        if value is not None:
            if not str(value).strip():
                raise OptionError(name, f"{name} must not be empty; leave it out, or set it to 'omit', to give none.")
            return str(value)
        option = self._options[name]
        if option.env is None or (option.credential and self._own_credentials):
            return None
        return self._environ.get(option.env) or None

    def needed(self, name: str, what: str) -> str:
        """Return a text; raise OptionError when there is none."""
        value = self.text(name)
        if value is None:
            option = self._options[name]
            only_task = option.credential and self._own_credentials
            variable = "" if only_task else f" or the environment variable {option.env}"
            note = " because the other credentials come from the task" if only_task else ""
            raise OptionError(name, f"{name} is missing: give {what} by the option {name}{variable}{note}.")
        return value

    def choice(self, name: str, choices: t.Sequence[str]) -> str | None:
        """Return one of some texts, or None; raise OptionError for another one."""
        value = self.text(name)
        if value is not None and value not in choices:
            raise OptionError(name, f"{self.source(name)} must be one of {', '.join(choices)}, not {hinted(value)}.")
        return value

    def plain(self, name: str) -> t.Any:
        """Return a value, or its default."""
        value = self._params.get(name)
        return self._options[name].default if value is None else value

    def seconds(self, name: str, least: int) -> int:
        """Return a number of seconds; raise OptionError when it is too small, or longer than a day."""
        value = int(self.plain(name))
        if not least <= value <= _MOST_SECONDS:
            raise OptionError(name, f"{name} must be from {least} to {_MOST_SECONDS} seconds, not {value}.")
        return value

    def source(self, name: str) -> str:
        """Return what the user knows a value by: the option, or the environment variable."""
        return name if self._params.get(name) is not None else str(self._options[name].env)
