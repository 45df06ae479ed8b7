# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules that read objects of environments have in common, whichever kind they read."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PermissionDeniedError
from ansible_collections.idops.pingone.plugins.modules import (
    pingone_custom_role,
    pingone_custom_role_info,
    pingone_group,
    pingone_group_info,
    pingone_population,
    pingone_population_info,
    pingone_worker_app,
    pingone_worker_app_info,
)
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    OLD,
    PROD,
    REFUSED,
    embedded,
    environment,
    run,
    serving,
)

ITEM = {"id": "5d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48", "environment": {"id": DEV}, "name": "one", "createdAt": OLD}
# What is returned, by the module that reads it, the one that manages it, how the service names it, and one of it.
KINDS = {
    "custom_roles": (
        pingone_custom_role_info,
        pingone_custom_role,
        "roles",
        {**ITEM, "type": "CUSTOM", "applicableTo": ["ENVIRONMENT"], "permissions": [{"id": "a:b:c"}]},
    ),
    "groups": (pingone_group_info, pingone_group, "groups", {**ITEM, "customData": {"owner": "example-team"}}),
    "populations": (
        pingone_population_info,
        pingone_population,
        "populations",
        {**ITEM, "default": False, "userCount": 7, "preferredLanguage": "en"},
    ),
    "worker_apps": (
        pingone_worker_app_info,
        pingone_worker_app,
        "applications",
        {**ITEM, "type": "WORKER", "enabled": True, "grantTypes": ["CLIENT_CREDENTIALS"], "clientSecret": "hide"},
    ),
}


@pytest.fixture
def service():
    with serving(environment(PROD, "prod"), environment(DEV, "dev")) as mock:
        mock.get(f"{API}/roles", json=embedded("roles"))
        for _reading, _managing, key, item in KINDS.values():
            mock.get(f"{API}/environments/{DEV}/{key}", json=embedded(key, item))
            mock.get(f"{API}/environments/{PROD}/{key}", json=REFUSED, status=403)
        yield mock


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_has_the_shape_that_the_managing_module_gives_it_and_its_environment(service, kind):
    reading, managing, _key, _item = KINDS[kind]
    result, _task = run(reading, environments=["dev"], name="one")
    (shown,) = result.values[kind]
    managed, _task = run(managing, environment="dev", name="one")
    assert shown == {**managed.values[kind.removesuffix("s")], "environment": {"id": DEV, "name": "dev"}}
    assert "hide" not in str(shown)


@pytest.mark.parametrize("kind", KINDS)
def test_an_environment_that_cannot_be_read_is_reported_beside_the_others(service, kind):
    reading, _managing, key, _item = KINDS[kind]
    result, _task = run(reading)
    assert [item["environment"]["name"] for item in result.values[kind]] == ["dev"]
    (entry,) = result.values["unreadable"]
    assert entry["environment"] == {"id": PROD, "name": "prod"}
    assert entry["msg"].startswith(f"Listing the {key} in environment 'prod' failed: PingOne answered HTTP 403")
    assert entry["error"] == {
        "kind": "permission",
        "status": 403,
        "code": "ACCESS_FAILED",
        "correlation_id": REFUSED["id"],
        "operation": f"listing the {key} in environment 'prod'",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_only_environment_that_is_asked_for_has_to_be_readable(service, kind):
    with pytest.raises(PermissionDeniedError):
        run(KINDS[kind][0], environments=["prod"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"environments": ["dev", " "]}, "environments must not have an empty entry"),
        ({"environments_matching": "("}, "environments_matching '[(]' is not a valid regular expression"),
        ({"name_pattern": "["}, "name_pattern '\\[' is not a valid regular expression"),
        ({"name": ""}, "name must not be empty"),
        ({"id": ""}, "id must not be empty"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_choice_that_cannot_be_meant_is_refused_before_the_first_call(service, kind, options, sentence):
    with pytest.raises(OptionError, match=sentence):
        run(KINDS[kind][0], **options)
    assert len(service.calls) == 0
