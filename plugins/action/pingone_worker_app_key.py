# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both doors of pingone_worker_app_key, and what stays in the controller's process: private keys."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import (
    CURVE_ALGORITHMS,
    KEY_TYPES,
    RSA_ALGORITHMS,
    KeyTextError,
    generate_private_key,
    key_type_of,
    public_half,
    thumbprint,
)
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_key_rules import (
    OF_GENERATED,
    check_options,
)
from ansible_collections.idops.pingone.plugins.modules import pingone_worker_app_key
from ansible_collections.idops.pingone.plugins.plugin_utils._action import PingOneAction
from ansible_collections.idops.pingone.plugins.plugin_utils._vaulted_file import Refusal, VaultedFile, file_errors


class ActionModule(PingOneAction):
    """Make a key pair where one is wanted, and run pingone_worker_app_key with public keys alone."""

    module = pingone_worker_app_key

    # What the file of the private key adds to the result of this task; None without such a file.
    _of_file: dict[str, t.Any] | None = None

    def _run(self, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        self._of_file = None
        result = super()._run(task_vars)
        if self._of_file is None or result.get("failed"):
            return result
        diffs = [self._of_file.pop("diff"), *([result["diff"]] if "diff" in result else [])]
        changed = bool(result.get("changed")) or self._of_file.pop("changed")
        return {**result, **self._of_file, "changed": changed, **({"diff": diffs} if self._task.diff else {})}

    def _prepared(self, task: Task) -> dict[str, t.Any]:
        # Before anything is sent elsewhere: a private key that stands where a public one belongs is refused here.
        check_options(task.params)
        if not task.params["generate"]:
            return {}
        with file_errors(task.params["path"]):
            file = VaultedFile(task.params["path"], task.params["vault"], task.params["vault_password"], self._loader)
            return self._with_key_of(file, task)

    def _with_key_of(self, file: VaultedFile, task: Task) -> dict[str, t.Any]:
        params, check_mode = task.params, bool(self._task.check_mode)
        if not check_mode:
            file.tidy()
        self._of_file = file.comparison(is_wanted=True, same_content=True)
        private_key = _private_key(file, params, check_mode)
        if private_key is None:
            kid = predicted_id("key", None, file.path)
            entry = {"kid": kid, "algorithm": params["algorithm"] or _default_algorithm(params["key_type"])}
        else:
            jwk = _public_half(file, private_key, params["key_type"])
            kid = thumbprint(jwk)
            entry = {"public_key": json.dumps(jwk), "kid": kid, "algorithm": params["algorithm"]}
        self._of_file["kid"] = kid
        keys = [*(params["keys"] or []), {"public_key": None, **entry}]
        # The file is the controller's.
        return {"generate": False, "keys": keys, **dict.fromkeys(OF_GENERATED)}


def _private_key(file: VaultedFile, params: dict[str, t.Any], check_mode: bool) -> str | None:
    """Return the private key of a file, which is made and written where it is missing; None where it would be."""
    found = file.plain()
    if found is not None:
        private_key = found.decode(errors="replace")
        if not check_mode and file.comparison(is_wanted=True, same_content=True)["changed"]:
            file.write(private_key)  # with the mode and the encryption that it lacks
        return private_key
    if check_mode:
        return None
    private_key = generate_private_key(params["key_type"] or KEY_TYPES[0])
    try:
        file.write(private_key, only_if_missing=True)
    except FileExistsError:
        raise Refusal(
            f"{file.path} was written by somebody else at the same time; run the task again, to publish that key",
            "path",
        ) from None
    return private_key


def _public_half(file: VaultedFile, private_key: str, key_type: str | None) -> dict[str, t.Any]:
    """Return the public half of what a file holds. Raises Refusal for another key than the one that is wanted."""
    try:
        jwk = public_half(private_key)
    except KeyTextError as error:
        raise Refusal(f"{file.path}, which has to hold a private key, {error}", "path") from None
    if key_type not in (None, key_type_of(jwk)):
        raise Refusal(
            f"{file.path} holds a key of the type {key_type_of(jwk)}, not {key_type}; another key needs another path",
            "key_type",
        )
    return jwk


def _default_algorithm(key_type: str | None) -> str:
    return CURVE_ALGORITHMS.get(key_type or KEY_TYPES[0], RSA_ALGORITHMS[0])
