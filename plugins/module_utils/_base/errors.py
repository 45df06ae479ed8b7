# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors of the collection. The text of each is for the user: what was done, and what came of it.

What to do next is decided elsewhere, by what an error holds. No error ever holds the body of a request, which may hold
a secret. This module is private to the collection.
"""

from __future__ import annotations

import sys
import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.text import capital, sentence, shortened

# What kinds of failures there are. What each means stands in the documentation of every module.
KINDS: t.Final = (
    "option",
    "authentication",
    "permission",
    "not_found",
    "conflict",
    "limited",
    "unavailable",
    "unknown_outcome",
    "answer",
    "defect",
)
# What of a detail of an answer tells why.
_SAID: t.Final = ("code", "message")
_KIND_BY_STATUS: t.Final = {
    401: "authentication",
    403: "permission",
    404: "not_found",
    409: "conflict",
    # The collection never means to send a method or a form that the service does not take.
    405: "defect",
    415: "defect",
}
# What a failed result says besides its kind, where it is known.
_FACTS: t.Final = ("status", "code", "correlation_id", "option", "operation")
# What PingOne says when the caller's own roles are too few for a role assignment, with HTTP 400 or 403.
LACKS_ROLE: t.Final = "Must have role at the same or broader scope"
IS_READ_ONLY: t.Final = "cannot be deleted as it is read only"
# What it answers to an address that it does not know, with HTTP 403 (inferred: its gateway then reads the token as a
# signature). It says so of a wrong method too, but the collection sends none.
UNKNOWN_ADDRESS: t.Final = "Invalid key=value pair"
# What kind of failure these words tell, whatever the status.
_KIND_BY_WORDS: t.Final = {LACKS_ROLE: "permission", IS_READ_ONLY: "permission", UNKNOWN_ADDRESS: "option"}
# What it says when a license allows no more, with HTTP 403: a code in the details, or this sentence alone.
LICENSE_EXCEEDED: t.Final = "LICENSE_EXCEEDED"
OVER_LICENSE: t.Final = "The request exceeded your license limit"
# What its token endpoint says of a client: that it knows it, but not by this method; that it knows it not, or not so.
UNSUPPORTED_METHOD: t.Final = "Unsupported authentication method"
INVALID_CREDENTIALS: t.Final = "Invalid client credentials"


class PingOneError(Exception):
    """Anything that a user can be told in a sentence.

    kind: what kind of failure it is, one of KINDS, for a program to decide by.
    status, code, correlation_id: what the service answered, where it did.
    option: the option that is the matter, as it is written in a task: C(roles[0].role).
    operation: what was being done, as a gerund phrase.
    """

    kind: str = "defect"
    status: int | None = None
    code: str | None = None
    correlation_id: str | None = None
    option: str | None = None
    operation: str | None = None

    def __init__(self, message: str, operation: str | None = None) -> None:
        super().__init__(message)
        self.operation = operation
        self.notes: list[str] = []

    def facts(self) -> dict[str, t.Any]:
        """Return what the member C(error) of a failed result holds."""
        found = {name: getattr(self, name) for name in _FACTS}
        return {"kind": self.kind, **{name: value for name, value in found.items() if value}}

    def __str__(self) -> str:
        return " ".join([str(self.args[0]), *self.notes])

    def with_note(self, note: str) -> PingOneError:
        """Add a sentence on what else is so now, and return the same error."""
        self.notes.append(note)
        return self


class OptionError(PingOneError):
    """Bad input, found before anything was changed.

    option: the option, as it is written in a task; the environment variable where there is no option; None where it
        cannot be told which of several it is.
    message: a sentence, which names the option.
    """

    kind = "option"

    def __init__(self, option: str | None, message: str) -> None:
        super().__init__(message)
        self.option = option


class MissingObjectError(OptionError):
    """No object has the name or id that an option gives."""

    kind = "not_found"


class UsedUpError(OptionError):
    """What an option names has no room for more."""

    kind = "limited"


class ReadOnlyError(PingOneError):
    """The calling worker may not change what is to be changed, which is known before it is tried."""

    kind = "permission"


class ConflictError(PingOneError):
    """Somebody else did the same at the same time."""

    kind = "conflict"


class UnavailableError(PingOneError):
    """What is needed is not there, or not yet."""

    kind = "unavailable"


class CheckModeWriteError(PingOneError):
    """A request that is not a read was about to be sent in check mode: a defect, stopped here."""

    kind = "defect"


class TransportError(PingOneError):
    """The service could not be reached, or what answered is not the service."""

    kind = "unavailable"

    def during(self, operation: str) -> TransportError:
        """Say what was being done, as a gerund phrase, and return the same error."""
        self.args = (f"{capital(operation)} failed: {self.args[0]}",)
        self.operation = operation
        return self


class ForeignAnswerError(TransportError):
    """What answered is not the service, or answered what cannot be read."""

    kind = "answer"


class AnswerError(ForeignAnswerError):
    """What came back is not what was asked for, so it may not be the service's.

    operation: what was being done, as a gerund phrase.
    wanted, got: what was asked for and what came, each with its article.
    """

    def __init__(self, operation: str, wanted: str, got: str) -> None:
        super().__init__(
            f"{capital(operation)} failed: expected {wanted}, got {got}; check that api_url and auth_url are "
            "PingOne's, and that no proxy answers in its place.",
            operation,
        )


class CertificateError(TransportError):
    """No trusted connection could be had.

    matter: what is wrong: C(authority), C(name) or C(time) of the certificate, or C(protocol); else C(other).
    """

    def __init__(self, message: str, operation: str | None = None, matter: str = "authority") -> None:
        super().__init__(message, operation)
        self.matter = matter


class ProxyRefusedError(TransportError):
    """The proxy does not let requests through to the service."""


class UnreachableError(TransportError):
    """The connection to the service kept breaking."""


class OutcomeUnknownError(PingOneError):
    """A write whose answer was lost, and that reading could not settle."""

    kind = "unknown_outcome"


@dataclass(frozen=True)
class SignIn:
    """How a client asked for a token that it did not get.

    method: of client authentication, as C(client_auth_method) has it.
    by_key: whether a private key proved the client, and not a secret.
    with_blanks: the options whose value begins or ends in a blank or a line end.
    clock_error: how many seconds the time that an assertion was made by is behind the service's; 0 without one.
    environment_exists, client_is_known: ask the service once whether it has such an environment there, and such a
        client in it that is enabled; None when it does not tell.
    """

    method: str
    by_key: bool = False
    with_blanks: tuple[str, ...] = ()
    clock_error: float = 0.0
    environment_exists: t.Callable[[], bool | None] = lambda: None
    client_is_known: t.Callable[[], bool | None] = lambda: None


class TokenError(PingOneError):
    """No access token could be had.

    status, code, correlation_id: what the token endpoint answered, or None when it did not answer.
    operation: what was being done, as a gerund phrase.
    sign_in: how it was asked, where the endpoint answered.
    """

    sign_in: SignIn | None = None

    def __init__(
        self,
        message: str,
        status: int | None = None,
        *,
        code: str | None = None,
        correlation_id: str | None = None,
        operation: str | None = None,
    ) -> None:
        super().__init__(message, operation)
        self.status = status
        self.code = code
        self.correlation_id = correlation_id
        # What the token endpoint refuses, it refuses to this client (RFC 6749, section 5.2).
        self.kind = "unavailable" if status is None else _kind_of_passing(status) or "authentication"


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

    status: int
    operation: str

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
        super().__init__(self._sentences(), operation)
        self.kind = self._kind()
        self.option = "api_url" if self.says(UNKNOWN_ADDRESS) else None

    @property
    def is_duplicate(self) -> bool:
        """Whether there is one like it already, of which the service allows only one."""
        return any(detail.get("code") == "UNIQUENESS_VIOLATION" for detail in self.details)

    @property
    def is_over_license(self) -> bool:
        """Whether the license allows no more."""
        return self.says(LICENSE_EXCEEDED) or self.says(OVER_LICENSE)

    def says(self, words: str) -> bool:
        """Tell whether the service said these words, in a code or a message."""
        said = [self.code, self.message, *(str(detail.get(key)) for detail in self.details for key in _SAID)]
        return any(words in str(text) for text in said)

    def _kind(self) -> str:
        if self.is_duplicate:
            return "conflict"
        if self.is_over_license:
            return "limited"
        told = next((kind for words, kind in _KIND_BY_WORDS.items() if self.says(words)), None)
        # Any other 4xx says that what was given is not accepted, most often with the member that is the matter.
        return told or _kind_of_passing(self.status) or _KIND_BY_STATUS.get(self.status, "option")

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


def missing_library(name: str) -> UnavailableError:
    """Return the error for a library that the Python of this process does not have."""
    return UnavailableError(
        f"The Python library {name} is not installed for {sys.executable}, which runs this task; install it by that "
        f"Python's '-m pip install {name}'."
    )


def _kind_of_passing(status: int) -> str | None:
    """Return the kind of a refusal that may pass by itself; None for others."""
    if status == 429:
        return "limited"
    return "unavailable" if status == 408 or status >= 500 else None


def _id(members: dict[str, t.Any]) -> str | None:
    identifier = members.get("id")
    return identifier if isinstance(identifier, str) else None


def _text(body: t.Any) -> str:
    """Return the beginning of an answer that is not PingOne's, on one line."""
    return shortened(" ".join(body.split())) if isinstance(body, str) else ""


def _detail(detail: dict[str, t.Any]) -> str:
    text = ": ".join(str(detail[key]).rstrip(".") for key in _SAID if detail.get(key))
    inner = detail.get("innerError")
    facts = [f"target {detail['target']}"] if detail.get("target") else []
    if isinstance(inner, dict):
        facts += [f"{key} {_plain(value)}" for key, value in inner.items()]
    return f"{text} ({', '.join(facts)})" if facts else text


def _plain(value: t.Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
