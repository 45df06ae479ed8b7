# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors of the collection. The text of each is for the user: what was done, what came of it, what to do next.

No error ever holds the body of a request, which may hold a secret. This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.text import capital, sentence

_SHOWN_TEXT: t.Final = 200

# What PingOne answers to an address that it does not know (inferred: its gateway then reads the token as a signature).
_UNKNOWN_PATH: t.Final = "Invalid key=value pair"


class PingOneError(Exception):
    """Anything that a user can be told in a sentence."""


class OptionError(PingOneError):
    """Bad input, found before anything was changed."""


class CheckModeWriteError(PingOneError):
    """A request that is not a read was about to be sent in check mode: a defect, stopped here."""


class TransportError(PingOneError):
    """The service could not be reached, or what answered is not the service."""


class OutcomeUnknownError(PingOneError):
    """A write whose answer was lost, and that reading could not settle."""


class TokenError(PingOneError):
    """No access token could be had."""


class ServiceError(PingOneError):
    """The service refused a request.

    operation: what was being done, as a gerund phrase.
    status: the HTTP status.
    body: the answer, decoded when it was JSON; the form of PingOne's errors is described at
        https://apidocs.pingidentity.com/pingone/platform/v1/api/#pingone-api-error-codes.
    correlation_id: the service's id of this exchange, or None.
    hint: what to do next, or None.
    """

    def __init__(
        self, operation: str, status: int, body: t.Any, correlation_id: str | None, hint: str | None = None
    ) -> None:
        members = body if isinstance(body, dict) else {}
        self.operation = operation
        self.status = status
        self.body = body
        self.code = str(members.get("code") or "")
        self.message = str(members.get("message") or "") or _text(body)
        details = members.get("details")
        self.details: list[dict[str, t.Any]] = [item for item in details or [] if isinstance(item, dict)]
        self.correlation_id = correlation_id or members.get("id")
        self.hint = hint
        super().__init__(self._sentences())

    def with_hint(self, hint: str) -> ServiceError:
        """Return the same error with another hint."""
        return type(self)(self.operation, self.status, self.body, self.correlation_id, hint)

    @property
    def is_duplicate(self) -> bool:
        """Whether there is one like it already, of which the service allows only one."""
        return any(detail.get("code") == "UNIQUENESS_VIOLATION" for detail in self.details)

    def _sentences(self) -> str:
        code = f" {self.code}" if self.code else ""
        parts = [sentence(f"{capital(self.operation)} failed: PingOne answered HTTP {self.status}{code}", self.message)]
        if self.details:
            parts.append("Details: " + "; ".join(_detail(detail) for detail in self.details) + ".")
        if self.correlation_id:
            parts.append(f"Correlation id: {self.correlation_id}.")
        hint = self.hint or _usual_hint(self.status, self.message)
        return " ".join([*parts, hint] if hint else parts)


class NotFoundError(ServiceError):
    """HTTP 404."""


class PermissionDeniedError(ServiceError):
    """HTTP 403."""


def service_error(
    operation: str, status: int, body: t.Any, correlation_id: str | None, hint: str | None = None
) -> ServiceError:
    """Return the error that belongs to a status."""
    kind = {403: PermissionDeniedError, 404: NotFoundError}.get(status, ServiceError)
    return kind(operation, status, body, correlation_id, hint)


def missing_library(name: str) -> PingOneError:
    """Return the error for a Python library that is not installed."""
    return PingOneError(
        f"The Python library {name} is not installed where this task runs; install it there with 'pip install {name}'."
    )


def _text(body: t.Any) -> str:
    """Return the beginning of an answer that is not PingOne's, on one line."""
    text = " ".join(body.split()) if isinstance(body, str) else ""
    return text if len(text) <= _SHOWN_TEXT else text[:_SHOWN_TEXT] + "..."


def _detail(detail: dict[str, t.Any]) -> str:
    text = ": ".join(str(detail[key]).rstrip(".") for key in ("code", "message") if detail.get(key))
    inner = detail.get("innerError")
    facts = [f"target {detail['target']}"] if detail.get("target") else []
    if isinstance(inner, dict):
        facts += [f"{key} {_plain(value)}" for key, value in inner.items()]
    return f"{text} ({', '.join(facts)})" if facts else text


def _plain(value: t.Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _usual_hint(status: int, message: str) -> str | None:
    if _UNKNOWN_PATH in message:
        return (
            "PingOne answers this to an address that it does not know: check api_url, which ends in /v1, "
            "and that the region is the tenant's."
        )
    return {
        400: "Correct what the details name.",
        401: "The access token was refused: check that it is valid, not expired, and of the same region as api_url.",
        403: "The calling worker lacks a role that allows this; have one assigned to it.",
        404: "Check the ids; the object may have been deleted, or may be in another environment.",
        415: "This is a defect of the collection; please report it.",
        429: "The rate limit of the licence is used up; try again later, or raise retry_budget.",
    }.get(status, "The service has a problem; try again later, or raise retry_budget." if status >= 500 else None)
