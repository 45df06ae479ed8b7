# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which options of pingone_worker_app_key go together, and the keys that they mean.

Nothing here calls the service. This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import (
    KeyTextError,
    algorithms_of,
    is_private,
    public_jwk,
    thumbprint,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_rules import check_jwks_url

Params = t.Mapping[str, t.Any]

# Options that only a worker that gets a key can have, and those of a key pair that is made.
_OF_PRESENT: t.Final = ("generate", "jwks_url", "exclusive", "token_endpoint_auth_method")
OF_GENERATED: t.Final = ("path", "key_type", "algorithm", "vault_password")


@dataclass(frozen=True)
class WantedKey:
    """A public key that is to be there, or not.

    option: where it stands in the task.
    kid: what it is known by; None where that does not matter: for a key that is to be gone whatever it is called.
    jwk: the key, with what the user says of it; None where only its kid is given.
    says: the members that the user gave, and that a key that is there already must have.
    """

    option: str
    kid: str | None
    jwk: Wire | None
    says: frozenset[str] = frozenset()


def check_options(params: Params) -> None:
    """Raise OptionError for options that cannot be right whatever exists, before the first call and the first file."""
    check_not_empty(params, "environment", "application")
    if params["state"] == "absent":
        for option in _OF_PRESENT:
            if params.get(option):
                raise OptionError(option, f"{option} requires state: present.")
        if not params.get("keys"):
            raise OptionError("keys", "keys must name at least one key, by kid or public_key, with state: absent.")
    if not params["generate"]:
        for option in OF_GENERATED:
            if params.get(option) is not None:
                raise OptionError(option, f"{option} requires generate: true.")
    _check_source(params)
    wanted_keys(params)


def _check_source(params: Params) -> None:
    """Raise OptionError unless the options say in one way where the keys come from."""
    keys, url = params.get("keys"), params.get("jwks_url")
    if url is not None:
        if keys or params["generate"]:
            given = "generate" if params["generate"] else "keys"
            raise OptionError("jwks_url", f"jwks_url and {given} are mutually exclusive.")
        check_jwks_url(url)
    elif not keys and not params["generate"] and not (params["exclusive"] and keys is not None):
        raise OptionError("keys", "keys, jwks_url or generate is needed.")


def wanted_keys(params: Params) -> list[WantedKey]:
    """Return the keys that the options name. Raises OptionError for what is none, and for a kid given twice."""
    is_present = params["state"] == "present"
    found = [_wanted(f"keys[{index}]", entry, is_present) for index, entry in enumerate(params.get("keys") or [])]
    seen: dict[str, str] = {}
    for key in found if is_present else []:
        earlier = seen.setdefault(str(key.kid), key.option)
        if earlier != key.option:
            raise OptionError(
                f"{key.option}.kid", f"{key.option}: {earlier} has the kid '{key.kid}' too; leave one out."
            )
    return found


def _wanted(option: str, entry: Params, is_present: bool) -> WantedKey:
    kid, text, algorithm = entry.get("kid"), entry.get("public_key"), entry.get("algorithm")
    if kid is not None:
        _check_kid(f"{option}.kid", kid)
    if text is None:
        if is_predicted(kid) and is_present:
            kind = "EC" if str(algorithm).startswith("ES") else "RSA"
            return WantedKey(option, kid, {"kty": kind, "kid": kid, "use": "sig", "alg": algorithm})
        if is_present or kid is None:
            instead = "" if is_present else f", or {option}.kid,"
            raise OptionError(f"{option}.public_key", f"{option}.public_key{instead} is needed.")
        return WantedKey(option, kid, None)
    try:
        jwk = public_jwk(text)
    except KeyTextError as error:
        raise OptionError(f"{option}.public_key", f"{option}.public_key {error}.") from None
    if algorithm is not None:
        if algorithm not in algorithms_of(jwk):
            raise OptionError(
                f"{option}.algorithm",
                f"{option}.algorithm must be {' or '.join(algorithms_of(jwk))} for this key, not {algorithm}.",
            )
        jwk["alg"] = algorithm
    says = frozenset(jwk)
    if not is_present:
        return WantedKey(option, kid or jwk.get("kid"), jwk)
    jwk = {"use": "sig", "alg": algorithms_of(jwk)[0], **jwk}
    jwk["kid"] = kid or jwk.get("kid") or thumbprint(jwk)
    return WantedKey(option, jwk["kid"], jwk, says)


def _check_kid(option: str, kid: str) -> None:
    if not kid.strip():
        raise OptionError(option, f"{option} must not be empty; leave it out to use the thumbprint.")
    if not kid.isprintable() or is_private(kid):
        raise OptionError(
            option, f"{option} must be a name on one line, which PingOne and everybody sees, and no key itself."
        )
