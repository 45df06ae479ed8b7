# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base import errors
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    NotFoundError,
    PermissionDeniedError,
    ServiceError,
    service_error,
)

BODY = {
    "id": "from-body",
    "code": "INVALID_DATA",
    "message": "The request could not be completed. One or more validation errors were in the request.",
    "details": [
        {
            "code": "INVALID_VALUE",
            "target": "region",
            "message": "Not allowed.",
            "innerError": {"allowedValues": ["NA", "CA"]},
        },
        {"code": "REQUIRED_VALUE", "message": "must not be null", "target": "name"},
    ],
}


def test_an_error_says_all_that_the_service_said():
    assert str(service_error("creating environment 'dev'", 400, BODY, "from-header")) == (
        "Creating environment 'dev' failed: PingOne answered HTTP 400 INVALID_DATA: The request could not be "
        "completed. One or more validation errors were in the request. Details: INVALID_VALUE: Not allowed "
        "(target region, allowedValues NA, CA); REQUIRED_VALUE: must not be null (target name). "
        "Correlation id: from-header."
    )


def test_the_correlation_id_may_be_in_the_body_alone():
    assert service_error("reading it", 404, BODY, None).correlation_id == "from-body"


@pytest.mark.parametrize(
    ("status", "kind"), [(400, ServiceError), (403, PermissionDeniedError), (404, NotFoundError), (500, ServiceError)]
)
def test_each_status_has_its_class(status, kind):
    error = service_error("reading it", status, {}, None)

    assert error.__class__ is kind
    assert str(error) == f"Reading it failed: PingOne answered HTTP {status}."


@pytest.mark.parametrize(
    "body", ["", None, [], {"details": "none"}, {"details": ["text"]}, {"details": 7, "id": 7}, {"details": {"a": 1}}]
)
def test_a_body_of_another_shape_is_no_trouble(body):
    assert str(service_error("reading it", 418, body, None)) == "Reading it failed: PingOne answered HTTP 418."


def test_a_page_of_html_is_shortened():
    assert str(service_error("reading it", 418, "<p>" + "x" * 999, None)).endswith("x...")


def kinds_of_errors(base=errors.PingOneError):
    """Return each class of errors, and its kind."""
    found = {base: base.kind}
    for subclass in base.__subclasses__():
        found |= kinds_of_errors(subclass)
    return found


def test_each_class_has_one_of_the_kinds():
    assert set(kinds_of_errors().values()) <= set(errors.KINDS)


def test_a_missing_library_is_told_with_the_python_that_lacks_it(monkeypatch):
    monkeypatch.setattr(errors.sys, "executable", "/opt/python")
    assert str(errors.missing_library("requests")) == (
        "The Python library requests is not installed for /opt/python, which runs this task; install it by "
        "that Python's '-m pip install requests'."
    )


DUPLICATE = {"code": "INVALID_DATA", "details": [{"code": "UNIQUENESS_VIOLATION", "target": "name"}]}
LACKING = {"code": "INVALID_DATA", "details": [{"message": "Must have role at the same or broader scope"}]}
READ_ONLY = {"code": "UNEXPECTED_ERROR", "message": "Role assignment x cannot be deleted as it is read only"}
EXCEEDED = {"code": "ACCESS_FAILED", "details": [{"code": "LICENSE_EXCEEDED"}]}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {}, "option"),
        (400, DUPLICATE, "conflict"),
        (400, LACKING, "permission"),
        (403, LACKING, "permission"),
        (400, READ_ONLY, "permission"),
        (401, {}, "authentication"),
        (403, {}, "permission"),
        (403, EXCEEDED, "limited"),
        (403, {"code": "ACCESS_FAILED", "message": "The request exceeded your license limit"}, "limited"),
        (404, {}, "not_found"),
        (405, {}, "defect"),
        (408, {}, "unavailable"),
        (409, {}, "conflict"),
        (413, {}, "option"),
        (415, {}, "defect"),
        (422, {}, "option"),
        (429, {}, "limited"),
        (500, {}, "unavailable"),
        (503, {}, "unavailable"),
    ],
)
def test_a_refusal_is_of_a_kind(status, body, kind):
    error = service_error("reading it", status, body, "c-1")
    code = {"code": body["code"]} if body else {}

    assert error.facts() == {
        "kind": kind,
        "status": status,
        **code,
        "correlation_id": "c-1",
        "operation": "reading it",
    }


def test_an_address_that_the_service_does_not_know_is_no_matter_of_permissions():
    body = {"message": "Invalid key=value pair (missing equal-sign) in Authorization header"}
    assert service_error("reading it", 403, body, None).facts() == {
        "kind": "option",
        "status": 403,
        "option": "api_url",
        "operation": "reading it",
    }


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "authentication"),
        (401, "authentication"),
        (404, "authentication"),
        (429, "limited"),
        (408, "unavailable"),
        (502, "unavailable"),
        (None, "unavailable"),
    ],
)
def test_a_refused_token_is_of_a_kind(status, kind):
    error = errors.TokenError("x.", status, code="invalid_client", operation="getting a token")
    said = {"status": status} if status else {}

    assert error.facts() == {"kind": kind, **said, "code": "invalid_client", "operation": "getting a token"}


@pytest.mark.parametrize(
    ("error", "facts"),
    [
        (errors.OptionError("protect.type_is", "x."), {"kind": "option", "option": "protect.type_is"}),
        (errors.OptionError(None, "x."), {"kind": "option"}),
        (errors.MissingObjectError("roles[0].role", "x."), {"kind": "not_found", "option": "roles[0].role"}),
        (errors.UsedUpError("license", "x."), {"kind": "limited", "option": "license"}),
        (errors.ReadOnlyError("x."), {"kind": "permission"}),
        (errors.ConflictError("x."), {"kind": "conflict"}),
        (errors.UnavailableError("x."), {"kind": "unavailable"}),
        (errors.missing_library("requests"), {"kind": "unavailable"}),
        (errors.CheckModeWriteError("x.", "creating it"), {"kind": "defect", "operation": "creating it"}),
        (errors.TransportError("x."), {"kind": "unavailable"}),
        (errors.CertificateError("x."), {"kind": "unavailable"}),
        (errors.UnreachableError("x.", "reading it"), {"kind": "unavailable", "operation": "reading it"}),
        (errors.ForeignAnswerError("x."), {"kind": "answer"}),
        (errors.AnswerError("reading it", "a list", "a text"), {"kind": "answer", "operation": "reading it"}),
        (errors.OutcomeUnknownError("x.", "creating it"), {"kind": "unknown_outcome", "operation": "creating it"}),
    ],
)
def test_an_error_is_of_a_kind(error, facts):
    assert error.facts() == facts
