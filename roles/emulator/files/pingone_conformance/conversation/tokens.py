# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens by each method, and what is refused of each."""

from __future__ import annotations

from ..exchange import METHOD_NOT_KNOWN_YET, Exchange, TokenRequest, call, denied, read, refused
from .common import APPLICATIONS, assignment, worker, worker_with_role

_WORKER = f"{APPLICATIONS}/$worker"
_PRIVATE_KEY = {"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT", "jwks": "$key_jwks"}


def _role(label: str, method: dict[str, str], **more: str) -> tuple[Exchange, ...]:
    return worker_with_role(
        label, assignment("client_application_developer", "ENVIRONMENT", "environment"), APPLICATIONS, method, **more
    )


EXCHANGES: tuple[Exchange, ...] = (
    denied("token-wrong-secret", "$worker", secret="wrong"),
    denied("token-wrong-method", "$worker", secret="worker_secret", login="post"),
    denied("token-wrong-method-and-secret", "$worker", secret="wrong", login="post"),
    denied("token-without-secret", "$worker", login="none"),
    denied("token-unknown-client", "$absent", secret="worker_secret"),
    denied("token-malformed-client", "nonsense", secret="worker_secret"),
    denied("token-another-environment", "$worker", secret="worker_secret", environment="$home"),
    denied(
        "token-unknown-environment",
        "$worker",
        secret="worker_secret",
        environment="$absent",
        asks="a token request for an environment that does not exist",
    ),
    denied("token-malformed-environment", "$worker", secret="worker_secret", environment="nonsense"),
    denied("token-without-grant", "$worker", secret="worker_secret", form={}),
    denied("token-unknown-grant", "$worker", secret="worker_secret", form={"grant_type": "nonsense"}),
    denied(
        "token-grant-not-enabled",
        "$worker",
        secret="worker_secret",
        form={"grant_type": "refresh_token", "refresh_token": "x"},
    ),
    denied(
        "token-of-scope-openid",
        "$worker",
        secret="worker_secret",
        form={"grant_type": "client_credentials", "scope": "openid"},
    ),
    denied(
        "token-of-unknown-scope",
        "$worker",
        secret="worker_secret",
        form={"grant_type": "client_credentials", "scope": "nonsense"},
    ),
    # Applications that are no workers.
    read("web-secret", f"{APPLICATIONS}/$web/secret", keep={"web_secret": "secret"}),
    denied(
        "token-client-credentials-not-enabled",
        "$web",
        secret="web_secret",
        waits_out=METHOD_NOT_KNOWN_YET,
        asks="the frame of the text Unsupported grant type",
    ),
    read("web-of-clients-secret", f"{APPLICATIONS}/$web_of_clients/secret", keep={"web_of_clients_secret": "secret"}),
    denied(
        "token-without-grantable-scope",
        "$web_of_clients",
        secret="web_of_clients_secret",
        waits_out=METHOD_NOT_KNOWN_YET,
    ),
    # The other methods.
    *_role("post_worker", {"tokenEndpointAuthMethod": "CLIENT_SECRET_POST"}, login="post"),
    denied("post-worker-wrong-secret", "$post_worker", secret="wrong", login="post"),
    denied("post-worker-wrong-method", "$post_worker", secret="post_worker_secret", login="basic"),
    *_role("secret_jwt_worker", {"tokenEndpointAuthMethod": "CLIENT_SECRET_JWT"}, login="secret_jwt"),
    denied("secret-jwt-worker-wrong-secret", "$secret_jwt_worker", secret="w" * 64, login="secret_jwt"),
    denied("secret-jwt-worker-wrong-method", "$secret_jwt_worker", secret="secret_jwt_worker_secret", login="basic"),
    *_role("key_jwt_worker", _PRIVATE_KEY, login="key_jwt", secret="key_jwks"),
    denied("key-jwt-worker-wrong-key", "$key_jwt_worker", secret="wrong", login="key_jwt"),
    denied("key-jwt-worker-wrong-method", "$key_jwt_worker", secret="key_jwt_worker_secret", login="basic"),
    # A disabled worker, and the token that it holds already.
    call("PUT", "worker-disable", _WORKER, worker("worker", enabled=False), expects=200),
    TokenRequest(
        name="token-of-disabled-worker",
        client="$worker",
        secret="worker_secret",
        expects=401,
        until=True,
        asks="status and text of a disabled application",
    ),
    denied("token-of-disabled-worker-wrong-secret", "$worker", secret="wrong"),
    refused("GET", "disabled-worker-calls", _WORKER, caller="worker"),
    call("PUT", "worker-enable", _WORKER, worker("worker"), expects=200),
    TokenRequest(
        name="token-of-enabled-worker",
        client="$worker",
        secret="worker_secret",
        expects=200,
        keep={"worker_token": "access_token"},
    ),
)
