# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_role_handover tells of refusals of either of the two workers before it writes."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import ReadOnlyError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import (
    CALLER,
    HOME,
    ORGANIZATION,
)
from ansible_collections.idops.pingone.tests.unit.plugins.modules.role_handover_service import (
    ADMIN,
    DATA,
    FORBIDDEN,
    READER,
    run,
    serving,
)


@pytest.fixture
def tenant():
    with serving() as found:
        yield found


LACKED = "seems to lack the permission permissions:update:applicationRoleAssignments in environment 'Administrators'"


@pytest.mark.parametrize("check_mode", [True, False])
def test_what_either_of_the_two_may_not_do_fails_once_with_all_of_it(tenant, monkeypatch, check_mode):
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("it waited"))
    tenant.assign(CALLER, DATA, tenant.dev)
    tenant.assign(tenant.second, READER, HOME)
    options = {"environments": ["dev"], "retry_budget": 60, "check_mode": check_mode, "preflight": "fail"}
    with pytest.raises(ReadOnlyError) as caught:
        run(tenant, disable=True, **options)
    said = str(caught.value)
    assert f"the successor {LACKED}" in said
    assert "the successor seems to lack the permission applications:update:application in environment" in said
    assert "the calling worker seems to lack the permission permissions:update:applicationRoleAssignments" in said
    assert said.count("It was not tried because preflight is fail.") == 1
    assert tenant.wrote() == []


@pytest.mark.parametrize(("options", "warns"), [({}, True), ({"preflight": "off"}, False)])
def test_what_is_only_likely_is_a_warning_and_the_hand_over_goes_on(tenant, options, warns):
    tenant.gets_birthright()
    tenant.assignments[tenant.second].clear()
    dry, dry_task = run(tenant, check_mode=True, **options)
    real, task = run(tenant, **options)
    assert dry.changed and real.changed
    assert [LACKED in warning for warning in task.warnings] == [True] * warns
    assert dry_task.warnings == task.warnings


def test_what_a_successor_may_do_is_known_though_it_may_not_read_its_own_roles(tenant):
    tenant.gets_birthright()
    tenant.assignments[tenant.second].clear()
    tenant.refuse("GET", "roles? .* second$|roleAssignments .* second$", FORBIDDEN)
    with pytest.raises(ReadOnlyError, match=f"the successor {LACKED}"):
        run(tenant, preflight="fail")


def test_a_role_that_the_successor_gets_by_the_hand_over_counts_as_its_own(tenant):
    tenant.assign(CALLER, ADMIN, HOME)
    tenant.assign(CALLER, ADMIN, ORGANIZATION, "ORGANIZATION")
    result, task = run(tenant, environments=["Administrators"], preflight="fail")
    assert tenant.wrote() == [("POST", CALLER), ("DELETE", tenant.second)]
    assert task.warnings == []
    assert result.changed


def test_of_a_successor_that_is_only_predicted_nothing_is_doubted(tenant):
    tenant.assign(CALLER, ADMIN, tenant.dev)
    later = {"auth_environment_id": tenant.dev, "client_id": predicted_id("application", tenant.dev, "later")}
    later["client_secret"] = "another-secret"
    result, task = run(tenant, environments=["dev"], successor=later, check_mode=True, preflight="fail")
    assert result.changed
    assert [warning.partition(";")[0] for warning in task.warnings] == ["The successor does not exist yet"]


def test_who_gives_the_roles_of_another_worker_may_lack_them(tenant):
    tenant.gets_birthright()
    third = tenant.add_worker(HOME, "third")
    tenant.assign(third, READER, tenant.dev)
    _result, task = run(tenant, application="third", environment="Administrators", environments=["dev"])
    (warning,) = task.warnings
    assert f"may refuse to assign to application '{tenant.second}': {READER} at environment dev" in warning


def test_what_is_read_only_to_a_successor_that_holds_a_broader_role_is_refused_first(tenant):
    tenant.gets_birthright()
    tenant.assign(tenant.second, DATA, ORGANIZATION, "ORGANIZATION")
    for check_mode in (True, False):
        with pytest.raises(
            ReadOnlyError, match=f"as read-only what .*: {DATA} at environment dev, .* environment test"
        ):
            run(tenant, check_mode=check_mode, preflight="off")
    assert tenant.wrote() == []
    # It may have got that a moment ago.
    run(tenant, settle=1)
    assert tenant.wrote() == [("DELETE", tenant.second)] * 2


def test_what_looks_read_only_to_a_successor_that_got_it_just_before_is_no_refusal(tenant):
    tenant.gets_birthright()
    tenant.assign(tenant.second, DATA, tenant.dev)
    assert run(tenant)[0].values["retired"]


def test_what_looks_read_only_to_the_worker_itself_is_no_refusal(tenant):
    tenant.gets_birthright()
    tenant.assign(tenant.second, DATA, ORGANIZATION, "ORGANIZATION")
    tenant.refuse("GET", "first/roleAssignments|roleAssignments first .* second$", FORBIDDEN)
    run(tenant)
    assert tenant.wrote() == [("DELETE", tenant.second)] * 2
