# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One exchange over HTTP: the session, and what may go wrong below the service. This module is private.

Nothing here repeats anything, and nothing here needs requests until a session is opened.
"""

from __future__ import annotations

import functools
import http.cookiejar
import json
import queue
import re
import ssl
import threading
import typing as t
from collections import Counter
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from ansible.module_utils.ansible_release import __version__ as ansible_core_version
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    CertificateError,
    ForeignAnswerError,
    ProxyRefusedError,
    TransportError,
    missing_library,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import TokenRequest
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import Connection

try:
    import requests
    import urllib3
except ImportError:
    requests = None  # type: ignore[assignment]

HAS_REQUESTS: t.Final = requests is not None
VERSION: t.Final = "0.2.0"
# How many requests of one task are under way at once.
CONCURRENCY: t.Final = 8
# An answer that is longer once it is expanded is not PingOne's, whose lists come in pages.
MOST_BYTES: t.Final = 64 * 1024 * 1024
_PART: t.Final = 64 * 1024
# What OpenSSL says of a certificate, by the numbers of X509_V_ERR_... in its x509_vfy.h.
_VERIFY_CODES: t.Final = {"authority": (2, 18, 19, 20, 21, 24, 27), "time": (9, 10), "name": (62, 63, 64)}
# What Python says of a proxy that answers CONNECT with a status that will not change by itself.
_REFUSED_BY_PROXY: t.Final = re.compile(r"Tunnel connection failed: 4(?!08|29)\d\d")
# What OpenSSL says of an answer that is not TLS, such as plain HTTP.
_NO_TLS: t.Final = ("WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
# For how many seconds more than the timeout a call may take, so that requests can say which of its waits was too long.
_GRACE: t.Final = 0.25


@dataclass(frozen=True)
class Lateness:
    """For how long a refusal is waited for that may come of something that is on its way.

    created_at: when what the path of a request lies below was created; while that is young, it is waited for.
    patience: for how many seconds, whatever is young and the connection's options say; None for these.
    is_final: tells whether the refusal will stay all the same; it may read more from the service.
    """

    created_at: t.Any = None
    patience: float | None = None
    is_final: t.Callable[[Response], bool] | None = field(default=None, repr=False)


DEFAULT_LATENESS: t.Final = Lateness()


@dataclass(frozen=True)
class Request:
    """A request, but for the token that it is sent with.

    operation: what it does, as a gerund phrase for errors.
    path: the path below the API's address, for hints; the URL may be that of a later page.
    params: of the URL.
    json, form: the body; a form is that of a token request.
    proof: makes what proves the client in a token request, anew for each attempt.
    late: for how long lateness is waited for.
    may_be_missing: whether a 404 is an answer like another, and not waited for.
    """

    method: str
    url: str
    operation: str = ""
    path: str = ""
    params: t.Mapping[str, t.Any] | None = None
    headers: t.Mapping[str, str] = field(default_factory=dict, repr=False)
    json: t.Any = field(default=None, repr=False)
    form: t.Mapping[str, str] | None = field(default=None, repr=False)
    proof: t.Callable[[], TokenRequest] | None = field(default=None, repr=False)
    late: Lateness = DEFAULT_LATENESS
    may_be_missing: bool = False

    def proven(self) -> Request:
        """Return the request as it is sent in one attempt, with what proves the client."""
        if self.proof is None:
            return self
        proof = self.proof()
        return replace(
            self, headers={**self.headers, **proof.headers}, form={**(self.form or {}), **proof.form}, proof=None
        )

    @property
    def idempotent(self) -> bool:
        """Whether it may be sent again when it is not known whether it was carried out (RFC 9110, section 9.2.2)."""
        return self.method != "POST" or self.form is not None


@dataclass(frozen=True)
class Response:
    """What came back.

    body: decoded when it was JSON, a text otherwise, an empty dictionary when there was none.
    """

    status: int
    headers: t.Mapping[str, str]
    body: t.Any

    @property
    def correlation_id(self) -> str | None:
        """The service's id of this exchange."""
        return self.headers.get("Correlation-Id")

    @property
    def retry_after(self) -> str | None:
        """For how long the service asks to wait, as it says it."""
        return self.headers.get("Retry-After")

    @property
    def ok(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300


class BrokenConnectionError(TransportError):
    """The connection was interrupted, so that it may work the next time.

    sent: whether the request may have reached the service.
    """

    def __init__(self, message: str, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class HttpSession:
    """Sends requests over one session of requests.

    connection: addresses, certificates, proxies and timeout.
    """

    def __init__(self, connection: Connection) -> None:
        if requests is None:
            raise missing_library("requests")
        # How many seconds the service's clock is ahead of ours, as its last answer shows.
        self.clock_offset = 0.0
        self._timeout = connection.timeout
        self._session = _session(connection)
        self._under_way: set[threading.Thread] = set()

    def send(
        self, request: Request, headers: t.Mapping[str, str], redact: t.Callable[[str], str] = lambda text: text
    ) -> Response:
        """Send a request once and return the response, whatever its status.

        headers: those beside the request's.
        redact: takes the secrets out of what a library says.

        Raises BrokenConnectionError, and TransportError for what will not mend: certificates and redirects.
        """
        host = urlsplit(request.url).netloc
        try:
            response, body = _within(self._timeout + _GRACE, lambda: self._exchange(request, headers), self._under_way)
        except TimeoutError:
            raise BrokenConnectionError(f"{host} did not answer within {self._timeout} seconds", True) from None
        except requests.exceptions.SSLError as error:
            message = f"No trusted connection to {host}: {_root_cause(error, redact)}."
            raise CertificateError(message, matter=_tls_matter(_root_of(error))) from None
        except _hopeless() as error:
            raise TransportError(f"No request could be sent to {host}: {_root_cause(error, redact)}.") from None
        except requests.exceptions.ContentDecodingError as error:
            raise ForeignAnswerError(
                f"{host} answered what cannot be decoded: {_root_cause(error, redact)}; check that no proxy answers "
                "in its place."
            ) from None
        except requests.exceptions.ProxyError as error:
            raise _proxy_error(host, error, redact) from None
        except requests.exceptions.Timeout as error:
            sent = not isinstance(error, requests.exceptions.ConnectTimeout)
            raise BrokenConnectionError(f"{host} did not answer within {self._timeout} seconds", sent) from None
        except requests.exceptions.ConnectionError as error:
            raise BrokenConnectionError(
                f"No connection to {host}: {_root_cause(error, redact)}", _was_sent(error)
            ) from None
        except requests.exceptions.RequestException as error:
            raise BrokenConnectionError(
                f"The connection to {host} was interrupted: {_root_cause(error, redact)}", True
            ) from None
        except OSError as error:
            # What requests says of certificate authorities that it cannot read is none of its own exceptions.
            raise TransportError(f"No request could be sent to {host}: {_root_cause(error, redact)}.") from None
        if 300 <= response.status_code < 400:
            raise ForeignAnswerError(
                f"{host} answered with a redirect (HTTP {response.status_code}), which is never followed "
                "because credentials would go along; check api_url and auth_url."
            )
        return Response(response.status_code, response.headers, _decoded(body, response.encoding))

    def wait(self) -> None:
        """Wait for the requests that are under way though who sent them was ended, so that nothing overtakes them."""
        for thread in tuple(self._under_way):
            if thread.is_alive():
                thread.join(self._timeout + _GRACE)

    def _exchange(self, request: Request, headers: t.Mapping[str, str]) -> tuple[requests.Response, bytes]:
        """Send a request; return the response and its body."""
        response = self._session.request(
            request.method,
            request.url,
            headers={**headers, **request.headers},
            params=request.params,
            json=request.json,
            data=request.form,
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
            # Without an auth callable requests would take the Authorization header away or look for ~/.netrc.
            auth=_as_it_is,
        )
        with response:
            return response, _body(response)


class RequestCounter:
    """Counts the requests of a task by method; those for a token as C(TOKEN)."""

    def __init__(self) -> None:
        self.by_method: Counter[str] = Counter()
        self._mutex = threading.Lock()

    def count(self, method: str) -> None:
        """Count one."""
        with self._mutex:
            self.by_method[method] += 1


def prepare() -> None:
    """Do once what takes long and is the same for every session, so that forked processes find it done."""
    if requests is not None:
        _public_authorities()


def user_agent(door: str) -> str:
    """Return how this client names itself. door: the door through which the task runs."""
    version = requests.__version__ if requests is not None else "none"
    return f"ansible-idops.pingone/{VERSION} ({door}; ansible-core {ansible_core_version}; requests {version})"


def _session(connection: Connection) -> requests.Session:
    session = requests.Session()
    # The environment is read by _connection alone; ~/.netrc never is.
    session.trust_env = False
    session.proxies.update(connection.proxies)
    session.verify = (connection.ca_path or True) if connection.validate_certs else False
    if not connection.validate_certs:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    shared = connection.validate_certs and not connection.ca_path
    session.mount("https://", _adapter(_public_authorities() if shared else None))
    session.mount("http://", _adapter(None))
    return session


def _adapter(context: ssl.SSLContext | None) -> requests.adapters.HTTPAdapter:
    """Return what opens the connections of a session. context: what it trusts; requests decides when there is none."""
    settings: dict[str, t.Any] = {"pool_maxsize": CONCURRENCY, "max_retries": 0}
    if context is None:
        return requests.adapters.HTTPAdapter(**settings)

    # Here and not at the top because nothing there may need requests.
    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *arguments: t.Any, **more: t.Any) -> None:
            super().init_poolmanager(*arguments, ssl_context=context, **more)

        def proxy_manager_for(self, *arguments: t.Any, **more: t.Any) -> t.Any:
            return super().proxy_manager_for(*arguments, ssl_context=context, **more)

        def cert_verify(self, conn: t.Any, *arguments: t.Any) -> None:
            # The context has the authorities; requests would have them read again for each connection.
            conn.cert_reqs = "CERT_REQUIRED"

    return Adapter(**settings)


@functools.cache
def _public_authorities() -> ssl.SSLContext | None:
    """Return what trusts whom requests trusts; None when its authorities are not in a file.

    Reading them takes some 30 milliseconds, and a play runs each task in a process of its own.
    """
    context = urllib3.util.ssl_.create_urllib3_context()
    try:
        context.load_verify_locations(requests.utils.DEFAULT_CA_BUNDLE_PATH)
    except OSError:
        return None
    return context


def _hopeless() -> tuple[type[Exception], ...]:
    """Return what requests raises of a request that cannot be sent, now or later."""
    kinds = requests.exceptions
    return (kinds.InvalidHeader, kinds.InvalidProxyURL, kinds.InvalidSchema, kinds.InvalidURL, UnicodeError)


def _within(seconds: float, call: t.Callable[[], t.Any], under_way: set[threading.Thread]) -> t.Any:
    """Return what a call gives, or raise what it raises, within so many seconds; else raise TimeoutError.

    The timeouts of requests bound each wait for the next byte, so a body that comes slowly would never end. The call
    runs in a thread that ends with the process, and that is in C(under_way) until the call has ended.
    """
    outcome: queue.Queue[tuple[t.Any, BaseException | None]] = queue.Queue()

    def run() -> None:
        try:
            outcome.put((call(), None))
        except BaseException as error:
            outcome.put((None, error))
        finally:
            under_way.discard(threading.current_thread())

    thread = threading.Thread(target=run, daemon=True)
    under_way.add(thread)
    thread.start()
    try:
        value, error = outcome.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return value


def _as_it_is(request: t.Any) -> t.Any:
    return request


def _body(response: requests.Response) -> bytes:
    """Return the body of a response, expanded. Raises TransportError when it is too long."""
    body = bytearray()
    for part in response.iter_content(_PART):
        body += part
        if len(body) > MOST_BYTES:
            raise ForeignAnswerError(
                f"{urlsplit(response.url).netloc} answered with more than {MOST_BYTES} bytes; check that no proxy "
                "answers in its place."
            )
    return bytes(body)


def _decoded(body: bytes, encoding: str | None) -> t.Any:
    if not body:
        return {}
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    try:
        return body.decode(encoding or "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _root_cause(error: BaseException, redact: t.Callable[[str], str]) -> str:
    """Return what went wrong, without the address, whose query may be long."""
    root = _root_of(error)
    return redact(str(root)).rstrip(".") or type(root).__name__


def _root_of(error: BaseException) -> BaseException:
    """Return the error that others were made of."""
    root = error
    for _level in range(5):
        inner = [getattr(root, "reason", None), getattr(root, "original_error", None), *root.args[:1]]
        found = next((item for item in inner if isinstance(item, BaseException)), None)
        if found is None:
            break
        root = found
    return root


def _proxy_error(host: str, error: BaseException, redact: t.Callable[[str], str]) -> TransportError:
    """Return the error for a proxy that led nowhere, so that nothing was sent to the service."""
    message = f"No connection to {host} through the proxy: {_root_cause(error, redact)}"
    root = _root_of(error)
    if _tls_matter(root) == "protocol":
        return CertificateError(f"{message}.", matter="protocol")
    if _REFUSED_BY_PROXY.search(str(root)):
        return ProxyRefusedError(f"{message}.")
    return BrokenConnectionError(message, False)


def _tls_matter(root: BaseException) -> str:
    """Return what is wrong with a connection that is not trusted, as CertificateError has it."""
    code = getattr(root, "verify_code", None)
    for matter, codes in _VERIFY_CODES.items():
        if code in codes:
            return matter
    if code is None and "certificate verify failed" in str(root):
        # As libraries say it that stand in for Python's own.
        return "authority"
    return "protocol" if getattr(root, "reason", None) in _NO_TLS else "other"


def _was_sent(error: BaseException) -> bool:
    """Tell whether a request may have reached the service before the connection broke."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return not isinstance(reason, urllib3.exceptions.NewConnectionError)
