# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users change in the list of the role bootstrap, each first in a dry run and then for real."""

from __future__ import annotations

import copy
import re
import time
import typing as t
from dataclasses import dataclass

from sites import Site, sandbox

Variables = dict[str, t.Any]
Change = t.Callable[[Variables], None]

ADMIN = [{"role": "Environment Admin"}]
BY_CODE = {
    "grant_types": ["AUTHORIZATION_CODE"],
    "response_types": ["CODE"],
    "redirect_uris": ["https://app.example.com/callback"],
}


def wanted() -> Variables:
    """Return what is asked for at first: six environments with workers, and a group of people."""
    workers: list[list[Variables]] = [
        [{"name": "ci", "roles": ADMIN}],
        [{"name": "resting", "enabled": False, "roles": ADMIN}],
        [{"name": "nothing", "roles": []}],
        [{"name": "users", **BY_CODE, "roles": ADMIN}],
        [{"name": "before", "roles": ADMIN}],
        [{"name": "kept", "roles": ADMIN}, {"name": "dropped", "roles": ADMIN}],
    ]
    return {
        "bootstrap_environments": [sandbox(f"env-{number}", *listed) for number, listed in enumerate(workers)],
        "bootstrap_admin_groups": [{"group": "Platform Admins", "role": "Environment Admin"}],
    }


def _update(environment: int, **options: t.Any) -> Change:
    """Return what changes the first worker of an environment."""
    return lambda variables: variables["bootstrap_environments"][environment]["workers"][0].update(options)


CHANGES: dict[str, Change] = {
    "method": _update(0, token_endpoint_auth_method="CLIENT_SECRET_POST"),
    "enabled": _update(1, enabled=True),
    "first role": _update(2, roles=ADMIN),
    "grant": _update(3, grant_types=["CLIENT_CREDENTIALS"], response_types=[], redirect_uris=[]),
    "rename": _update(4, name="after", previous_names=["before"]),
    "dropped worker": lambda variables: variables["bootstrap_environments"][5]["workers"].pop(),
    "group typo": lambda variables: variables["bootstrap_admin_groups"][0].update(group="Platform Admin"),
}
REFUSED = ("group typo",)


@dataclass(frozen=True)
class Run:
    """A run of the role: what became of each item of each task, what was printed, and how many seconds it took."""

    outcomes: list[tuple[str, str]]
    output: str
    seconds: float

    def has_changed(self) -> bool:
        """Tell whether anything was changed, or would be."""
        return any(word == "changed" for _task, word in self.outcomes)


def outcomes(output: str) -> list[tuple[str, str]]:
    """Give what became of each item of each task."""
    tasks = output.partition("PLAY RECAP")[0].split("TASK [")[1:]
    return [
        (task.partition("]")[0], word) for task in tasks for word in re.findall(r"^(\w+): \[localhost\]", task, re.M)
    ]


def changed(variables: Variables, *names: str) -> Variables:
    """Return variables with changes of these names."""
    copied = copy.deepcopy(variables)
    for name in names:
        CHANGES[name](copied)
    return copied


def run(site: Site, variables: Variables, *arguments: str, rc: int = 0) -> Run:
    """Run the role with variables. rc: what it has to end with."""
    since = time.monotonic()
    environments = variables["bootstrap_environments"]
    groups = variables["bootstrap_admin_groups"]
    output = site.bootstrap(*environments, arguments=arguments, rc=rc, bootstrap_admin_groups=groups)
    return Run(outcomes(output), output, time.monotonic() - since)


def dry_and_real(site: Site, variables: Variables, *names: str) -> tuple[Run, Run]:
    """Run the role with changes, first as a dry run, which must not write."""
    rc = 2 if set(names) & set(REFUSED) else 0
    written = len(site.writes())
    dry = run(site, changed(variables, *names), "--check", rc=rc)
    assert len(site.writes()) == written
    return dry, run(site, changed(variables, *names), rc=rc)
