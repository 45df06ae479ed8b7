# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README's table of roles, made from what the emulator knows of roles and endpoints.

Run as a program, with the folder of the emulator in PYTHONPATH, this file writes the table anew.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from pingone_emulator.api_date import ApiDate
from pingone_emulator.rules import catalogue
from pingone_emulator.rules.holding import Holding

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PERMISSIONS = ROOT / "roles/emulator/files/pingone_emulator/rules/permissions.yml"
BEGIN, END = "<!-- role table -->\n", "<!-- end of role table -->\n"
TODAY = max(ApiDate)

E = "/environments/{environment}"
APPLICATION, SECRET = f"{E}/applications/{{application}}", f"{E}/applications/{{application}}/secret"
# What the modules do, and the calls that they do it with, beside reading the environment itself.
TASKS: dict[str, list[str]] = {
    "read an environment and its services": [f"GET {E}", f"GET {E}/billOfMaterials"],
    "make an environment": ["POST /environments"],
    "give it a license": ["GET /organizations/{organization}/licenses", "licensing:update:environmentLicense"],
    "change an environment and its services": [f"PUT {E}", f"PUT {E}/billOfMaterials"],
    "promote a sandbox to production": [f"PUT {E}/type"],
    "delete an environment": [f"DELETE {E}"],
    "make, change and delete workers": [f"GET {E}/applications", f"POST {E}/applications", f"PUT {APPLICATION}"]
    + [f"DELETE {APPLICATION}"],
    "read the secret of an application": [f"GET {SECRET}"],
    "rotate it": [f"GET {SECRET}", f"POST {SECRET}"],
    "revoke the previous one": [f"GET {SECRET}", f"DELETE {SECRET}"],
    "give roles to applications": [f"{verb} {APPLICATION}/roleAssignments" for verb in ("GET", "POST")]
    + [f"DELETE {APPLICATION}/roleAssignments/{{roleAssignment}}"],
    "give roles to users": [f"GET {E}/users"]
    + [f"{verb} {E}/users/{{user}}/roleAssignments" for verb in ("GET", "POST")]
    + [f"DELETE {E}/users/{{user}}/roleAssignments/{{roleAssignment}}"],
    "give roles to groups": [f"GET {E}/groups"]
    + [f"{verb} {E}/groups/{{group}}/roleAssignments" for verb in ("GET", "POST")]
    + [f"DELETE {E}/groups/{{group}}/roleAssignments/{{roleAssignment}}"],
    "give roles to gateways": [f"GET {E}/gateways"]
    + [f"{verb} {E}/gateways/{{gateway}}/roleAssignments" for verb in ("GET", "POST")]
    + [f"DELETE {E}/gateways/{{gateway}}/roleAssignments/{{roleAssignment}}"],
    "make, change and delete custom roles": [f"GET {E}/roles", f"POST {E}/roles"]
    + [f"{verb} {E}/roles/{{role}}" for verb in ("PUT", "DELETE")],
    "make, change and delete populations": [f"GET {E}/populations", f"POST {E}/populations"]
    + [f"{verb} {E}/populations/{{population}}" for verb in ("PUT", "DELETE")],
    "make, change and delete groups": [f"GET {E}/groups", f"POST {E}/groups"]
    + [f"{verb} {E}/groups/{{group}}" for verb in ("PUT", "DELETE")],
    "grant scopes to workers": [f"GET {E}/applications", f"GET {E}/resources"]
    + [f"GET {E}/resources/{{resource}}/scopes", f"GET {APPLICATION}/grants", f"POST {APPLICATION}/grants"]
    + [f"{verb} {APPLICATION}/grants/{{grant}}" for verb in ("PUT", "DELETE")],
    "map attributes of users for workers": [f"GET {E}/applications"]
    + [f"{verb} {APPLICATION}/attributes" for verb in ("GET", "POST")]
    + [f"{verb} {APPLICATION}/attributes/{{attribute}}" for verb in ("PUT", "DELETE")],
    "read workers": [f"GET {E}/applications"],
    "read the roles of workers": [f"GET {E}/applications", f"GET {APPLICATION}/roleAssignments"],
    "read the roles of users": [f"GET {E}/users", f"GET {E}/users/{{user}}/roleAssignments"],
    "read the roles of groups": [f"GET {E}/groups", f"GET {E}/groups/{{group}}/roleAssignments"],
    "look roles up by name": [f"GET {E}/roles"],
    "read licenses": ["GET /organizations/{organization}/licenses"],
    "read groups": [f"GET {E}/groups"],
    "read populations, and name one as a scope": [f"GET {E}/populations"],
}


def table() -> str:
    """Return the table as it has to be."""
    document = yaml.safe_load(PERMISSIONS.read_text())
    names = {key: role["name"] for key, role in {**document["roles"], **document["youngerRoles"]}.items()}
    lines = ["| to | roles that let a worker | by the permissions |", "|---|---|---|"]
    for task, calls in TASKS.items():
        needed = list(dict.fromkeys(permission_of(call) for call in calls))
        known, inferred = holders(needed)
        roles = [names[key] for key in names if key in known]
        roles += [f"{names[key]} (inferred)" for key in names if key in inferred]
        if len(roles) == len(names):
            roles = ["every role"] if not inferred else ["every role (inferred of those younger than 2022)"]
        lines.append(f"| {task} | {', '.join(roles)} | {', '.join(f'`{one}`' for one in needed)} |")
    return "\n".join(lines) + "\n"


def permission_of(call: str) -> str:
    """Return the permission that a call needs; a permission stands for itself."""
    verb, space, path = call.partition(" ")
    return catalogue.needed(verb, path) if space else call


def holders(needed: list[str]) -> tuple[set[str], set[str]]:
    """Return which roles hold all of the permissions today: for certain, and those of which a part is inferred."""
    certain = [{one.role for one in held_today(id_) if not one.question} for id_ in needed]
    either = [{one.role for one in held_today(id_)} for id_ in needed]
    known = set.intersection(*certain)
    return known, set.intersection(*either) - known


def held_today(permission: str) -> list[Holding]:
    """Return who holds a permission, by what is known or inferred; what waits for a switch is left out."""
    unanswered = {name for name, one in catalogue.questions().items() if one.switch}
    return [one for one in catalogue.holdings()[permission] if one.counts(TODAY, unanswered)]


def test_the_table_of_roles_is_what_the_emulator_enforces() -> None:
    assert README.read_text().partition(BEGIN)[2].partition(END)[0] == table(), f"run {Path(__file__).name}"


def test_every_task_has_a_role() -> None:
    assert [task for task, calls in TASKS.items() if not holders([permission_of(call) for call in calls])[0]] == []


def write() -> None:
    """Write the table into the README."""
    before, begin, rest = README.read_text().partition(BEGIN)
    README.write_text(before + begin + table() + END + rest.partition(END)[2])


if __name__ == "__main__":
    write()
