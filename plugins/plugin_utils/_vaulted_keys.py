# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private keys in files that Ansible Vault encrypted, which only the controller's process can read."""

from __future__ import annotations

import os
import typing as t

from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, is_encrypted
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import CONNECTION_OPTIONS
from ansible_collections.idops.pingone.plugins.module_utils._client.credentials import LONGEST_KEY
from ansible_collections.idops.pingone.plugins.module_utils._client.given import credentials_of_environment

Secrets = t.Sequence[tuple[str, t.Any]]

# In bytes: what Ansible Vault makes of the longest key that is read.
_LONGEST_VAULTED_KEY: t.Final = 5 * LONGEST_KEY
# With one of these beside it, or without a client id, a path is refused; the module says so by the variables' names.
_OTHER_PROOFS: t.Final = {"access_token", "client_secret", "private_key"}


def decrypted_keys(
    params: dict[str, t.Any], secrets: Secrets, environ: t.Mapping[str, str]
) -> tuple[dict[str, t.Any], list[str]]:
    """Return the options that name an encrypted file by C(private_key_path), with the key in its place; and the keys.

    params: the options of a task, some of which may be dictionaries, or lists of them, with such an option.
    secrets: the vault passwords of the play.
    environ: the environment variables of the task. Where they name such a file, all that they say of who signs in is
        returned as options because credentials are taken whole.

    What cannot be read or decrypted stays as it is, for the module to tell.
    """
    keys: list[str] = []
    found = _decrypted(params, secrets, keys)
    named_by_variable = _named_by_variable(params, environ)
    key = _key_of(named_by_variable.get("private_key_path"), secrets)
    if key is not None:
        keys.append(key)
        found.update(named_by_variable, private_key=key, private_key_path=None)
    return {name: value for name, value in found.items() if value != params.get(name)}, keys


def _named_by_variable(params: dict[str, t.Any], environ: t.Mapping[str, str]) -> dict[str, str]:
    """Return the credentials of the environment, by option, where they count and are those of a key in a file."""
    if "private_key_path" not in params:
        return {}
    given = credentials_of_environment(CONNECTION_OPTIONS, params, environ)
    is_of_file = {"client_id", "private_key_path"} <= given.keys() and not _OTHER_PROOFS & given.keys()
    return given if is_of_file else {}


def _decrypted(value: t.Any, secrets: Secrets, keys: list[str]) -> t.Any:
    if isinstance(value, list):
        return [_decrypted(item, secrets, keys) for item in value]
    if not isinstance(value, dict):
        return value
    found = {name: _decrypted(item, secrets, keys) for name, item in value.items()}
    key = _key_of(found.get("private_key_path"), secrets)
    if key is not None:
        keys.append(key)
        found.update(private_key=key, private_key_path=None)
    return found


def _key_of(path: t.Any, secrets: Secrets) -> str | None:
    """Return what an encrypted file holds; None for another one."""
    path = os.path.expanduser(path) if isinstance(path, str) else ""
    try:
        # What a pipe gives, it gives once, and the module reads it.
        if not os.path.isabs(path) or not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            content = file.read(_LONGEST_VAULTED_KEY)
        return str(VaultLib(secrets).decrypt(content).decode()) if is_encrypted(content) else None
    except (OSError, ValueError, AnsibleError):
        return None
