# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: bootstrap_errors
short_description: Tell what is wrong with the variables of the role bootstrap
version_added: 0.2.0
description:
  - Returns what keeps the role P(idops.pingone.bootstrap#role) from working with its variables, as far as that shows
    from these alone, and what the specification of its arguments lets pass.
author:
  - The idops.pingone contributors (@idops)
positional: defaults, names
options:
  _input:
    description: All variables of the role, by their names.
    type: dict
    required: true
  defaults:
    description: What these are where nobody gives them.
    type: dict
    required: true
  names:
    description:
      - Names of variables that there are.
      - One that is none of the role's is an error where it is two edits or less away from a variable of the role that
        has its default. An edit adds, drops or replaces a character.
    type: list
    elements: str
    default: []
seealso:
  - plugin: idops.pingone.worker_role_errors
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Name what is wrong with variables
  ansible.builtin.debug:
    msg: "{{ defaults | combine(given) | idops.pingone.bootstrap_errors(defaults, given.keys()) }}"
  vars:
    collections: "{{ lookup('ansible.builtin.config', 'COLLECTIONS_PATHS') | first }}/ansible_collections"
    file: "{{ collections }}/idops/pingone/roles/bootstrap/defaults/main.yml"
    defaults: "{{ lookup('ansible.builtin.file', file) | from_yaml }}"
    given:
      bootstrap_credential_dir: ~/.pingone
      bootstrap_unlisted_workers: remove
"""

RETURN = r"""
_value:
  description: A sentence on each error.
  type: list
  elements: str
  sample:
    - bootstrap_credential_dir is no variable of the role; did you mean bootstrap_credentials_dir?
    - >-
      bootstrap_unlisted_match is missing; give a regular expression for the whole names of the workers that
      bootstrap_unlisted_workers, remove, may touch.
"""

import typing as t

from ansible_collections.idops.pingone.plugins.filter.worker_files import worker_files
from ansible_collections.idops.pingone.plugins.filter.worker_role_errors import worker_role_errors

Entry = t.Mapping[str, t.Any]

# The specification of the role's arguments refuses the others, but takes null for an empty text with ansible-core 2.19
# and later.
_NOT_NULL: t.Final = ("bootstrap_environments", "bootstrap_credentials_dir", "bootstrap_publish_tasks")
_TO_SIGN_IN: t.Final = ("client_secret", "private_key", "private_key_path")
# How many edits away a name is taken for a misspelled one.
_SLIPS: t.Final = 2


def bootstrap_errors(variables: Entry, defaults: Entry, names: t.Iterable[str] = ()) -> list[str]:
    """Return a sentence on each thing that is wrong with the variables of the role bootstrap.

    variables: all of the role, by their names.
    defaults: what these are where nobody gives them.
    names: of variables that there are.
    """
    environments = variables["bootstrap_environments"] or []
    return [
        *_of_names(variables, defaults, names),
        *_of_nulls(variables),
        *_of_environments(environments),
        *(error["msg"] for error in worker_role_errors(environments)),
        *_of_unlisted(variables),
        *_of_second_actor(variables["bootstrap_second_actor"] or {}),
        *_of_files(variables, environments),
    ]


def _of_names(variables: Entry, defaults: Entry, names: t.Iterable[str]) -> t.Iterator[str]:
    left_out = [name for name in defaults if variables[name] == defaults[name]]
    for name in sorted(set(names) - set(defaults)):
        for meant in left_out:
            if _is_near(name, meant, _SLIPS):
                yield f"{name} is no variable of the role; did you mean {meant}?"


def _is_near(one: str, other: str, edits: int) -> bool:
    """Tell whether one text becomes another by so many edits or less."""
    if edits < 0:
        return False
    if not one or not other:
        return len(one) + len(other) <= edits
    if one[0] == other[0]:
        return _is_near(one[1:], other[1:], edits)
    edited = ((one[1:], other), (one, other[1:]), (one[1:], other[1:]))
    return any(_is_near(left, right, edits - 1) for left, right in edited)


def _of_nulls(variables: Entry) -> t.Iterator[str]:
    nulls = [name for name in _NOT_NULL if variables[name] is None]
    if nulls:
        yield f"{', '.join(nulls)} must not be null; leave it out, or give it a value."


def _of_environments(environments: t.Sequence[Entry]) -> t.Iterator[str]:
    for environment in environments:
        if environment.get("confirm_production", "") is None:
            yield (
                f"confirm_production of environment {environment['name']} in bootstrap_environments is null; "
                "name the environment, or leave it out."
            )
    if _has_twins(str(environment["name"]).lower() for environment in environments):
        yield "bootstrap_environments names an environment twice; give each name once."
    for environment in environments:
        if _has_twins(worker["name"] for worker in environment.get("workers") or ()):
            yield (
                f"bootstrap_environments names a worker of environment {environment['name']} twice; "
                "give each name once."
            )


def _has_twins(names: t.Iterable[str]) -> bool:
    listed = list(names)
    return len(set(listed)) < len(listed)


def _of_unlisted(variables: Entry) -> t.Iterator[str]:
    touched = variables["bootstrap_unlisted_workers"]
    if touched in ("disable", "remove") and not variables["bootstrap_unlisted_match"]:
        yield (
            "bootstrap_unlisted_match is missing; give a regular expression for the whole names of the workers that "
            f"bootstrap_unlisted_workers, {touched}, may touch."
        )


def _of_second_actor(second: Entry) -> t.Iterator[str]:
    if second and not second.get("client_id"):
        yield (
            "bootstrap_second_actor.client_id is missing; give the client id of the second actor, or leave "
            "bootstrap_second_actor out."
        )
    if second and not any(map(second.get, _TO_SIGN_IN)):
        yield (
            "bootstrap_second_actor.client_secret is missing; give client_secret, private_key or private_key_path of "
            "the second actor, or leave bootstrap_second_actor out."
        )


def _of_files(variables: Entry, environments: t.Sequence[Entry]) -> t.Iterator[str]:
    workers = worker_files(environments, variables["bootstrap_credentials_format"])
    folder = variables["bootstrap_credentials_dir"]
    for worker in workers:
        if worker["key"] and not folder:
            yield (
                f"bootstrap_credentials_dir is missing; worker {worker['label']} has credentials: key, and its private "
                "key is kept in that folder."
            )
    for worker in workers:
        if worker["not_with_key"]:
            yield (
                f"Worker {worker['label']} in bootstrap_environments has credentials: key, which sets "
                f"{', '.join(worker['not_with_key'])}; leave that out."
            )
    if folder and _has_twins(worker[of].lower() for worker in workers for of in ("file", "key") if worker[of]):
        yield (
            "bootstrap_environments names two workers whose credentials would be published to one file; the names of "
            "environment and worker, joined by a dot, have to differ, and not in upper and lower case alone."
        )


class FilterModule:
    """The filter, as ansible-core finds it."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"bootstrap_errors": bootstrap_errors}
