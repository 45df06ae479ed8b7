# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action behind pingone_credentials_file: no call to PingOne, only a private file on the controller."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable, Iterator
from typing import Any

import yaml
from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.vault import VaultLib, VaultSecret, is_encrypted, match_encrypt_secret
from ansible.plugins.action import ActionBase
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    OptionError,
    PingOneError,
    UnavailableError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import SHORTEST_IN_VALUES
from ansible_collections.idops.pingone.plugins.module_utils._base.text import hinted
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import CONNECTION_OPTIONS
from ansible_collections.idops.pingone.plugins.module_utils._client.private_file import (
    PRIVATE_FILE,
    PrivateFile,
    UnsafePathError,
    read_private,
    remove_private,
    write_private,
)
from ansible_collections.idops.pingone.plugins.modules.pingone_credentials_file import ARGUMENT_SPEC, RULES
from ansible_collections.idops.pingone.plugins.plugin_utils._folder import check_way, remove_left_overs
from ansible_collections.idops.pingone.plugins.plugin_utils._options import check_shape, refusal

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # ansible-core before 2.22, which takes no secret out of what it shows

    def register_secrets(values: Any) -> None:
        """Do nothing."""


NOT_SHOWN = "(content not shown)"
# The folder of a collection whose playbook runs, by the name of that playbook's folder.
_COLLECTION = re.compile(r".*/ansible_collections/[^/]+/[^/]+/(?=playbooks(/|$))")
_ENV_NAMES = {option.name: option.env for option in CONNECTION_OPTIONS if option.env}
_SECRET_KEY = re.compile(r"(secret|passw(or)?d|passphrase|token|(private|api|access|secret)[_-]?key)s?$", re.IGNORECASE)
_ENV_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What every reader of such files takes as it stands; a shell reads a tilde at the start or behind a colon as a folder.
_ENV_PLAIN = re.compile(r"(?!~)(?!.*:~)[A-Za-z0-9_@%+=:,./~-]+")


class _Refusal(OptionError):
    """A sentence for the user, without its full stop. option: the option that is the matter."""

    def __init__(self, sentence: str, option: str | None = None) -> None:
        super().__init__(option, f"{sentence}.")


class ActionModule(ActionBase):  # type: ignore[misc]
    """Keep a file of credentials on the controller."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task; give its result. A failure is one sentence that holds nothing of the content."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            result.update(self._run())
        except PingOneError as error:
            result.update(_failed(error))
        except UnsafePathError as error:
            result.update(_failed(_Refusal(str(error), "path")))
        except OSError as error:
            # The error's own path may be that of the file beside, which is not the user's.
            path = self._task.args.get("path")
            why = f"{path} could not be read or written: {error.strerror or error}."
            result.update(_failed(UnavailableError(why)))
        return result

    def _run(self) -> dict[str, Any]:
        params = _validated(self._task.args)
        if not params["path"].strip():
            raise _Refusal("path is empty: name the file that is to hold the credentials", "path")
        if "\0" in params["path"]:
            raise _Refusal("path holds a NUL character, which no path can", "path")
        path = _absolute(params["path"], self._loader)
        register_secrets(_secrets(params["content"] or {}))
        check_way(path)
        vault = _Vault(params["vault"], params["vault_password"], self._loader._vault.secrets)
        current = read_private(path)
        if not self._task.check_mode:
            remove_left_overs(path)

        if params["state"] == "absent":
            if current and not self._task.check_mode:
                remove_private(path)
            return _result(path, current, None, same_content=False)

        text = _text(params)
        same_content = current is not None and _same(vault.decrypted(path, current.content), text, params["format"])
        wanted = PrivateFile(b"$ANSIBLE_VAULT" if vault.encrypts else b"", PRIVATE_FILE)
        result = _result(path, current, wanted, same_content)
        if result["changed"] and not self._task.check_mode:
            write_private(path, vault.sealed(text))
        return result


def _failed(error: PingOneError) -> dict[str, Any]:
    return {"failed": True, "msg": str(error), "error": error.facts()}


class _Vault:
    """Whether and with what the file is encrypted, and how an encrypted one is read."""

    def __init__(self, vault: str, password: str | None, play_secrets: list[tuple[str, Any]] | None) -> None:
        """Take the options `vault` and `vault_password`, and the play's vault passwords. Raise _Refusal."""
        if password == "":
            raise _Refusal("vault_password is empty: give a password or leave the option out", "vault_password")
        if password and vault == "never":
            raise _Refusal("vault_password is given although vault is never: leave one of them out", "vault_password")
        own = [("default", VaultSecret(password.encode()))] if password else []
        self._secrets = own or list(play_secrets or [])
        self._never = vault == "never"
        if vault == "always" and not self._secrets:
            raise _Refusal(
                "vault is always, but there is no vault password: "
                "give vault_password, or start the play with --vault-id or --ask-vault-pass",
                "vault",
            )
        self.encrypts = bool(self._secrets) and not self._never
        self._identity = None if own else C.DEFAULT_VAULT_ENCRYPT_IDENTITY

    def decrypted(self, path: str, content: bytes) -> bytes:
        """Give the plain text of a file. Raise _Refusal when it is encrypted with a password that is not known."""
        if not is_encrypted(content):
            return content
        try:
            plain: bytes = VaultLib(self._secrets).decrypt(content)
        except AnsibleError:
            if self._never:
                return b""  # it is replaced by plain text, whatever it holds
            raise _Refusal(
                f"{path} is encrypted with a vault password that this task does not have: "
                "give that password, or remove the file so that it is written anew",
                "vault_password",
            ) from None
        return plain

    def sealed(self, text: str) -> bytes:
        """Give the bytes to be written. Raise _Refusal when the configured identity has no password."""
        if not self.encrypts:
            return text.encode()
        try:
            identity, secret = match_encrypt_secret(self._secrets, self._identity)
        except AnsibleError:
            raise _Refusal(
                f"vault_encrypt_identity names {self._identity!r}, but the play has no vault password of that name"
            ) from None
        sealed: bytes = VaultLib(self._secrets).encrypt(text, secret, vault_id=identity)
        return sealed


def _absolute(path: str, loader: Any) -> str:
    """Give a path in full; one into the collection of the playbook raises _Refusal."""
    collection = _COLLECTION.match(loader.get_basedir())
    if not collection:
        return str(loader.path_dwim(path))
    path = os.path.abspath(path)
    if path.startswith(collection.group()):
        raise _Refusal(
            f"path {path} lies in the collection of the playbook, where the next installation removes it: "
            "name a folder of your own",
            "path",
        )
    return path


def _validated(args: dict[str, Any]) -> dict[str, Any]:
    """Check a task's options as a module's are checked; give them as plain types. Raise _Refusal.

    The way through JSON takes off the marks that Ansible puts on values, and decrypts vaulted ones.
    """
    plain = json.loads(json.dumps(args, default=lambda it: it.isoformat() if hasattr(it, "isoformat") else str(it)))
    check_shape("idops.pingone.pingone_credentials_file", ARGUMENT_SPEC, plain)
    validation = ArgumentSpecValidator(ARGUMENT_SPEC, **RULES).validate(plain)
    if validation.error_messages:
        raise refusal(_without_choice(validation.error_messages[0], plain), plain)
    return dict(validation.validated_parameters)


def _secrets(value: Any, is_secret: bool = False) -> Iterator[str]:
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


def _without_choice(message: str, options: dict[str, Any]) -> str:
    """Give a message without the value of an option that has choices, which may be a secret in the wrong place."""
    specs: dict[str, Any] = dict(ARGUMENT_SPEC)
    for name, spec in specs.items():
        choices = spec.get("choices") or ()
        value = options.get(name)
        if choices and isinstance(value, str) and value not in choices and message.endswith(value):
            message = message.removesuffix(value) + hinted(value)
    return message


def _result(path: str, current: PrivateFile | None, wanted: PrivateFile | None, same_content: bool) -> dict[str, Any]:
    """Compare what is there with what is wanted, without showing either."""
    before, after = _described(current), _described(wanted)
    changed = before != after
    if current and wanted and not same_content:
        changed = True
        after["content"] = f"changed {NOT_SHOWN}"
    return {
        "changed": changed,
        "path": path,
        "encrypted": wanted is not None and is_encrypted(wanted.content),
        "diff": {"before_header": path, "after_header": path, "before": before, "after": after},
    }


def _described(file: PrivateFile | None) -> dict[str, Any]:
    if file is None:
        return {"state": "absent"}
    encrypted = is_encrypted(file.content)
    return {"state": "present", "content": NOT_SHOWN, "encrypted": encrypted, "mode": f"{file.mode:04o}"}


def _same(plain: bytes, wanted: str, format: str) -> bool:
    """Say whether two texts hold the same content; a text that cannot be read holds another."""
    try:
        return bool(_PARSE[format](plain.decode()) == _PARSE[format](wanted))
    except (ValueError, yaml.YAMLError):
        return False


def _text(params: dict[str, Any]) -> str:
    """Give what the file is to hold. Raise _Refusal for what it cannot."""
    content = params["content"]
    if not content:
        raise _Refusal("content is empty: give at least one key and its value, or state: absent", "content")
    if params["format"] == "env" and params["env_names"] == "pingone":
        content = _as_variables(content)
    text = _RENDER[params["format"]](content)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Refusal("content holds half of a character, which no text file can", "content") from None
    return text


def _as_variables(content: dict[str, Any]) -> dict[str, Any]:
    """Give a content with the variable in the place of each key that is an option of the connection."""
    variables = {_ENV_NAMES.get(key, key): value for key, value in content.items()}
    if len(variables) < len(content):
        twice = next(name for key, name in _ENV_NAMES.items() if key in content and name in content)
        raise _Refusal(
            f"content holds {twice} and the option of the connection that it stands for; leave one out", "content"
        )
    return variables


def _yaml(content: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, explicit_start=True, width=float("inf"))
    return text


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _env(content: dict[str, Any]) -> str:
    if not all(map(_ENV_KEY.fullmatch, content)):
        # Which one is not said: who exchanges key and value by mistake has a secret for a key.
        raise _Refusal("content has a key that cannot be the name of a variable, which the format env needs", "content")
    return "".join(f"{key}={_env_value(key, value)}\n" for key, value in content.items())


def _env_value(key: str, value: Any) -> str:
    if value is None or isinstance(value, (dict, list)) or set("\n\0") & set(str(value)):
        raise _Refusal(
            f"the value of {key!r} in content must be one line of text, a number or a boolean in the format env",
            f"content.{key}",
        )
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if _ENV_PLAIN.fullmatch(text) else shlex.quote(text)


def _env_lines(text: str) -> dict[str, str]:
    """Read the lines `key=value` of a text as a shell does. Raise ValueError when it is no such text."""
    words = (shlex.split(line, comments=True) for line in text.split("\n"))
    return dict(_pair(line) for line in words if line)


def _pair(words: list[str]) -> tuple[str, str]:
    key, equals, value = words[0].partition("=")
    if len(words) != 1 or not equals:
        raise ValueError("not a line key=value")
    return key, value


_RENDER = {"yaml": _yaml, "json": _json, "env": _env}
_PARSE: dict[str, Callable[[str], Any]] = {"yaml": yaml.safe_load, "json": json.loads, "env": _env_lines}
