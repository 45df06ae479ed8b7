# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of the public keys of a worker. Nothing here calls the service. It is private to the collection.

PingOne keeps them as a text that holds a JWK Set (RFC 7517, section 5), byte for byte; so it is written anew only where
a key of it changes, and what it holds besides is kept.
"""

from __future__ import annotations

import json
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import is_same_key, json_object, thumbprint
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, plan
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import WORKER_APP
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_key_rules import (
    Params,
    WantedKey,
    wanted_keys,
)

BY_KEY: t.Final = "PRIVATE_KEY_JWT"


def keys_of(worker: Wire | None) -> Wires:
    """Return the public keys of a worker, as far as its text holds any."""
    document = _document(worker)
    return [key for key in document.get("keys", []) if isinstance(key, dict)] if document else []


def key_to_result(key: Wire) -> dict[str, t.Any]:
    """Return a key as results show it: what it is known by, without the key."""
    return {"kid": key.get("kid"), "thumbprint": _thumbprint(key), "type": key.get("kty"), "algorithm": key.get("alg")}


def names_of(keys: t.Iterable[Wire]) -> list[str]:
    """Return what keys are called in sentences and diffs: their kids, and their thumbprints where these differ."""
    return [_name(key) for key in keys]


def names_of_others(worker: Wire | None, compared: Wire | None) -> list[str]:
    """Return what the keys of a worker are called that are not there, or not so, in another state of it: compared."""
    known = keys_of(compared)
    return [_label(key) for key in keys_of(worker) if key not in known]


def side_of(worker: Wire | None) -> dict[str, t.Any] | None:
    """Return the side of a diff that a worker stands for."""
    if worker is None:
        return None
    return {
        "keys": names_of(keys_of(worker)),
        "jwks_url": worker.get("jwksUrl"),
        "token_endpoint_auth_method": worker.get("tokenEndpointAuthMethod"),
    }


def plan_keys(worker: Wire, params: Params) -> Change:
    """Return what leads from the keys of a worker to those that the options want.

    worker: the application as it was read.
    params: the options of pingone_worker_app_key.

    Raises OptionError for what would take keys away that the options do not name, or the last one.
    """
    if params["jwks_url"] is not None:
        return _plan_url(worker, params)
    wanted, exclusive = wanted_keys(params), params["exclusive"]
    if worker.get("jwks") and _document(worker) is None and not exclusive:
        raise OptionError(
            "exclusive",
            f"exclusive: the jwks of worker '{title(worker)}' is no JWK Set, and nothing can be added to it or taken "
            "from it; set exclusive: true, to have the keys of this task in its place.",
        )
    if params["state"] == "absent":
        return _plan_text(worker, params, [key for key in keys_of(worker) if not _is_any(key, wanted)])
    if worker.get("jwksUrl") and not exclusive:
        raise OptionError(
            "exclusive",
            f"exclusive: worker '{title(worker)}' has its keys at {worker['jwksUrl']}, and has either that or keys of "
            "its own; set exclusive: true, to have the keys of this task in the place of the URL.",
        )
    return _plan_text(worker, params, _published(keys_of(worker), wanted, exclusive))


def _plan_url(worker: Wire, params: Params) -> Change:
    others = names_of(keys_of(worker))
    if others and not params["exclusive"]:
        raise OptionError(
            "exclusive",
            f"exclusive: worker '{title(worker)}' has keys of its own ({', '.join(others)}), and has either these or a "
            "URL; set exclusive: true, to have jwks_url in their place.",
        )
    return _change(worker, params, "", params["jwks_url"])


def _plan_text(worker: Wire, params: Params, keys: Wires) -> Change:
    method = params["token_endpoint_auth_method"] or worker.get("tokenEndpointAuthMethod")
    had = keys_of(worker)
    url = "" if params["state"] == "present" else worker.get("jwksUrl") or ""
    if method == BY_KEY and not keys and not url and (had or params["state"] == "present"):
        raise OptionError(
            "keys",
            f"keys: worker '{title(worker)}' signs in by a key, and this would take its last one "
            f"({', '.join(names_of(had)) or 'it has none'}); publish another key first, or set another "
            "token_endpoint_auth_method by pingone_worker_app.",
        )
    # A text that says the same is kept as it is.
    text = json.dumps({**(_document(worker) or {}), "keys": keys}) if keys else ""
    return _change(worker, params, text, url)


def _change(worker: Wire, params: Params, jwks: str, jwks_url: str) -> Change:
    method = params["token_endpoint_auth_method"]
    return plan(WORKER_APP, worker, {"jwks": jwks, "jwks_url": jwks_url, "token_endpoint_auth_method": method})


def _published(had: Wires, wanted: t.Sequence[WantedKey], exclusive: bool) -> Wires:
    """Return keys in which those that are wanted take the place of those of the same kid, and else come last."""
    by_kid = {key.kid: key for key in wanted}
    # What others published may have any value in the place of a kid.
    there = {kid for kid in (key.get("kid") for key in had) if isinstance(kid, str)}
    kept = [_merged(key, by_kid[key["kid"]]) if _has_kid_of(key, by_kid) else key for key in had]
    kept = [key for key in kept if not exclusive or _has_kid_of(key, by_kid)]
    return [*kept, *(key.jwk for key in wanted if key.jwk is not None and key.kid not in there)]


def _has_kid_of(key: Wire, kids: t.Container[str | None]) -> bool:
    return isinstance(key.get("kid"), str) and key["kid"] in kids


def _merged(found: Wire, wanted: WantedKey) -> Wire:
    """Return a key that is there with what the user says of it, or the wanted one where it is another."""
    jwk = wanted.jwk or {}
    if not is_same_key(found, jwk):
        return jwk
    return {**found, **{name: value for name, value in jwk.items() if name in wanted.says}}


def _is_any(key: Wire, wanted: t.Iterable[WantedKey]) -> bool:
    return any(_is_meant(key, one) for one in wanted)


def _is_meant(key: Wire, wanted: WantedKey) -> bool:
    if wanted.kid is not None and key.get("kid") != wanted.kid:
        return False
    return wanted.jwk is None or is_same_key(key, wanted.jwk)


def _document(worker: Wire | None) -> Wire | None:
    """Return the JWK Set of a worker; None when it has none, or its text is none."""
    found = json_object((worker or {}).get("jwks"))
    return found if found is not None and isinstance(found.get("keys"), list) else None


def _label(key: Wire) -> str:
    return str(key.get("kid") or _thumbprint(key) or "without kid")


def _name(key: Wire) -> str:
    """Return what tells a key from all others, one of the same kid too."""
    label, told = _label(key), _thumbprint(key)
    return label if told in (label, None) else f"{label} ({told})"


def _thumbprint(key: Wire) -> str | None:
    try:
        return thumbprint(key)
    except KeyError:
        return None
