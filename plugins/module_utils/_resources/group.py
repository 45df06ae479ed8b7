# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one group to what a task wants of it. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id, predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.identity import find_by_id, find_by_name
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty
from ansible_collections.idops.pingone.plugins.module_utils._core.names import check_new_name
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import (
    Change,
    Outcome,
    plan,
    removal,
    with_free_id,
)
from ansible_collections.idops.pingone.plugins.module_utils._core.selection import Selection
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_object import (
    check_identity,
    ensure_object,
    home_of,
    is_assumed,
    with_id,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.group_fields import GROUP
from ansible_collections.idops.pingone.plugins.module_utils._resources.group_nesting import (
    Nesting,
    ensure_nesting,
    outlook_of_nesting,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def check_options(params: t.Mapping[str, t.Any]) -> None:
    """Raise OptionError for options that cannot be right whatever exists, before the first call."""
    check_identity(params, "group")
    check_not_empty(params, "population")
    if params["exclusive_member_of"] and params["member_of"] is None:
        raise OptionError("exclusive_member_of", "exclusive_member_of requires member_of, if only with [].")
    GROUP.given(params)


def ensure_group(task: Task) -> tuple[Outcome[Change, Wire | None], Outcome[Nesting, Wires] | None]:
    """Create, update or delete the group that the options name, and nest it in others as far as that is asked for.

    Raises MissingObjectError when it, its population or its environment is gone, OptionError for what cannot be wanted,
    before anything is written, and the client's errors.
    """
    home = home_of(task)
    reference = task.params["population"]
    population = task.lookup.population(home, reference) if reference else None
    groups = task.api.groups(home)
    parents, exclusive = _parents(task, home), task.params["exclusive_member_of"]

    def find() -> Wire | None:
        return _find(task, groups, population)

    def planned(current: Wire | None) -> Change:
        if task.params["state"] == "absent":
            return removal(GROUP, current)
        _check_not_in_itself(current, parents or ())
        change = _planned(task, home, groups, population, current)
        if parents is not None and change.predicted is not None:
            nesting = outlook_of_nesting(task, home, change.predicted, parents, exclusive=exclusive)
            task.conclude([("", task.outlook(change, groups)), ("", nesting)])
        return change

    outcome = ensure_object(task, home, groups, find, planned)
    if parents is None or outcome.after is None:
        return outcome, None
    return outcome, ensure_nesting(task, home, outcome.after, parents, exclusive=exclusive)


def _parents(task: Task, home: Wire) -> Wires | None:
    """Return the groups in which the group is to be nested; None when that is not asked for."""
    references = task.params["member_of"]
    if references is None or task.params["state"] == "absent":
        return None
    return [task.lookup.group(home, reference, f"member_of[{index}]") for index, reference in enumerate(references)]


def _check_not_in_itself(current: Wire | None, parents: t.Iterable[Wire]) -> None:
    if current is not None and any(parent["id"] == current["id"] for parent in parents):
        raise OptionError("member_of", f"member_of: group '{title(current)}' cannot be nested in itself.")


def _find(task: Task, groups: Resource, population: Wire | None) -> Wire | None:
    """Return the group that the options mean; of several of one name, the one of the population that they name."""
    identifier, name = task.params["id"], task.params["name"]
    if identifier:
        listed = Selection(id=identifier).read(groups) if is_id(identifier) else groups.list()
        found = find_by_id(listed, task.params, "group", groups.place, is_assumed=is_assumed(task, "group"))
        if found is not None and population is not None and population_id(found) != population["id"]:
            raise OptionError(
                "population",
                f"population: group '{title(found)}' ({found['id']}) is not in population '{title(population)}', and a "
                "group stays where it was created; leave population out, or create another one by its name.",
            )
        return found
    named = Selection(name=name).read(groups)
    if population is not None:
        named = [group for group in named if population_id(group) == population["id"]]
    return find_by_name(named, name, "groups", groups.place)


def population_id(group: Wire) -> str | None:
    """Return the id of the population that a group is in; None for one of the whole environment."""
    return (group.get("population") or {}).get("id")


def _planned(task: Task, home: Wire, groups: Resource, population: Wire | None, current: Wire | None) -> Change:
    wanted = {**task.params, "population": population["id"] if population else None}
    change = plan(GROUP, current, wanted, environment_id=home["id"])
    name = (change.predicted or {}).get("name")
    if change.action == "create" and population is not None:
        # Two populations may each have a group of the name.
        change = with_id(change, predicted_id("group", population["id"], str(name)))
    if name and name != (current or {}).get("name"):
        listed = groups.list()
        check_new_name(name, listed, (current or {}).get("id"))
        _check_not_of_environment(name, population, listed)
        change = with_free_id(change, listed)
    return with_id(change, task.params["id"])


def _check_not_of_environment(name: str, population: Wire | None, listed: Wires) -> None:
    """Raise OptionError for a group of a population that would have the name of a group of the whole environment.

    Source: PingOne's data model of groups.
    """
    for group in listed:
        if population is not None and group.get("name") == name and population_id(group) is None:
            raise OptionError(
                "name",
                f"name: there is a group '{name}' ({group['id']}) of the whole environment, and PingOne lets no group "
                "of a population have its name; give another name, or leave population out to manage that one.",
            )
