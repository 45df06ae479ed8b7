# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error bodies of the management API, and of the token endpoint.

Shape and codes are PingOne's: a top level with ``id``, ``code``, ``message`` and ``details``, each detail with
``code``, ``message`` and, where it helps, ``target`` and ``innerError``. The ``id`` is the correlation id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from .layout import encode
from .problem import EXCEEDED, Problem

INVALID_DATA = "The request could not be completed. One or more validation errors were in the request."
INVALID_REQUEST = "The request could not be completed. The request was malformed or invalid."
NO_ACCESS = "The request could not be completed. You do not have access to this resource."
LICENSE_LIMIT = "The request exceeded your license limit"
NOT_AUTHORIZED = "The actor attempting to perform the request is not authorized."
NOT_FOUND = "The request could not be completed. The requested resource was not found."
_NOT_LICENSED = "You do not have permissions or are not licensed to make this request"
_NO_TOKEN = "The authorization token is either missing or invalid, or it has expired."
UNEXPECTED = "There was an unexpected error with the service"


class ApiError(Exception):
    """An answer of the management API that is not a success."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details or []
        self.headers = headers or {}

    def body(self, correlation_id: str) -> bytes:
        """The JSON document, printed as the service prints it: indented, with a space before the colon."""
        document: dict[str, Any] = {"id": correlation_id, "code": self.code, "message": self.message}
        if self.details:
            document["details"] = self.details
        return encode(document)


class TokenError(Exception):
    """An error answer of the token endpoint (RFC 6749, section 5.2)."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description
        self.headers = {"cache-control": "no-store", "pragma": "no-cache"}

    def body(self, correlation_id: str) -> bytes:
        """The JSON document; the description ends with the correlation id."""
        description = f"{self.description} (Correlation ID: {correlation_id})"
        return encode({"error": self.error, "error_description": description})


def detail(code: str, message: str, target: str | None = None, **inner: Any) -> dict[str, Any]:
    """One entry of ``details``; keyword arguments become its ``innerError``."""
    entry: dict[str, Any] = {"code": code}
    if target is not None:
        entry["target"] = target
    entry["message"] = message
    if inner:
        entry["innerError"] = inner
    return entry


def invalid_data(code: str, message: str, target: str | None = None, **inner: Any) -> ApiError:
    """400 ``INVALID_DATA`` with one detail."""
    return ApiError(400, "INVALID_DATA", INVALID_DATA, [detail(code, message, target, **inner)])


def invalid_request(message: str = INVALID_REQUEST, status: int = 400) -> ApiError:
    """``INVALID_REQUEST``: malformed JSON (400), a wrong content type (415)."""
    return ApiError(status, "INVALID_REQUEST", message)


def method_not_allowed() -> ApiError:
    """405: a verb that is not offered."""
    return invalid_request("The request method is not supported for the resource.", status=405)


def duplicate(target: str, message: str, existing_id: str | None = None) -> ApiError:
    """400 for a value that has to be unique and is taken."""
    inner: dict[str, Any] = {"existingId": existing_id} if existing_id else {}
    return invalid_data("UNIQUENESS_VIOLATION", message, target, **inner)


def invalid_token(reason: str, wording: str) -> ApiError:
    """401: no bearer token, or one that does not count (any more).

    wording: C(documented), as the vendor's contract has it, or C(observed) elsewhere in the service.
    """
    told = detail("INVALID_TOKEN", reason, "Authentication")
    if wording == "observed":
        told = detail("INVALID_TOKEN", _NO_TOKEN, "Authentication Credentials")
    return ApiError(401, "ACCESS_FAILED", NO_ACCESS, [told])


def not_authorized() -> ApiError:
    """403: the caller's roles do not allow the call."""
    return ApiError(403, "ACCESS_FAILED", NOT_AUTHORIZED, [detail("INSUFFICIENT_PERMISSIONS", NOT_AUTHORIZED)])


def not_licensed() -> ApiError:
    """403: the environment lacks the product, which is looked at before the caller's roles."""
    return ApiError(403, "ACCESS_FAILED", _NOT_LICENSED)


def no_access(reason: str | None = None) -> ApiError:
    """403 for what is outside the caller's world: an unknown environment, a foreign organization.

    With a reason it is a refusal for good, whose first sentence must not be that of one that clients repeat.
    """
    details = [detail("INSUFFICIENT_PERMISSIONS", reason)] if reason else []
    return ApiError(403, "ACCESS_FAILED", NO_ACCESS, details)


def from_problems(problems: Sequence[Problem]) -> ApiError:
    """What the rules found: 403 when the license does not allow it (mapping inferred), else 400."""
    details = [detail(one.code, one.message, one.target, **one.inner) for one in problems]
    if any(one.code == EXCEEDED for one in problems):
        return ApiError(403, "ACCESS_FAILED", LICENSE_LIMIT, details)
    refused = next((one for one in problems if one.request_failed), None)
    if refused is not None:
        return request_failed(refused.message, refused.code)
    headline = next((one.headline for one in problems if one.headline), INVALID_DATA)
    return ApiError(400, "INVALID_DATA", headline, details)


def request_failed(reason: str, code: str = "CONSTRAINT_VIOLATION") -> ApiError:
    """400 ``REQUEST_FAILED``: the request is well formed, the state of things forbids it."""
    return ApiError(400, "REQUEST_FAILED", f"The request could not be completed. {reason}", [detail(code, reason)])


def not_found(message: str = NOT_FOUND) -> ApiError:
    """404; most resources share one sentence, some have their own."""
    return ApiError(404, "NOT_FOUND", message)


def from_validation(error: ValidationError) -> ApiError:
    """What the models refuse, as the service words it: one detail for each member."""
    details = [_detail_of(problem) for problem in error.errors(include_url=False, include_input=False)]
    return ApiError(400, "INVALID_DATA", INVALID_DATA, details)


def _detail_of(problem: Any) -> dict[str, Any]:
    target = _target(problem["loc"])
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "missing":
        if target == "protocol":  # seen; of the other members it is not known
            return detail("EMPTY_VALUE", f"{target} must not be empty", target)
        return detail("REQUIRED_VALUE", f"{target} is required", target)
    if kind == "literal_error":
        allowed = [value.strip("'") for value in context["expected"].replace(" or ", ", ").split(", ")]
        return detail("INVALID_VALUE", f"{target} has an unsupported value", target, allowedValues=allowed)
    if kind == "string_too_short" and context["min_length"] > 1:
        return detail("INVALID_VALUE", f"{target} must have {context['min_length']} characters or more", target)
    if kind in ("string_too_short", "too_short"):
        return detail("EMPTY_VALUE", f"{target} must not be empty", target)
    if kind in ("string_too_long", "too_long"):
        return detail("SIZE_LIMIT_EXCEEDED", f"{target} is too long", target)
    if kind == "greater_than_equal":
        return detail("OUT_OF_RANGE", f"{target} is too small", target, rangeMinimumValue=context["ge"])
    if kind == "less_than_equal":
        return detail("OUT_OF_RANGE", f"{target} is too large", target, rangeMaximumValue=context["le"])
    return detail("INVALID_VALUE", f"{target}: {problem['msg']}", target)


def _target(location: tuple[int | str, ...]) -> str:
    """``("products", 0, "type")`` as ``products[0].type``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "body"
