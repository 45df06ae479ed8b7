# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_role_info asks the service, and what it makes of the answers."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PermissionDeniedError
from ansible_collections.idops.pingone.plugins.modules import pingone_role_info
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    DEV,
    PROD,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    serving,
)

READ = {"id": "applications:read:application", "classifier": "application", "description": "Read application"}
ADMIN = {
    "id": "29ddce68-cd7f-4b2a-b6fc-f7a19553b496",
    "name": "Environment Admin",
    "description": "Environment Admin",
    "applicableTo": ["ORGANIZATION", "ENVIRONMENT"],
    "permissions": [READ, {"classifier": "secret", "description": "Read secret"}],
    "canAssign": [{"id": "7aba580c-5ec7-4b26-987d-85f462767455"}],
}
DATA = {"id": "0bd9c966-7664-4ac1-b059-0ff9293908e2", "name": "Identity Data Admin"}
READER = {
    "id": "5d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48",
    "environment": {"id": DEV},
    "name": "reader",
    "type": "CUSTOM",
    "applicableTo": ["ENVIRONMENT"],
    "permissions": [{"id": READ["id"]}, {"id": "a:b:c"}],
    "canBeAssignedBy": [{"id": ADMIN["id"]}],
}
ROLES = f"{API}/environments/{{}}/roles"


@pytest.fixture
def service():
    with serving(environment(PROD, "prod"), environment(DEV, "dev")) as mock:
        mock.get(f"{API}/roles", json=embedded("roles", DATA, ADMIN))
        mock.get(ROLES.format(DEV), json=embedded("roles", READER, ADMIN))
        mock.get(ROLES.format(PROD), json=embedded("roles", ADMIN))
        yield mock


def names(result):
    return [item["name"] for item in result.values["roles"]]


def test_the_roles_of_the_platform_come_first_and_once(service):
    result, _task = run(pingone_role_info)
    assert names(result) == ["Environment Admin", "Identity Data Admin", "reader"]
    assert not result.changed
    assert result.values["unreadable"] == []


def test_a_role_is_shown_with_what_its_permissions_allow(service):
    result, _task = run(pingone_role_info)
    admin, _data, reader = result.values["roles"]
    assert admin == {
        "id": ADMIN["id"],
        "environment": None,
        "type": "PLATFORM",
        "name": "Environment Admin",
        "description": "Environment Admin",
        "applicable_to": ["ORGANIZATION", "ENVIRONMENT"],
        "permissions": [{"id": None, "classifier": "secret", "description": "Read secret"}, READ],
        "can_assign": ["7aba580c-5ec7-4b26-987d-85f462767455"],
        "can_be_assigned_by": None,
    }
    assert reader == {
        "id": READER["id"],
        "environment": {"id": DEV, "name": "dev"},
        "type": "CUSTOM",
        "name": "reader",
        "description": None,
        "applicable_to": ["ENVIRONMENT"],
        "permissions": [{"id": "a:b:c", "classifier": None, "description": None}, READ],
        "can_assign": [],
        "can_be_assigned_by": [ADMIN["id"]],
    }


@pytest.mark.parametrize(
    ("options", "shown", "requests"),
    [
        ({"type": "PLATFORM"}, ["Environment Admin", "Identity Data Admin"], ["GET /roles"]),
        ({"environments": []}, ["Environment Admin", "Identity Data Admin"], ["GET /roles"]),
        (
            {"type": "CUSTOM", "environments": ["dev"]},
            ["reader"],
            ["GET /environments", f"GET /environments/{DEV}/roles"],
        ),
    ],
)
def test_only_what_is_asked_for_is_read(service, options, shown, requests):
    result, _task = run(pingone_role_info, **options)
    assert names(result) == shown
    assert asked(service) == requests


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"name": "Environment Admin"}, ["Environment Admin"]),
        ({"id": READER["id"]}, ["reader"]),
        ({"name_pattern": ".*Admin"}, ["Environment Admin", "Identity Data Admin"]),
        ({"name": "nobody"}, []),
    ],
)
def test_roles_are_chosen_by_name_id_or_pattern_and_none_is_no_error(service, options, shown):
    result, _task = run(pingone_role_info, **options)
    assert names(result) == shown


def test_who_may_not_list_the_platforms_roles_sees_those_of_its_own_environment(service):
    service.replace("GET", f"{API}/roles", json=REFUSED, status=403)
    service.get(ROLES.format(ADMINS), json=embedded("roles", ADMIN, {**READER, "name": "not asked for"}))
    result, _task = run(pingone_role_info, type="PLATFORM")
    assert names(result) == ["Environment Admin"]


def test_else_it_sees_those_of_the_environments_that_are_read(service):
    service.replace("GET", f"{API}/roles", json=REFUSED, status=403)
    service.get(ROLES.format(ADMINS), json=REFUSED, status=403)
    result, _task = run(pingone_role_info)
    assert names(result) == ["Environment Admin", "reader"]
    assert result.values["unreadable"] == []


def test_who_may_list_roles_nowhere_is_told(service):
    for address in (f"{API}/roles", ROLES.format(DEV), ROLES.format(PROD)):
        service.replace("GET", address, json=REFUSED, status=403)
    service.get(ROLES.format(ADMINS), json=REFUSED, status=403)
    result, _task = run(pingone_role_info)
    assert result.values["roles"] == []
    assert [(entry["environment"] or {}).get("name") for entry in result.values["unreadable"]] == ["dev", "prod", None]
    for options in ({"type": "PLATFORM"}, {"environments": ["dev"]}):
        with pytest.raises(PermissionDeniedError):
            run(pingone_role_info, **options)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"environments": ["dev", " "]}, "environments must not have an empty entry"),
        ({"type": "PLATFORM", "id": " "}, "id must not be empty"),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused_before_the_first_call(service, options, sentence):
    with pytest.raises(OptionError, match=sentence):
        run(pingone_role_info, **options)
    assert len(service.calls) == 0
