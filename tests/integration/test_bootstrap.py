# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role bootstrap with what is not the plain case, and the playbooks around it, against an emulator each."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from emulated import clear_faults, emulator, requests_of
from plays import ROOT
from sites import Site, sandbox
from user_changes import outcomes

Tenant = dict[str, Any]
ENVIRONMENT_ADMIN = [{"role": "Environment Admin"}]
IMPORTED = "An-imported-secret-of-some-length"
SECOND = {
    "client_id": "5a1c0c7e-7f5d-4c55-8d4e-0b6f3a2e9d11",
    "client_secret": "An-example-secret-of-64-characters-or-more-for-the-second-actor-0001",
}
Start = Callable[..., Site]


def add_second_actor(tenant: Tenant) -> None:
    """Add a worker that may do what the bootstrap worker may."""
    applications = tenant["environments"][0]["applications"]
    second = {"name": "second", "id": SECOND["client_id"], "secret": SECOND["client_secret"]}
    applications.append({**second, "roleAssignments": applications[0]["roleAssignments"]})


def test_workers_are_proven_as_far_as_their_roles_let_them(start: Start) -> None:
    site = start("--switch", "application_import=true")
    dev = sandbox(
        "dev",
        {"name": "whole", "description": "Deploys", "home_page_url": "https://example.com", "roles": ENVIRONMENT_ADMIN},
        {"name": "people", "roles": [{"role": "Identity Data Admin", "scope": {"population": "Default"}}]},
        {"name": "policies", "roles": [{"role": "Authorize Gateway Policy Evaluator"}]},
        {"name": "elsewhere", "roles": [{"role": "Environment Admin", "scope": {"environment": "Administrators"}}]},
        {"name": "owner", "roles": [{"role": "Application Owner", "scope": {"application": "whole"}}]},
        {"name": "nothing", "roles": []},
        {"name": "resting", "enabled": False, "roles": ENVIRONMENT_ADMIN},
        {
            "name": "key",
            "token_endpoint_auth_method": "PRIVATE_KEY_JWT",
            "jwks": {"keys": [{"kty": "EC", "kid": "1"}]},
            "roles": ENVIRONMENT_ADMIN,
        },
        {
            "name": "users",
            "grant_types": ["AUTHORIZATION_CODE"],
            "response_types": ["CODE"],
            "redirect_uris": ["https://app.example.com/callback"],
            "roles": ENVIRONMENT_ADMIN,
        },
        {
            "name": "moved",
            "imported_client_id": "moved-from-elsewhere",
            "imported_client_secret": IMPORTED,
            "roles": ENVIRONMENT_ADMIN,
        },
    )
    files = site.home / "credentials"
    first = site.bootstrap(dev, bootstrap_credentials_dir=str(files))
    for proof, workers in {
        "proven by a token and a call": ("whole", "elsewhere", "moved"),
        "proven by a token": ("people", "owner", "policies"),
        "not proven because it has no roles": ("nothing",),
        "not proven because it has no CLIENT_CREDENTIALS": ("users",),
        "not proven because it is disabled": ("resting",),
        "not proven because it authenticates by PRIVATE_KEY_JWT": ("key",),
    }.items():
        for worker in workers:
            assert report_of(first, f"Worker dev / {worker} ").endswith(f"credentials {proof}"), worker
    assert yaml.safe_load((files / "dev.moved.yaml").read_text())["client_secret"] == IMPORTED
    assert IMPORTED not in first

    written = len(site.writes())
    # What is null is left alone.
    spec = yaml.safe_load((ROOT / "roles/bootstrap/meta/argument_specs.yml").read_text())["argument_specs"]["main"]
    entries = spec["options"]["bootstrap_environments"]["options"]
    workers = [{**dict.fromkeys(entries["workers"]["options"]), **worker} for worker in dev["workers"]]
    empty = {**dict.fromkeys(set(entries) - {"confirm_production"}), "name": "dev", "workers": workers}
    before = len(requests_of(site.ready))
    second = site.bootstrap(empty, bootstrap_credentials_dir=str(files))
    assert "changed=0" in second
    assert len(site.writes()) == written
    # What the roles of a worker hide stays hidden, so it is asked for once to be published and once to be proven,
    # although all of this is young.
    assert refusals(site, before) == ["secret"] * 2
    # PingOne shows a secret only to an actor whose roles allow all that those of the worker allow.
    assert second.count("not proven because its secret could not be read") == 1
    assert len(list(files.iterdir())) == 10

    path = files / "dev.policies.yaml"
    path.unlink()
    lost = " ".join(site.bootstrap(dev, bootstrap_credentials_dir=str(files), rc=2).split())
    assert f"{path} is missing, so the secret of worker dev / policies is needed. Reading the secret of" in lost
    assert "whose own roles allow all that the worker's roles allow" in lost
    assert "Authorize Gateway Policy Evaluator at ENVIRONMENT" in lost
    assert "or set bootstrap_credentials_missing: skip, to do without the file." in lost
    assert len(site.writes()) == written

    changes: dict[str, Any] = {
        "whole": {"token_endpoint_auth_method": "CLIENT_SECRET_POST"},
        "nothing": {"roles": ENVIRONMENT_ADMIN},
        "resting": {"enabled": True},
        "users": {"grant_types": ["CLIENT_CREDENTIALS"], "response_types": [], "redirect_uris": []},
    }
    workers = [{**worker, **changes.get(worker["name"], {})} for worker in dev["workers"]]
    changed = {**dev, "workers": [*workers, {"name": "late", "roles": ENVIRONMENT_ADMIN}]}
    wanted = {"bootstrap_credentials_dir": str(files), "bootstrap_credentials_missing": "skip"}
    before = len(requests_of(site.ready))
    dry = site.bootstrap(changed, arguments=("--check",), **wanted)
    assert len(site.writes()) == written
    # No worker is asked for what it would be; and what is refused is not asked again because nothing is late.
    assert refusals(site, before) == ["secret"] * 2
    before = len(requests_of(site.ready))
    real = site.bootstrap(changed, **wanted)
    assert refusals(site, before) == ["secret"] * 2
    for worker in changes:
        assert report_of(dry, f"Worker dev / {worker} ").endswith("because a dry run cannot prove what it would change")
        assert report_of(real, f"Worker dev / {worker} ").endswith("changed; credentials proven by a token and a call")
    assert report_of(dry, "Worker dev / late ").endswith("credentials not proven, in a dry run")
    for output in (dry, real):
        assert report_of(output, "Worker dev / elsewhere ").endswith(
            "as wanted; credentials proven by a token and a call"
        )
        assert f"{path} is missing, and cannot be written: PingOne hides its secret" in output
    assert not path.exists()


def refusals(site: Site, before: int) -> list[str]:
    """Give what of tokens and secrets was refused since so many requests."""
    asked = requests_of(site.ready)[before:]
    refused = [request["path"].rpartition("/")[2] for request in asked if request["status"] >= 400]
    return [name for name in refused if name in ("token", "secret")]


def report_of(output: str, beginning: str) -> str:
    """Give the line of the report that begins so, without its id."""
    lines = [line.strip().strip('",') for line in output.splitlines()]
    return next(line for line in lines if line.startswith(beginning))


def test_an_environment_that_somebody_else_made_is_adopted_with_a_second_actor(start: Start) -> None:
    def tenant(document: Tenant) -> None:
        add_second_actor(document)
        document["environments"].append({"name": "theirs", "license": "INTERNAL", "services": ["PING_ONE_BASE"]})

    site = start(tenant=tenant)
    theirs = {"name": "theirs", "description": "Adopted"}
    ours = sandbox("ours")
    output = site.bootstrap(theirs, ours, bootstrap_second_actor=SECOND)
    assert "Environment theirs" in output
    # Of the environment that this run handed over it is told.
    refusal = site.bootstrap(theirs, ours, bootstrap_second_actor=SECOND, rc=2)
    assert "holds no role in ours any more" in " ".join(refusal.split())


@pytest.mark.parametrize(
    ("variable", "value", "is_told"),
    [
        ("PINGONE_CLIENT_SECRET", "not-the-secret", True),
        ("PINGONE_REGION_CODE", "MARS", False),
    ],
)
def test_a_refused_worker_alone_is_told_that_it_may_be_retired(
    start: Start, variable: str, value: str, is_told: bool
) -> None:
    output = " ".join(start().bootstrap(sandbox("dev"), environ={variable: value}, rc=2).split())
    assert ("this worker is retired: sign in as the second actor instead." in output) is is_told


def test_who_may_not_see_the_roles_of_a_group_is_told_before_anything_is_made(start: Start) -> None:
    def tenant(document: Tenant) -> None:
        home = {"type": "ENVIRONMENT", "name": "Administrators"}
        roles = [{"role": "Client Application Developer", "scope": home}]
        document["environments"][0]["applications"][0]["roleAssignments"] = roles

    site = start(tenant=tenant)
    people = [{"group": "Platform Admins", "role": "Environment Admin"}]
    output = " ".join(site.bootstrap(sandbox("dev"), rc=2, bootstrap_admin_groups=people).split())
    assert "Have Identity Data Admin in that environment assigned to it, or a custom role with dir:read:group" in output
    assert site.writes() == []


def test_a_bootstrap_of_nothing_says_so_and_works_with_an_access_token(start: Start) -> None:
    site = start()
    token = access_token(site)
    environ = {"PINGONE_CLIENT_ID": "", "PINGONE_CLIENT_SECRET": "", "PINGONE_API_ACCESS_TOKEN": token}
    assert "Nothing was asked for: bootstrap_environments is empty." in site.bootstrap(environ=environ)
    environ["PINGONE_API_ACCESS_TOKEN"] = token[:-8] + "tampered"
    assert "this worker is retired: sign in as the second actor" in " ".join(
        site.bootstrap(environ=environ, rc=2).split()
    )


def access_token(site: Site) -> str:
    """Give a token of the emulator's own worker."""
    credentials = f"{site.ready['client_id']}:{site.ready['client_secret']}".encode()
    url = f"{site.ready['auth_url']}/{site.ready['auth_environment_id']}/as/token"
    header = {"Authorization": f"Basic {base64.b64encode(credentials).decode()}"}
    request = urllib.request.Request(url, b"grant_type=client_credentials", header)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["access_token"])


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (
            {
                "bootstrap_environments": [sandbox("dev", {"name": "ci", "roles": []}, {"name": "ci", "roles": []})],
                "bootstrap_credential_dir": "credentials",
            },
            "bootstrap_credential_dir is no variable of the role; did you mean bootstrap_credentials_dir? "
            "bootstrap_environments names a worker of environment dev twice; give each name once.",
        ),
        (
            {"bootstrap_environments": [sandbox("dev", {"name": "ci", "roles": [{"name": "Environment Admin"}]})]},
            "bootstrap_environments[0].workers[0].roles[0], of worker dev / ci: there is no entry name; there are role",
        ),
        (
            {"bootstrap_environments": sandbox("dev")},
            "bootstrap_environments must be a list of environments, each a dictionary with its name, such as [{name",
        ),
        (
            {"bootstrap_unlisted_workers": "remove", "bootstrap_publish_tasks": "to_nowhere.yml"},
            "bootstrap_unlisted_match is missing; give a regular expression for the whole names of the workers that "
            "bootstrap_unlisted_workers, remove, may touch. "
            "bootstrap_publish_tasks names to_nowhere.yml, and there is no such file",
        ),
        ({"bootstrap_publish_tasks": None}, "bootstrap_publish_tasks must not be null; leave it out, or give"),
        ({"bootstrap_admin_groups": None}, "argument 'bootstrap_admin_groups' is of type NoneType"),
        (
            {"bootstrap_environments": [{**sandbox("dev"), "confirm_production": None}]},
            "confirm_production of environment dev in bootstrap_environments is null; name the environment, or leave",
        ),
        (
            {
                "bootstrap_environments": [sandbox("dev", {"name": "ci", "roles": []})],
                "bootstrap_credentials_dir": "credentials",
                "bootstrap_credentials_vault": "always",
            },
            "vault is always, but there is no vault password",
        ),
        (
            {
                "bootstrap_environments": [sandbox("dev", {"name": "ci", "roles": []})],
                "bootstrap_credentials_dir": "/tmp",
            },
            "others may write to the folder /tmp",
        ),
    ],
)
def test_bad_variables_are_refused_before_anything_is_asked(start: Start, wanted: Tenant, sentence: str) -> None:
    site = start()
    output = site.play("playbooks/bootstrap.yml", rc=2, **{"bootstrap_environments": [sandbox("dev")], **wanted})
    assert sentence in " ".join(output.split())
    assert requests_of(site.ready) == []


def test_the_name_of_a_worker_is_taken_as_it_is_in_the_name_of_its_file(start: Start) -> None:
    site = start()
    files = site.home / "credentials"
    dev = sandbox("dev", {"name": "ci/$HOME", "roles": ENVIRONMENT_ADMIN})
    site.bootstrap(dev, bootstrap_credentials_dir=str(files))
    assert [path.name for path in files.iterdir()] == ["dev.ci__HOME.yaml"]


def test_names_that_would_share_a_file_are_refused_only_where_files_are_written(start: Start) -> None:
    site = start()
    dev = sandbox("dev", {"name": "a/b", "roles": []}, {"name": "a_b", "roles": []})
    refusal = site.bootstrap(dev, bootstrap_credentials_dir=str(site.home / "credentials"), rc=2)
    assert "credentials would be published to one file" in " ".join(refusal.split())
    assert "dev / a_b" in site.bootstrap(dev)


def test_a_teardown_keeps_a_production_environment_and_its_files_alone(start: Start) -> None:
    site = start(tenant=lambda document: document["licenses"][0]["environments"].update(allowProduction=True))
    files = str(site.home / "credentials")
    dev = sandbox("dev", {"name": "ci", "roles": ENVIRONMENT_ADMIN})
    live = {**sandbox("live", {"name": "ci", "roles": ENVIRONMENT_ADMIN}), "type": "PRODUCTION"}
    wanted = {"bootstrap_environments": [live, dev], "bootstrap_credentials_dir": files}
    site.play("playbooks/bootstrap.yml", **wanted)
    output = site.play("playbooks/teardown.yml", rc=2, **wanted)
    assert "its type is PRODUCTION, not SANDBOX" in output
    assert [path.name for path in Path(files).iterdir()] == ["live.ci.yaml"]


PUBLISH = """
- ansible.builtin.copy:
    content: "{{ bootstrap_worker.label }}"
    dest: "{{ lookup('ansible.builtin.env', 'HOME') }}/published"
    mode: "0600"
"""


@pytest.mark.long
def test_playbooks_by_their_names_in_the_collection_write_where_they_were_started(start: Start) -> None:
    site = start()
    (site.home / "publish.yml").write_text(PUBLISH)
    wanted = {
        "bootstrap_environments": [sandbox("dev", {"name": "ci", "roles": ENVIRONMENT_ADMIN})],
        "bootstrap_credentials_dir": "credentials",
        "bootstrap_publish_tasks": "publish.yml",
    }
    site.play("idops.pingone.bootstrap", cwd=site.home, **wanted)
    site.play("idops.pingone.authorize", cwd=site.home, authorize_credentials_file="credentials/authorize.yaml")
    files = site.home / "credentials"
    assert sorted(path.name for path in files.iterdir()) == ["authorize.yaml", "dev.ci.yaml"]
    assert (site.home / "published").read_text() == "dev / ci"
    assert "changed=0" in site.play("idops.pingone.bootstrap", cwd=site.home, **wanted)
    site.play("idops.pingone.teardown", cwd=site.home, **wanted)
    assert [path.name for path in files.iterdir()] == ["authorize.yaml"]


@pytest.mark.long
def test_a_teardown_keeps_the_files_of_what_the_worker_can_not_see(start: Start) -> None:
    site = start()
    files = site.home / "credentials"
    wanted = {
        "bootstrap_environments": [sandbox(name, {"name": "ci", "roles": ENVIRONMENT_ADMIN}) for name in ("a", "b")],
        "bootstrap_credentials_dir": str(files),
    }
    site.play("playbooks/bootstrap.yml", **wanted)
    of_a = yaml.safe_load((files / "a.ci.yaml").read_text())
    as_a = {
        "PINGONE_ENVIRONMENT_ID": of_a["auth_environment_id"],
        "PINGONE_CLIENT_ID": of_a["client_id"],
        "PINGONE_CLIENT_SECRET": of_a["client_secret"],
    }
    output = site.play(
        "playbooks/teardown.yml",
        environ=as_a,
        **{**wanted, "bootstrap_environments": [sandbox("b", {"name": "ci", "roles": []})]},
    )
    assert (files / "b.ci.yaml").exists()
    assert str(files / "b.ci.yaml") in output
    assert "b.ci.yaml" not in site.play("playbooks/teardown.yml", **wanted).partition("PLAY RECAP")[2]
    assert list(files.iterdir()) == []


def test_a_dry_run_of_authorize_names_the_scopes(start: Start) -> None:
    output = start().play("playbooks/authorize.yml", "--check", "-v")
    assert '"name": "authorize"' in output
    assert '"name": "00000000' not in output


def is_enabled(site: Site, client_id: str) -> bool:
    """Tell whether a worker is enabled."""
    applications = [app for environment in site.state()["environments"] for app in environment["applications"]]
    return next(bool(app["enabled"]) for app in applications if app["id"] == client_id)


def held_in_environments(site: Site, client_id: str) -> int:
    """Count the roles that a worker holds in environments other than that of the administrators."""
    scopes = [it["scope"] for it in site.state()["roleAssignments"] if it["actorId"] == client_id]
    return sum(it["type"] == "ENVIRONMENT" and it["id"] != site.ready["auth_environment_id"] for it in scopes)


@pytest.mark.parametrize(("always_all", "removals"), [pytest.param("false", 2, marks=pytest.mark.long), ("true", 4)])
def test_a_hand_over_that_stopped_halfway_is_completed_by_the_next_run(
    start: Start, always_all: str, removals: int
) -> None:
    fault = {"kind": "status", "status": 503, "method": "DELETE", "skip": removals}
    switch = f"birthright_always_all={always_all}"
    site = start("--fault", json.dumps(fault), "--switch", switch, tenant=add_second_actor)
    wanted = {"bootstrap_second_actor": SECOND, "bootstrap_finalize": "disable_bootstrap_worker"}
    environments = (sandbox("one"), sandbox("two"))
    site.bootstrap(*environments, rc=2, **wanted)
    caller = site.ready["client_id"]
    assert held_in_environments(site, caller) == (6 if always_all == "true" else 4) - removals
    clear_faults(site.ready)
    refusal = " ".join(site.bootstrap(*environments, rc=2, **wanted).split())
    assert "holds no role in one, two any more" in refusal
    assert held_in_environments(site, caller) == 0
    # It holds Environment Admin for the whole organization already.
    assert held_in_environments(site, SECOND["client_id"]) == 4
    assert not is_enabled(site, caller)


@pytest.mark.long
def test_a_dry_run_of_a_hand_over_tells_what_the_run_then_does(start: Start) -> None:
    site = start(tenant=add_second_actor)
    wanted = {"bootstrap_second_actor": SECOND, "bootstrap_finalize": "disable_bootstrap_worker"}
    dry = site.bootstrap(sandbox("one"), arguments=("--check",), **wanted)
    assert site.writes() == []
    assert outcomes(dry) == outcomes(site.bootstrap(sandbox("one"), **wanted))


def test_a_hand_over_can_be_rehearsed_with_the_tenant_of_the_readme(tmp_path: Path) -> None:
    readme = (ROOT / "roles/emulator/README.md").read_text()
    tenant = tmp_path / "tenant.yml"
    tenant.write_text(readme.partition("```yaml\n")[2].partition("```")[0])
    worker = yaml.safe_load(tenant.read_text())["environments"][0]["applications"][1]
    with emulator("--tenant", str(tenant)) as ready:
        site = Site(ready, tmp_path)
        second = {"client_id": worker["id"], "client_secret": worker["secret"]}
        site.bootstrap(sandbox("one"), bootstrap_second_actor=second)
        assert held_in_environments(site, ready["client_id"]) == 0


def test_a_worker_that_handed_over_can_still_be_disabled(start: Start) -> None:
    site = start(tenant=add_second_actor)
    site.bootstrap(sandbox("one"), bootstrap_second_actor=SECOND)
    refusal = site.bootstrap(
        sandbox("one"), rc=2, bootstrap_second_actor=SECOND, bootstrap_finalize="disable_bootstrap_worker"
    )
    assert "holds no role in one any more" in " ".join(refusal.split())
    assert not is_enabled(site, site.ready["client_id"])


GIVE = """
- hosts: localhost
  gather_facts: false
  tasks:
    - idops.pingone.pingone_role_assignment:
        environment: Administrators
        application: second
        roles:
          - role: Application Owner
            scope: {environment: one}
"""


@pytest.mark.long
def test_another_role_of_the_second_actor_is_no_hand_over(start: Start) -> None:
    site = start(tenant=add_second_actor)
    site.bootstrap(sandbox("one"))
    playbook = site.home / "give.yml"
    playbook.write_text(GIVE)
    site.play(str(playbook))
    output = site.bootstrap(sandbox("one"), sandbox("two"), bootstrap_second_actor=SECOND)
    assert "Environment two" in output
    assert held_in_environments(site, site.ready["client_id"]) == 0


@pytest.mark.long
def test_a_run_as_the_second_actor_says_what_it_leaves_alone(start: Start) -> None:
    site = start(tenant=add_second_actor)
    site.bootstrap(sandbox("one"), bootstrap_second_actor=SECOND)
    as_second = {"PINGONE_CLIENT_ID": SECOND["client_id"], "PINGONE_CLIENT_SECRET": SECOND["client_secret"]}
    output = site.bootstrap(sandbox("one"), bootstrap_second_actor=SECOND, environ=as_second)
    assert "changed=0" in output
    assert "Roles that the second actor, who made this run, holds in the environments:" in output
    assert "a hand-over that stopped halfway is completed by a run as the worker that began it" in output
    assert "got by creating" not in output


@pytest.mark.long
def test_an_environment_of_the_second_actor_s_own_costs_the_calling_worker_nothing(start: Start) -> None:
    site = start(tenant=add_second_actor)
    as_second = {"PINGONE_CLIENT_ID": SECOND["client_id"], "PINGONE_CLIENT_SECRET": SECOND["client_secret"]}
    site.bootstrap(sandbox("theirs"), environ=as_second)
    site.bootstrap(sandbox("ours"))
    written = len(site.writes())
    wanted = {"bootstrap_second_actor": SECOND, "bootstrap_finalize": "disable_bootstrap_worker"}
    environments = (sandbox("theirs"), sandbox("ours"), sandbox("new"))
    refusal = " ".join(site.bootstrap(*environments, rc=2, **wanted).split())
    assert "Not handed over, and left as it is: ours, new." in refusal
    assert len(site.writes()) == written
    assert is_enabled(site, site.ready["client_id"])


def test_a_worker_that_does_not_see_its_own_environment_can_work_in_others(start: Start) -> None:
    caller = {"client_id": "0d9b1f8e-64f0-4d51-8a52-1b7b6f0e9c21", "client_secret": SECOND["client_secret"]}

    def tenant(document: Tenant) -> None:
        document["environments"].append({"name": "dev", "license": "INTERNAL", "services": ["PING_ONE_BASE"]})
        in_dev = {"type": "ENVIRONMENT", "name": "dev"}
        roles = ("Environment Admin", "Client Application Developer", "Identity Data Admin")
        document["environments"][0]["applications"].append(
            {
                "name": "local",
                "id": caller["client_id"],
                "secret": caller["client_secret"],
                "roleAssignments": [{"role": role, "scope": in_dev} for role in roles],
            }
        )

    site = start(tenant=tenant)
    local = {"PINGONE_CLIENT_ID": caller["client_id"], "PINGONE_CLIENT_SECRET": caller["client_secret"]}
    output = site.bootstrap({"name": "dev", "workers": [{"name": "ci", "roles": ENVIRONMENT_ADMIN}]}, environ=local)
    assert "credentials proven by a token and a call" in output
    assert "its roles in environment dev: Environment Admin" in output
