# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private file on the controller, encrypted with Ansible Vault where that is wanted, and never shown."""

from __future__ import annotations

import contextlib
import os
import re
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, VaultSecret, is_encrypted, match_encrypt_secret
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, UnavailableError
from ansible_collections.idops.pingone.plugins.module_utils._client.private_file import (
    PRIVATE_FILE,
    PrivateFile,
    UnsafePathError,
    read_private,
    remove_private,
    write_private,
)
from ansible_collections.idops.pingone.plugins.plugin_utils._folder import check_way, remove_left_overs

NOT_SHOWN: t.Final = "(content not shown)"
# The folder of a collection whose playbook runs, by the name of that playbook's folder.
_COLLECTION: t.Final = re.compile(r".*/ansible_collections/[^/]+/[^/]+/(?=playbooks(/|$))")


class Refusal(OptionError):
    """A sentence for the user, without its full stop. option: the option that is the matter."""

    def __init__(self, sentence: str, option: str | None = None) -> None:
        super().__init__(option, f"{sentence}.")


@contextlib.contextmanager
def file_errors(path: str | None) -> t.Iterator[None]:
    """Raise what keeps a file from being read or written as an error of the collection. path: as the user gave it."""
    try:
        yield
    except UnsafePathError as error:
        raise Refusal(str(error), "path") from None
    except OSError as error:
        # The error's own path may be that of the file beside, which is not the user's.
        raise UnavailableError(f"{path} could not be read or written: {error.strerror or error}.") from None


class VaultedFile:
    """A file that nobody but its owner can read, and whether and with what it is encrypted.

    path: in full.
    current: what stands there; None when nothing does.
    """

    def __init__(self, path: str, vault: str, password: str | None, loader: t.Any) -> None:
        """Look at the file.

        path, vault, password: the options C(path), C(vault) and C(vault_password).
        loader: the play's, which knows its folder and its vault passwords.

        Raises Refusal for options that cannot be right, UnsafePathError for a path where a secret must not be.
        """
        if not path.strip():
            raise Refusal("path is empty: name the file that is to hold the credentials", "path")
        if "\0" in path:
            raise Refusal("path holds a NUL character, which no path can", "path")
        if path[0] in "~$":
            # ansible-core puts in the home and the variables that there are, and takes the rest as it stands.
            raise Refusal(
                f"path begins with {path.partition('/')[0]}, which is no home of a user, and no environment variable "
                "that is set",
                "path",
            )
        self.path = _absolute(path, loader)
        check_way(self.path)
        self._vault = _Vault(vault, password, loader._vault.secrets)
        self.current = read_private(self.path)

    def plain(self) -> bytes | None:
        """Return what the file holds, decrypted; None when it is missing. Raises Refusal for an unknown password."""
        return None if self.current is None else self._vault.decrypted(self.path, self.current.content)

    def write(self, text: str, *, only_if_missing: bool = False) -> None:
        """Write the file, whole or not at all.

        only_if_missing: raise FileExistsError where somebody else wrote one meanwhile.
        """
        write_private(self.path, self._vault.sealed(text), only_if_missing=only_if_missing)

    def remove(self) -> None:
        """Remove the file."""
        remove_private(self.path)

    def tidy(self) -> None:
        """Remove what writes of this file that were killed left beside it."""
        remove_left_overs(self.path)

    def comparison(self, *, is_wanted: bool, same_content: bool) -> dict[str, t.Any]:
        """Return the result of a task: what is there compared with what is wanted, without showing either.

        is_wanted: whether there is to be a file.
        same_content: whether it is to hold what it holds.
        """
        wanted = PrivateFile(b"$ANSIBLE_VAULT" if self._vault.encrypts else b"", PRIVATE_FILE) if is_wanted else None
        before, after = _described(self.current), _described(wanted)
        changed = before != after
        if self.current and wanted and not same_content:
            changed = True
            after["content"] = f"changed {NOT_SHOWN}"
        return {
            "changed": changed,
            "path": self.path,
            "encrypted": wanted is not None and is_encrypted(wanted.content),
            "diff": {"before_header": self.path, "after_header": self.path, "before": before, "after": after},
        }


class _Vault:
    """Whether and with what the file is encrypted, and how an encrypted one is read."""

    def __init__(self, vault: str, password: str | None, play_secrets: list[tuple[str, t.Any]] | None) -> None:
        """Take the options C(vault) and C(vault_password), and the play's vault passwords. Raises Refusal."""
        if password == "":
            raise Refusal("vault_password is empty: give a password or leave the option out", "vault_password")
        if password and vault == "never":
            raise Refusal("vault_password is given although vault is never: leave one of them out", "vault_password")
        own = [("default", VaultSecret(password.encode()))] if password else []
        self._secrets = own or list(play_secrets or [])
        self._never = vault == "never"
        if vault == "always" and not self._secrets:
            raise Refusal(
                "vault is always, but there is no vault password: "
                "give vault_password, or start the play with --vault-id or --ask-vault-pass",
                "vault",
            )
        self.encrypts = bool(self._secrets) and not self._never
        self._identity = None if own else C.DEFAULT_VAULT_ENCRYPT_IDENTITY

    def decrypted(self, path: str, content: bytes) -> bytes:
        """Return the plain text of a file. Raises Refusal when it is encrypted with a password that is not known."""
        if not is_encrypted(content):
            return content
        try:
            plain: bytes = VaultLib(self._secrets).decrypt(content)
        except AnsibleError:
            if self._never:
                return b""  # it is replaced by plain text, whatever it holds
            raise Refusal(
                f"{path} is encrypted with a vault password that this task does not have: "
                "give that password, or remove the file so that it is written anew",
                "vault_password",
            ) from None
        return plain

    def sealed(self, text: str) -> bytes:
        """Return the bytes to be written. Raises Refusal when the configured identity has no password."""
        if not self.encrypts:
            return text.encode()
        try:
            identity, secret = match_encrypt_secret(self._secrets, self._identity)
        except AnsibleError:
            raise Refusal(
                f"vault_encrypt_identity names {self._identity!r}, but the play has no vault password of that name"
            ) from None
        sealed: bytes = VaultLib(self._secrets).encrypt(text, secret, vault_id=identity)
        return sealed


def _absolute(path: str, loader: t.Any) -> str:
    """Return a path in full; one into the collection of the playbook raises Refusal."""
    collection = _COLLECTION.match(loader.get_basedir())
    if not collection:
        return str(loader.path_dwim(path))
    path = os.path.abspath(path)
    if path.startswith(collection.group()):
        raise Refusal(
            f"path {path} lies in the collection of the playbook, where the next installation removes it: "
            "name a folder of your own",
            "path",
        )
    return path


def _described(file: PrivateFile | None) -> dict[str, t.Any]:
    if file is None:
        return {"state": "absent"}
    encrypted = is_encrypted(file.content)
    return {"state": "present", "content": NOT_SHOWN, "encrypted": encrypted, "mode": f"{file.mode:04o}"}
