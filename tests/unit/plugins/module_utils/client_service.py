# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clock that nobody waits for, and a service of exact conversations."""

from __future__ import annotations

import base64
import contextlib
import json
import re

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import SecretKeeper
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe

API = "https://api.pingone.eu/v1"
AUTH_ENVIRONMENT = "7663f85d-9794-441b-9a67-47650535bd3b"
TOKEN_URL = f"https://auth.pingone.eu/{AUTH_ENVIRONMENT}/as/token"
NOW = 1793611800.0
NOW_DATE = "Mon, 02 Nov 2026 09:30:00 GMT"
OPTIONS = {
    "region": "EU",
    "auth_environment_id": AUTH_ENVIRONMENT,
    "client_id": "9bfa6efa-1a4e-42d4-a27b-e3ed8f819111",
    "client_secret": "s3cret-of-the-worker-that-is-long-enough",
}


class FakeClock:
    """A clock that a wait moves forward at once."""

    def __init__(self):
        self.now = NOW
        self.waits = []

    def time(self):
        return self.now

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.waits.append(round(seconds, 3))
        self.now += seconds

    def random(self):
        return 1.0


class Keeper(SecretKeeper):
    """Notes each secret that it is told."""

    def __init__(self, told):
        self.told = told

    def secret(self, value):
        self.told.append(value)
        return value


class Service:
    """Answers in the order in which they were given, and keeps what was asked."""

    def __init__(self, mock):
        self.mock = mock

    def answers(self, method, path, *answers, url=None):
        """Answer a path; each answer is a status, a pair of status and body, a triple with headers, or an error."""
        for answer in answers:
            if isinstance(answer, Exception):
                self.mock.add(method, url or API + path, body=answer)
                continue
            status, body, headers = (*((answer,) if isinstance(answer, int) else answer), None, None)[:3]
            if isinstance(body, str) or status == 204:
                self.mock.add(method, url or API + path, status=status, body=body or "", headers=headers)
            else:
                self.mock.add(method, url or API + path, status=status, json=body or {}, headers=headers)

    def calls(self, *, tokens=False):
        """Return method and path of each request."""
        shown = [(call.request.method, call.request.url) for call in self.mock.calls]
        return [f"{method} {url.replace(API, '')}" for method, url in shown if tokens or url != TOKEN_URL]


def jwt(**claims):
    """Return a token with a signature that nobody checks."""
    parts = [json.dumps({"alg": "RS256"}), json.dumps(claims), "signature"]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


def token_answer(number=1, expires_in=3600):
    return (
        200,
        {"access_token": jwt(client_id="worker", jti=str(number)), "token_type": "Bearer", "expires_in": expires_in},
    )


@contextlib.contextmanager
def explained(kind, match):
    """Expect an error, of which a user is told what matches: what happened, and what to do next."""
    with pytest.raises(kind) as caught:
        yield caught
    assert re.search(match, describe(caught.value)), describe(caught.value)
