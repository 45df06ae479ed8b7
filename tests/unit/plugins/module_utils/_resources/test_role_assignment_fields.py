# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    Grant,
    Role,
    Scope,
    titles,
)

ADMIN = Role("admin", "Environment Admin")
DEV = Grant(ADMIN, Scope("ENVIRONMENT", "dev-id", name="dev"))
OTHER_DEV = Grant(ADMIN, Scope("ENVIRONMENT", "other-id", name="dev"))
OF_DEV = Grant(ADMIN, Scope("POPULATION", "1", "dev-id", "Default", "dev"))
OF_TEST = Grant(ADMIN, Scope("POPULATION", "2", "test-id", "Default", "test"))
UNNAMED = Grant(ADMIN, Scope("POPULATION", "3"))


def test_a_population_is_told_with_its_environment_and_by_its_id_where_that_is_all():
    assert titles([OF_TEST, UNNAMED, OF_DEV]) == [
        "Environment Admin at population 3",
        "Environment Admin at population dev/Default",
        "Environment Admin at population test/Default",
    ]


def test_scopes_of_one_name_are_told_apart():
    told = ["Environment Admin at environment dev (admin at dev-id)"]
    assert titles([DEV], [OTHER_DEV]) == told
    assert titles([OTHER_DEV, DEV]) == [*told, "Environment Admin at environment dev (admin at other-id)"]


def test_roles_of_one_name_are_told_apart():
    custom = Grant(Role("custom", "Environment Admin"), DEV.scope)
    assert titles([DEV, custom]) == [
        "Environment Admin at environment dev (admin at dev-id)",
        "Environment Admin at environment dev (custom at dev-id)",
    ]


def test_the_same_grant_on_both_sides_needs_no_id():
    assert titles([DEV], [DEV]) == ["Environment Admin at environment dev"]
