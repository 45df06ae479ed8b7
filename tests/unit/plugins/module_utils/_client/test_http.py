# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom the client trusts: real TLS, against a server with a certificate of the test's own authority."""

from __future__ import annotations

import gzip
import http.server
import socket
import ssl
import threading
import time
from datetime import datetime, timezone

import pytest
import requests
import responses
import trustme
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    CertificateError,
    ProxyRefusedError,
    TransportError,
)
from ansible_collections.idops.pingone.plugins.module_utils._client import http as client_http
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import connection_from
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import hint_for
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import OPTIONS


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers everything with an empty object."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def serve(authority):
    """Start a server with a certificate for a name, and return its address."""
    servers = []

    def start(name, not_before=None, not_after=None, newest=ssl.TLSVersion.TLSv1_3):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = newest
        authority.issue_cert(name, not_before=not_before, not_after=not_after).configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"https://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def ca_file(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def publicly_trusted(ca_file, monkeypatch):
    """Make the test's authority the only one that everybody trusts, read anew."""
    monkeypatch.setattr(requests.utils, "DEFAULT_CA_BUNDLE_PATH", ca_file)
    client_http._public_authorities.cache_clear()
    yield
    client_http._public_authorities.cache_clear()


def fetch(address, environ=None, **options):
    given = {**OPTIONS, "api_url": f"{address}/v1", "auth_url": address, **options}
    connection = connection_from(given, environ or {})
    request = client_http.Request("GET", f"{address}/v1", "getting it")
    return client_http.HttpSession(connection).send(request, {})


def test_a_certificate_of_an_unknown_authority_is_refused(serve):
    with pytest.raises(TransportError, match=r"No trusted connection to 127\.0\.0\.1:\d+: .*certificate verify failed"):
        fetch(serve("127.0.0.1"))


def test_a_public_authority_is_trusted(serve, publicly_trusted):
    assert fetch(serve("127.0.0.1")).ok


def test_a_public_authority_s_certificate_for_another_name_is_refused(serve, publicly_trusted):
    with pytest.raises(TransportError, match="No trusted connection to"):
        fetch(serve("api.example.com"))


def test_the_authority_of_ca_path_is_trusted(serve, ca_file):
    assert fetch(serve("127.0.0.1"), ca_path=ca_file).ok


def test_the_authority_of_ca_path_is_the_only_one(serve, publicly_trusted, tmp_path):
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))

    with pytest.raises(TransportError, match="No trusted connection to"):
        fetch(serve("127.0.0.1"), ca_path=str(other))


def test_without_validation_any_certificate_is_taken(serve):
    assert fetch(serve("api.example.com"), validate_certs=False).ok


@pytest.fixture
def plain():
    """Start a server that speaks plain HTTP, and return its port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def long_ago(year):
    return datetime(year, 1, 1, tzinfo=timezone.utc)


def hint_of(address, **options):
    with pytest.raises(CertificateError) as caught:
        fetch(address, **options)
    return hint_for(caught.value)


class TestWhatIsTheMatter:
    """ca_path is named only where it is the matter."""

    def test_an_authority_that_is_not_known(self, serve):
        assert hint_of(serve("127.0.0.1")) == "Name its certificate authority by ca_path."

    def test_another_name(self, serve, ca_file):
        hint = hint_of(serve("api.example.com"), ca_path=ca_file)
        assert hint.startswith("The certificate is for another name, ")

    @pytest.mark.parametrize(("begins", "ends"), [(2001, 2002), (2190, 2191)])
    def test_another_time(self, serve, ca_file, begins, ends):
        address = serve("127.0.0.1", not_before=long_ago(begins), not_after=long_ago(ends))
        assert hint_of(address, ca_path=ca_file).startswith("The certificate has expired, or is not valid yet: ")

    def test_plain_http(self, plain, ca_file):
        hint = hint_of(f"https://127.0.0.1:{plain}", ca_path=ca_file)
        assert hint.startswith("What answered does not speak TLS: ")

    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated")
    def test_another_version_of_tls(self, serve, ca_file):
        hint = hint_of(serve("127.0.0.1", newest=ssl.TLSVersion.TLSv1), ca_path=ca_file)
        assert hint.startswith("Check what answers at that address, ")

    def test_a_library_that_stands_in_for_python_s_own(self, serve, monkeypatch):
        odd = requests.exceptions.SSLError("bad handshake: certificate verify failed")
        monkeypatch.setattr(requests.Session, "request", lambda *arguments, **more: raise_(odd))
        assert hint_of("https://127.0.0.1:1") == "Name its certificate authority by ca_path."


def raise_(error):
    raise error


@pytest.fixture
def proxy():
    """Start a proxy that leads to this machine whatever the host, and return its address and what it was asked for."""
    asked = []

    class Proxy(Handler):
        def do_CONNECT(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            with socket.create_connection(("127.0.0.1", int(self.path.split(":")[1]))) as there:
                back = threading.Thread(target=relay, args=(there, self.connection), daemon=True)
                back.start()
                relay(self.connection, there)
                back.join(10)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def refusing():
    """Start a proxy that answers as told, and return its port."""
    servers = []

    def start(status):
        class Proxy(Handler):
            def do_CONNECT(self):
                self.send_response(status)
                self.end_headers()

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server.server_port

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (407, ProxyRefusedError),
        (403, ProxyRefusedError),
        (408, client_http.BrokenConnectionError),
        (429, client_http.BrokenConnectionError),
        (502, client_http.BrokenConnectionError),
    ],
)
def test_a_proxy_that_refuses_is_told_at_once(refusing, status, kind):
    environ = {"HTTPS_PROXY": f"http://127.0.0.1:{refusing(status)}"}
    said = f"^No connection to api.example.com through the proxy: Tunnel connection failed: {status} "
    with pytest.raises(TransportError, match=said) as caught:
        fetch("https://api.example.com", environ)
    assert caught.value.__class__ is kind
    # A POST that never left this machine is not looked for.
    assert getattr(caught.value, "sent", False) is False


def test_a_proxy_that_speaks_no_tls_is_told_at_once(refusing):
    environ = {"HTTPS_PROXY": f"https://127.0.0.1:{refusing(200)}"}
    with pytest.raises(CertificateError, match="through the proxy: .*WRONG_VERSION_NUMBER|record layer") as caught:
        fetch("https://api.example.com", environ)
    assert "the address of a proxy begins with http://" in hint_for(caught.value)


def relay(source, sink):
    """Pass on what comes until there is no more."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@pytest.mark.parametrize(("name", "trusted"), [("api.example.com", True), ("auth.example.com", False)])
def test_behind_a_proxy_the_same_is_trusted(serve, publicly_trusted, proxy, name, trusted):
    address = serve(name).replace("127.0.0.1", "api.example.com")
    environ, asked = {"HTTPS_PROXY": proxy[0]}, proxy[1]

    if trusted:
        assert fetch(address, environ).ok
    else:
        with pytest.raises(TransportError, match="No trusted connection to"):
            fetch(address, environ)
    assert asked == [address.removeprefix("https://")]


def test_public_authorities_are_read_once_whatever_the_number_of_connections(serve, publicly_trusted, monkeypatch):
    read = []

    class Counting(ssl.SSLContext):
        def load_verify_locations(self, *arguments):
            read.append(arguments)
            super().load_verify_locations(*arguments)

    monkeypatch.setattr("urllib3.util.ssl_.SSLContext", Counting)
    addresses = [serve("127.0.0.1"), serve("127.0.0.1")]
    client_http.prepare()

    assert all(fetch(address).ok for address in addresses for _session in range(2))
    assert len(read) == 1


def test_public_authorities_that_are_gone_are_told(serve, monkeypatch):
    for module in (requests.utils, requests.adapters):
        monkeypatch.setattr(module, "DEFAULT_CA_BUNDLE_PATH", "/nonexistent/ca.pem")
    client_http._public_authorities.cache_clear()
    client_http.prepare()

    with pytest.raises(TransportError, match=r"^No request could be sent to .*invalid path: /nonexistent/ca\.pem\.$"):
        fetch(serve("127.0.0.1"))
    client_http._public_authorities.cache_clear()


@pytest.fixture
def slow():
    """Start a server that sends one byte each tenth of a second, and return its address."""

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b" ")
                    ended.wait(0.1)
            except OSError:
                pass

        def log_message(self, *arguments):
            pass

    ended = threading.Event()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    ended.set()
    server.shutdown()


def test_a_body_that_comes_slowly_ends_with_the_timeout(slow):
    start = time.monotonic()

    with pytest.raises(client_http.BrokenConnectionError, match="did not answer within 1 seconds$") as caught:
        fetch(slow, timeout=1)

    assert caught.value.sent
    assert time.monotonic() - start < 3


def test_an_answer_has_a_highest_size_once_it_is_expanded(monkeypatch):
    monkeypatch.setattr(client_http, "MOST_BYTES", 100_000)
    packed = gzip.compress(b" " * 100_001)
    with responses.RequestsMock() as mock:
        mock.get("https://api.example.com/v1", body=packed, headers={"Content-Encoding": "gzip"})
        with pytest.raises(TransportError, match="api.example.com answered with more than 100000 bytes"):
            fetch("https://api.example.com")


@pytest.mark.parametrize("body", ["[" * 100_000, b"\xff\xfe\x00", "<p>"])
def test_what_is_no_json_is_a_text(body):
    with responses.RequestsMock() as mock:
        mock.get("https://api.example.com/v1", body=body)
        assert isinstance(fetch("https://api.example.com").body, str)


@pytest.mark.parametrize(
    "error", [requests.exceptions.InvalidHeader("odd"), requests.exceptions.ContentDecodingError("odd")]
)
def test_what_will_not_mend_is_told_at_once(error):
    with responses.RequestsMock() as mock:
        mock.get("https://api.example.com/v1", body=error)
        with pytest.raises(TransportError, match="odd") as caught:
            fetch("https://api.example.com")
    assert not isinstance(caught.value, client_http.BrokenConnectionError)
