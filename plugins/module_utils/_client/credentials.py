# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which credential the options of the connection describe, and what is wrong with it before anything is sent.

This module is private to the collection.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import KEY_ALGORITHMS
from ansible_collections.idops.pingone.plugins.module_utils._base.text import hinted
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import (
    METHODS,
    SECRET_ALGORITHMS,
    ClientSecretBasic,
    ClientSecretJwt,
    ClientSecretPost,
    Credential,
    PrivateKeyJwt,
    ReadyToken,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.given import Given
from ansible_collections.idops.pingone.plugins.module_utils._client.private_key import (
    PrivateKey,
    UnusableAlgorithmError,
    UnusableKeyError,
    read_private_key,
)

ALGORITHMS: t.Final = (*SECRET_ALGORITHMS, *KEY_ALGORITHMS)
# What one of these proves, of which a task gives one.
_PROOFS: t.Final = ("client_secret", "private_key", "private_key_path")
# In characters; no private key is as long.
LONGEST_KEY: t.Final = 64 * 1024


def credential_from(given: Given) -> Credential:
    """Return the credential that the options describe. Raises OptionError, which shows nothing of it."""
    access_token = given.text("access_token")
    others = [name for name in ("client_id", *_PROOFS) if given.text(name)]
    if access_token:
        if others:
            raise OptionError(
                "access_token",
                f"{given.source('access_token')} and {given.source(others[0])} are mutually exclusive: "
                "give a ready access token, or the credentials to get one.",
            )
        if not access_token.isascii() or any(character.isspace() for character in access_token):
            raise OptionError(
                "access_token", f"{given.source('access_token')} must be a token alone, without blanks or a 'Bearer'."
            )
        return ReadyToken(access_token=access_token)
    client_id = given.needed("client_id", "the id of the worker application")
    method = _method(given)
    algorithm = given.choice("client_assertion_algorithm", ALGORITHMS)
    if method == PrivateKeyJwt.method:
        return PrivateKeyJwt(client_id, _private_key(given, algorithm))
    _refuse_beside(given, method, ("private_key", "private_key_path", "private_key_id"))
    client_secret = given.needed("client_secret", "the worker application's secret")
    if "PRIVATE KEY-----" in client_secret:
        raise OptionError(
            "client_secret", f"{given.source('client_secret')} holds a private key; give it by the option private_key."
        )
    if method == ClientSecretJwt.method:
        return ClientSecretJwt(client_id, client_secret, _secret_algorithm(given, client_secret, algorithm))
    _refuse_beside(given, method, ("client_assertion_algorithm",))
    return {kind.method: kind for kind in (ClientSecretBasic, ClientSecretPost)}[method](client_id, client_secret)


def _method(given: Given) -> str:
    """Return how the worker authenticates, which a private key tells by itself."""
    proofs = [name for name in _PROOFS if given.text(name)]
    if len(proofs) > 1:
        raise OptionError(
            proofs[1],
            f"{given.source(proofs[0])} and {given.source(proofs[1])} are mutually exclusive: give the secret of the "
            "worker, or its private key, or the path of that.",
        )
    by_key = bool(proofs) and proofs[0] != "client_secret"
    return given.choice("client_auth_method", METHODS) or (PrivateKeyJwt.method if by_key else METHODS[0])


def _refuse_beside(given: Given, method: str, names: t.Iterable[str]) -> None:
    """Raise OptionError for an option that says nothing to a method."""
    for name in names:
        if given.text(name):
            raise OptionError(
                name,
                f"{given.source(name)} cannot be used with {method}, which client_auth_method is or is taken to be; "
                "leave one of them out.",
            )


def _secret_algorithm(given: Given, client_secret: str, chosen: str | None) -> str:
    """Return by what a secret signs, if it may: a guess of a shorter one could be tried against an assertion."""
    algorithm = chosen or next(iter(SECRET_ALGORITHMS))
    if algorithm not in SECRET_ALGORITHMS:
        raise OptionError(
            "client_assertion_algorithm",
            f"{given.source('client_assertion_algorithm')} must be one of {', '.join(SECRET_ALGORITHMS)} with "
            f"client_secret_jwt, not {algorithm}.",
        )
    least = SECRET_ALGORITHMS[algorithm]
    if len(client_secret.encode()) < least:
        raise OptionError(
            "client_secret",
            f"{given.source('client_secret')} must have {least} characters or more to sign by {algorithm}; have "
            "PingOne make a new one, or set another method on the worker and in client_auth_method.",
        )
    return algorithm


def _private_key(given: Given, algorithm: str | None) -> PrivateKey:
    """Return the private key that is given, itself or by its file. Raises OptionError, which shows nothing of it."""
    _refuse_beside(given, PrivateKeyJwt.method, ("client_secret",))
    name = "private_key_path" if given.text("private_key_path") else "private_key"
    value = given.needed(name, "the worker's private key, as PEM or a JWK, or its file by private_key_path,")
    source = given.source(name)
    if name == "private_key_path":
        value = _key_file(source, value)
    elif os.path.isabs(value) and "\n" not in value.strip():
        raise OptionError(name, f"{source} must be the key itself; its file is named by private_key_path.")
    try:
        return read_private_key(value, algorithm=algorithm, key_id=given.text("private_key_id"))
    except UnusableAlgorithmError as error:
        option = "client_assertion_algorithm"
        raise OptionError(option, f"{given.source(option)} {error}.") from None
    except UnusableKeyError as error:
        what = f"The file that {source} names" if name == "private_key_path" else source
        raise OptionError(name, f"{what} {error}.") from None


def _key_file(source: str, path: str) -> str:
    """Return what the file of a key holds. Raises OptionError."""
    if "-----BEGIN" in path or path.lstrip().startswith("{"):
        raise OptionError("private_key_path", f"{source} must name a file; give the key itself by private_key.")
    path = os.path.expanduser(path)
    if not os.path.isabs(path):
        # A task runs in one folder as a module, and in another one in Ansible's own process.
        raise OptionError(
            "private_key_path",
            f"{source} must be an absolute path, or begin with ~, such as {{{{ playbook_dir }}}}/worker.pem, "
            f"not {hinted(path)}.",
        )
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(LONGEST_KEY)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not a text file"
        raise OptionError(
            "private_key_path", f"{source} must name a file that can be read, not {hinted(path)}: {why}."
        ) from None
