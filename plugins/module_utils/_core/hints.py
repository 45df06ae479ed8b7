# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to do next after an error: by its kind, its status, and what a few reads more can tell.

This module is private to the collection.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    INVALID_CREDENTIALS,
    IS_READ_ONLY,
    LACKS_ROLE,
    UNKNOWN_ADDRESS,
    UNSUPPORTED_METHOD,
    AnswerError,
    CertificateError,
    CheckModeWriteError,
    OutcomeUnknownError,
    PingOneError,
    ProxyRefusedError,
    ServiceError,
    SignIn,
    TokenError,
    UnreachableError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import items_of, referred_id
from ansible_collections.idops.pingone.plugins.module_utils._client.http import Response
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import is_temporary
from ansible_collections.idops.pingone.plugins.module_utils._core.products import is_missing, product_for, types_of

# Reads a path once, without repetition; None when that did not work.
GetOnce = t.Callable[[str], "Response | None"]

_NESTED: t.Final = re.compile(r"/environments/([^/]+)(?:/(.*))?")

_BY_STATUS: t.Final = {
    400: "Correct what the details name.",
    401: "The access token was refused: check that it is valid, not expired, and of the same region as api_url.",
    403: "The calling worker lacks a role that allows this; have one assigned to it.",
    404: "Check the ids; the object may have been deleted, or may be in another environment.",
    415: "This is a defect of the collection; please report it.",
    429: "The rate limit of the license is used up; try again later, or raise retry_budget.",
}
_BY_KIND: t.Final[dict[type[PingOneError], str]] = {
    CheckModeWriteError: "This is a defect of the collection; please report it.",
    ProxyRefusedError: (
        "Check the variable that names the proxy, HTTPS_PROXY or HTTP_PROXY: its address, the user and the password in "
        "it, and whether the proxy lets this host through; NO_PROXY names hosts that need none."
    ),
    UnreachableError: "Check the network, the proxy, and that api_url or region is right.",
    OutcomeUnknownError: "Run the task again: it reads first what is there.",
}
# By what is the matter with a connection that is not trusted.
_BY_MATTER: t.Final = {
    "authority": "Name its certificate authority by ca_path.",
    "name": (
        "The certificate is for another name, so another server may have answered: check api_url and auth_url, and "
        "what the name leads to from here."
    ),
    "time": (
        "The certificate has expired, or is not valid yet: check the clock of this machine; if it is right, the server "
        "or the proxy that answered needs a new certificate."
    ),
    "protocol": (
        "What answered does not speak TLS: check the port of api_url and auth_url, and that the address of a proxy "
        "begins with http:// unless the proxy itself speaks TLS."
    ),
    "other": "Check what answers at that address, and that both sides speak the same versions of TLS.",
}
# Why the token endpoint refuses a worker, by its words. It looks at the client id first, then at the method, then at
# the secret or the key, then at the grant, then at the roles.
_OF_TOKEN_REQUESTS: t.Final = {
    "Unsupported grant type": "The worker lacks CLIENT_CREDENTIALS in its grant_types.",
    "does not have any role assignments": "Assign a role to the worker.",
    "At least one scope must be granted": "Assign a role to the worker.",
}
_SECRET_IS_WRONG: t.Final = "the secret is not (or no longer) the worker's"
_KEY_IS_WRONG: t.Final = (
    "the private key belongs to none of the worker's keys (jwks or jwks_url), or private_key_id names another one"
)
# In seconds: from when on a difference between two clocks is named.
_CLOCK_ERROR: t.Final = 30
# Why it may refuse one in words that are not known.
_CAUSES: t.Final = {
    "secret": _SECRET_IS_WRONG,
    "environment": "auth_environment_id is not the environment that the worker belongs to",
    "tenant": "the region, or auth_url, is not the tenant's",
    "disabled": "the worker is disabled",
    "method": "the worker's token_endpoint_auth_method differs from client_auth_method",
    "roles": "the worker has no role",
    "grant": "the worker lacks CLIENT_CREDENTIALS in its grant_types",
}
# Which of these come first, by the error code (RFC 6749, section 5.2; the last is PingOne's own).
_LIKELIEST: t.Final = {
    "invalid_client": ("secret", "method", "disabled"),
    "unauthorized_client": ("grant",),
    "access_denied": ("roles", "disabled"),
    "invalid_scope": ("roles",),
    "NOT_FOUND": ("environment", "tenant"),
}
# And by the status, where there is no such code: not the service answers, or nobody at that address.
_LIKELIEST_BY_STATUS: t.Final = {403: ("tenant",), 404: ("environment", "tenant")}
_SETTLE: t.Final = "After a change of the worker, the option settle waits for it to take effect."
# How many role assignments a sentence names: a worker that makes environments has two or three for each of them.
_MOST_ASSIGNMENTS: t.Final = 5
_SECRET: t.Final = re.compile(r"applications/[^/]+/secret")
_OF_PEOPLE: t.Final = re.compile(r"users(/.*)?|groups/[^/]+/roleAssignments(/.*)?")
# What PingOne says when the roles of a worker keep its secret from the caller.
_WORKER_SECRET: t.Final = "worker application client secrets"
# What it says when the caller has no permission for a call.
_NO_PERMISSION: t.Final = "The actor attempting to perform the request is not authorized"
# What PingOne says of its own accord.
_OF_WORDS: t.Final = {
    UNKNOWN_ADDRESS: (
        "PingOne answers this to an address that it does not know: check api_url, which ends in /v1, "
        "and that the region is the tenant's."
    ),
    LACKS_ROLE: (
        "PingOne lets nobody assign a role but who holds it, or a role that can assign it, at the same or a broader "
        "scope; a custom role names those roles in canBeAssignedBy."
    ),
    IS_READ_ONLY: (
        "A role assignment is read-only to the worker that has it, and to a caller that holds neither the role nor one "
        "that can assign it, at the same or a broader scope."
    ),
}

# The platform's role that allows everything on the objects of a collection, as recorded in 2022.
_ROLE_FOR: t.Final = {"populations": "Environment Admin", "groups": "Identity Data Admin"}


def describe(error: PingOneError) -> str:
    """Return what a user is told of an error: what came of what was done, and what to do next."""
    hint = hint_for(error)
    return f"{error} {hint}" if hint else str(error)


def hint_for(error: PingOneError) -> str | None:
    """Return what to do about an error; None when nothing more can be said. May read more from the service."""
    if isinstance(error, ServiceError):
        return _about_refusal(error)
    if isinstance(error, TokenError):
        return _about_token_request(error)
    if isinstance(error, CertificateError):
        return _BY_MATTER[error.matter]
    return next((hint for kind, hint in _BY_KIND.items() if isinstance(error, kind)), None)


def _about_refusal(error: ServiceError) -> str | None:
    seconds, asked = error.circumstances.repeated_for, error.circumstances.retry_after
    gave_up = "" if seconds is None else f"Gave up after retrying for {seconds:.0f} seconds"
    if gave_up and is_temporary(error.status):
        said = f" (it asked to wait: Retry-After {asked})" if asked else ""
        return f"{gave_up}{said}; try again later, or raise retry_budget."
    cause = _by_words(error) or _by_reading(error) or _by_status(error)
    return " ".join(part for part in (f"{gave_up}." if gave_up else "", cause) if part) or None


def _about_token_request(error: TokenError) -> str | None:
    if error.status is None:
        return None
    if is_temporary(error.status):
        return "The service has a problem, or its rate limit is used up; try again later, or raise retry_budget."
    said, sign_in = str(error), error.sign_in
    if INVALID_CREDENTIALS in said:
        cause: str | None = _about_credentials(sign_in or SignIn("client_secret_basic"))
    elif UNSUPPORTED_METHOD in said:
        expected = f"not {sign_in.method.upper()}" if sign_in else "another than client_auth_method"
        cause = (
            f"The client id is right, and the worker's token_endpoint_auth_method is {expected}; set "
            "client_auth_method to what it is, and give the secret or the private key that this takes."
        )
    else:
        cause = next((cause for words, cause in _OF_TOKEN_REQUESTS.items() if words in said), None)
    return f"{cause or _usual_causes(error)} {_SETTLE}"


def _about_credentials(sign_in: SignIn) -> str:
    """Return why a client is refused as unknown or not proven, as far as it can be told. Asks the service twice."""
    if sign_in.with_blanks:
        return (
            f"The value of {' and that of '.join(sign_in.with_blanks)} begins or ends in a blank or a line end, which "
            "PingOne takes for a part of it; remove it, such as by the filter trim."
        )
    if sign_in.environment_exists() is False:
        return (
            "PingOne has no environment with the id auth_environment_id there, so this is another one, or the region, "
            "or auth_url, is not the tenant's."
        )
    known = sign_in.client_is_known()
    if known is False:
        return (
            "PingOne knows no enabled worker of this client id in that environment: client_id or auth_environment_id "
            "is wrong, or the worker is disabled or was deleted."
        )
    proof = _KEY_IS_WRONG if sign_in.by_key else _SECRET_IS_WRONG
    if abs(sign_in.clock_error) > _CLOCK_ERROR:
        side = "behind" if sign_in.clock_error > 0 else "ahead of"
        return (
            f"The clock of this machine is {abs(sign_in.clock_error):.0f} seconds {side} PingOne's, so that the "
            "assertion, which is good for a minute, may have counted as expired; set the clock."
        )
    if known:
        return f"The client id is that of an enabled worker of that environment, so {proof}."
    return (
        f"The client id is not one of a worker of the environment auth_environment_id, or {proof}; or the worker is "
        "disabled, or the region, or auth_url, is not the tenant's."
    )


def _usual_causes(error: TokenError) -> str:
    """Return why a worker may be refused, the likeliest causes first."""
    likeliest = _LIKELIEST.get(error.code or "") or _LIKELIEST_BY_STATUS.get(error.status or 0, ())
    order = [*likeliest, *(cause for cause in _CAUSES if cause not in likeliest)]
    return f"Usual causes: {'; '.join(_CAUSES[cause] for cause in order)}."


def _by_words(error: ServiceError) -> str | None:
    """Return what the words of a refusal tell by themselves."""
    if error.is_over_license:
        return "The license allows no more: remove what is not needed, or have the license raised."
    return next((hint for words, hint in _OF_WORDS.items() if error.says(words)), None)


def _by_reading(error: ServiceError) -> str | None:
    """Return what the path of a refused request, and a few reads more, tell."""
    path, client_id, get_once = error.circumstances.path, error.circumstances.client_id, error.circumstances.read
    if not path:
        return None
    if error.status == 401:
        return _about_token(client_id, may_be_late=error.circumstances.repeated_for is not None)
    nested = _NESTED.fullmatch(path)
    if nested is None or error.status not in (403, 404):
        return None
    environment, rest = nested.group(1), nested.group(2) or ""
    if rest and _status(get_once(f"/environments/{environment}")) == 404:
        return (
            f"There is no environment {environment}, or the calling worker may not see it: "
            "it may have been deleted, or belong to another organization or region."
        )
    if error.status == 404:
        return None
    kept = _about_secret(error, environment, rest, get_once) if _SECRET.fullmatch(rest) else None
    if kept and (error.says(_WORKER_SECRET) or not error.says(_NO_PERMISSION)):
        return kept
    lacking = _about_people if _OF_PEOPLE.fullmatch(rest) else _about_role
    needed = _about_service(environment, path, get_once) or lacking(environment, rest, client_id)
    return f"{needed} Besides: {kept}" if kept else needed


def _by_status(error: ServiceError) -> str | None:
    later = "The service has a problem; try again later, or raise retry_budget."
    return _BY_STATUS.get(error.status, later if error.status >= 500 else None)


def _about_token(client_id: str, *, may_be_late: bool) -> str:
    who = f" of worker {client_id}" if client_id else ""
    late = ", or the environment is so new that the worker's roles are not known there yet" if may_be_late else ""
    return (
        f"The access token{who} was refused: it has expired, or the worker was disabled or deleted, "
        f"or the token is not for the region of api_url{late}."
    )


def _about_people(environment: str, rest: str, client_id: str) -> str:
    """Name what lets a worker read and change the roles of users and groups.

    Source: of the platform's roles Identity Data Admin alone does, as recorded for users, and as reported for groups.
    """
    kind = "user" if rest.startswith("users") else "group"
    verbs = ("read", "update") if kind == "user" else ("read", "create", "delete")
    permissions = ", ".join(f"permissions:{verb}:{kind}RoleAssignments" for verb in verbs)
    return (
        f"{_who(client_id)} may not see or change the roles of {kind}s of environment {environment}. Have Identity "
        f"Data Admin in that environment assigned to it, or a custom role with dir:read:{kind}, {permissions}; "
        "Environment Admin and Organization Admin do not suffice."
    )


def _who(client_id: str) -> str:
    return f"Worker {client_id}" if client_id else "The calling worker"


def _about_role(environment: str, rest: str, client_id: str) -> str:
    who = _who(client_id)
    collection = rest.split("/")[0]
    what = f"{collection} of environment {environment}" if rest else f"environment {environment}"
    such_as = f", as {_ROLE_FOR[collection]} does" if collection in _ROLE_FOR else ""
    return (
        f"{who} holds no role that allows this on {what}{such_as}; have one assigned to it, such as with "
        "idops.pingone.pingone_role_assignment by an actor that holds that role itself."
    )


def _about_service(environment: str, path: str, get_once: GetOnce) -> str | None:
    needed = product_for(path)
    present = types_of(_body(get_once(f"/environments/{environment}/billOfMaterials"))) if needed else None
    if needed is None or present is None or needed[1].type in present:
        return None
    return is_missing(f"environment {environment}", needed[1], present)


def _about_secret(error: ServiceError, environment: str, rest: str, get_once: GetOnce) -> str | None:
    """Name the role assignments that keep the secret of a worker from the caller; None when they do not.

    Sources of the two rules: https://apidocs.pingidentity.com/pingone/platform/v1/api/#application-secret, and the
    guide of the vendor's Terraform provider to the management of admin roles.
    """
    application = rest.rsplit("/", 1)[0]
    if application == f"applications/{error.circumstances.client_id}":
        return "PingOne shows no worker its own secret; let another worker read it."
    response = get_once(f"/environments/{environment}/{application}/roleAssignments")
    assigned = _items(response, "roleAssignments")
    read_only = [item for item in assigned if item.get("readOnly")]
    names = {role["id"]: title(role) for role in _items(get_once("/roles"), "roles")}
    if read_only:
        return (
            "PingOne shows the secret of a worker to nobody who could not remove each of its role assignments. "
            "Read-only to the calling worker, which holds neither the role nor one that can assign it, at the same or "
            f"a broader scope: {_assignments(read_only, names)}."
        )
    if not error.says(_WORKER_SECRET):
        return None
    which = f" That worker holds {_assignments(assigned, names)}." if assigned else ""
    return (
        "PingOne shows the secret of a worker only to an actor whose own roles allow all that the worker's roles "
        f"allow, at the same or a broader scope, and the calling worker's roles do not.{which}"
    )


def _assignments(items: Wires, names: t.Mapping[str, str]) -> str:
    told = "; ".join(_assignment(item, names) for item in items[:_MOST_ASSIGNMENTS])
    more = len(items) - _MOST_ASSIGNMENTS
    return f"{told}; and {more} more" if more > 0 else told


def _assignment(assignment: Wire, names: t.Mapping[str, str]) -> str:
    role, scope = referred_id(assignment, "role"), assignment.get("scope")
    place = f"{scope.get('type')} {scope.get('id')}" if isinstance(scope, dict) else "an unknown scope"
    return f"{names.get(role, role) or 'an unknown role'} at {place}"


def _items(response: Response | None, key: str) -> Wires:
    """Return the objects on the first page of a list; none when it could not be read."""
    body = _body(response)
    try:
        return [] if body is None else items_of(body, key, "")
    except AnswerError:
        return []


def _body(response: Response | None) -> Wire | None:
    return response.body if response is not None and response.ok and isinstance(response.body, dict) else None


def _status(response: Response | None) -> int | None:
    return None if response is None else response.status
