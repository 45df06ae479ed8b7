# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
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
