# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the vendor's pages in docs/worker_applications.md say and no other test shows from end to end."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from sites import Site, sandbox

Start = Callable[..., Site]
# The ids that these roles have in every organization.
ENVIRONMENT_ADMIN = "29ddce68-cd7f-4b2a-b6fc-f7a19553b496"
IDENTITY_ADMIN = "0bd9c966-7664-4ac1-b059-0ff9293908e2"
ROLES = [{"role": "Environment Admin"}, {"role": "Identity Data Admin"}]

# Who calls is the worker of the environment "one".
BY_THE_WORKER = """
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/idops.pingone.pingone:
      retry_budget: 2
  tasks:
    - idops.pingone.pingone_population:
        environment: one
        name: Customers
      register: own

    - idops.pingone.pingone_population:
        environment: two
        name: Customers
      register: foreign
      ignore_errors: true

    - idops.pingone.pingone_environment:
        name: three
        type: SANDBOX
        license: INTERNAL
      register: another
      ignore_errors: true

    - ansible.builtin.assert:
        that:
          - own is changed
          - foreign is failed
          - foreign.error.kind == 'not_found'
          - another is failed
          - another.error.kind == 'permission'
"""


def worker_of(site: Site, environment: str, name: str) -> dict[str, Any]:
    """Give a worker as the emulator holds it, with its whole environment."""
    state = site.state()
    found = next(one for one in state["environments"] if one["name"] == environment)
    application: dict[str, Any] = next(one for one in found["applications"] if one["name"] == name)
    return {**application, "environment": found}


def roles_of(site: Site, application: str) -> list[tuple[str, str]]:
    """Give the ids of the roles that an application holds, each with the id of its scope."""
    held = [one for one in site.state()["roleAssignments"] if one["actorId"] == application]
    return sorted((one["role"]["id"], one["scope"]["id"]) for one in held)


def credentials(path: Path) -> dict[str, str]:
    """Read a file of credentials."""
    content: dict[str, str] = yaml.safe_load(path.read_text())
    return content


def token_by_form(site: Site, kept: dict[str, str]) -> dict[str, Any]:
    """Ask for a token as the vendor's sample does: a form with the credentials in it."""
    form = {
        "grant_type": "client_credentials",
        "client_id": kept["client_id"],
        "client_secret": kept["client_secret"],
    }
    url = f"{site.ready['auth_url']}/{kept['auth_environment_id']}/as/token"
    with urllib.request.urlopen(url, data=urllib.parse.urlencode(form).encode(), timeout=10) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def test_authorize_leaves_what_the_page_of_pingone_authorize_wants(start: Start) -> None:
    site = start()
    path = site.home / "authorize.yaml"
    site.play("playbooks/authorize.yml", authorize_credentials_file=str(path))

    made = worker_of(site, "authorize", "authorize-worker")
    environment = made["environment"]
    products = [product["type"] for product in environment["billOfMaterials"]["products"]]
    assert "PING_ONE_AUTHORIZE" in products
    assert (made["type"], made["protocol"], made["enabled"]) == ("WORKER", "OPENID_CONNECT", True)
    assert made["description"]
    assert made["tokenEndpointAuthMethod"] == "CLIENT_SECRET_POST"
    here = environment["id"]
    assert roles_of(site, made["id"]) == [(IDENTITY_ADMIN, here), (ENVIRONMENT_ADMIN, here)]
    assert set(token_by_form(site, credentials(path))) == {"access_token", "token_type", "expires_in"}


def test_the_worker_of_an_environment_works_there_and_nowhere_else(start: Start) -> None:
    site = start()
    files = site.home / "credentials"
    both = [sandbox(name, {"name": "ci", "roles": ROLES}) for name in ("one", "two")]
    site.bootstrap(*both, bootstrap_credentials_dir=str(files))
    kept = credentials(files / "one.ci.yaml")
    playbook = site.home / "by_the_worker.yml"
    playbook.write_text(BY_THE_WORKER)

    site.play(
        str(playbook),
        environ={
            "PINGONE_ENVIRONMENT_ID": kept["auth_environment_id"],
            "PINGONE_CLIENT_ID": kept["client_id"],
            "PINGONE_CLIENT_SECRET": kept["client_secret"],
        },
    )

    assert [one["name"] for one in site.state()["environments"]] == ["Administrators", "one", "two"]
