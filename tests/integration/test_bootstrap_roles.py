# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role bootstrap with roles that cannot be assigned, which it tells before anything is made."""

from __future__ import annotations

import typing as t

from emulated import requests_of
from sites import Site, sandbox

Start = t.Callable[..., Site]
ADMIN = "Environment Admin"


def add_environment(tenant: dict[str, t.Any]) -> None:
    """Add an environment with a custom role."""
    reader = {"name": "Reader", "permissions": ["applications:read:application"], "applicableTo": ["ENVIRONMENT"]}
    role = {**reader, "canBeAssignedBy": [ADMIN]}
    tenant["environments"].append({"name": "old", "type": "SANDBOX", "license": "INTERNAL", "roles": [role]})


def reads(site: Site) -> list[str]:
    """Give what was read of roles and of environments, by the last parts of the paths."""
    paths = [request["path"] for request in requests_of(site.ready) if request["method"] == "GET"]
    return [path.rpartition("/")[2] for path in paths if path.endswith(("/roles", "/environments"))]


def test_roles_that_cannot_be_assigned_are_refused_before_anything_is_made(start: Start) -> None:
    site = start(tenant=add_environment)
    workers = [
        {"name": "right", "roles": [{"role": ADMIN, "scope": {"environment": "Administrators"}}]},
        {"name": "typo", "roles": [{"role": ADMIN}, {"role": "Enviroment Admin"}]},
        {"name": "broad", "roles": [{"role": "Organization Admin"}]},
        {"name": "custom", "roles": [{"role": "Reader"}]},
    ]
    output = " ".join(site.bootstrap(sandbox("dev", *workers), sandbox("old", workers[3]), rc=2).split())
    where = "bootstrap_environments[0].workers"
    assert f"{where}[1].roles[1].role, of worker dev / typo: there is no role 'Enviroment Admin'" in output
    assert "the nearest first: Environment Admin, " in output
    assert f"{where}[2].roles[0].scope, of worker dev / broad: Organization Admin cannot be assigned at env" in output
    assert f"{where}[3].roles[0].role, of worker dev / custom: there is no role 'Reader'" in output
    assert f"{where}[0]" not in output
    assert "bootstrap_environments[1]" not in output
    assert site.writes() == []
    # The platform's roles, and for the names that are none of them those of the environment that exists.
    assert reads(site).count("roles") == 2


def test_a_custom_role_is_found_and_one_of_a_group_has_to_fit_the_environments(start: Start) -> None:
    site = start(tenant=add_environment)
    old = sandbox("old", {"name": "custom", "roles": [{"role": "Reader"}]})
    people = [{"group": "Platform Admins", "role": "Organization Admin"}]
    output = " ".join(site.bootstrap(old, bootstrap_admin_groups=people, rc=2).split())
    sentence = "bootstrap_admin_groups[0].role, of group Platform Admins: Organization Admin cannot be assigned at"
    assert f"{sentence} environment scope, but at: organization." in output
    assert site.writes() == []
    people = [{"group": "Platform Admins", "role": ADMIN}]
    site.bootstrap(old, arguments=("--check",), bootstrap_admin_groups=people)
