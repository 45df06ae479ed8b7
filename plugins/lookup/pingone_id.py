# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pingone_id
short_description: Look up the id of an object of PingOne by its name
version_added: 0.2.0
description:
  - Returns the ids of objects that are named, for what takes an id alone, such as a call with
    P(ansible.builtin.uri#module) or an export to another tool. The modules of this collection take names themselves.
  - Names match exactly. A name that no object or several objects bear is an error, with the names that are nearest, or
    with what tells the objects apart. An id is returned as it is once the object is found.
  - In check mode an environment, an application, or what else an earlier task of the dry run would have created with a
    module of this collection, is found, with the id that the dry run predicts. That is the check mode of the whole
    play; in a single task with C(check_mode), the lookup finds what exists.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.lookup_connection
options:
  _terms:
    description:
      - First what kind of object it is, then the name or id of each object, of which there must be at least one.
      - The kind is V(environment), V(license), V(role), or, with O(environment), V(application), V(population),
        V(group), V(resource), or V(user), which is looked up by its username.
      - A V(role) is one of the platform, or with O(environment) also a custom role of that environment.
    required: true
    type: list
    elements: str
  environment:
    description:
      - Name or id of the environment that the objects are in.
      - Required for all kinds but V(environment) and V(license), which are in none, and V(role), for which it may be
        left out.
    type: str
  assume_missing:
    description:
      - Whether, in check mode, an object that does not exist is taken for one that another task makes, with a warning
        and a predicted id.
      - It has no effect in a real run, nor on licenses and on ids that are not predicted.
    type: bool
    default: false
seealso:
  - module: idops.pingone.pingone_environment_info
"""

EXAMPLES = r"""
- name: Show the id of an environment
  ansible.builtin.debug:
    msg: "{{ lookup('idops.pingone.pingone_id', 'environment', 'dev') }}"

- name: Show the ids of two roles, as a list
  ansible.builtin.debug:
    msg: "{{ query('idops.pingone.pingone_id', 'role', 'Environment Admin', 'Identity Data Admin') }}"

- name: Show the id of an application, or say that there is none
  ansible.builtin.debug:
    msg: "{{ lookup('idops.pingone.pingone_id', 'application', 'ci-dev', environment='dev', errors='ignore')
      | default('no ci-dev', true) }}"
"""

RETURN = r"""
_raw:
  description: The id of each object, in the order of the names.
  type: list
  elements: str
  sample: [3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11]
"""

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import hinted
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.plugin_utils._lookup import PingOneLookup

_ANYWHERE: t.Final = ("environment", "license")
_IN_ENVIRONMENT: t.Final = ("application", "population", "group", "user", "resource")
_KINDS: t.Final = (*_ANYWHERE, "role", *_IN_ENVIRONMENT)


class LookupModule(PingOneLookup):
    """The lookup pingone_id."""

    name = "idops.pingone.pingone_id"
    options = {"environment": {"type": "str"}, "assume_missing": {"type": "bool", "default": False}}

    def answer(self, task: Task, terms: list[t.Any]) -> list[str]:
        """Return the id of each object that is named."""
        kind, references = _parsed(terms)
        check_not_empty(task.params, "environment")
        _check_environment(kind, task.params["environment"])
        place = task.lookup.environment(task.params["environment"]) if task.params["environment"] else None
        return [str(_found(task, kind, reference, place)["id"]) for reference in references]


def _parsed(terms: list[t.Any]) -> tuple[str, list[str]]:
    """Return the kind and the names of terms, among which lists of names may be. Raises OptionError."""
    flat = [item for term in terms for item in (term if isinstance(term, list) else [term])]
    kind = flat[0] if flat else None
    if kind not in _KINDS:
        given = "" if kind is None else f", not {hinted(str(kind))}"
        raise OptionError("_terms", f"The first term must be what is looked up: one of {', '.join(_KINDS)}{given}.")
    references = flat[1:]
    if not references:
        raise OptionError("_terms", f"After the first term, there must be a name or id of the kind {kind}.")
    for item in references:
        # A name of digits alone is a number in YAML.
        if isinstance(item, bool) or not isinstance(item, (str, int)) or not str(item).strip():
            what = "an empty one" if isinstance(item, str) else f"a value of type {type(item).__name__}"
            raise OptionError(
                "_terms", f"Each term after the first must be a name or id of the kind {kind}, not {what}."
            )
    return kind, [str(item) for item in references]


def _check_environment(kind: str, environment: str | None) -> None:
    if kind in _IN_ENVIRONMENT and environment is None:
        raise OptionError(
            "environment", f"environment is missing: give the environment that the {kind} is in, by its name or id."
        )
    if kind in _ANYWHERE and environment is not None:
        raise OptionError("environment", f"environment cannot be used to look up the kind {kind}, which is in none.")


def _found(task: Task, kind: str, reference: str, place: Wire | None) -> Wire:
    if kind == "environment":
        return task.lookup.environment(reference)
    if kind == "license":
        return task.lookup.license(task.api.organization_id(), reference)
    if place is None or kind == "role":
        return task.lookup.role(reference, place)
    in_environment: dict[str, t.Callable[[Wire, str], Wire]] = {
        "application": task.lookup.application,
        "population": task.lookup.population,
        "group": task.lookup.group,
        "user": task.lookup.user,
        "resource": task.lookup.resource,
    }
    return in_environment[kind](place, reference)
