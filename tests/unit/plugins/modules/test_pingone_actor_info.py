# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_actor_info asks the service, request by request, and what it makes of the answers."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    OptionError,
    PermissionDeniedError,
)
from ansible_collections.idops.pingone.plugins.modules import pingone_actor_info
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    CALLER,
    DEV,
    ORGANIZATION,
    PROD,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    serving,
    token,
)

PERSON = "df9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"


def role(number, name, *permissions, **members):
    ids = [{"id": permission, "classifier": permission.rpartition(":")[2]} for permission in permissions]
    return {"id": f"29ddce68-0000-4000-8000-{number:012d}", "name": name, "permissions": ids, **members}


READER = role(1, "Reader", "applications:read:application")
DATA = role(2, "Data", "dir:read:user", applicableTo=["ENVIRONMENT", "POPULATION"])
OLD = {"id": "29ddce68-0000-4000-8000-000000000003", "name": "Old", "permissions": [{"classifier": "user"}]}
OWNER = role(5, "Owner", "orgmgt:create:environment", applicableTo=["ORGANIZATION"])
ADMIN = role(
    4,
    "Admin",
    "applications:read:application",
    "applications:read:secret",
    "applications:create:application",
    applicableTo=["ORGANIZATION", "ENVIRONMENT"],
    canAssign=[{"id": DATA["id"]}, {"id": OWNER["id"]}],
)
CUSTOM = role(9, "Custom", "dir:read:user", canBeAssignedBy=[{"id": ADMIN["id"]}])


def held(number, role, type, scope, **members):
    identifier = f"aaaaaaaa-0000-4000-8000-{number:012d}"
    return {"id": identifier, "role": {"id": role["id"]}, "scope": {"id": scope, "type": type}, **members}


class Tenant:
    """A service of three environments that is told what the caller holds."""

    def __init__(self, mock):
        self.mock = mock
        self.lists("/roles", READER, DATA, OLD, ADMIN, OWNER)
        self.lists("/organizations", {"id": ORGANIZATION, "name": "Example"})
        self.mock.get(f"{API}/environments/{ADMINS}/applications/{CALLER}", json={"id": CALLER, "name": "bootstrap"})

    def lists(self, path, *items):
        self.mock.get(f"{API}{path}", json=embedded(path.rpartition("/")[2], *items))

    def refuses(self, path):
        self.mock.replace("GET", f"{API}{path}", json=REFUSED, status=403)

    def caller_holds(self, *assignments):
        self.lists(f"/environments/{ADMINS}/applications/{CALLER}/roleAssignments", *assignments)

    def has_worker(self, name, number, *assignments, environment=DEV):
        identifier = f"bbbbbbbb-0000-4000-8000-{number:012d}"
        self.lists(f"/environments/{environment}/applications/{identifier}/roleAssignments", *assignments)
        return {"id": identifier, "name": name, "type": "WORKER"}


@pytest.fixture
def service():
    listed = [environment(ADMINS, "Administrators"), environment(PROD, "prod"), environment(DEV, "dev")]
    with serving(*listed) as mock:
        yield Tenant(mock)


def ask(*questions, **options):
    """Run the module with questions, each a permission and an environment; return the answers, and the task."""
    can = [{"permission": permission, "environment": place} for permission, place in questions]
    result, task = run(pingone_actor_info, can=can, **options)
    return [item["answer"] for item in result.values["can"]], task


def test_a_worker_is_told_with_its_roles_by_name_for_the_fewest_requests(service):
    service.caller_holds(
        held(1, ADMIN, "ORGANIZATION", ORGANIZATION, readOnly=True), held(2, DATA, "ENVIRONMENT", DEV, readOnly=True)
    )
    expires_at = 4102444800
    result, task = run(pingone_actor_info, access_token=token(exp=expires_at))
    values = result.values
    assert not result.changed
    assert values["environment"] == {"id": ADMINS, "name": "Administrators"}
    assert values["principal"] == {"type": "application", "id": CALLER, "name": "bootstrap"}
    assert values["organization_id"] == ORGANIZATION
    assert values["expires_at"] == "2100-01-01T00:00:00Z"
    assert 0 < values["expires_in"] < expires_at
    assert [(item["role"]["name"], item["scope"]) for item in values["role_assignments"]] == [
        ("Admin", {"type": "ORGANIZATION", "id": ORGANIZATION, "name": "Example"}),
        ("Data", {"type": "ENVIRONMENT", "id": DEV, "name": "dev"}),
    ]
    assert {item["read_only"] for item in values["role_assignments"]} == {True}
    assert values["can"] == values["unreadable"] == []
    assert "secrets" not in values
    assert task.warnings == []
    assert asked(service.mock) == sorted(
        [
            "GET /environments",
            "GET /roles",
            "GET /organizations",
            f"GET /environments/{ADMINS}/applications/{CALLER}",
            f"GET /environments/{ADMINS}/applications/{CALLER}/roleAssignments",
        ]
    )


def test_a_role_may_be_assigned_where_it_or_one_that_gives_it_is_held(service):
    service.caller_holds(held(1, ADMIN, "ENVIRONMENT", DEV), held(2, DATA, "POPULATION", "people"))
    service.lists(f"/environments/{ADMINS}/populations", {"id": "people", "name": "People"})
    result, _task = run(pingone_actor_info)
    told = {
        item["role"]["name"]: [scope["id"] for scope in item["scopes"]] for item in result.values["assignable_roles"]
    }
    # Owner could only be assigned at the organization. A population does not tell that it is in an environment.
    assert told == {"Admin": [DEV], "Data": [DEV, "people"]}


def test_a_scope_within_another_one_is_not_told_beside_it(service):
    service.caller_holds(held(1, ADMIN, "ENVIRONMENT", DEV), held(2, ADMIN, "ORGANIZATION", ORGANIZATION))
    result, _task = run(pingone_actor_info)
    told = {
        item["role"]["name"]: [scope["name"] for scope in item["scopes"]] for item in result.values["assignable_roles"]
    }
    assert told == {"Admin": ["Example"], "Data": ["Example"], "Owner": ["Example"]}


def test_custom_roles_of_environments_are_assignable_too_when_asked_for(service):
    service.caller_holds(held(1, ADMIN, "ENVIRONMENT", DEV))
    service.lists(f"/environments/{DEV}/roles", CUSTOM, ADMIN)
    result, _task = run(pingone_actor_info, include=["custom_roles"], environments=["dev"])
    assert [item["role"]["name"] for item in result.values["assignable_roles"]] == ["Admin", "Custom", "Data"]
    assert f"GET /environments/{PROD}/roles" not in asked(service.mock)


@pytest.mark.parametrize(
    ("type", "scope", "permission", "place", "answer"),
    [
        ("ORGANIZATION", ORGANIZATION, "applications:create:application", "dev", "yes"),
        ("ORGANIZATION", ORGANIZATION, "applications:create:application", None, "yes"),
        ("ENVIRONMENT", DEV, "applications:create:application", DEV, "yes"),
        ("ENVIRONMENT", DEV, "applications:create:application", "prod", "no"),
        ("ENVIRONMENT", DEV, "applications:create:application", None, "no"),
        ("ENVIRONMENT", DEV, "dir:read:user", "dev", "no"),
        ("APPLICATION", "somewhere", "applications:create:application", "dev", "unknown"),
        ("APPLICATION", "somewhere", "applications:create:application", None, "no"),
        ("APPLICATION", "somewhere", "dir:read:user", "dev", "no"),
    ],
)
def test_a_permission_is_held_at_the_scope_of_a_role_and_below(service, type, scope, permission, place, answer):
    service.caller_holds(held(1, ADMIN, type, scope))
    for each in (ADMINS, DEV, PROD):
        service.lists(f"/environments/{each}/applications")
    answers, _task = ask((permission, place))
    assert answers == [answer]


def test_a_role_that_does_not_show_its_permissions_may_hold_one(service):
    service.caller_holds(held(1, OLD, "ENVIRONMENT", DEV), held(2, READER, "ENVIRONMENT", DEV))
    assert ask(("dir:read:user", "dev"), ("dir:read:user", "prod"))[0] == ["unknown", "no"]
    assert ask(("applications:read:application", "dev"))[0] == ["yes"]


def test_a_role_that_nothing_is_known_of_may_hold_a_permission(service):
    service.caller_holds(held(1, CUSTOM, "ENVIRONMENT", DEV))
    for place in (ADMINS, DEV):
        service.lists(f"/environments/{place}/roles")
    assert ask(("dir:read:user", "dev"))[0] == ["unknown"]


def test_a_custom_role_that_is_held_shows_its_permissions(service):
    service.caller_holds(held(1, CUSTOM, "ENVIRONMENT", DEV))
    service.lists(f"/environments/{ADMINS}/roles")
    service.lists(f"/environments/{DEV}/roles", CUSTOM)
    assert ask(("dir:read:user", "dev"), ("dir:read:group", "dev"))[0] == ["yes", "no"]


def test_who_may_not_list_the_platform_s_roles_reads_them_in_its_own_environment(service):
    service.refuses("/roles")
    service.caller_holds(held(1, ADMIN, "ENVIRONMENT", DEV))
    for place in (ADMINS, DEV):
        service.lists(f"/environments/{place}/roles", ADMIN, DATA)
    answers, _task = ask(("applications:create:application", "dev"))
    assert answers == ["yes"]
    assert asked(service.mock).count("GET /roles") == 1


def test_an_answer_names_the_environment_and_the_roles_that_would_do(service):
    service.caller_holds()
    can = [{"permission": "applications:read:application", "environment": DEV}]
    result, task = run(pingone_actor_info, can=can)
    assert result.values["can"] == [
        {
            "permission": "applications:read:application",
            "environment": {"id": DEV, "name": "dev"},
            "answer": "no",
            "roles": ["Admin", "Reader"],
        }
    ]
    assert task.warnings == []


def test_a_permission_that_no_role_has_is_told_with_those_that_are_like_it(service):
    service.caller_holds(held(1, READER, "ENVIRONMENT", DEV))
    answers, task = ask(("application:read:application", "dev"))
    assert answers == ["no"]
    assert "can[0].permission: no role" in task.warnings[0]
    assert "the nearest first: applications:read:application" in task.warnings[0]


def test_an_actor_that_may_not_read_its_own_roles_is_told_so(service):
    service.mock.get(f"{API}/environments/{ADMINS}/applications/{CALLER}/roleAssignments", json=REFUSED, status=403)
    service.refuses(f"/environments/{ADMINS}/applications/{CALLER}")
    can = [{"permission": "dir:read:user", "environment": None}]
    result, _task = run(pingone_actor_info, can=can)
    values = result.values
    assert values["principal"]["name"] is values["role_assignments"] is values["assignable_roles"] is None
    assert values["can"][0]["answer"] == "unknown"
    (unreadable,) = values["unreadable"]
    assert unreadable["principal"] == {"type": "application", "id": CALLER, "name": None}
    assert unreadable["error"]["kind"] == "permission"


def test_a_person_is_told_by_the_token(service):
    service.mock.get(f"{API}/environments/{ADMINS}/users/{PERSON}", json={"id": PERSON, "username": "ann"})
    service.lists(f"/environments/{ADMINS}/users/{PERSON}/roleAssignments", held(1, DATA, "ENVIRONMENT", DEV))
    result, _task = run(pingone_actor_info, access_token=token(sub=PERSON))
    assert result.values["principal"] == {"type": "user", "id": PERSON, "name": "ann"}
    assert [item["role"]["name"] for item in result.values["role_assignments"]] == ["Data"]


def test_a_token_that_tells_nothing_leaves_nearly_all_unknown(service):
    result, task = run(pingone_actor_info, access_token="opaque", can=[{"permission": "a:b:c", "environment": "dev"}])
    values = result.values
    assert values["environment"] is values["expires_at"] is values["expires_in"] is values["role_assignments"] is None
    assert values["principal"] == {"type": "application", "id": None, "name": None}
    assert values["can"][0]["answer"] == "unknown"
    assert "does not tell who calls" in task.warnings[0]


# Secrets


def verdicts(result):
    return {item["principal"]["name"]: (item["readable"], item["reason"]) for item in result.values["secrets"]}


def test_whose_secrets_may_be_read_is_told_without_reading_one(service):
    service.caller_holds(held(1, ADMIN, "ENVIRONMENT", DEV), held(2, ADMIN, "ENVIRONMENT", ADMINS))
    workers = [
        service.has_worker("plain", 1, held(3, READER, "ENVIRONMENT", DEV, readOnly=False)),
        service.has_worker("higher", 2, held(4, READER, "ORGANIZATION", ORGANIZATION, readOnly=True)),
        service.has_worker("broader", 3, held(5, DATA, "ENVIRONMENT", DEV, readOnly=False)),
    ]
    service.lists(f"/environments/{DEV}/applications", *workers, {"id": "web", "name": "shop", "type": "WEB_APP"})
    own = {"id": CALLER, "name": "bootstrap", "type": "WORKER"}
    service.lists(f"/environments/{ADMINS}/applications", own)
    result, _task = run(pingone_actor_info, include=["secrets"], environments=["dev", "Administrators"])
    assert verdicts(result) == {
        "plain": ("yes", None),
        "higher": ("no", "read_only_role_assignments"),
        "broader": ("no", "broader_roles"),
        "bootstrap": ("no", "own_secret"),
    }
    assert [path for path in asked(service.mock) if path.endswith("/secret")] == []
    assert result.values["secrets"][0]["environment"] == {"id": DEV, "name": "dev"}


@pytest.mark.parametrize(("own", "expected"), [(READER, "no"), (OLD, "unknown")])
def test_without_the_permission_no_secret_may_be_read(service, own, expected):
    service.caller_holds(held(1, own, "ENVIRONMENT", DEV))
    service.lists(f"/environments/{DEV}/applications", service.has_worker("plain", 1))
    result, _task = run(pingone_actor_info, include=["secrets"], environments=["dev"])
    assert verdicts(result) == {"plain": (expected, "permission")}


def test_an_environment_that_cannot_be_read_does_not_hide_the_others(service):
    service.caller_holds(held(1, ADMIN, "ENVIRONMENT", DEV))
    service.lists(f"/environments/{DEV}/applications", service.has_worker("plain", 1))
    service.mock.get(f"{API}/environments/{PROD}/applications", json=REFUSED, status=403)
    result, _task = run(pingone_actor_info, include=["secrets"], environments_matching="dev|prod")
    assert verdicts(result) == {"plain": ("yes", None)}
    assert [item["environment"]["name"] for item in result.values["unreadable"]] == ["prod"]
    with pytest.raises(PermissionDeniedError):
        run(pingone_actor_info, include=["secrets"], environments=["prod"])


# Options


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"environments": ["dev"]}, "environments"),
        ({"environments_matching": "dev"}, "environments_matching"),
        ({"include": ["secrets"], "environments": [" "]}, "environments"),
        ({"can": [{"permission": "", "environment": None}]}, "can[0].permission"),
        ({"can": [{"permission": "a:b:c", "environment": " "}]}, "can[0].environment"),
    ],
)
def test_a_wrong_option_is_refused_before_the_first_call(service, options, option):
    with pytest.raises(OptionError) as raised:
        run(pingone_actor_info, **options)
    assert raised.value.option == option
    assert asked(service.mock) == []


def test_an_environment_that_does_not_exist_is_an_error(service):
    service.caller_holds()
    with pytest.raises(MissingObjectError) as raised:
        ask(("dir:read:user", "dve"))
    assert raised.value.option == "can[0].environment"
    assert "dev" in str(raised.value)
