# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_role_assignment_info asks the service, request by request, and what it makes of the answers."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PermissionDeniedError
from ansible_collections.idops.pingone.plugins.modules import pingone_role_assignment, pingone_role_assignment_info
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    DEV,
    ORGANIZATION,
    PROD,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    serving,
)

ADMIN = {"id": "29ddce68-cd7f-4b2a-b6fc-f7a19553b496", "name": "Environment Admin"}
DATA = {"id": "0bd9c966-7664-4ac1-b059-0ff9293908e2", "name": "Identity Data Admin"}
CUSTOM = {"id": "cccc0000-0000-4000-8000-000000000001", "name": "Deployer"}
CI = {"id": "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "ci", "type": "WORKER"}
SHOP = {"id": "9f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "shop", "type": "WEB_APP"}
PROD_CI = {"id": "af9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "ci-prod", "type": "WORKER"}
GROUP = {"id": "bf9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "Platform Admins"}
USER = {"id": "df9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "username": "ann", "name": {"given": "Ann"}}
POPULATION = {"id": "ef9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "Default"}
READ = ["GET /environments", f"GET /environments/{DEV}/applications"]
HELD = f"GET /environments/{DEV}/applications/{CI['id']}/roleAssignments"


def held(number, role, type, scope, **members):
    identifier = f"aaaaaaaa-0000-4000-8000-{number:012d}"
    assignment = {"id": identifier, "role": {"id": role["id"]}, "scope": {"id": scope, "type": type}}
    return {**assignment, "readOnly": False, **members}


class Tenant:
    """A service that is told who holds what."""

    def __init__(self, mock):
        self.mock = mock
        self.lists("", "organizations", {"id": ORGANIZATION, "name": "Example"})
        self.lists("", "roles", ADMIN, DATA)

    def lists(self, place, key, *items):
        self.mock.get(f"{API}{place}/{key}", json=embedded(key, *items))

    def refuses(self, path):
        self.mock.get(f"{API}{path}", json=REFUSED, status=403)

    def has(self, environment, kind, *principals):
        """Say which principals of a kind an environment has, each with its assignments."""
        self.lists(f"/environments/{environment}", kind, *(principal for principal, _assignments in principals))
        for principal, assignments in principals:
            self.lists(f"/environments/{environment}/{kind}/{principal['id']}", "roleAssignments", *assignments)


@pytest.fixture
def service():
    with serving(environment(PROD, "prod"), environment(DEV, "dev")) as mock:
        yield Tenant(mock)


def told(result):
    """Return results as sentences."""
    return [
        f"{item['environment']['name']}/{item['principal']['name']}: "
        f"{item['role']['name']} at {item['scope']['type']} {item['scope']['name']}"
        for item in result.values["role_assignments"]
    ]


def test_what_every_worker_of_every_environment_may_do_costs_the_fewest_requests(service):
    service.has(DEV, "applications", (CI, [held(1, ADMIN, "ENVIRONMENT", DEV)]), (SHOP, []))
    service.has(
        PROD, "applications", (PROD_CI, [held(2, DATA, "ENVIRONMENT", DEV), held(3, ADMIN, "ENVIRONMENT", PROD)])
    )
    result, _task = run(pingone_role_assignment_info)
    assert told(result) == [
        "dev/ci: Environment Admin at ENVIRONMENT dev",
        "prod/ci-prod: Environment Admin at ENVIRONMENT prod",
        "prod/ci-prod: Identity Data Admin at ENVIRONMENT dev",
    ]
    assert not result.changed
    assert asked(service.mock) == sorted(
        [
            "GET /environments",
            "GET /roles",
            f"GET /environments/{DEV}/applications",
            f"GET /environments/{PROD}/applications",
            HELD,
            f"GET /environments/{PROD}/applications/{PROD_CI['id']}/roleAssignments",
        ]
    )


def test_an_assignment_has_the_shape_that_the_managing_module_gives_it_and_who_holds_it(service):
    service.has(DEV, "applications", (CI, [held(1, ADMIN, "ORGANIZATION", ORGANIZATION, readOnly=True)]))
    result, _task = run(pingone_role_assignment_info, environments=["dev"], name="ci")
    roles = [{"role": "Environment Admin", "scope": {"organization": True}}]
    managed, _task = run(pingone_role_assignment, environment="dev", application="ci", roles=roles)
    (shown,) = result.values["role_assignments"]
    assert managed.values["role_assignments"] == [
        {key: value for key, value in shown.items() if key not in ("environment", "principal", "group")}
    ]
    assert shown["environment"] == {"id": DEV, "name": "dev"}
    assert shown["principal"] == {"type": "application", "id": CI["id"], "name": "ci"}
    assert shown["read_only"] is True
    assert shown["scope"] == {"type": "ORGANIZATION", "id": ORGANIZATION, "name": "Example"}
    assert shown["group"] is None


@pytest.mark.parametrize(
    ("scope", "place", "kind", "named"),
    [
        (("POPULATION", POPULATION), f"/environments/{DEV}", "populations", "Default"),
        (("APPLICATION", SHOP), f"/environments/{DEV}", "applications", "shop"),
        (("ORGANIZATION", {"id": ORGANIZATION}), "", "organizations", "Example"),
    ],
)
def test_a_listing_that_holds_the_name_of_a_scope_is_read_once(service, scope, place, kind, named):
    assignments = [held(1, ADMIN, scope[0], scope[1]["id"]), held(2, DATA, scope[0], scope[1]["id"])]
    service.has(DEV, "applications", (CI, assignments), (SHOP, []))
    service.lists(f"/environments/{DEV}", "populations", POPULATION)
    result, _task = run(pingone_role_assignment_info, environments=["dev"], name_pattern="ci")
    assert [item["scope"]["name"] for item in result.values["role_assignments"]] == [named, named]
    listing = f"GET {place}/{kind}"
    assert asked(service.mock) == sorted({*READ, HELD, "GET /roles", listing})


def test_a_scope_and_a_role_that_cannot_be_looked_up_have_no_name(service):
    hidden = {"id": "cccc0000-0000-4000-8000-000000000009"}
    service.has(DEV, "applications", (CI, [held(1, hidden, "POPULATION", "elsewhere")]))
    for each in (DEV, PROD):
        service.refuses(f"/environments/{each}/populations")
    service.refuses(f"/environments/{DEV}/roles")
    result, _task = run(pingone_role_assignment_info, environments=["dev"])
    (shown,) = result.values["role_assignments"]
    assert shown["role"] == {"id": hidden["id"], "name": hidden["id"]}
    assert shown["scope"] == {"type": "POPULATION", "id": "elsewhere", "name": None, "environment": None}
    assert result.values["unreadable"] == []


@pytest.mark.parametrize(
    ("type", "kind", "wanted"), [("POPULATION", "populations", POPULATION), ("APPLICATION", "applications", SHOP)]
)
def test_what_is_not_in_the_environment_of_the_principal_is_looked_for_in_the_others(service, type, kind, wanted):
    service.has(DEV, "applications", (CI, [held(1, DATA, type, wanted["id"])]))
    service.lists(f"/environments/{DEV}", "populations")
    service.lists(f"/environments/{PROD}", kind, wanted)
    result, _task = run(pingone_role_assignment_info, environments=["dev"])
    (shown,) = result.values["role_assignments"]
    assert shown["scope"] == {
        "type": type,
        "id": wanted["id"],
        "name": wanted["name"],
        "environment": {"id": PROD, "name": "prod"},
    }
    asked_for = [f"GET /environments/{each}/{kind}" for each in (DEV, PROD)]
    assert asked(service.mock) == sorted({*READ, HELD, "GET /roles", *asked_for})


def test_what_the_environment_of_the_principal_has_is_looked_for_nowhere_else(service):
    service.has(DEV, "applications", (CI, [held(1, DATA, "POPULATION", POPULATION["id"])]))
    service.lists(f"/environments/{DEV}", "populations", POPULATION)
    result, _task = run(pingone_role_assignment_info, environments=["dev"])
    assert result.values["role_assignments"][0]["scope"]["environment"] == {"id": DEV, "name": "dev"}
    assert f"GET /environments/{PROD}/populations" not in asked(service.mock)


def test_nothing_is_looked_for_in_an_environment_whose_deletion_is_pending(service):
    gone = environment(PROD, "prod", status="DELETE_PENDING")
    service.mock.replace("GET", f"{API}/environments", json=embedded("environments", gone, environment(DEV, "dev")))
    service.has(DEV, "applications", (CI, [held(1, DATA, "POPULATION", POPULATION["id"])]))
    service.lists(f"/environments/{DEV}", "populations")
    result, _task = run(pingone_role_assignment_info, environments=["dev"])
    assert result.values["role_assignments"][0]["scope"]["name"] is None
    assert f"GET /environments/{PROD}/populations" not in asked(service.mock)


@pytest.mark.parametrize("place", [DEV, PROD])
def test_a_custom_role_is_named_by_the_environment_of_the_principal_or_of_the_scope(service, place):
    service.has(DEV, "applications", (CI, [held(1, CUSTOM, "ENVIRONMENT", PROD)]))
    for each in (DEV, PROD):
        service.lists(f"/environments/{each}", "roles", *([CUSTOM] if each == place else []))
    result, _task = run(pingone_role_assignment_info, environments=["dev"])
    assert told(result) == ["dev/ci: Deployer at ENVIRONMENT prod"]


def test_an_environment_that_the_caller_does_not_see_has_no_name_and_is_not_asked(service):
    service.has(DEV, "applications", (CI, [held(1, CUSTOM, "ENVIRONMENT", ADMINS)]))
    service.lists(f"/environments/{DEV}", "roles", CUSTOM)
    result, _task = run(pingone_role_assignment_info, environments=["dev"])
    assert told(result) == ["dev/ci: Deployer at ENVIRONMENT None"]
    assert asked(service.mock) == sorted([*READ, HELD, "GET /roles", f"GET /environments/{DEV}/roles"])


def test_what_is_no_role_at_a_scope_is_left_out(service):
    odd = [{"id": "odd", "role": {"id": ADMIN["id"]}}, {"id": "odder", "scope": {"id": DEV, "type": "ENVIRONMENT"}}]
    service.has(DEV, "applications", (CI, odd))
    result, _task = run(pingone_role_assignment_info, environments=["dev"])
    assert told(result) == []


def test_who_may_not_list_the_platform_s_roles_reads_them_in_the_environment(service):
    service.mock.replace("GET", f"{API}/roles", json=REFUSED, status=403)
    service.has(DEV, "applications", (CI, [held(1, ADMIN, "ENVIRONMENT", DEV)]))
    service.lists(f"/environments/{DEV}", "roles", ADMIN)
    result, _task = run(pingone_role_assignment_info, environments=["dev"])
    assert told(result) == ["dev/ci: Environment Admin at ENVIRONMENT dev"]


# Principals


@pytest.mark.parametrize("options", [{}, {"name": "Platform Admins"}, {"name_pattern": ".* Admins"}])
def test_groups_are_read_and_are_no_members_of_themselves(service, options):
    own = held(1, ADMIN, "ENVIRONMENT", DEV, group={"id": GROUP["id"]})
    service.has(DEV, "groups", (GROUP, [own]))
    result, _task = run(pingone_role_assignment_info, environments=["dev"], principal_type="group", **options)
    (shown,) = result.values["role_assignments"]
    assert shown["principal"] == {"type": "group", "id": GROUP["id"], "name": "Platform Admins"}
    assert shown["group"] is None
    assert len(service.mock.calls) == 4


def test_a_user_is_found_by_its_username_and_the_group_by_which_it_holds_a_role_is_named(service):
    of_group = held(2, DATA, "ENVIRONMENT", DEV, group={"id": GROUP["id"]})
    service.has(DEV, "users", (USER, [held(1, ADMIN, "ENVIRONMENT", DEV), of_group]))
    service.lists(f"/environments/{DEV}", "groups", GROUP)
    options = {"environments": ["dev"], "principal_type": "user", "name": "ann"}
    result, _task = run(pingone_role_assignment_info, **options)
    assert told(result) == [
        "dev/ann: Environment Admin at ENVIRONMENT dev",
        "dev/ann: Identity Data Admin at ENVIRONMENT dev",
    ]
    groups = [item["group"] for item in result.values["role_assignments"]]
    assert groups == [None, {"id": GROUP["id"], "name": "Platform Admins"}]
    assert f"GET /environments/{DEV}/users?filter=username+eq+%22ann%22" in asked(service.mock)


@pytest.mark.parametrize("options", [{"id": USER["id"]}, {"name_pattern": "a.*"}])
def test_a_user_is_found_by_its_id_and_by_a_pattern_too(service, options):
    service.has(DEV, "users", (USER, [held(1, ADMIN, "ENVIRONMENT", DEV)]))
    service.mock.get(f"{API}/environments/{DEV}/users/{USER['id']}", json=USER)
    result, _task = run(pingone_role_assignment_info, environments=["dev"], principal_type="user", **options)
    assert told(result) == ["dev/ann: Environment Admin at ENVIRONMENT dev"]


@pytest.mark.parametrize("options", [{"name": "shop"}, {"id": SHOP["id"]}])
def test_an_application_of_another_type_is_read_when_it_is_named(service, options):
    service.has(DEV, "applications", (CI, []), (SHOP, [held(1, ADMIN, "ENVIRONMENT", DEV)]))
    result, _task = run(pingone_role_assignment_info, environments=["dev"], **options)
    assert told(result) == ["dev/shop: Environment Admin at ENVIRONMENT dev"]
    result, _task = run(pingone_role_assignment_info, environments=["dev"], name_pattern="shop")
    assert told(result) == []


def test_a_principal_that_does_not_exist_has_no_roles(service):
    service.has(DEV, "applications", (CI, []))
    result, _task = run(pingone_role_assignment_info, environments=["dev"], name="nobody")
    assert result.values == {"role_assignments": [], "unreadable": []}


# Filters


@pytest.fixture
def broad_and_narrow(service):
    """A worker that holds roles at the organization, an environment, and a population in it."""
    narrow = [held(2, ADMIN, "ENVIRONMENT", DEV), held(3, DATA, "POPULATION", POPULATION["id"])]
    service.has(DEV, "applications", (CI, [held(1, ADMIN, "ORGANIZATION", ORGANIZATION), *narrow]))
    service.lists(f"/environments/{DEV}", "populations", POPULATION)
    service.lists(f"/environments/{DEV}", "roles", CUSTOM)
    return service


@pytest.mark.parametrize(
    ("scope", "broader", "types"),
    [
        ({"organization": True}, False, ["ORGANIZATION"]),
        ({"environment": "dev"}, False, ["ENVIRONMENT"]),
        ({"environment": "dev"}, True, ["ENVIRONMENT", "ORGANIZATION"]),
        ({"environment": "prod"}, False, []),
        ({"environment": "prod"}, True, ["ORGANIZATION"]),
        ({"environment": "dev", "population": "Default"}, False, ["POPULATION"]),
        ({"environment": "dev", "population": "Default"}, True, ["ENVIRONMENT", "ORGANIZATION", "POPULATION"]),
        ({"environment": "dev", "application": "ci"}, True, ["ENVIRONMENT", "ORGANIZATION"]),
    ],
)
def test_the_assignments_at_a_scope_are_told_and_if_wanted_those_that_cover_it(broad_and_narrow, scope, broader, types):
    empty = dict.fromkeys(("organization", "environment", "population", "application"))
    options = {"environments": ["dev"], "scope": {**empty, **scope}, "include_broader": broader}
    result, _task = run(pingone_role_assignment_info, **options)
    assert sorted(item["scope"]["type"] for item in result.values["role_assignments"]) == types


@pytest.mark.parametrize(("role", "count"), [("Environment Admin", 2), (DATA["id"], 1), ("Deployer", 0)])
def test_the_assignments_of_a_role_are_told(broad_and_narrow, role, count):
    result, _task = run(pingone_role_assignment_info, environments=["dev"], role=role)
    assert len(result.values["role_assignments"]) == count


def test_a_custom_role_that_somebody_holds_is_not_looked_for_elsewhere(service):
    service.has(DEV, "applications", (CI, [held(1, CUSTOM, "ENVIRONMENT", DEV)]))
    service.has(PROD, "applications", (PROD_CI, []))
    service.lists(f"/environments/{DEV}", "roles", CUSTOM)
    result, _task = run(pingone_role_assignment_info, role="Deployer")
    assert told(result) == ["dev/ci: Deployer at ENVIRONMENT dev"]
    assert f"GET /environments/{PROD}/roles" not in asked(service.mock)


def test_that_nobody_holds_a_role_of_the_platform_costs_no_request(service):
    service.has(DEV, "applications", (CI, []))
    result, _task = run(pingone_role_assignment_info, environments=["dev"], role="Identity Data Admin")
    assert result.values["role_assignments"] == []
    assert asked(service.mock) == sorted([*READ, HELD, "GET /roles"])


@pytest.mark.parametrize("role", ["environment admin", "Environment Admni", ADMIN["id"].replace("2", "3")])
def test_a_role_that_does_not_exist_is_an_error_and_not_a_role_that_nobody_holds(broad_and_narrow, role):
    with pytest.raises(OptionError, match=f"role: there is no role '{role}'.*, the nearest first: .*Environment Admin"):
        run(pingone_role_assignment_info, environments=["dev"], role=role)


# What cannot be read


def test_what_cannot_be_read_is_reported_beside_the_rest(service):
    service.has(DEV, "applications", (CI, [held(1, ADMIN, "ENVIRONMENT", DEV)]), ({**CI, **PROD_CI}, []))
    service.mock.replace(
        "GET", f"{API}/environments/{DEV}/applications/{PROD_CI['id']}/roleAssignments", json=REFUSED, status=403
    )
    service.refuses(f"/environments/{PROD}/applications")
    result, _task = run(pingone_role_assignment_info)
    assert told(result) == ["dev/ci: Environment Admin at ENVIRONMENT dev"]
    places = [
        (entry["environment"]["name"], entry.get("principal"), entry["error"]["kind"])
        for entry in result.values["unreadable"]
    ]
    principal = {"type": "application", "id": PROD_CI["id"], "name": "ci-prod"}
    assert places == [("prod", None, "permission"), ("dev", principal, "permission")]


def test_the_only_environment_that_is_asked_for_has_to_be_readable(service):
    service.has(DEV, "applications", (CI, []))
    service.mock.replace("GET", f"{API}{HELD.removeprefix('GET ')}", json=REFUSED, status=403)
    with pytest.raises(PermissionDeniedError):
        run(pingone_role_assignment_info, environments=["dev"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"principal_type": "user"}, "principal_type: user requires one of id, name and name_pattern"),
        ({"role": ""}, "role must not be empty"),
        ({"include_broader": True}, "include_broader requires scope"),
        ({"scope": {}}, "scope must be organization: true, or an environment.*not empty"),
        ({"scope": {"population": "Default"}}, "scope must be .* not population"),
        ({"scope": {"organization": True, "environment": "dev"}}, "not organization and environment"),
        ({"environments": [""]}, "environments must not have an empty entry"),
        ({"name_pattern": "("}, "name_pattern"),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused_before_the_first_call(service, options, sentence):
    with pytest.raises(OptionError, match=sentence):
        run(pingone_role_assignment_info, **options)
    assert len(service.mock.calls) == 0


@pytest.mark.parametrize(("options", "shown"), [({}, ["core", "edge"]), ({"name": "edge"}, ["edge"])])
def test_gateways_are_listed_and_never_filtered_by_the_service(service, options, shown):
    gateways = [
        {"id": f"{number}f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": name}
        for number, name in enumerate(("edge", "core"))
    ]
    service.has(DEV, "gateways", *((one, [held(1, ADMIN, "ENVIRONMENT", DEV)]) for one in gateways))
    result, _task = run(pingone_role_assignment_info, environments=["dev"], principal_type="gateway", **options)
    assert [item["principal"]["name"] for item in result.values["role_assignments"]] == shown
    assert {item["principal"]["type"] for item in result.values["role_assignments"]} == {"gateway"}
    assert [request for request in asked(service.mock) if "filter" in request] == []
