# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that can go wrong, each with the sentences that a user reads.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t

_UNKNOWN_PATH = "Invalid key=value pair (missing equal-sign) in Authorization header"
# PingOne's sentences for a caller whose rights have not arrived yet, or never will. Source: the retry rules of the
# vendor's Terraform provider.
NOT_AUTHORIZED = "The actor attempting to perform the request is not authorized."
NO_ACCESS = "The request could not be completed. You do not have access to this resource."
MUST_HAVE_ROLE = "Must have role at the same or broader scope"
SECRET_NOT_READABLE = "Actor does not have permissions to access worker application client secrets"
READ_ONLY_ASSIGNMENT = "cannot be deleted as it is read only"


class PingOneError(Exception):
    """Whatever a task fails with; its text is for the user, and holds no secret."""


class OptionError(PingOneError):
    """An option can't be right. Nothing was changed."""


class CheckModeWriteError(PingOneError):
    """A defect: something tried to write in check mode. Nothing was sent."""


class TransportError(PingOneError):
    """The service could not be reached, or its answer could not be read."""


class OutcomeUnknownError(PingOneError):
    """A write was sent, its answer was lost, and reading did not tell whether it took place."""


class TokenError(PingOneError):
    """The token endpoint refused the worker."""

    def __init__(self, message: str, status: int | None = None, description: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.description = description


class ServiceError(PingOneError):
    """The service refused a request.

    doing: what was being done, as a gerund phrase.
    status: the HTTP status.
    body: the decoded body; PingOne's has id, code, message and details.
    correlation_id: what PingOne's support asks for.
    hint: what to do next; None for what the error itself suggests.
    """

    def __init__(
        self, doing: str, status: int, body: t.Any, correlation_id: str | None = None, hint: str | None = None
    ) -> None:
        error = body if isinstance(body, dict) else {}
        self.doing = doing
        self.status = status
        self.code = str(error.get("code") or "")
        self.message = str(error.get("message") or "").strip()
        self.details: list[dict[str, t.Any]] = [
            detail for detail in error.get("details") or [] if isinstance(detail, dict)
        ]
        self.correlation_id = correlation_id or str(error.get("id") or "")
        self.hint = hint if hint is not None else _hint(self)
        super().__init__(self.text())

    def says(self, sentence: str) -> bool:
        """Tell whether the message or a detail holds a sentence."""
        return any(sentence in text for text in (self.message, *(str(d.get("message", "")) for d in self.details)))

    def text(self) -> str:
        """Return the whole report: what was done, what was answered, the correlation id, and what to do next."""
        answer = f"{self.status} {self.code}".strip()
        parts = [f"Failed {self.doing}: PingOne answered {answer}."]
        if self.message:
            parts.append(_sentence(self.message))
        parts += [_detail(detail) for detail in self.details]
        if self.correlation_id:
            parts.append(f"Correlation id: {self.correlation_id}.")
        if self.hint:
            parts.append(self.hint)
        return " ".join(parts)


class NotFoundError(ServiceError):
    """The object is not there (404)."""


class PermissionDeniedError(ServiceError):
    """The caller may not do this, or the object's environment is gone (403)."""


def service_error(
    doing: str, status: int, body: t.Any, correlation_id: str | None = None, hint: str | None = None
) -> ServiceError:
    """Return the error class that fits an HTTP status, filled in."""
    kind = {403: PermissionDeniedError, 404: NotFoundError}.get(status, ServiceError)
    return kind(doing, status, body, correlation_id, hint)


def _detail(detail: t.Mapping[str, t.Any]) -> str:
    target = f" ({detail['target']})" if detail.get("target") else ""
    inner = detail.get("innerError") or {}
    more = "; ".join(f"{name}: {_listed(value)}" for name, value in sorted(inner.items()))
    text = f"{detail.get('code', 'Detail')}{target}: {detail.get('message', '')}".rstrip(": ")
    return _sentence(f"{text} [{more}]" if more else text)


def _listed(value: t.Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."


def _hint(error: ServiceError) -> str:
    if error.says(_UNKNOWN_PATH):
        return "PingOne says this of an address that it does not have: check region, api_url and auth_url."
    if error.says(SECRET_NOT_READABLE):
        return (
            "A worker's secret is shown only to an actor that could remove all of its role assignments; sign in as a "
            "worker with the same or broader roles, and not as the worker itself."
        )
    if error.says(MUST_HAVE_ROLE):
        return "The calling worker can assign only roles that it holds, or may assign, at the same or a broader scope."
    if error.says(READ_ONLY_ASSIGNMENT):
        return "Only an actor with the same role at the same or a broader scope can remove it, and never its owner."
    return {
        401: "The access token was refused: check that it has not expired and belongs to this region.",
        403: "The calling worker lacks an admin role for this at this scope, or the service that it belongs to is not "
        "in the environment's bill of materials. Right after a change, settle gives PingOne time to apply it.",
        429: "PingOne limits the rate per licence: raise retry_budget, or run less at once.",
    }.get(
        error.status, "Try again later, and give PingOne's support the correlation id." if error.status >= 500 else ""
    )
