# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_app_info asks the service, and what it makes of the answers."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.modules import pingone_worker_app_info
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    OLD,
    PROD,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    serving,
)

CI = {
    "id": "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48",
    "environment": {"id": DEV},
    "name": "ci",
    "type": "WORKER",
    "enabled": True,
    "grantTypes": ["CLIENT_CREDENTIALS"],
    "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
    "createdAt": OLD,
    "clientSecret": "no-answer-holds-this-but-if-one-did",
}
CD = {**CI, "id": "8f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "cd"}
APP = {**CI, "id": "6f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "c0", "type": "NATIVE_APP"}
SHOP = {**CI, "id": "9f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "shop", "type": "WEB_APP"}
PROD_CI = {**CI, "id": "af9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "environment": {"id": PROD}}
APPLICATIONS = f"{API}/environments/{{}}/applications"


@pytest.fixture
def service():
    with serving(environment(PROD, "prod"), environment(DEV, "dev")) as mock:
        mock.get(APPLICATIONS.format(DEV), json=embedded("applications", CI, SHOP, APP, CD))
        yield mock


def prod_answers(service, *workers, status=200):
    body = embedded("applications", *workers) if status == 200 else REFUSED
    service.get(APPLICATIONS.format(PROD), json=body, status=status)


def named(result):
    return [(item["environment"]["name"], item["name"]) for item in result.values["worker_apps"]]


def test_all_workers_of_all_environments_are_read_with_one_request_each(service):
    prod_answers(service, PROD_CI)
    result, _task = run(pingone_worker_app_info)
    assert named(result) == [("dev", "cd"), ("dev", "ci"), ("prod", "ci")]
    assert not result.changed
    assert result.values["unreadable"] == []
    assert asked(service) == [
        "GET /environments",
        f"GET /environments/{DEV}/applications",
        f"GET /environments/{PROD}/applications",
    ]


def test_what_an_item_of_a_loop_read_is_read_again_by_the_next(service):
    for count in (1, 2):
        run(pingone_worker_app_info, environments=["dev"])
        assert asked(service) == sorted(["GET /environments", f"GET /environments/{DEV}/applications"] * count)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"name": "ci"}, ["ci"]),
        ({"id": CD["id"]}, ["cd"]),
        ({"name_pattern": "c."}, ["cd", "ci"]),
        ({"name_pattern": "c"}, []),
        ({"name": "nobody"}, []),
        ({"name": "shop"}, []),
        ({"id": SHOP["id"]}, []),
    ],
)
def test_workers_are_chosen_by_name_id_or_pattern_and_none_is_no_error(service, options, names):
    result, _task = run(pingone_worker_app_info, environments=[DEV], **options)
    assert [item["name"] for item in result.values["worker_apps"]] == names


@pytest.mark.parametrize(
    ("options", "order"),
    [
        ({"environments": ["prod", "dev"]}, ["prod", "dev", "dev"]),
        ({"environments": ["dev", DEV]}, ["dev", "dev"]),
        ({"environments_matching": "d.*"}, ["dev", "dev"]),
        ({"environments_matching": "no.*"}, []),
        ({"environments": []}, []),
    ],
)
def test_environments_are_chosen_by_names_ids_or_a_pattern(service, options, order):
    prod_answers(service, PROD_CI)
    result, _task = run(pingone_worker_app_info, **options)
    assert [name for name, _worker in named(result)] == order


@pytest.mark.parametrize(("pattern", "warns"), [("no.*", True), ("d.*", False)])
def test_a_pattern_that_no_environment_matches_is_not_taken_for_environments_without_workers(service, pattern, warns):
    _result, task = run(pingone_worker_app_info, environments_matching=pattern)
    warning = f"environments_matching '{pattern}' matches no environment that this worker can see, so nothing was read."
    assert task.warnings == ([warning] if warns else [])


@pytest.mark.parametrize("status", [403, 404])
def test_of_several_environments_that_are_named_one_that_cannot_be_read_is_reported(service, status):
    prod_answers(service, status=status)
    result, _task = run(pingone_worker_app_info, environments=["prod", "dev"])
    assert {name for name, _worker in named(result)} == {"dev"}
    assert [entry["error"]["status"] for entry in result.values["unreadable"]] == [status]


def test_what_is_told_of_an_environment_does_not_disturb_a_terminal(service):
    odd = {**REFUSED, "code": "ACCESS\x1b[31m", "id": "c0ff\u202eee"}
    service.get(APPLICATIONS.format(PROD), json=odd, status=403)
    environments = embedded("environments", environment(PROD, "prod\x1b[31m"))
    service.replace("GET", f"{API}/environments", json=environments)
    result, _task = run(pingone_worker_app_info)
    (entry,) = result.values["unreadable"]
    assert "environment 'prod\\x1b[31m'" in entry["msg"]
    assert entry["error"] == {
        "kind": "permission",
        "status": 403,
        "code": "ACCESS\\x1b[31m",
        "correlation_id": "c0ff\\u202eee",
        "operation": "listing the applications in environment 'prod\\x1b[31m'",
    }


def test_nothing_is_asked_of_an_environment_whose_deletion_is_pending(service):
    gone = environment(PROD, "prod", status="DELETE_PENDING")
    service.replace("GET", f"{API}/environments", json=embedded("environments", gone, environment(DEV, "dev")))
    result, _task = run(pingone_worker_app_info)
    assert [entry["environment"]["name"] for entry in result.values["unreadable"]] == ["prod"]
    assert result.values["unreadable"][0]["msg"].startswith("environments: the deletion of environment 'prod'")
    assert result.values["unreadable"][0]["error"] == {"kind": "option", "option": "environments"}
    assert asked(service) == ["GET /environments", f"GET /environments/{DEV}/applications"]
    with pytest.raises(OptionError, match="is pending"):
        run(pingone_worker_app_info, environments=["prod"])


def test_an_environment_that_does_not_exist_is_an_error(service):
    with pytest.raises(OptionError, match="environments: there is no environment 'stage'"):
        run(pingone_worker_app_info, environments=["dev", "stage"])


def test_a_predicted_environment_has_nothing_in_it(service):
    predicted = predicted_id("environment", None, "new")
    result, _task = run(pingone_worker_app_info, check_mode=True, environments=[predicted])
    assert result.values == {"worker_apps": [], "unreadable": []}


def test_check_mode_reads_the_same(service):
    prod_answers(service, PROD_CI)
    real, _task = run(pingone_worker_app_info)
    dry, _task = run(pingone_worker_app_info, check_mode=True)
    assert dry.values == real.values
