# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What answers before the service does: the API gateway, and the media type that a client accepts.

The gateway knows the paths and their verbs. What it does not know it takes for a request that is signed in another
way, and complains about the ``Authorization`` header; the service's own 404 and 405 are for what the gateway knows.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Collection, Iterable

HAL, JSON = "application/hal+json;charset=UTF-8", "application/json"
LARGEST_HEADERS = 6 * 1024  # bytes of all names and values
_VERBS = ("OPTIONS", "GET", "POST", "PUT", "PATCH", "DELETE")  # in the order of the header
_CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-credentials", b"true"),
    (
        b"access-control-allow-headers",
        b"Content-Type,Content-Disposition,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,Correlation-Id",
    ),
)


class GatewayError(Exception):
    """A refusal of the gateway: one member, no id, no code."""

    def __init__(self, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.headers: dict[str, str] = {}

    def body(self, _correlation_id: str) -> bytes:
        """The JSON document, in the gateway's own layout."""
        return json.dumps({"message": self.message}, separators=(",", ":")).encode()


def unknown_route(authorization: str | None) -> GatewayError:
    """For a path, or a verb of a path, that the gateway does not know.

    Seen with a bearer token only; without the header it is what such gateways say elsewhere (inferred).
    """
    if not authorization:
        return GatewayError("Missing Authentication Token")
    digest = b64encode(hashlib.sha256(authorization.encode()).digest()).decode()
    return GatewayError(
        "Invalid key=value pair (missing equal-sign) in Authorization header "
        f"(hashed with SHA-256 and encoded with Base64): '{digest}'."
    )


def too_large(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the headers of a request are larger than the platform takes."""
    return sum(len(name) + len(value) for name, value in headers) > LARGEST_HEADERS


def headers_too_large() -> GatewayError:
    """For such a request; status and text are (inferred)."""
    return GatewayError("Request header fields are too large", 431)


def cross_origin(verbs: Collection[str]) -> list[tuple[bytes, bytes]]:
    """The headers for browsers of a path with these verbs."""
    methods = ",".join(verb for verb in _VERBS if verb == "OPTIONS" or verb in verbs)
    return [*_CORS, (b"access-control-allow-methods", methods.encode())]


def media_type(accept: str | None) -> str:
    """The media type of a success: HAL unless the client asks for plain JSON (seen for ``*/*``; the rest follows)."""
    if not accept or accept == "*/*":
        return HAL
    if accept == JSON:
        return JSON
    wanted = [_weighted(entry) for entry in accept.split(",")]
    best = max(wanted, key=lambda one: one[1])[0]  # the first of the best
    return JSON if best == JSON else HAL


def _weighted(entry: str) -> tuple[str, float]:
    name, *parameters = [part.strip().lower() for part in entry.split(";")]
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, float(parameter[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0
