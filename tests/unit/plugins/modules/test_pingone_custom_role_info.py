# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_custom_role_info asks the service, and what it makes of the answers."""

from __future__ import annotations

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PermissionDeniedError
from ansible_collections.idops.pingone.plugins.modules import pingone_custom_role, pingone_custom_role_info
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    PROD,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
)

ADMIN = {"id": "29ddce68-cd7f-4b2a-b6fc-f7a19553b496", "name": "Environment Admin", "permissions": [{"id": "a:b:c"}]}
READER = {
    "id": "5d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48",
    "environment": {"id": DEV},
    "name": "reader",
    "type": "CUSTOM",
    "applicableTo": ["ENVIRONMENT"],
    "permissions": [{"id": "a:b:c"}],
    "canBeAssignedBy": [{"id": ADMIN["id"]}],
}
EDITOR = {**READER, "id": "6d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "editor"}
PROD_READER = {**READER, "id": "7d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48", "environment": {"id": PROD}}
ROLES = f"{API}/environments/{{}}/roles"


@pytest.fixture
def service():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        listed = [environment(PROD, "prod"), environment(DEV, "dev")]
        mock.get(f"{API}/environments", json=embedded("environments", *listed))
        mock.get(f"{API}/roles", json=embedded("roles", ADMIN))
        mock.get(ROLES.format(DEV), json=embedded("roles", READER, EDITOR, ADMIN))
        yield mock


def named(result):
    return [(item["environment"]["name"], item["name"]) for item in result.values["custom_roles"]]


def test_the_custom_roles_of_all_environments_are_read_with_one_request_each(service):
    service.get(ROLES.format(PROD), json=embedded("roles", ADMIN, PROD_READER))
    result, _task = run(pingone_custom_role_info)
    assert named(result) == [("dev", "editor"), ("dev", "reader"), ("prod", "reader")]
    assert not result.changed
    assert asked(service) == [
        "GET /environments",
        f"GET /environments/{DEV}/roles",
        f"GET /environments/{PROD}/roles",
    ]


def test_a_role_has_the_shape_that_the_managing_module_gives_it_and_its_environment(service):
    result, _task = run(pingone_custom_role_info, environments=["dev"], name="reader")
    (shown,) = result.values["custom_roles"]
    managed, _task = run(pingone_custom_role, environment="dev", name="reader")
    assert shown == {**managed.values["custom_role"], "environment": {"id": DEV, "name": "dev"}}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"name": "reader"}, ["reader"]),
        ({"id": EDITOR["id"]}, ["editor"]),
        ({"name_pattern": ".*er"}, ["reader"]),
        ({"name": "Environment Admin"}, []),
        ({"id": ADMIN["id"]}, []),
    ],
)
def test_custom_roles_are_chosen_by_name_id_or_pattern_and_none_is_no_error(service, options, names):
    result, _task = run(pingone_custom_role_info, environments=[DEV], **options)
    assert [item["name"] for item in result.values["custom_roles"]] == names


def test_an_environment_that_cannot_be_read_is_reported_beside_the_others(service):
    service.get(ROLES.format(PROD), json=REFUSED, status=403)
    result, _task = run(pingone_custom_role_info)
    assert {name for name, _role in named(result)} == {"dev"}
    (entry,) = result.values["unreadable"]
    assert entry["environment"] == {"id": PROD, "name": "prod"}
    assert entry["error"]["status"] == 403
    with pytest.raises(PermissionDeniedError):
        run(pingone_custom_role_info, environments=["prod"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"environments": ["dev", " "]}, "environments must not have an empty entry"),
        ({"name_pattern": "["}, "name_pattern '\\[' is not a valid regular expression"),
        ({"name": ""}, "name must not be empty"),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused_before_the_first_call(service, options, sentence):
    with pytest.raises(OptionError, match=sentence):
        run(pingone_custom_role_info, **options)
    assert len(service.calls) == 0
