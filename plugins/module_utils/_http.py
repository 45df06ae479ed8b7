# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTP exchange: sessions, and answers without any rule of PingOne's. This module is private to the collection."""

from __future__ import annotations

import email.utils
import http.cookiejar
import os
import platform
import typing as t
from dataclasses import dataclass, field

from ansible_collections.idops.pingone.plugins.module_utils._connection import Connection
from ansible_collections.idops.pingone.plugins.module_utils._errors import PingOneError, TransportError

try:
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter

    HAS_REQUESTS = True
except ImportError:
    HAS_REQUESTS = False

VERSION: t.Final = "0.1.0"
# Calls that run at the same time; PingOne's limits are shared by all environments of a licence.
CONCURRENCY: t.Final = 8

_sessions: dict[t.Hashable, requests.Session] = {}


@dataclass(frozen=True)
class Answer:
    """What came back: the service's answer, or the reason why there is none.

    status: the HTTP status; 0 when no answer came.
    body: the decoded body, or its text when it is no JSON.
    broken: why no answer came; empty when one did.
    sent: whether the request may have reached the service.
    """

    status: int
    body: t.Any = None
    headers: t.Mapping[str, str] = field(default_factory=dict)
    broken: str = ""
    sent: bool = True

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.status < 300

    def correlation_id(self) -> str | None:
        """Return the id that PingOne's support asks for."""
        return self.headers.get("Correlation-Id")

    def seconds_to_wait(self, now: float) -> float | None:
        """Return what Retry-After asks for (RFC 9110, section 10.2.3): seconds, or a date; None when it is absent."""
        value = self.headers.get("Retry-After", "").strip()
        if not value:
            return None
        if value.isdigit():
            return float(value)
        date = http_date(value)
        return None if date is None else max(0.0, date - now)

    def date(self) -> float | None:
        """Return when the service answered, by its own clock, in seconds since the epoch."""
        return http_date(self.headers.get("Date", ""))


def http_date(text: str) -> float | None:
    """Return an HTTP date in seconds since the epoch; None when it is none."""
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return None


def exchange(
    connection: Connection,
    door: str,
    method: str,
    url: str,
    *,
    headers: t.Mapping[str, str],
    data: t.Any = None,
    params: t.Mapping[str, t.Any] | None = None,
) -> Answer:
    """Send one request and return its answer; a connection that breaks is an answer too.

    Raises TransportError when sending it again can't help: an untrusted certificate, or a redirect.
    """
    session = _session(connection, door)

    def authorize(request: t.Any) -> t.Any:
        # An auth callable is the only way that keeps requests from choosing credentials of its own.
        request.headers.update(headers)
        return request

    try:
        response = session.request(
            method, url, data=data, params=params, auth=authorize, timeout=connection.timeout, allow_redirects=False
        )
        content = response.content
    except requests.exceptions.SSLError as error:
        raise TransportError(
            f"The certificate of {_host(url)} is not trusted ({_cause(error)}). Give the CA that signed it in ca_path."
        ) from None
    except requests.exceptions.ProxyError as error:
        raise TransportError(
            f"The proxy to {_host(url)} failed ({_cause(error)}). Check HTTPS_PROXY and NO_PROXY."
        ) from None
    except requests.exceptions.RequestException as error:
        return Answer(0, broken=f"no answer from {_host(url)} ({_cause(error)})", sent=not _never_sent(error))
    if 300 <= response.status_code < 400:
        raise TransportError(
            f"{_host(url)} answered with a redirect ({response.status_code}), which is never followed, since it could "
            "lead the access token elsewhere. Check region, api_url and auth_url."
        )
    return Answer(response.status_code, _decoded(response, content), response.headers)


def forget_sessions() -> None:
    """Drop all connections; a forked process must not speak on those of its parent."""
    _sessions.clear()


os.register_at_fork(after_in_child=forget_sessions)


def _session(connection: Connection, door: str) -> requests.Session:
    if not HAS_REQUESTS:
        raise PingOneError(
            f"The Python library requests is needed by {platform.node() or 'this host'}'s Python; "
            "install it with: pip install requests"
        )
    key = (door, connection.api_url, connection.ca_path, connection.validate_certs, tuple(connection.proxies.items()))
    if key not in _sessions:
        _sessions[key] = _new_session(connection, door)
    return _sessions[key]


def _new_session(connection: Connection, door: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.proxies = dict(connection.proxies)
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update(
        {
            "Accept": "application/json",
            "User-Agent": f"ansible-idops.pingone/{VERSION} ({door}) requests/{requests.__version__}",
        }
    )
    session.verify = connection.validate_certs and (connection.ca_path or True)
    if not connection.validate_certs:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=CONCURRENCY, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _decoded(response: t.Any, content: bytes) -> t.Any:
    if not content:
        return {}
    try:
        return response.json()
    except ValueError:
        return response.text


def _never_sent(error: Exception) -> bool:
    """Tell whether no connection came about, so that the service can't have seen the request."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(
        reason, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
    )


def _cause(error: Exception) -> str:
    """Return the last reason in a chain of errors, without the addresses of objects."""
    reason: t.Any = error.args[0] if error.args else error
    reason = getattr(reason, "reason", reason)
    return str(reason).rpartition("object at 0x")[2].partition(">: ")[2] or str(reason)


def _host(url: str) -> str:
    return url.split("/")[2]
