# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check against the vendor's contract finds what is wrong: shown with a small document of the same form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emulator_contract import Contract

ENVIRONMENT_SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "name": {"type": "string"},
        "region": {"oneOf": [{"$ref": "#/components/schemas/Region"}, {"type": "string"}]},
        "license": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        "note": {"type": "string", "nullable": True},
        "softDeletedAt": {"type": "string", "format": "date-time"},
        "custom": {"type": "object"},
    },
    "required": ["id", "name"],
}
BASE = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "type": {"type": "string"}, "protocol": {"type": "string"}},
    "required": ["name"],
}
DOCUMENT = {
    "paths": {
        "/environments": {
            "get": {"responses": {"200": {}}},
            "post": {"responses": {"201": {}}},
        },
        "/environments/{environmentID}": {"get": {"responses": {"200": {}}}},
        "/environments/{environmentID}/applications": {"post": {"responses": {"201": {}}}},
    },
    "components": {
        "schemas": {
            "Environment": ENVIRONMENT_SCHEMA,
            "Region": {"type": "string", "enum": ["NA"]},
            "ApplicationOIDC": {
                "allOf": [
                    BASE,
                    {
                        "type": "object",
                        "properties": {
                            "grantTypes": {"type": "array", "items": {"type": "string", "enum": ["CLIENT_CREDENTIALS"]}}
                        },
                        "required": ["grantTypes"],
                    },
                ],
            },
            "ApplicationSAML": {"allOf": [BASE, {"type": "object", "properties": {"acsUrls": {"type": "array"}}}]},
            "P1Error": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        }
    },
}
FINE = {"id": "x", "name": "n"}
OIDC = {"name": "n", "type": "WORKER", "protocol": "OPENID_CONNECT", "grantTypes": ["CLIENT_CREDENTIALS"]}


@pytest.fixture
def small(tmp_path: Path) -> Contract:
    """The small document."""
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return Contract(path)


@pytest.mark.parametrize(
    "answer",
    [
        FINE,
        {**FINE, "region": "NA"},
        {**FINE, "license": {"id": "l", "package": "p"}},
        {**FINE, "subtype": "DEV"},
        {**FINE, "note": None},
        {**FINE, "softDeletedAt": "2030-01-01T00:00:00.000Z"},
        {**FINE, "custom": {"anything": 1}},
    ],
)
def test_right_answers_pass_and_are_counted(small: Contract, answer: Any) -> None:
    small.check("GET", "/v1/environments/e?x=y", None, 200, answer)
    assert (small.requests, small.answers, small.errors) == (0, 1, 0)


@pytest.mark.parametrize(
    "answer",
    [
        {"name": "n"},
        {**FINE, "tea": 1},
        {**FINE, "name": 1},
        {**FINE, "name": None},
        {**FINE, "license": {}},
        {**FINE, "license": {"id": "l", "tea": 1}},
        {**FINE, "softDeletedAt": "yesterday"},
        {**FINE, "region": 5},
    ],
)
def test_wrong_answers_are_told(small: Contract, answer: Any) -> None:
    with pytest.raises(AssertionError, match="is not a Environment"):
        small.check("GET", "/v1/environments/e", None, 200, answer)


def test_requests(small: Contract) -> None:
    small.check("POST", "/v1/environments", {"name": "n", "note": None, "license": None}, 201, FINE)
    assert (small.requests, small.answers) == (1, 1)
    for wrong in ({"name": "n", "tea": 1}, {"note": "x"}):
        with pytest.raises(AssertionError):
            small.check("POST", "/v1/environments", wrong, 201, FINE)
    with pytest.raises(AssertionError, match="does not answer 200"):
        small.check("POST", "/v1/environments", {"name": "n"}, 200, FINE)


def test_lists(small: Contract) -> None:
    def check(items: list[Any], **envelope: Any) -> None:
        document = {"_embedded": {"environments": items}, "size": len(items), **envelope}
        small.check("GET", "/v1/environments", None, 200, document)

    check([FINE, FINE], count=2)
    for items, envelope in (([FINE, {}], {}), ([FINE], {"tea": 1}), ([FINE], {"size": 2})):
        with pytest.raises(AssertionError):
            check(items, **envelope)


def test_an_application_is_measured_by_its_own_protocol(small: Contract) -> None:
    def check(document: Any) -> None:
        small.check("POST", "/v1/environments/e/applications", document, 201, document)

    check(OIDC)
    check({"name": "n", "type": "WEB_APP", "protocol": "SAML", "acsUrls": []})
    for wrong in ({**OIDC, "acsUrls": []}, {**OIDC, "grantTypes": ["TEA"]}, {**OIDC, "protocol": "SAML"}):
        with pytest.raises(AssertionError):
            check(wrong)


def test_errors(small: Contract) -> None:
    small.check("GET", "/v1/nothing", None, 404, {"id": "x"})
    assert small.errors == 1
    with pytest.raises(AssertionError):
        small.check("GET", "/v1/nothing", None, 404, {"code": "x"})
