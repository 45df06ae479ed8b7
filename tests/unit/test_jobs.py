# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each job that people come with has an example that does it; test_examples.py runs the examples."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Each job, with the tasks or plays that do it: the file, and their names there.
JOBS = {
    # Who builds the platform
    "give the connection once for a whole play": ("README.md", ["One connection for a play"]),
    "stop before the first change where a right is missing": (
        "plugins/modules/pingone_actor_info.py",
        [
            "Ask what a deployment needs, before it begins",
            "Stop where something is missing, and name the roles that would do",
        ],
    ),
    "choose a license that has room": (
        "plugins/modules/pingone_license_info.py",
        ["Name those with room for another environment", "Check what it allows before environments are created on it"],
    ),
    "bootstrap an organization": ("README.md", ["Bootstrap an organization"]),
    "make an environment that can be used at once": ("README.md", ["The environment"]),
    "make a worker that inherits nothing, with exactly its roles": (
        "README.md",
        ["Its worker", "Exactly these roles, nothing more"],
    ),
    "keep the credentials, and prove them": (
        "README.md",
        ["The credentials, in a file that only you can read", "A token proves them"],
    ),
    "let people see what automation made": (
        "plugins/modules/pingone_role_assignment.py",
        ["Let people see the environment"],
    ),
    "step down as the worker that may do everything": (
        "plugins/modules/pingone_role_handover.py",
        ["Hand over the calling worker's own, and step down last of all"],
    ),
    # Who runs the pipelines
    "rotate a secret that is due, with an overlap": (
        "README.md",
        ["Rotate it when it is due, and prove the new one by a token"],
    ),
    "publish a new secret, after a crash too": ("README.md", ["Publish what the clients do not have yet"]),
    "revoke the secret of before once nobody uses it": (
        "README.md",
        ["Revoke the previous one once no client has used it for a day"],
    ),
    "rotate the secrets of many workers, a few at a time": (
        "README.md",
        ["Find the workers of all pipelines", "Rotate what is 30 days old, five workers at a time"],
    ),
    "answer a leak, once": (
        "plugins/modules/pingone_worker_app_secret.py",
        ["Rotate at once, but only if the secret that leaked is still valid"],
    ),
    "do without secrets": (
        "plugins/modules/pingone_worker_app_key.py",
        [
            "Make a key pair, and let the worker sign in by it",
            "Sign in by it",
            "Rotate, with both keys valid for a while",
            "Retire the old one",
        ],
    ),
    # Who audits
    "tell who may do what where": ("README.md", ["Read who may do what where"]),
    "find workers that reach beyond their environment": (
        "README.md",
        ["Name the workers that hold a role outside of their own environment"],
    ),
    "fail when a worker may do too much": (
        "plugins/modules/pingone_role_assignment_info.py",
        ["Fail when a worker outside of the administrators' environment holds a role at the organization"],
    ),
    "find out what a role allows": (
        "plugins/modules/pingone_role_info.py",
        ["Read what a role allows", "Name the roles whose holders can read the secrets of applications"],
    ),
    "allow less than the platform's roles do": (
        "plugins/modules/pingone_custom_role.py",
        ["Environment Admin that cannot delete applications nor populations", "Assign it to a worker"],
    ),
    "find workers by which people sign in": (
        "plugins/modules/pingone_worker_app_info.py",
        ["Name those that can sign in with more than their own credentials"],
    ),
    "see whether a previous secret is valid and used": (
        "plugins/modules/pingone_worker_app_secret.py",
        ["See until when the previous secret is valid, and whether it is used"],
    ),
    "see which groups of people administer": (
        "plugins/modules/pingone_role_assignment_info.py",
        ["Read the roles of the groups of administrators"],
    ),
    "fail a pipeline when something drifted": (
        "roles/bootstrap/README.md",
        ["Look for drift", "Keep what was found", "Fail where something drifted"],
    ),
    # Who develops
    "get a token, and use it": (
        "plugins/modules/pingone_token.py",
        ["Get a token of its own", "Call what has no module"],
    ),
    "get a token within a template": ("plugins/lookup/pingone_token.py", ["Call what has no module"]),
    "turn a name into an id": ("plugins/lookup/pingone_id.py", ["Show the id of an environment"]),
    "learn who signs in, and with which rights": (
        "plugins/modules/pingone_actor_info.py",
        ["Read who calls, and what it may do", "Tell it"],
    ),
    "look inside a token": (
        "plugins/filter/jwt_claims.py",
        ["Say who signs in, and until when the token is valid"],
    ),
    "decide by why something was refused": ("README.md", ["Get a token, or say that PingOne is away"]),
    "rehearse without a tenant": ("README.md", ["Rehearse without a tenant"]),
    # Who releases
    "make a sandbox": ("plugins/modules/pingone_environment.py", ["Create a sandbox on the only license that fits"]),
    "remove old sandboxes, and never anything else": (
        "plugins/modules/pingone_environment.py",
        ["See which sandboxes of branches there are", "Remove those that are older than a week, and nothing else"],
    ),
    "keep the same workers in many environments": ("README.md", ["The workers of all environments"]),
    "take production out of use on purpose, and back": (
        "plugins/modules/pingone_environment.py",
        ["Take it out of use", "Take it back"],
    ),
    # Who owns the tenant
    "keep a second way in": (
        "plugins/modules/pingone_role_assignment.py",
        [
            "Keep a second worker for the day when the first one is lost",
            "Let it do all that the first one does, so that it can read and rotate the secret of that one",
        ],
    ),
    "write down what exists, without secrets": ("README.md", ["Write down what exists"]),
}


def names_in(path: Path) -> set[str]:
    """Return the names of the tasks and plays that the examples of a file show."""
    text = path.read_text()
    if path.suffix == ".md":
        text = "\n".join(re.findall(r"^```ya?ml\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE))
    else:
        assigned = [node for node in ast.parse(text).body if isinstance(node, ast.Assign)]
        text = next(node.value.value for node in assigned if node.targets[0].id == "EXAMPLES")
    return set(re.findall(r"^ *- name: (.*)$", text, flags=re.MULTILINE))


@pytest.mark.parametrize("job", JOBS)
def test_a_job_has_an_example(job: str) -> None:
    path, names = JOBS[job]
    assert names
    assert [name for name in names if name not in names_in(ROOT / path)] == []
