# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors of the collection. The text of each is for the user: what was done, and what came of it.

What to do next is decided elsewhere, by what an error holds. No error ever holds the body of a request, which may hold
a secret. This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.text import capital, sentence

_SHOWN_TEXT: t.Final = 200


class PingOneError(Exception):
    """Anything that a user can be told in a sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.notes: list[str] = []

    def __str__(self) -> str:
        return " ".join([str(self.args[0]), *self.notes])

    def with_note(self, note: str) -> PingOneError:
        """Add a sentence on what else is so now, and return the same error."""
        self.notes.append(note)
        return self


class OptionError(PingOneError):
    """Bad input, found before anything was changed."""


class CheckModeWriteError(PingOneError):
    """A request that is not a read was about to be sent in check mode: a defect, stopped here."""


class TransportError(PingOneError):
    """The service could not be reached, or what answered is not the service."""


class AnswerError(TransportError):
    """What came back is not what was asked for, so it may not be the service's.

    operation: what was being done, as a gerund phrase.
    wanted, got: what was asked for and what came, each with its article.
    """

    def __init__(self, operation: str, wanted: str, got: str) -> None:
        super().__init__(
            f"{capital(operation)} failed: expected {wanted}, got {got}; check that api_url and auth_url are "
            "PingOne's, and that no proxy answers in its place."
        )


class CertificateError(TransportError):
    """The service's certificate is not trusted."""


class UnreachableError(TransportError):
    """The connection to the service kept breaking."""


class OutcomeUnknownError(PingOneError):
    """A write whose answer was lost, and that reading could not settle."""


class TokenError(PingOneError):
    """No access token could be had. status: the HTTP status of the refusal, or None when there was none."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Circumstances:
    """How a request came to be refused.

    path: the path below the API's address.
    client_id: who called, as the token says; may be empty.
    read: reads a path once, without repetition, as the same caller; returns the response, or None.
    repeated_for: for how many seconds the request was repeated; None when it was not.
    retry_after: for how long the service asked to wait, as it said it; None when it did not.
    """

    path: str = ""
    client_id: str = ""
    read: t.Callable[[str], t.Any] = lambda path: None
    repeated_for: float | None = None
    retry_after: str | None = None


class ServiceError(PingOneError):
    """The service refused a request.

    operation: what was being done, as a gerund phrase.
    status: the HTTP status.
    body: the answer, decoded when it was JSON; the form of PingOne's errors is described at
        https://apidocs.pingidentity.com/pingone/platform/v1/api/#pingone-api-error-codes.
    correlation_id: the service's id of this exchange, or None.
    """

    def __init__(
        self,
        operation: str,
        status: int,
        body: t.Any,
        correlation_id: str | None,
        circumstances: Circumstances = Circumstances(),
    ) -> None:
        members = body if isinstance(body, dict) else {}
        self.operation = operation
        self.status = status
        self.code = str(members.get("code") or "")
        self.message = str(members.get("message") or "") or _text(body)
        details = members.get("details")
        found = details if isinstance(details, list) else []
        self.details: list[dict[str, t.Any]] = [item for item in found if isinstance(item, dict)]
        self.correlation_id = correlation_id or _id(members)
        self.circumstances = circumstances
        super().__init__(self._sentences())

    @property
    def is_duplicate(self) -> bool:
        """Whether there is one like it already, of which the service allows only one."""
        return any(detail.get("code") == "UNIQUENESS_VIOLATION" for detail in self.details)

    def _sentences(self) -> str:
        code = f" {self.code}" if self.code else ""
        answered = f"{capital(self.operation)} failed: PingOne answered HTTP {self.status}{code}"
        parts = [sentence(answered, self.message)]
        if self.details:
            parts.append("Details: " + "; ".join(_detail(detail) for detail in self.details) + ".")
        if self.correlation_id:
            parts.append(f"Correlation id: {self.correlation_id}.")
        return " ".join(parts)


class NotFoundError(ServiceError):
    """HTTP 404."""


class PermissionDeniedError(ServiceError):
    """HTTP 403."""


def service_error(
    operation: str,
    status: int,
    body: t.Any,
    correlation_id: str | None,
    circumstances: Circumstances = Circumstances(),
) -> ServiceError:
    """Return the error that belongs to a status."""
    kind = {403: PermissionDeniedError, 404: NotFoundError}.get(status, ServiceError)
    return kind(operation, status, body, correlation_id, circumstances)


def missing_library(name: str) -> PingOneError:
    """Return the error for a Python library that is not installed."""
    return PingOneError(
        f"The Python library {name} is not installed where this task runs; install it there with 'pip install {name}'."
    )


def _id(members: dict[str, t.Any]) -> str | None:
    identifier = members.get("id")
    return identifier if isinstance(identifier, str) else None


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
