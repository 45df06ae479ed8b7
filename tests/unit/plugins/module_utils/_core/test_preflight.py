# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is told of a refusal before it is tried, by the doors of modules that write."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, ReadOnlyError, UsedUpError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import reset
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.permissions import NEEDED, Need, needs_of
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Sides, Write
from ansible_collections.idops.pingone.plugins.module_utils._core.readings import Readings
from ansible_collections.idops.pingone.plugins.modules import (
    pingone_environment,
    pingone_worker_app,
    pingone_worker_apps,
)
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.preflight_service import (
    ADMIN,
    CI,
    DEVELOPER,
    HELD,
    OWN,
    PASSING,
    READER,
    ROLES,
    WRITE_ROLES,
    assign,
    create,
    held,
    role,
    serving_tenant,
)
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    DEV,
    ORGANIZATION,
    asked,
    embedded,
    environment,
    run,
    task_of,
    token,
)
from responses.matchers import query_param_matcher


@pytest.fixture
def service():
    with serving_tenant() as found:
        yield found


# A permission that seems to be missing


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_permission_that_seems_to_be_missing_is_one_warning(service, check_mode):
    service.caller_holds(held(1, READER, DEV))
    result, task = create(check_mode=check_mode)
    assert result.changed
    (warning,) = task.warnings if not check_mode else task.warnings[:1]
    assert warning == (
        "PingOne may refuse what this task writes: the calling worker seems to lack the permission "
        "applications:create:application in environment 'dev', which these roles have: Admin, Developer."
    )
    assert bool(service.writes()) is not check_mode
    assert service.looks() == [f"GET {OWN}", f"GET {ROLES[1]}"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_with_fail_it_ends_the_task_before_the_first_write(service, check_mode):
    service.caller_holds(held(1, READER, DEV))
    with pytest.raises(ReadOnlyError, match="applications:create:application in environment 'dev'") as raised:
        create(check_mode=check_mode, preflight="fail")
    assert raised.value.kind == "permission"
    assert str(raised.value).endswith("It was not tried because preflight is fail.")
    assert service.writes() == []


@pytest.mark.parametrize("holds", [[held(1, READER, DEV)], []])
def test_with_off_nobody_looks(service, holds):
    service.caller_holds(*holds)
    _result, task = create(preflight="off")
    assert task.warnings == []
    assert service.looks() == []


@pytest.mark.parametrize(
    "holds",
    [
        [held(1, DEVELOPER, DEV)],
        [held(1, READER, DEV), held(2, DEVELOPER, ORGANIZATION, "ORGANIZATION")],
        # What is held at a part, or by a role that does not show what it allows, may do.
        [held(1, DEVELOPER, "somewhere", "POPULATION")],
        [held(1, role(7, "Hidden"), DEV)],
    ],
)
def test_who_holds_it_or_may_hold_it_is_told_nothing(service, holds):
    service.caller_holds(*holds)
    _result, task = create(preflight="fail")
    assert task.warnings == []
    assert service.writes() == [f"POST /environments/{DEV}/applications"]


def test_what_is_held_elsewhere_does_not_count(service):
    service.caller_holds(held(1, DEVELOPER, ADMINS))
    _result, task = create()
    assert len(task.warnings) == 1


def test_nothing_is_asked_when_nothing_changes(service):
    service.lists(f"/environments/{DEV}/applications", CI)
    _result, task = create()
    assert task.warnings == []
    assert service.looks() == []


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize(("path", "looks"), [(OWN, [OWN]), (ROLES[1], [OWN, ROLES[1]])])
def test_what_is_not_shown_ends_no_task_and_is_not_asked_again(service, path, looks, status):
    service.caller_holds(held(1, READER, DEV))
    service.refuses(path, status)
    # The items of a loop share what was read.
    readings = Readings()
    for item in range(2):
        task = task_of(pingone_worker_app, environment="dev", name=f"ci-{item}", preflight="fail", settle=5)
        task.readings = readings
        assert pingone_worker_app.run(task).changed
        assert task.warnings == []
    assert service.looks() == [f"GET {path}" for path in looks]


@pytest.mark.parametrize("failure", PASSING)
@pytest.mark.parametrize("path", [OWN, ROLES[1]])
def test_what_cannot_be_read_now_is_asked_once_a_task(service, path, failure):
    service.caller_holds(held(1, READER, DEV))
    service.mock.upsert("GET", f"{API}{path}", **failure)
    entries = [{"name": "ci", "roles": [{"role": "Reader", "scope": None}]}]
    _result, task = run(pingone_worker_apps, True, environment="dev", workers=entries, preflight="fail")
    assert [warning for warning in task.warnings if "may refuse" in warning] == []
    assert service.looks().count(f"GET {path}") == 1


def test_all_pages_of_what_the_caller_holds_count(service):
    later = f"{OWN}?cursor=2"
    page = {**embedded("roleAssignments", held(1, READER, DEV)), "_links": {"next": {"href": f"{API}{later}"}}}
    service.mock.get(f"{API}{OWN}", json=page, match=[query_param_matcher({})])
    following = service.mock.get(f"{API}{later}", json=embedded("roleAssignments", held(2, DEVELOPER, DEV)))
    _result, task = create(preflight="fail")
    assert task.warnings == []
    following.body = json.dumps(embedded("roleAssignments"))
    reset()
    _result, task = create()
    assert len(task.warnings) == 1


def test_who_holds_something_at_the_organization_reads_the_platform_s_roles(service):
    service.caller_holds(held(1, READER, ORGANIZATION, "ORGANIZATION"))
    _result, task = create()
    assert len(task.warnings) == 1
    assert service.looks() == [f"GET {OWN}", "GET /roles"]


def test_the_items_of_a_loop_ask_once(service):
    service.caller_holds(held(1, DEVELOPER, DEV))
    for _item in range(3):
        create()
    assert service.looks() == [f"GET {OWN}", f"GET {ROLES[1]}"]


def test_a_permission_that_no_role_shows_may_be_called_otherwise(service):
    service.caller_holds(held(1, READER, DEV))
    service.shows_roles(READER)
    _result, task = create(preflight="fail")
    assert task.warnings == []


@pytest.mark.parametrize("claims", [{"sub": "somebody"}, {"client_id": None}])
def test_of_who_is_no_worker_nothing_is_known(service, claims):
    _result, task = create(preflight="fail", access_token=token(**claims))
    assert task.warnings == []
    assert service.looks() == []


def test_in_a_new_environment_rights_may_show_late(service):
    service.caller_holds(held(1, READER, DEV))
    young = (datetime.now(timezone.utc) - timedelta(seconds=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    service.lists("/environments", environment(DEV, "dev", createdAt=young))
    _result, task = create(preflight="fail")
    assert task.warnings == []


def test_with_settle_what_is_missing_may_be_on_its_way(service):
    service.caller_holds(held(1, READER, DEV))
    result, task = create(preflight="fail", settle=5)
    assert result.changed
    assert len(task.warnings) == 1


def test_a_right_that_came_meanwhile_is_seen(service):
    service.caller_holds(held(1, READER, DEV))
    _result, task = create()
    assert len(task.warnings) == 1
    service.caller_holds(held(1, DEVELOPER, DEV))
    task.client.session_state.forget_role_assignments("")
    _result, task = create()
    assert task.warnings == []


def test_a_right_that_an_earlier_task_of_the_dry_run_gives_is_seen(service, tmp_path):
    service.caller_holds(held(1, READER, DEV))
    task = task_of(pingone_worker_app, True, environment="dev", name="ci", preflight="fail")
    task.predictions = Predictions(str(tmp_path / "run"))
    grant = {**held(2, DEVELOPER, DEV), "id": predicted_id("role assignment", DEV, "developer")}
    task.api.predict(OWN, Sides(None, grant, ("role", "scope")))
    assert pingone_worker_app.run(task).changed
    assert [warning for warning in task.warnings if "PingOne may refuse" in warning] == []


def test_an_environment_is_created_at_the_organization(service):
    service.caller_holds(held(1, ADMIN, DEV))
    license_ = {
        "id": "lic",
        "name": "L",
        "status": "ACTIVE",
        "environments": {"max": 9},
        "assignedEnvironmentsCount": 1,
    }
    service.lists(f"/organizations/{ORGANIZATION}/licenses", license_)
    options = {"name": "new", "type": "SANDBOX", "region": "EU", "preflight": "fail"}
    with pytest.raises(ReadOnlyError) as raised:
        run(pingone_environment, **options)
    assert "orgmgt:create:environment at the organization" in str(raised.value)


# Several refusals at once


def test_all_that_would_be_refused_is_told_at_once(service):
    service.lists(f"/environments/{DEV}/applications", CI)
    service.caller_holds(held(1, READER, DEV))
    service.lists(HELD, held(3, DEVELOPER, DEV, readOnly=True))
    with pytest.raises(ReadOnlyError) as raised:
        assign(ADMIN, exclusive=True, preflight="fail")
    told = str(raised.value)
    assert "shows as read-only what would be removed: Developer at environment dev" in told
    assert "may refuse to assign to application 'ci': Admin at environment dev" in told
    assert f"lack the permission {WRITE_ROLES} in environment 'dev'" in told
    assert service.writes() == []


@pytest.mark.parametrize(("preflight", "is_told"), [("fail", True), ("warn", False), ("off", False)])
@pytest.mark.parametrize("named", ["L", None])
def test_a_license_without_room_is_told_with_all_else_and_stays_limited(service, named, preflight, is_told):
    service.caller_holds(held(1, ADMIN, DEV))
    full = {"id": "lic", "name": "L", "status": "ACTIVE", "environments": {"max": 1}, "assignedEnvironmentsCount": 1}
    service.lists(f"/organizations/{ORGANIZATION}/licenses", full)
    options = {"name": "new", "type": "SANDBOX", "region": "EU", "license": named}
    task = task_of(pingone_environment, False, **options, preflight=preflight)
    with pytest.raises(UsedUpError) as raised:
        pingone_environment.run(task)
    assert raised.value.facts() == {"kind": "limited", "option": "license"}
    told = describe(raised.value)
    assert "has no room (all of its 1 environments exist)" in told
    assert ("lack the permission orgmgt:create:environment at the organization" in told) is is_told
    assert "because preflight is fail" not in told
    assert len(task.warnings) == (preflight == "warn")
    assert service.writes() == []


def test_a_license_that_a_promotion_does_not_fit_on_is_told_with_the_permission(service):
    service.caller_holds(held(1, READER, DEV))
    trial = {"id": "lic", "name": "L", "status": "ACTIVE", "package": "TRIAL"}
    service.lists(f"/organizations/{ORGANIZATION}/licenses", trial)
    service.mock.get(f"{API}/environments/{DEV}", json=environment(DEV, "dev"))
    service.mock.get(f"{API}/environments/{DEV}/billOfMaterials", json={"products": []})
    with pytest.raises(OptionError) as raised:
        run(pingone_environment, name="dev", type="PRODUCTION", preflight="fail")
    assert raised.value.option == "license"
    assert "does not allow the type PRODUCTION" in str(raised.value)
    assert "orgmgt:promote:environment in environment 'dev'" in describe(raised.value)
    assert service.writes() == []


def test_what_is_certain_fails_whatever_preflight_says_and_what_is_likely_warns(service):
    service.lists(f"/environments/{DEV}/applications", CI)
    service.caller_holds(held(1, READER, DEV))
    service.lists(HELD, held(3, DEVELOPER, DEV, readOnly=True))
    for preflight in ("off", "warn"):
        with pytest.raises(ReadOnlyError) as raised:
            assign(ADMIN, exclusive=True, preflight=preflight)
        assert "may refuse" not in str(raised.value)
        assert "preflight" not in str(raised.value)


def test_with_off_a_doubt_about_an_assignment_is_not_told_and_costs_nothing(service):
    service.lists(f"/environments/{DEV}/applications", CI)
    service.caller_holds(held(1, READER, DEV))
    service.lists(HELD)
    service.mock.post(f"{API}{HELD}", json=held(4, ADMIN, DEV), status=201)
    _result, task = assign(ADMIN, preflight="off")
    assert task.warnings == []
    assert f"GET {OWN}" not in asked(service.mock)


def test_many_workers_are_looked_at_before_the_first_is_written(service):
    service.lists(f"/environments/{DEV}/applications", {**CI, "name": "old"})
    service.caller_holds(held(1, DEVELOPER, DEV))
    entries = [{"name": "ci", "roles": [{"role": "Reader", "scope": None}]}]
    result, _task = run(pingone_worker_apps, environment="dev", workers=entries, preflight="fail")
    assert WRITE_ROLES in result.failure.message
    assert service.writes() == []


def test_unlisted_workers_are_looked_at_before_the_first_is_written(service):
    service.lists(f"/environments/{DEV}/applications", {**CI, "name": "old"})
    service.caller_holds(held(1, role(2, "Developer", "applications:create:application"), DEV))
    service.shows_roles(role(2, "Developer", "applications:create:application"), ADMIN)
    options = {"environment": "dev", "workers": [{"name": "ci"}], "unlisted": "remove", "unlisted_match": "old"}
    result, _task = run(pingone_worker_apps, preflight="fail", **options)
    assert "applications:delete:application in environment 'dev'" in result.failure.message
    assert result.values["failed_workers"] == ["dev/old"]
    assert result.values["workers"][0]["skipped_by"] == "dev/old"
    assert service.writes() == []


# The table


@pytest.mark.parametrize(
    ("path", "write", "need"),
    [
        ("/environments", Write("POST"), Need("orgmgt:create:environment", None)),
        ("/environments", Write("PUT", f"/{DEV}/type"), Need("orgmgt:promote:environment", DEV)),
        (f"/environments/{DEV}/groups", Write("DELETE", "/g"), Need("dir:delete:group", DEV)),
        (HELD, Write("DELETE", "/*"), Need(WRITE_ROLES, DEV)),
        (
            f"/environments/{DEV}/applications/a/attributes",
            Write("PUT", "/*"),
            Need("resources:update:attribute", DEV),
        ),
        ("/things", Write("POST"), None),
    ],
)
def test_a_request_needs_what_the_table_says(path, write, need):
    assert needs_of(path, [write, write]) == ([need] if need else [])


def test_each_line_of_the_table_is_a_write_that_needs_a_permission():
    for endpoint, permission in NEEDED.items():
        assert re.fullmatch(r"(POST|PUT|DELETE)( /environments(/\*(/[a-zA-Z]+)?)*(/[a-zA-Z]+)?)", endpoint), endpoint
        assert re.fullmatch(r"[a-z]+:[a-z]+:[a-zA-Z]+", permission), permission
