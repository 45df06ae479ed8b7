# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_custom_role_info asks the service, and what it makes of the answers."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.modules import pingone_custom_role_info
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    PROD,
    asked,
    embedded,
    environment,
    run,
    serving,
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
    with serving(environment(PROD, "prod"), environment(DEV, "dev")) as mock:
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
