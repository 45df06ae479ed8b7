# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Populations, groups, users and gateways: duplicate names, and the role assignments of each with their refusals."""

from __future__ import annotations

from typing import Any

from ..exchange import ASSIGNMENT_NOT_KNOWN_YET, Exchange, call, create, read, refused, remove
from .common import ENVIRONMENT, assignment

_USERS = f"{ENVIRONMENT}/users"
_USER = f"{_USERS}/$user"
_GROUPS = f"{ENVIRONMENT}/groups"
_GROUP = f"{_GROUPS}/$group"
_GATEWAY = f"{ENVIRONMENT}/gateways/$gateway"
_READ_ONLY = assignment("identity_data_read_only", "ENVIRONMENT", "environment")
_OPEN_NAME = "detail of a duplicate name"


def _user(**members: Any) -> dict[str, Any]:
    return {
        "username": "conformance@example.com",
        "email": "conformance@example.com",
        "name": {"given": "Conformance", "family": "Example"},
        "population": {"id": "$population"},
        **members,
    }


def _refusals(kind: str, path: str) -> tuple[Exchange, ...]:
    """Return what is asked of the role assignments of an actor that has the one of ``<kind>_assignment``."""
    one = f"{path}/roleAssignments/${kind}_assignment"
    return (
        read(f"assignment-of-{kind}-read", one, waits_out=ASSIGNMENT_NOT_KNOWN_YET),
        read(f"assignments-of-{kind}", f"{path}/roleAssignments"),
        refused("POST", f"assignment-of-{kind}-duplicate", f"{path}/roleAssignments", _READ_ONLY),
        refused(
            "POST",
            f"assignment-of-{kind}-wrong-scope-type",
            f"{path}/roleAssignments",
            assignment("organization_admin", "ENVIRONMENT", "environment"),
        ),
        refused("GET", f"assignments-of-{kind}-by-worker", f"{path}/roleAssignments", caller="worker"),
        refused(
            "POST",
            f"assignment-of-{kind}-by-worker",
            f"{path}/roleAssignments",
            assignment("environment_admin", "ENVIRONMENT", "environment"),
            caller="worker",
        ),
        refused(
            "GET", f"assignments-of-{kind}-by-identity-worker", f"{path}/roleAssignments", caller="identity_worker"
        ),
        refused("DELETE", f"assignment-of-{kind}-removed-by-worker", one, caller="worker"),
    )


EXCHANGES: tuple[Exchange, ...] = (
    create(
        "population-create", f"{ENVIRONMENT}/populations", {"name": "people", "description": "Nobody"}, label="people"
    ),
    refused(
        "POST",
        "population-duplicate-name",
        f"{ENVIRONMENT}/populations",
        {"name": "people"},
        keep={"second_people": "id"},
        asks=_OPEN_NAME,
    ),
    remove("population-duplicate-removed", f"{ENVIRONMENT}/populations/$second_people"),
    refused("GET", "population-absent", f"{ENVIRONMENT}/populations/$absent"),
    refused(
        "POST",
        "population-description",
        f"{ENVIRONMENT}/populations",
        {"name": "none", "description": "a^b"},
        keep={"odd_people": "id"},
    ),
    remove("population-description-removed", f"{ENVIRONMENT}/populations/$odd_people"),
    refused(
        "POST",
        "population-create-by-identity-worker",
        f"{ENVIRONMENT}/populations",
        {"name": "more people"},
        caller="identity_worker",
        keep={"more_people": "id"},
        asks="whether Identity Data Admin writes populations",
    ),
    remove("population-of-identity-worker-removed", f"{ENVIRONMENT}/populations/$more_people"),
    create("group-create", _GROUPS, {"name": "operators", "description": "Those who operate"}, label="group"),
    read("group-read", _GROUP),
    refused(
        "POST", "group-duplicate-name", _GROUPS, {"name": "operators"}, keep={"second_group": "id"}, asks=_OPEN_NAME
    ),
    remove("group-duplicate-removed", f"{_GROUPS}/$second_group"),
    refused(
        "POST",
        "group-duplicate-name-in-population",
        _GROUPS,
        {"name": "operators", "population": {"id": "$people"}},
        keep={"group_of_people": "id"},
        asks=_OPEN_NAME,
    ),
    remove("group-in-population-removed", f"{_GROUPS}/$group_of_people"),
    create("user-create", _USERS, _user(), label="user"),
    read("user-read", _USER),
    refused("POST", "user-duplicate-name", _USERS, _user(), keep={"second_user": "id"}, asks=_OPEN_NAME),
    refused("POST", "user-without-email", _USERS, {"username": "nobody", "population": {"id": "$population"}}),
    refused("GET", "user-absent", f"{_USERS}/$absent"),
    create("membership-create", f"{_USER}/memberOfGroups", {"id": "$group"}),
    refused("POST", "membership-duplicate", f"{_USER}/memberOfGroups", {"id": "$group"}),
    read("memberships", f"{_USER}/memberOfGroups"),
    # Role assignments of a group, and what a member of it shows of them.
    create("assignment-of-group", f"{_GROUP}/roleAssignments", _READ_ONLY, label="group_assignment"),
    *_refusals("group", _GROUP),
    call(
        "GET",
        "assignments-inherited",
        f"{_USER}/roleAssignments",
        expects=200,
        asks="the member that tells inherited assignments",
    ),
    # Those of a user.
    create(
        "assignment-of-user",
        f"{_USER}/roleAssignments",
        assignment("identity_data_read_only", "POPULATION", "population"),
        label="population_assignment",
    ),
    remove("assignment-of-user-to-population-removed", f"{_USER}/roleAssignments/$population_assignment"),
    remove("assignment-of-group-removed", f"{_GROUP}/roleAssignments/$group_assignment"),
    create("assignment-of-user-to-environment", f"{_USER}/roleAssignments", _READ_ONLY, label="user_assignment"),
    *_refusals("user", _USER),
    remove("assignment-of-user-removed", f"{_USER}/roleAssignments/$user_assignment"),
    # Those of a gateway.
    create(
        "gateway-create",
        f"{ENVIRONMENT}/gateways",
        {"name": "gateway", "type": "PING_FEDERATE", "enabled": False},
        label="gateway",
    ),
    read("gateway-read", _GATEWAY),
    create(
        "assignment-of-gateway",
        f"{_GATEWAY}/roleAssignments",
        assignment("identity_data_read_only", "ENVIRONMENT", "environment"),
        label="gateway_assignment",
    ),
    *_refusals("gateway", _GATEWAY),
    remove("assignment-of-gateway-removed", f"{_GATEWAY}/roleAssignments/$gateway_assignment"),
)
