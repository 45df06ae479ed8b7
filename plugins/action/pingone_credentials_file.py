# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action behind pingone_credentials_file: no call to PingOne, only a private file on the controller."""

from __future__ import annotations

import json
import re
import shlex
import typing as t

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import PingOneError
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import SHORTEST_IN_VALUES
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import CONNECTION_OPTIONS
from ansible_collections.idops.pingone.plugins.modules.pingone_credentials_file import ARGUMENT_SPEC, RULES
from ansible_collections.idops.pingone.plugins.plugin_utils._options import check_shape, plain, refusal
from ansible_collections.idops.pingone.plugins.plugin_utils._vaulted_file import Refusal, VaultedFile, file_errors

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # ansible-core before 2.22, which takes no secret out of what it shows

    def register_secrets(values: t.Any) -> None:
        """Do nothing."""


_ENV_NAMES = {option.name: option.env for option in CONNECTION_OPTIONS if option.env}
_SECRET_KEY = re.compile(r"(secret|passw(or)?d|passphrase|token|(private|api|access|secret)[_-]?key)s?$", re.IGNORECASE)
_ENV_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What every reader of such files takes as it stands; a shell reads a tilde at the start or behind a colon as a folder.
_ENV_PLAIN = re.compile(r"(?!~)(?!.*:~)[A-Za-z0-9_@%+=:,./~-]+")


class ActionModule(ActionBase):  # type: ignore[misc]
    """Keep a file of credentials on the controller."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Run the task and return its result. A failure is one sentence that holds nothing of the content."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        try:
            with file_errors(self._task.args.get("path")):
                result.update(self._run())
        except PingOneError as error:
            result.update({"failed": True, "msg": str(error), "error": error.facts()})
        return result

    def _run(self) -> dict[str, t.Any]:
        params = _validated(self._task.args)
        register_secrets(_secrets(params["content"] or {}))
        file = VaultedFile(params["path"], params["vault"], params["vault_password"], self._loader)
        if not self._task.check_mode:
            file.tidy()

        if params["state"] == "absent":
            if file.current and not self._task.check_mode:
                file.remove()
            return file.comparison(is_wanted=False, same_content=False)

        text = _text(params)
        held = file.plain()
        same_content = held is not None and _same(held, text, params["format"])
        result = file.comparison(is_wanted=True, same_content=same_content)
        if result["changed"] and not self._task.check_mode:
            file.write(text)
        return result


def _validated(args: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return a task's options, checked as a module's are and as plain types. Raises OptionError."""
    given = plain(args)
    check_shape("idops.pingone.pingone_credentials_file", ARGUMENT_SPEC, given)
    validation = ArgumentSpecValidator(ARGUMENT_SPEC, **RULES).validate(given)
    if validation.error_messages:
        raise refusal(validation.error_messages[0], given)
    return dict(validation.validated_parameters)


def _secrets(value: t.Any, is_secret: bool = False) -> t.Iterator[str]:
    """Yield the texts of a content that are secret by the names of their keys, but for those short enough for a word.

    Regions, ids and addresses are none: ansible-core 2.22 takes whatever is registered out of all that a play shows.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _secrets(item, is_secret or bool(_SECRET_KEY.search(key)))
    elif isinstance(value, list):
        for item in value:
            yield from _secrets(item, is_secret)
    elif is_secret and isinstance(value, str) and len(value) >= SHORTEST_IN_VALUES:
        yield value


def _same(held: bytes, wanted: str, format: str) -> bool:
    """Tell whether two texts hold the same content; a text that cannot be read holds another."""
    try:
        return bool(_PARSE[format](held.decode()) == _PARSE[format](wanted))
    except (ValueError, yaml.YAMLError):
        return False


def _text(params: dict[str, t.Any]) -> str:
    """Return what the file is to hold. Raises Refusal for what it cannot."""
    content = params["content"]
    if not content:
        raise Refusal("content is empty: give at least one key and its value, or state: absent", "content")
    if params["format"] == "env" and params["env_names"] == "pingone":
        content = _as_variables(content)
    text = _RENDER[params["format"]](content)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refusal("content holds half of a character, which no text file can", "content") from None
    return text


def _as_variables(content: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return a content with the variable in the place of each key that is an option of the connection.

    Raises Refusal where it holds both.
    """
    variables = {_ENV_NAMES.get(key, key): value for key, value in content.items()}
    if len(variables) < len(content):
        twice = next(name for key, name in _ENV_NAMES.items() if key in content and name in content)
        raise Refusal(
            f"content holds {twice} and the option of the connection that it stands for; leave one out", "content"
        )
    return variables


def _yaml(content: dict[str, t.Any]) -> str:
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, explicit_start=True, width=float("inf"))
    return text


def _json(content: dict[str, t.Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _env(content: dict[str, t.Any]) -> str:
    if not all(map(_ENV_KEY.fullmatch, content)):
        # Which one is not said: who exchanges key and value by mistake has a secret for a key.
        raise Refusal("content has a key that cannot be the name of a variable, which the format env needs", "content")
    return "".join(f"{key}={_env_value(key, value)}\n" for key, value in content.items())


def _env_value(key: str, value: t.Any) -> str:
    if value is None or isinstance(value, (dict, list)) or set("\n\0") & set(str(value)):
        raise Refusal(
            f"the value of {key!r} in content must be one line of text, a number or a boolean in the format env",
            f"content.{key}",
        )
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if _ENV_PLAIN.fullmatch(text) else shlex.quote(text)


def _env_lines(text: str) -> dict[str, str]:
    """Read the lines C(key=value) of a text as a shell does. Raises ValueError when it is no such text."""
    words = (shlex.split(line, comments=True) for line in text.split("\n"))
    return dict(_pair(line) for line in words if line)


def _pair(words: list[str]) -> tuple[str, str]:
    key, equals, value = words[0].partition("=")
    if len(words) != 1 or not equals:
        raise ValueError("not a line key=value")
    return key, value


_RENDER = {"yaml": _yaml, "json": _json, "env": _env}
_PARSE: dict[str, t.Callable[[str], t.Any]] = {"yaml": yaml.safe_load, "json": json.loads, "env": _env_lines}
