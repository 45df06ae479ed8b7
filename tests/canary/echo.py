# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that refuses every request, and repeats the caller's secret in its answer."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import re
import threading
import typing as t


class _Echo(http.server.BaseHTTPRequestHandler):
    """Puts as many characters before the secret as a part of the path ends with, so that whoever cuts may cut it."""

    def _refuse(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind, _blank, secret = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            secret = base64.b64decode(secret).decode().partition(":")[2]
        before = re.search(r"-0*(\d+)(?=/|$)", self.path)
        said = "x" * int(before.group(1) if before else 0) + secret
        details = [{"code": "INVALID_VALUE", "target": "name", "message": said}]
        answer = {"error": "invalid_client", "error_description": said, "code": "INVALID_DATA", "message": said}
        body = json.dumps({**answer, "details": details}).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = _refuse

    def log_message(self, format: str, *args: t.Any) -> None:
        """Keep standard error for what a test has to say."""


@contextlib.contextmanager
def echo() -> t.Iterator[str]:
    """Run the service; yield its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
