# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one population to what a task wants of it. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.identity import find_by_id, find_by_name
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty
from ansible_collections.idops.pingone.plugins.module_utils._core.names import check_description, check_new_name
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import (
    Change,
    Outcome,
    Sides,
    plan,
    removal,
    with_free_id,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_object import (
    check_identity,
    ensure_object,
    home_of,
    is_assumed,
    with_id,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.population_fields import POPULATION

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def check_options(params: t.Mapping[str, t.Any]) -> None:
    """Raise OptionError for options that cannot be right whatever exists, before the first call."""
    check_identity(params, "population")
    check_not_empty(params, "theme")
    POPULATION.given(params)
    check_description(params["description"], "a population")


def ensure_population(task: Task) -> Outcome[Change, Wire | None]:
    """Create, update or delete the population that the options name.

    Raises MissingObjectError when it or its environment is gone, OptionError for what cannot be wanted, before
    anything is written, and the client's errors.
    """
    home = home_of(task)
    populations = task.api.populations(home)

    def find() -> Wire | None:
        listed = populations.list()
        if task.params["id"]:
            assumed = is_assumed(task, "population")
            return find_by_id(listed, task.params, "population", populations.place, is_assumed=assumed)
        return find_by_name(listed, task.params["name"], "populations", populations.place)

    def planned(current: Wire | None) -> Change:
        if task.params["state"] == "absent":
            check_removable(current)
            return removal(POPULATION, current)
        return _planned(task, home, populations, current)

    outcome = ensure_object(task, home, populations, find, planned)
    _note_former_default(task, populations, outcome)
    return outcome


def check_removable(current: Wire | None) -> None:
    """Raise OptionError when PingOne would not delete a population: not the default one, nor one that has users.

    Source: PingOne's Terraform provider; that the default one stays though there are others is (inferred).
    """
    users = (current or {}).get("userCount")
    if current and users:
        raise OptionError(
            "state",
            f"state: population '{title(current)}' ({current['id']}) has {_counted(users)}, and PingOne deletes no "
            "population that has any; move or delete them first. Nothing was changed.",
        )
    if current and current.get("default"):
        raise OptionError(
            "state",
            f"state: population '{title(current)}' ({current['id']}) is the default one of its environment, which must "
            "keep one; set default: true for another one first. Nothing was changed.",
        )


def _counted(users: int) -> str:
    return f"{users} {'user' if users == 1 else 'users'}"


def _planned(task: Task, home: Wire, populations: Resource, current: Wire | None) -> Change:
    change = plan(POPULATION, current, _resolved(task, home), environment_id=home["id"])
    if current and current.get("default") and task.params["default"] is False:
        raise OptionError(
            "default",
            f"default: population '{title(current)}' is the default one of its environment, which must have one; set "
            "default: true for another one, which ends this one's.",
        )
    name = (change.predicted or {}).get("name")
    if name and name != (current or {}).get("name"):
        listed = populations.list()
        _check_name(name, listed, (current or {}).get("id"))
        change = with_free_id(change, listed)
    return with_id(change, task.params["id"])


def _resolved(task: Task, home: Wire) -> dict[str, t.Any]:
    """Return the options with the ids of what they name."""
    policy, theme = task.params["password_policy"], task.params["theme"]
    return {
        **task.params,
        "password_policy": task.lookup.password_policy(home, policy)["id"] if policy else policy,
        "theme": task.lookup.theme(home, theme)["id"] if theme else theme,
    }


def _check_name(name: str, listed: Wires, own_id: str | None) -> None:
    """Raise OptionError for a name that a population cannot be given; PingOne ignores its case (inferred)."""
    check_new_name(name, listed, own_id)
    for item in listed:
        if item["id"] != own_id and str(item.get("name")).lower() == name.lower():
            raise OptionError(
                "name",
                f"name: there is a population '{item['name']}' ({item['id']}) already, and PingOne takes '{name}' for "
                "the same name; give another name.",
            )


def _note_former_default(task: Task, populations: Resource, outcome: Outcome[Change, Wire | None]) -> None:
    """Let later tasks know that another population is the default one no more, when this one has become it."""
    change, after = outcome.plan, outcome.after or {}
    if not after.get("default") or not change.changed or (change.current or {}).get("default"):
        return
    if not task.check_mode:
        task.client.session_state.forget(populations.path)
        return
    for former in populations.list():
        if former.get("default") and former["id"] != after["id"]:
            sides = Sides(former, {**former, "default": False}, POPULATION.identity)
            task.api.predict(populations.path, sides)
