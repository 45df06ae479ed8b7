# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which settings of a worker application go together, and the form that each must have.

What goes together is checked twice: on the options alone, before the first call, as far as they tell; and on the whole
object before it is written. The form is checked of what is given only, so that it never stands in the way of another
change. This module is private to the collection.

Source of the rules: PingOne's pages on worker applications and on OpenID Connect settings, where not marked (inferred).
"""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import PRIVATE_MEMBERS, is_same_key, json_object
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.names import check_description, check_no_user

Settings = t.Mapping[str, t.Any]

_DEVICE_PATH_ID = re.compile(r"[a-zA-Z0-9_-]{1,50}")
_ORIGIN = re.compile(r"https?://[^/?#@\s]+")
_WEB = re.compile(
    r"(https://([^][/?#\s]+|\[[0-9a-f:.]+\])|http://(localhost|127\.0\.0\.1))(:\d+)?([/?#]\S*)?", re.IGNORECASE
)
# A scheme has the form of RFC 3986, section 3.1.
_ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
_OWN_SCHEME = re.compile(r"(?!https?:)" + _ANY_SCHEME.pattern, re.IGNORECASE)
# What holds an address, or a list of them, beside jwks_url.
_ADDRESSES = (
    "home_page_url",
    "login_page_url",
    "initiate_login_uri",
    "target_link_uri",
    "device_custom_verification_uri",
    "redirect_uris",
    "post_logout_redirect_uris",
)
_SHORTEST_IMPORT = 8
_MOST_ORIGINS = 40


def check_given(params: Settings) -> None:
    """Raise OptionError when the options that were given contradict each other, or one of them lacks its form.

    params: the options; None stands for one that was not given, and so may still come from the existing object.
    """
    given = {option: value for option, value in params.items() if value is not None}
    _check(given)
    check_description(given.get("description"), "an application")
    _check_urls(given)
    _check_jwks(given)
    _check_groups(given)
    _check_origins(given)
    _check_import(params)


def check_whole(settings: Settings) -> None:
    """Raise OptionError when a whole worker application would not be accepted.

    settings: the object as it is about to be written, by option; what is missing or None will not be there.
    """
    absent: dict[str, t.Any] = {
        "response_types": [],
        "redirect_uris": [],
        "jwks": "",
        "jwks_url": "",
        "allow_wildcard_in_redirect_uris": False,
    }
    _check({**absent, **{option: value for option, value in settings.items() if value is not None}})


def locks_out(before: Settings, after: Settings | None, method: str, own_key: Wire | None = None) -> str | None:
    """Return what would keep a worker from signing in as it does now, as a clause; None when nothing would.

    before, after: the worker by option; after is None when it is deleted.
    method: how the task signs in, as C(client_auth_method) names it, or C(access_token).
    own_key: the public half of the key by which it signs in, as a JWK; None where that is not known.
    """
    if after is None:
        return "it would be deleted"
    if before.get("enabled") and not after.get("enabled"):
        return "it would be disabled"
    if "CLIENT_CREDENTIALS" in (before.get("grant_types") or ()) and "CLIENT_CREDENTIALS" not in (
        after.get("grant_types") or ()
    ):
        return "its grant_types would lack CLIENT_CREDENTIALS"
    old, new = before.get("token_endpoint_auth_method"), after.get("token_endpoint_auth_method")
    if old != new and new != method.upper():
        return f"its token_endpoint_auth_method would be {new}"
    if old == new == "PRIVATE_KEY_JWT" and _loses_keys(before, after, own_key):
        return "its keys would be others"
    return None


def _loses_keys(before: Settings, after: Settings, own_key: Wire | None) -> bool:
    """Tell whether the key by which a worker signs in may be gone: any of its keys, unless it is known which."""
    if all(before.get(option) == after.get(option) for option in ("jwks", "jwks_url")):
        return False
    left = _keys(after.get("jwks") or "") or []
    if own_key is not None and left:
        return not any(isinstance(key, dict) and is_same_key(key, own_key) for key in left)
    if before.get("jwks_url") != after.get("jwks_url"):
        return True
    return any(key not in left for key in _keys(before.get("jwks") or "") or [])


def _check(known: Settings) -> None:
    for rule in _RULES:
        error = rule(known)
        if error:
            raise error


def _client_credentials_need_a_method(known: Settings) -> OptionError | None:
    if "CLIENT_CREDENTIALS" in known.get("grant_types", ()) and known.get("token_endpoint_auth_method") == "NONE":
        return OptionError(
            "token_endpoint_auth_method",
            "token_endpoint_auth_method must not be NONE with grant_types CLIENT_CREDENTIALS: "
            "a worker signs in with a secret or a key.",
        )
    return None


def _code_needs_response_and_redirect(known: Settings) -> OptionError | None:
    if "AUTHORIZATION_CODE" not in known.get("grant_types", ()):
        return None
    if "CODE" not in known.get("response_types", ("CODE",)):
        return OptionError("response_types", "response_types must contain CODE with grant_types AUTHORIZATION_CODE.")
    if not known.get("redirect_uris", True):
        return OptionError(
            "redirect_uris", "redirect_uris must name at least one URI with grant_types AUTHORIZATION_CODE."
        )
    return None


def _response_code_needs_its_grant(known: Settings) -> OptionError | None:
    """Seen on the service, for worker applications too."""
    if "CODE" in known.get("response_types", ()) and "AUTHORIZATION_CODE" not in known.get(
        "grant_types", ("AUTHORIZATION_CODE",)
    ):
        return OptionError(
            "response_types",
            "response_types CODE requires grant_types AUTHORIZATION_CODE; reset response_types, or leave CODE out.",
        )
    return None


def _implicit_needs_response_and_redirect(known: Settings) -> OptionError | None:
    """(inferred)"""
    if "IMPLICIT" not in known.get("grant_types", ()):
        return None
    if not {"TOKEN", "ID_TOKEN"} & set(known.get("response_types", ("TOKEN",))):
        return OptionError("response_types", "response_types must contain TOKEN or ID_TOKEN with grant_types IMPLICIT.")
    if not known.get("redirect_uris", True):
        return OptionError("redirect_uris", "redirect_uris must name at least one URI with grant_types IMPLICIT.")
    return None


def _refresh_token_needs_a_user_grant(known: Settings) -> OptionError | None:
    """(inferred)"""
    grants = set(known.get("grant_types", ()))
    if "REFRESH_TOKEN" in grants and not grants & {"AUTHORIZATION_CODE", "DEVICE_CODE"}:
        return OptionError("grant_types", "grant_types REFRESH_TOKEN requires AUTHORIZATION_CODE or DEVICE_CODE.")
    return None


def _private_key_needs_a_public_one(known: Settings) -> OptionError | None:
    if known.get("jwks") and known.get("jwks_url"):
        return OptionError(
            "jwks", "jwks and jwks_url are mutually exclusive; give one of them, and reset the other where it is set."
        )
    if known.get("token_endpoint_auth_method") != "PRIVATE_KEY_JWT":
        return None
    if not known.get("jwks", True) and not known.get("jwks_url", True):
        return OptionError("jwks", "jwks or jwks_url is needed with token_endpoint_auth_method PRIVATE_KEY_JWT.")
    if known.get("jwks") and not _keys(known["jwks"]):
        return OptionError("jwks", "jwks must hold at least one key with token_endpoint_auth_method PRIVATE_KEY_JWT.")
    return None


def _keys(jwks: str) -> t.Any:
    """Return the keys of a JWKS document; none for what is no such document, which is refused elsewhere."""
    keys = (json_object(jwks) or {}).get("keys")
    return keys if isinstance(keys, list) and any(isinstance(key, dict) and key.get("kty") for key in keys) else None


def check_jwks_url(url: str) -> None:
    """Raise OptionError for an address that PingOne does not take for C(jwksUrl). url: empty for none."""
    check_no_user("jwks_url", url)
    if url and not (url.startswith("https://") and _WEB.fullmatch(url)):
        raise OptionError(
            "jwks_url", f"jwks_url must be an https:// address, such as https://example.com/jwks, not '{url}'."
        )


def _wildcards_are_allowed_on_purpose(known: Settings) -> OptionError | None:
    wild = [uri for uri in known.get("redirect_uris", ()) if "*" in uri]
    if wild and known.get("allow_wildcard_in_redirect_uris", True) is False:
        return OptionError(
            "redirect_uris",
            f"redirect_uris has a wildcard ('{wild[0]}'); set allow_wildcard_in_redirect_uris: true to allow it.",
        )
    return None


def _origins_fit_the_behavior(known: Settings) -> OptionError | None:
    cors = known.get("cors_settings")
    if not cors:
        return None
    origins = cors.get("origins") or []
    if cors["behavior"] == "ALLOW_SPECIFIC_ORIGINS" and not origins:
        return OptionError(
            "cors_settings.origins",
            "cors_settings.origins must name at least one origin with behavior ALLOW_SPECIFIC_ORIGINS.",
        )
    if cors["behavior"] == "ALLOW_NO_ORIGINS" and origins:
        return OptionError(
            "cors_settings.origins", "cors_settings.origins must be left out with behavior ALLOW_NO_ORIGINS."
        )
    if len(origins) > _MOST_ORIGINS:
        return OptionError(
            "cors_settings.origins", f"cors_settings.origins holds {_MOST_ORIGINS} origins at most, not {len(origins)}."
        )
    return None


def _request_objects_are_signed_or_not(known: Settings) -> OptionError | None:
    if known.get("require_signed_request_object") and known.get("support_unsigned_request_object"):
        return OptionError(
            "require_signed_request_object",
            "require_signed_request_object and support_unsigned_request_object must not both be true.",
        )
    return None


def _refresh_token_ends_with_its_rolling_limit(known: Settings) -> OptionError | None:
    once, rolling = known.get("refresh_token_duration"), known.get("refresh_token_rolling_duration")
    if once is not None and rolling is not None and once > rolling:
        return OptionError(
            "refresh_token_duration",
            f"refresh_token_duration ({once}) must not exceed refresh_token_rolling_duration ({rolling}).",
        )
    return None


def _device_path_id_has_its_form(known: Settings) -> OptionError | None:
    path_id = known.get("device_path_id")
    if path_id and not _DEVICE_PATH_ID.fullmatch(path_id):
        return OptionError(
            "device_path_id", f"device_path_id must be 1 to 50 letters, digits, '-' or '_', not '{path_id}'."
        )
    return None


_RULES: tuple[t.Callable[[Settings], OptionError | None], ...] = (
    _client_credentials_need_a_method,
    _code_needs_response_and_redirect,
    _response_code_needs_its_grant,
    _implicit_needs_response_and_redirect,
    _refresh_token_needs_a_user_grant,
    _private_key_needs_a_public_one,
    _wildcards_are_allowed_on_purpose,
    _origins_fit_the_behavior,
    _request_objects_are_signed_or_not,
    _refresh_token_ends_with_its_rolling_limit,
    _device_path_id_has_its_form,
)


def _check_urls(given: Settings) -> None:
    """Source: the descriptions of these attributes in the vendor's Terraform provider."""
    for option in _ADDRESSES:
        addresses = given.get(option, ())
        for address in [addresses] if isinstance(addresses, str) else addresses:
            check_no_user(option, address)
    check_no_user("icon.href", (given.get("icon") or {}).get("href"))
    for option in ("home_page_url", "login_page_url", "initiate_login_uri"):
        if given.get(option) and not _WEB.fullmatch(given[option]):
            raise OptionError(
                option,
                f"{option} must be an https:// address, or an http:// one of localhost or 127.0.0.1, "
                f"not '{given[option]}'.",
            )
    check_jwks_url(given.get("jwks_url", ""))
    target = given.get("target_link_uri")
    if target and not (_WEB.fullmatch(target) or _OWN_SCHEME.fullmatch(target)):
        raise OptionError(
            "target_link_uri",
            "target_link_uri must be an https:// address, an http:// one of localhost or 127.0.0.1, or one with a "
            f"scheme of the application's own, not '{target}'.",
        )
    for uri in given.get("redirect_uris", ()):
        if not (_WEB.fullmatch(uri) or _OWN_SCHEME.fullmatch(uri)):
            raise OptionError(
                "redirect_uris",
                "redirect_uris must hold https:// addresses, http:// ones of localhost or 127.0.0.1, or ones with a "
                f"scheme of the application's own, not '{uri}'.",
            )
    for uri in given.get("post_logout_redirect_uris", ()):
        if not _ANY_SCHEME.fullmatch(uri):
            raise OptionError(
                "post_logout_redirect_uris",
                f"post_logout_redirect_uris must hold addresses such as https://example.com, not '{uri}'.",
            )


def _check_jwks(given: Settings) -> None:
    if not given.get("jwks"):
        return
    try:
        keys = json.loads(given["jwks"], parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        keys = None
    if not isinstance(keys, dict):
        raise OptionError(
            "jwks", 'jwks must be a JWKS document: a JSON object such as {"keys": [...]} (RFC 7517, section 5).'
        )
    listed = keys.get("keys")
    for key in listed if isinstance(listed, list) else []:
        # Results and diffs show the document because public keys are no secret.
        if isinstance(key, dict) and not PRIVATE_MEMBERS.isdisjoint(key):
            raise OptionError(
                "jwks", "jwks must hold public keys alone, and holds a private one; give the public part of that key."
            )


def _refuse_constant(name: str) -> t.NoReturn:
    raise ValueError(f"{name} is no JSON")


def _check_groups(given: Settings) -> None:
    groups = (given.get("access_control_group") or {}).get("groups")
    if groups is None:
        return
    if not groups:
        raise OptionError(
            "access_control_group.groups",
            "access_control_group.groups must name at least one group; to let everybody in again, "
            "put access_control_group into reset.",
        )
    for group in groups:
        if not is_id(group):
            raise OptionError(
                "access_control_group.groups",
                f"access_control_group.groups must hold ids of groups, which are UUIDs, not '{group}'.",
            )


def _check_origins(given: Settings) -> None:
    for origin in (given.get("cors_settings") or {}).get("origins") or ():
        if not _ORIGIN.fullmatch(origin):
            raise OptionError(
                "cors_settings.origins",
                "cors_settings.origins must hold origins, a scheme and a host such as https://app.example.com, "
                f"not '{origin}'.",
            )


def _check_import(params: Settings) -> None:
    if params.get("imported_client_secret") and not params.get("imported_client_id"):
        raise OptionError(
            "imported_client_id",
            "imported_client_id is needed with imported_client_secret: PingOne imports both or the id.",
        )
    for option in ("imported_client_id", "imported_client_secret"):
        value = params.get(option)
        if value is not None and len(value) < _SHORTEST_IMPORT:
            raise OptionError(option, f"{option} must have at least {_SHORTEST_IMPORT} characters.")
