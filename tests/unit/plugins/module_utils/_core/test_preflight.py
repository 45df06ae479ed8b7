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
    pingone_role_assignment,
    pingone_worker_app,
    pingone_worker_apps,
)
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    CALLER,
    DEV,
    ORGANIZATION,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    serving,
    task_of,
    token,
)
from requests import ConnectionError
from responses.matchers import query_param_matcher

OWN = f"/environments/{ADMINS}/applications/{CALLER}/roleAssignments"
CI = {"id": "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "ci", "type": "WORKER", "protocol": "OPENID_CONNECT"}
# Who holds something at the organization may read the first, all others their own environment's.
ROLES = ("/roles", f"/environments/{ADMINS}/roles")
HELD = f"/environments/{DEV}/applications/{CI['id']}/roleAssignments"
WRITE_ROLES = "permissions:update:applicationRoleAssignments"


def role(number, name, *permissions):
    identifier = f"29ddce68-0000-4000-8000-{number:012d}"
    shown = [{"id": permission} for permission in permissions]
    return {"id": identifier, "name": name, "permissions": shown, "applicableTo": ["ENVIRONMENT", "ORGANIZATION"]}


READER = role(1, "Reader", "applications:read:application")
DEVELOPER = role(2, "Developer", "applications:create:application", "applications:delete:application")
ADMIN = role(3, "Admin", *(permission for permission in NEEDED.values()))


def held(number, role, scope, type="ENVIRONMENT", **members):
    identifier = f"aaaaaaaa-0000-4000-8000-{number:012d}"
    return {"id": identifier, "role": {"id": role["id"]}, "scope": {"id": scope, "type": type}, **members}


class Tenant:
    """A service with an environment dev, that is told what the caller holds."""

    def __init__(self, mock):
        self.mock = mock
        self.shows_roles(READER, DEVELOPER, ADMIN)
        self.lists("/organizations", {"id": ORGANIZATION, "name": "Example"})
        self.lists(f"/environments/{DEV}/applications")
        self.mock.get(re.compile(f"{API}/environments/{DEV}/roles.*"), json=embedded("roles"))
        self.mock.post(f"{API}/environments/{DEV}/applications", json={**CI, "enabled": True}, status=201)

    def lists(self, path, *items):
        self.mock.upsert("GET", f"{API}{path}", json=embedded(path.rpartition("/")[2], *items))

    def shows_roles(self, *roles):
        for path in ROLES:
            self.lists(path, *roles)

    def refuses(self, path, status=403):
        self.mock.upsert("GET", f"{API}{path}", json=REFUSED, status=status)

    def caller_holds(self, *assignments):
        self.lists(OWN, *assignments)

    def looks(self):
        """Return how often it was asked what the caller may do."""
        return [
            request for request in asked(self.mock) if request in (f"GET {OWN}", *(f"GET {path}" for path in ROLES))
        ]

    def writes(self):
        return [request for request in asked(self.mock) if not request.startswith("GET")]


@pytest.fixture
def service():
    with serving(environment(DEV, "dev"), environment(ADMINS, "Administrators")) as mock:
        yield Tenant(mock)


def create(**options):
    """Run a task that creates a worker in dev."""
    return run(pingone_worker_app, environment="dev", name="ci", **options)


def assign(*roles, **options):
    """Run a task that assigns roles to the worker of dev."""
    given = [{"role": role["name"], "scope": None} for role in roles]
    return run(pingone_role_assignment, environment="dev", application="ci", roles=given, **options)


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


PASSING = [{"status": 503}, {"status": 429}, {"body": ConnectionError("gone")}, {"body": "<html>"}]


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


# What is read once a run


class Run:
    """The tasks of one run, each in a process of its own."""

    def __init__(self, folder, service):
        self.file = folder / "run.readings"
        self.service = service

    def create(self, **options):
        return self.run(pingone_worker_app, environment="dev", name="ci", **options)

    def assign(self, role):
        """Return how many warnings a task that assigns a role gives, and how often it reads what the caller holds."""
        roles = [{"role": role["name"], "scope": None}]
        warnings, looks = self.run(pingone_role_assignment, environment="dev", application="ci", roles=roles)
        # The roles are listed for their names.
        return warnings, looks.count("roleAssignments")

    def run(self, module, **options):
        """Return how many warnings a task gives, and how it asks what the caller may do."""
        reset()
        task = task_of(module, False, **options)
        task.readings = Readings(str(self.file))
        self.service.mock.calls.reset()
        module.run(task)
        return len(task.warnings), [look.rpartition("/")[2] for look in self.service.looks()]


@pytest.fixture
def one_run(service, tmp_path):
    tmp_path.chmod(0o700)
    return Run(tmp_path, service)


def test_the_tasks_of_a_run_read_once(service, one_run):
    service.caller_holds(held(1, DEVELOPER, DEV))
    assert one_run.create() == (0, ["roleAssignments", "roles"])
    for _task in range(3):
        assert one_run.create() == (0, [])


def test_what_is_kept_and_lacks_a_permission_is_read_again(service, one_run):
    service.caller_holds(held(1, READER, DEV))
    one_run.create()
    # The platform's roles stay what they are.
    assert one_run.create() == (1, ["roleAssignments"])
    service.caller_holds(held(1, READER, DEV), held(2, DEVELOPER, DEV))
    assert one_run.create() == (0, ["roleAssignments"])
    assert one_run.create() == (0, [])


@pytest.mark.parametrize("type", ["CUSTOM", "PLATFORM"])
def test_a_custom_role_may_allow_more_by_now(service, one_run, type):
    own = {**role(9, "Own", "applications:read:application"), "type": type}
    service.caller_holds(held(1, own, DEV))
    service.shows_roles(DEVELOPER, own)
    assert one_run.create()[0] == 1
    service.shows_roles(DEVELOPER, {**DEVELOPER, "id": own["id"], "name": "Own", "type": type})
    again = ["roles"] if type == "CUSTOM" else []
    assert one_run.create() == (int(not again), ["roleAssignments", *again])


def test_a_role_that_came_meanwhile_is_read(service, one_run):
    service.caller_holds(held(1, READER, DEV))
    one_run.create()
    new = {**DEVELOPER, "id": role(9, "New")["id"]}
    service.caller_holds(held(2, new, DEV))
    service.shows_roles(READER, DEVELOPER, new)
    assert one_run.create() == (0, ["roleAssignments", "roles"])


def test_what_is_not_shown_is_not_asked_again_in_a_run(service, one_run):
    service.refuses(OWN)
    assert one_run.create() == (0, ["roleAssignments"])
    assert one_run.create() == (0, [])


@pytest.mark.parametrize("failure", PASSING)
@pytest.mark.parametrize(("path", "looks"), [(OWN, ["roleAssignments"]), (ROLES[1], ["roleAssignments", "roles"])])
def test_what_could_not_be_read_for_now_is_asked_by_the_next_task(service, one_run, path, looks, failure):
    service.caller_holds(held(1, READER, DEV))
    service.mock.upsert("GET", f"{API}{path}", **failure)
    assert one_run.create() == (0, looks)
    service.caller_holds(held(1, READER, DEV))
    service.shows_roles(READER, DEVELOPER, ADMIN)
    assert one_run.create()[0] == 1


def test_tasks_that_assign_roles_read_with_the_others(service, one_run):
    service.lists(f"/environments/{DEV}/applications", CI)
    service.mock.get(re.compile(f"{API}/environments/{DEV}/roles.*"), json=embedded("roles", READER, ADMIN))
    service.lists(HELD)
    service.mock.post(f"{API}{HELD}", json=held(4, ADMIN, DEV), status=201)
    service.caller_holds(held(1, ADMIN, DEV))
    assert [one_run.assign(ADMIN) for _task in range(3)] == [(0, 1), (0, 0), (0, 0)]
    # What it seems not to be able to assign may have come since.
    assert one_run.assign(READER) == (1, 1)
    service.caller_holds(held(1, ADMIN, DEV), held(2, READER, DEV))
    assert [one_run.assign(READER) for _task in range(2)] == [(0, 1), (0, 0)]


def test_another_worker_reads_for_itself(service, one_run):
    service.caller_holds(held(1, DEVELOPER, DEV))
    one_run.create()
    other = "9a9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
    service.lists(f"/environments/{ADMINS}/applications/{other}/roleAssignments", held(1, READER, DEV))
    assert one_run.create(access_token=token(client_id=other)) == (1, ["roles"])


def test_what_a_dry_run_predicts_is_not_kept(service, one_run, tmp_path):
    service.caller_holds(held(1, READER, DEV))
    task = task_of(pingone_worker_app, True, environment="dev", name="ci", preflight="fail")
    task.predictions, task.readings = Predictions(str(tmp_path / "run")), Readings(str(one_run.file))
    grant = {**held(2, DEVELOPER, DEV), "id": predicted_id("role assignment", DEV, "developer")}
    task.api.predict(OWN, Sides(None, grant, ("role", "scope")))
    assert pingone_worker_app.run(task).changed
    assert one_run.create() == (1, ["roleAssignments"])


def test_what_is_kept_holds_no_more_than_is_needed(service, one_run):
    shown = {**DEVELOPER, "description": "long", "_links": {}}
    shown["permissions"] = [{**item, "description": "long"} for item in shown["permissions"]]
    service.shows_roles(shown, ADMIN)
    service.caller_holds(held(1, DEVELOPER, DEV, _links={}))
    one_run.create()
    assert "long" not in one_run.file.read_text()
    assert "_links" not in one_run.file.read_text()


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
