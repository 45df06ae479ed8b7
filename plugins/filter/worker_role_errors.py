# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: worker_role_errors
short_description: Tell what is wrong with the roles of workers
version_added: 0.2.0
description:
  - Returns, for each role of each worker of a list of environments, what keeps it from being assigned, as far as that
    shows before there is any worker. These are a role that does not exist, a scope that the role cannot have, one in an
    environment that does not exist, a role that another one covers, and what is no role at all, such as a name alone.
author:
  - The idops.pingone contributors (@idops)
positional: roles, existing
options:
  _input:
    description:
      - Environments, each with C(name), and C(workers), which may be missing or null, as C(bootstrap_environments) of
        the role P(idops.pingone.bootstrap#role) holds them.
      - The entry C(roles) of a worker is that of O(idops.pingone.pingone_worker_apps#module:workers).
    type: list
    elements: dict
    required: true
  roles:
    description:
      - The roles that there are, as M(idops.pingone.pingone_role_info) returns them. A custom one counts in its own
        environment alone.
      - When they are left out, only what shows without them is told.
    type: list
    elements: dict
  existing:
    description: The environments that there are beside those of the list, each with C(id) and C(name).
    type: list
    elements: dict
    default: []
seealso:
  - module: idops.pingone.pingone_role_info
"""

EXAMPLES = r"""
- name: Read the roles of the platform
  idops.pingone.pingone_role_info:
    type: PLATFORM
  register: platform

- name: Name what is wrong
  ansible.builtin.debug:
    msg: "{{ environments | idops.pingone.worker_role_errors(platform.roles) | map(attribute='msg') }}"
  vars:
    environments:
      - name: dev
        workers:
          - name: ci-dev
            roles:
              - role: Enviroment Admin
"""

RETURN = r"""
_value:
  description: For each error C(environment), the name of the environment of the worker, and C(msg), a sentence.
  type: list
  elements: dict
  sample:
    - environment: dev
      msg: >-
        bootstrap_environments[0].workers[0].roles[0].role, of worker dev / ci-dev: there is no role 'Enviroment Admin';
        those that this worker can see, the nearest first: Environment Admin.
"""

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import seen_names
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    APPLICATION,
    ENVIRONMENT,
    ORGANIZATION,
    POPULATION,
    ROLES,
    Grant,
    Role,
    Scope,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_rules import (
    check_scope,
    incompatible,
    redundant,
)

Entry = t.Mapping[str, t.Any]
Entries = t.Sequence[Entry]

# The entries of a scope that name what is in an environment, and its type.
_PARTS: t.Final = {"population": POPULATION, "application": APPLICATION}


class _Refusal(Exception):
    """Ends the look at the roles of one worker with a sentence, which begins with where it is in these."""


def worker_role_errors(
    environments: Entries, roles: Entries | None = None, existing: Entries = ()
) -> list[dict[str, str]]:
    """Return what is wrong with the roles of workers, the first error of each worker.

    environments: each with C(name) and C(workers).
    roles: the roles that there are, as pingone_role_info returns them; None to tell only what shows without them.
    existing: environments besides, each with C(id) and C(name).
    """
    places = {item["name"] for item in environments} | {item[key] for item in existing for key in ("id", "name")}
    errors = []
    for number, environment in enumerate(environments):
        here = [item for item in roles or () if item["environment"] is None or _is_of(item["environment"], environment)]
        for index, worker in enumerate(environment.get("workers") or ()):
            try:
                entries = worker.get("roles") or []
                _check_form(entries)
                if roles is not None:
                    _check(entries, str(environment["name"]), here, places)
            except _Refusal as refusal:
                place, sentence = refusal.args
                where = f"bootstrap_environments[{number}].workers[{index}].{place}"
                of = f"of worker {environment['name']} / {worker['name']}"
                errors.append({"environment": environment["name"], "msg": f"{where}, {of}: {sentence}."})
    return errors


def _is_of(place: Entry, environment: Entry) -> bool:
    return bool(place["name"] == environment["name"])


def _check_form(entries: t.Any) -> None:
    """Raise _Refusal for the first role of a worker that has not the form of one."""
    if not isinstance(entries, list):
        raise _Refusal("roles", f"roles must be a list, such as [{{role: {_shown(entries)}}}]")
    for index, entry in enumerate(entries):
        where = f"roles[{index}]"
        if not isinstance(entry, t.Mapping):
            raise _Refusal(where, f"a role must be a dictionary; write {{role: {_shown(entry)}}}")
        _check_entries(entry, ROLES["options"], where)
        if not isinstance(entry.get("role"), (str, int)) or not str(entry["role"]).strip():
            raise _Refusal(where, "role is missing; give the name or the id of a role, such as role: Environment Admin")
        scope = entry.get("scope")
        if scope is None:
            continue
        if not isinstance(scope, t.Mapping):
            raise _Refusal(f"{where}.scope", f"a scope must be a dictionary, such as {{environment: {_shown(scope)}}}")
        _check_entries(scope, ROLES["options"]["scope"]["options"], f"{where}.scope")
        try:
            check_scope(scope, "role")
        except OptionError as error:
            raise _Refusal(f"{where}.scope", str(error).removeprefix("role.").rstrip(".")) from None


def _check_entries(given: Entry, known: t.Collection[str], where: str) -> None:
    """Raise _Refusal for an entry that there is not."""
    unknown = sorted(set(map(str, given)) - set(known))
    if unknown:
        raise _Refusal(where, f"there is no entry {unknown[0]}; there are {', '.join(known)}")


def _shown(value: t.Any) -> str:
    """Return what the user may have meant, for an example."""
    return value if isinstance(value, str) and value.strip() else "..."


def _check(entries: Entries, home: str, roles: Entries, places: t.Container[str]) -> None:
    """Raise _Refusal for the first role of a worker that cannot be assigned. home: its environment."""
    grants: list[Grant] = []
    for index, entry in enumerate(entries):
        where = f"roles[{index}]"
        grant = Grant(_role(str(entry["role"]), roles, f"{where}.role"), _scope(entry.get("scope") or {}, home))
        environment = grant.scope.environment_id
        if environment is not None and environment not in places:
            known = "; neither is it in the list, nor can this worker see it"
            raise _Refusal(f"{where}.scope.environment", f"there is no environment '{environment}'{known}")
        sentence = incompatible(grant)
        if sentence:
            raise _Refusal(f"{where}.scope", sentence)
        if grant not in grants:
            grants.append(grant)
    pair = redundant(grants)
    if pair:
        covered = f"{pair[0].title()} is covered by {pair[1].title()}, and PingOne refuses to assign both"
        raise _Refusal("roles", f"{covered}; leave one of them out")


def _role(reference: str, roles: Entries, where: str) -> Role:
    """Return the role that a name or an id stands for. Raises _Refusal when there is none."""
    for role in roles:
        if reference == role["id"] or (reference == role["name"] and not is_id(reference)):
            return Role(role["id"], role["name"], tuple(role["applicable_to"]))
    seen: list[Wire] = [dict(role) for role in roles]
    raise _Refusal(where, f"there is no role '{reference}'{seen_names(reference, seen)}")


def _scope(scope: Entry, home: str) -> Scope:
    """Return a scope that names one place. What it is called stands for its id, which is not known yet."""
    if scope.get("organization"):
        return Scope(ORGANIZATION, "", name="as a whole")
    environment = str(scope.get("environment") or home)
    for option, type_ in _PARTS.items():
        if scope.get(option):
            return Scope(type_, f"{environment}/{scope[option]}", environment, str(scope[option]), environment)
    return Scope(ENVIRONMENT, environment, environment, environment)


class FilterModule:
    """The filter, as ansible-core finds it."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"worker_role_errors": worker_role_errors}
