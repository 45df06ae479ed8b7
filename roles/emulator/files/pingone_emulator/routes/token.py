# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/{environment}/as``: the token endpoint, the keys, and the discovery document of an environment.

A wrong verb is told to everybody here, because nobody has a token yet; so each route takes every verb.
"""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from .. import token_issuer
from ..errors import TokenError, method_not_allowed, not_found
from ..layout import encode
from .dependencies import VERBS, content_type, emulator_of

router = APIRouter(prefix="/{environment}/as")

_FORM_TYPE = "application/x-www-form-urlencoded"
_FETCH_SECONDS = 5.0
_LARGEST_KEY_SET = 1_000_000  # bytes


@router.api_route("/token", methods=VERBS)
async def token(request: Request) -> Response:
    """An access token for a client that proves who it is."""
    emulator, environment_id = emulator_of(request), str(request.path_params["environment"])
    if request.method != "POST":
        raise TokenError(405, "invalid_request", "The request method must be POST")
    if content_type(request) != _FORM_TYPE:
        raise TokenError(400, "invalid_request", f"The content type must be {_FORM_TYPE}")
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    credentials = token_issuer.parse_client_credentials(request.headers.get("authorization"), form)
    request.state.client_id = credentials.client_id
    url = token_issuer.key_set_url(emulator.tenant, environment_id, credentials)
    if url is not None:
        credentials.key_set = await asyncio.to_thread(_fetch_key_set, url)
    document = token_issuer.token(
        emulator.token_issuer,
        emulator.tenant,
        emulator.faults.late,
        environment_id,
        emulator.api_url.removesuffix("/v1"),
        credentials,
        form,
    )
    headers = {"cache-control": "no-store", "pragma": "no-cache"}
    return Response(encode(document), 200, headers, "application/json")


@router.api_route("/jwks", methods=VERBS)
async def jwks(request: Request) -> Response:
    """The keys that the environment signs its tokens with."""
    _only_read(request)
    document = emulator_of(request).token_issuer.jwks(_environment(request))
    return Response(encode(document), media_type="application/json")


@router.api_route("/.well-known/openid-configuration", methods=VERBS)
async def discovery(request: Request) -> Response:
    """Where the endpoints of the environment are, and what they support."""
    _only_read(request)
    issuer = emulator_of(request).token_issuer.issuer_url(_environment(request))
    document = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "client_secret_jwt",
            "private_key_jwt",
        ],
    }
    return Response(encode(document), media_type="application/json")


def _only_read(request: Request) -> None:
    if request.method not in ("GET", "HEAD"):
        raise method_not_allowed()


def _environment(request: Request) -> str:
    """The environment of the path. Raises 404 when there is none."""
    environment_id = str(request.path_params["environment"])
    if environment_id not in emulator_of(request).tenant.environments:
        raise not_found(f"Unable to find environment with ID: '{environment_id}'")
    return environment_id


def _fetch_key_set(url: str) -> str:
    """The document behind a ``jwksUrl``; empty when it cannot be had, which the client sees as a refusal."""
    from http.client import HTTPException
    from urllib.request import urlopen

    if not url.startswith("https://"):
        return ""
    try:
        with urlopen(url, timeout=_FETCH_SECONDS) as answer:
            return str(answer.read(_LARGEST_KEY_SET).decode())
    except (OSError, ValueError, HTTPException):
        return ""
