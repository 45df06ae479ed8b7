# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP call at a time, as polite as the vendor asks: a refusal for too many requests is waited out."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import requests

_USER_AGENT = "idops.pingone-conformance"
_TIMEOUT = (10.0, 60.0)
_TOO_MANY_REQUESTS = 429
_MOST_REFUSALS = 10
_LONGEST_WAIT = 60.0
_WAIT_WITHOUT_ADVICE = 2.0


class Unanswered(Exception):
    """No answer came; the text says why."""


@dataclass(frozen=True)
class Response:
    """An answer: its headers have names in lower case, its body is None when it is not JSON."""

    status: int
    headers: Mapping[str, str]
    text: str
    body: Any


class Client:
    """Sends requests and follows nothing.

    pause: seconds between two calls.
    environment: whether proxies and certificates come from the environment variables.
    """

    def __init__(self, *, pause: float, environment: bool) -> None:
        self._pause = pause
        self._session = requests.Session()
        self._session.trust_env = environment
        self._session.headers.clear()

    def close(self) -> None:
        """End the connections."""
        self._session.close()

    def send(self, method: str, url: str, headers: Mapping[str, str], data: bytes | None) -> Response:
        """Send a request and return the answer. Raises Unanswered."""
        for _attempt in range(_MOST_REFUSALS):
            time.sleep(self._pause)
            response = self._send(method, url, headers, data)
            if response.status != _TOO_MANY_REQUESTS:
                return response
            time.sleep(seconds_to_wait(response.headers.get("retry-after"), datetime.now(timezone.utc)))
        return response

    def _send(self, method: str, url: str, headers: Mapping[str, str], data: bytes | None) -> Response:
        own = {"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"}
        try:
            answer = self._session.request(
                method,
                url,
                headers={**own, **headers},
                data=data,
                timeout=_TIMEOUT,
                allow_redirects=False,
                # A file .netrc must not add an Authorization where none is meant.
                auth=lambda request: request,
            )
        except requests.RequestException as error:
            # Not the text of the error, which may hold the address of a proxy with its password.
            raise Unanswered(f"{method} was not answered ({type(error).__name__})") from None
        try:
            body = json.loads(answer.content) if answer.content else None
        except ValueError:
            body = None
        names = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, names, answer.text, body)


def seconds_to_wait(retry_after: str | None, now: datetime) -> float:
    """Return how long to wait by a header Retry-After, which holds seconds or a date; at most a minute."""
    if retry_after is None:
        return _WAIT_WITHOUT_ADVICE
    if retry_after.strip().isdecimal():
        return min(float(retry_after), _LONGEST_WAIT)
    try:
        seconds = (parsedate_to_datetime(retry_after) - now).total_seconds()
    except (TypeError, ValueError):
        return _WAIT_WITHOUT_ADVICE
    return min(max(seconds, 0.0), _LONGEST_WAIT)
