# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked, as data: calls of the API and token requests, with labels for what earlier answers gave.

``$label`` in a path, a body or a form is replaced by what is kept under the label; ``$$`` is a dollar sign.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Login = Literal["basic", "post", "secret_jwt", "key_jwt", "none"]

# What a service that does not know yet says of a new application, and of a new role assignment.
METHOD_NOT_KNOWN_YET = "Unsupported authentication method"
ASSIGNMENT_NOT_KNOWN_YET = r'"readOnly"\s*:\s*true'

CLIENT_CREDENTIALS: Mapping[str, str] = {"grant_type": "client_credentials"}


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One question and how its answer is known to be the final one.

    name: unique in the conversation.
    asks: what only the service can tell, if this asks for it.
    expects: the status that the vendor's pages name; None where they leave it open.
    until: ask again until that status comes, since something has to take effect first.
    waits_out: what is searched in an answer that shows that the service does not know something new yet.
    keep: what to keep of the answer: the label, and where it stands, such as ``_embedded.users.0.id``.
    production: asked only when an environment of the type PRODUCTION may be left behind.
    """

    name: str
    asks: str = ""
    expects: int | None = None
    until: bool = False
    waits_out: str = ""
    keep: Mapping[str, str] = field(default_factory=dict)
    production: bool = False

    @property
    def is_bound_to_change(self) -> bool:
        """Whether the conversation knows that an answer is not the last one, whatever the service is."""
        return self.until or bool(self.waits_out)


@dataclass(frozen=True, kw_only=True)
class Call(Exchange):
    """A call of the API.

    path: below ``/v1``, with its query.
    body: sent as JSON; text is sent as it is.
    caller: whose token is sent; None sends no Authorization.
    """

    method: str
    path: str
    body: Any = None
    caller: str | None = "caller"
    accept: str = "application/json"
    content_type: str = "application/json"


@dataclass(frozen=True, kw_only=True)
class TokenRequest(Exchange):
    """A request to the token endpoint.

    client: the client id. secret: the label of what it signs in with, or a text that is no label.
    """

    client: str
    login: Login = "basic"
    secret: str = ""
    environment: str = "$environment"
    form: Mapping[str, str] = field(default_factory=lambda: dict(CLIENT_CREDENTIALS))


def call(method: str, name: str, path: str, body: Any = None, **more: Any) -> Call:
    """Make a call; ``more`` are further members."""
    return Call(method=method, name=name, path=path, body=body, **more)


def create(name: str, path: str, body: Any, *, label: str = "", **more: Any) -> Call:
    """Make a POST that is expected to create something, whose id is kept under the label."""
    more.setdefault("expects", 201)
    keep = {label: "id", **more.pop("keep", {})} if label else more.pop("keep", {})
    return Call(method="POST", name=name, path=path, body=body, keep=keep, **more)


def read(name: str, path: str, **more: Any) -> Call:
    """Make a GET that is expected to succeed."""
    more.setdefault("expects", 200)
    return Call(method="GET", name=name, path=path, **more)


def refused(method: str, name: str, path: str, body: Any = None, **more: Any) -> Call:
    """Make a call that is expected to be refused, with a status that is not waited for."""
    return Call(method=method, name=name, path=path, body=body, **more)


def remove(name: str, path: str, **more: Any) -> Call:
    """Make a DELETE that is expected to succeed."""
    more.setdefault("expects", 204)
    return Call(method="DELETE", name=name, path=path, **more)


def signs_in(name: str, client: str, **more: Any) -> TokenRequest:
    """Make a token request that is expected to succeed; the token is kept as ``<client>_token``."""
    more.setdefault("secret", f"{client}_secret")
    return TokenRequest(name=name, client=f"${client}", expects=200, keep={f"{client}_token": "access_token"}, **more)


def denied(name: str, client: str, **more: Any) -> TokenRequest:
    """Make a token request that is expected to be refused."""
    return TokenRequest(name=name, client=client, **more)


def filled(value: Any, labels: Mapping[str, str]) -> Any:
    """Return the value with its labels replaced. Raises KeyError with a label that is not known."""
    if isinstance(value, str):
        return string.Template(value).substitute(labels)
    if isinstance(value, Mapping):
        return {name: filled(member, labels) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [filled(item, labels) for item in value]
    return value


def found(body: Any, where: str) -> Any:
    """Return what stands in the body at a place; None if nothing does.

    where: such as ``_embedded.users.0.id``, or ``_embedded.resources.name=openid.id``.
    """
    for step in where.split("."):
        name, equals, wanted = step.partition("=")
        if isinstance(body, list) and equals:
            body = next((item for item in body if isinstance(item, Mapping) and item.get(name) == wanted), None)
        elif isinstance(body, list) and step.isdecimal() and int(step) < len(body):
            body = body[int(step)]
        else:
            body = body.get(step) if isinstance(body, Mapping) else None
    return body


def role_label(name: str) -> str:
    """Return the label of a role's id: ``role_environment_admin`` for Environment Admin."""
    return "role_" + "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def is_secret_label(label: str) -> bool:
    """Say whether what is kept under the label may be seen by nobody."""
    return label.endswith(("_secret", "_token", "_jwks"))
