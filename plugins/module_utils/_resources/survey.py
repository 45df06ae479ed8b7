# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading many things side by side, some of which the caller may not read.

This module is private to the collection.
"""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    NotFoundError,
    OptionError,
    PermissionDeniedError,
    PingOneError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.result import told
from ansible_collections.idops.pingone.plugins.module_utils._core.selection import (
    Selection,
    pattern_from,
    selection_from,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_rules import check_usable

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# At most one of these options may be given.
SURVEY_RULE: t.Final = ("environments", "environments_matching")

Item = t.Any
Pairs = list[tuple[Item, t.Any]]


class Survey:
    """Reads many things for one task, and keeps account of those that the caller may not read.

    strict: whether what cannot be read is an error. So it is where the user asks for one thing: of many, each is
        reported, so that one that is hidden from the caller does not hide the others.
    unreadable: an entry for each thing that could not be read.
    """

    def __init__(self, task: Task, *, strict: bool) -> None:
        self._task = task
        self._strict = strict
        self.unreadable: Wires = []
        # Who reads again, such as the next item of a loop, wants to see what is there by then.
        task.client.session_state.forget_all()

    def read(self, items: t.Sequence[Item], read: t.Callable[[Item], t.Any], place: t.Callable[[Item], Wire]) -> Pairs:
        """Call a function for each item, side by side; return the items with what it gave, in their order.

        read: reads what belongs to an item.
        place: tells where that is, for the entry that reports it.
        """
        pairs = []
        for item, outcome in self._outcomes(items, read):
            if isinstance(outcome, PingOneError):
                self.report(outcome, place(item))
            else:
                pairs.append((item, outcome))
        return pairs

    def read_if_allowed(self, items: t.Sequence[Item], read: t.Callable[[Item], t.Any]) -> list[t.Any]:
        """Call a function for each item, side by side; return what it gave where the caller may read it.

        For what is only of help, such as names: who may not read that is not told of it.
        """
        return [outcome for _item, outcome in self._outcomes(items, read) if not isinstance(outcome, PingOneError)]

    def report(self, error: PingOneError, place: Wire) -> None:
        """Keep account of what could not be read; raise the error where it was the only thing asked for."""
        if self._strict:
            raise error
        self.note(error, place)

    def note(self, error: PingOneError, place: Wire) -> None:
        """Keep account of what could not be read, though it was the only thing asked for."""
        shown = told(str(error), error, self._task)
        self.unreadable.append({**place, "msg": shown["msg"], "error": shown["error"]})

    def _outcomes(self, items: t.Sequence[Item], read: t.Callable[[Item], t.Any]) -> Pairs:
        def attempt(item: Item) -> t.Any:
            try:
                return read(item)
            except (NotFoundError, PermissionDeniedError) as error:
                return error

        outcomes = self._task.client.run_parallel([functools.partial(attempt, item) for item in items])
        return list(zip(items, outcomes, strict=True))


def environments_options() -> dict[str, t.Any]:
    """Return the entries of an argument spec for the environments in which something is read."""
    return {"environments": {"type": "list", "elements": "str"}, "environments_matching": {"type": "str"}}


def check_environments(params: t.Mapping[str, t.Any]) -> None:
    """Raise OptionError for a choice of environments that cannot be right, before the first call."""
    pattern_from(params, "environments_matching")
    if any(not reference.strip() for reference in params["environments"] or []):
        raise OptionError("environments", "environments must not have an empty entry; give names or ids.")


def survey_of_environments(task: Task) -> tuple[Survey, Wires]:
    """Return what reads in the environments that the options choose, and those of them that can be read at all.

    The environments are in the order of the option, or else of their names. Raises MissingObjectError for a name or an
    id that none has.
    """
    references = task.params["environments"]
    survey = Survey(task, strict=len(references or []) == 1)
    chosen = _named(task, references) if references is not None else _matching(task)
    return survey, [environment for environment in chosen if _is_usable(survey, environment)]


def read_objects(
    task: Task, read: t.Callable[[Wire, Selection], Wires], to_result: t.Callable[[Wire], Wire | None]
) -> tuple[Wires, Wires]:
    """Return the objects of one kind that the options choose, as results show them, and what could not be read.

    read: reads the selected ones of an environment.
    to_result: shows one; the environment that it is in is added.

    Raises OptionError for a choice that cannot be right, before the first call, and the client's errors.
    """
    selection = selection_from(task.params)
    check_environments(task.params)
    survey, environments = survey_of_environments(task)
    pairs = survey.read(
        environments,
        lambda environment: read(environment, selection),
        lambda environment: {"environment": reference_to(environment)},
    )
    found = [
        {**(to_result(item) or {}), "environment": reference_to(environment)}
        for environment, listed in pairs
        for item in listed
    ]
    return found, survey.unreadable


def reference_to(wire: Wire) -> Wire:
    """Return how results name an object beside what belongs to it."""
    return {"id": wire["id"], "name": title(wire)}


def _named(task: Task, references: t.Sequence[str]) -> Wires:
    found = [task.lookup.environment(reference, "environments") for reference in references]
    return list({environment["id"]: environment for environment in found}.values())


def _matching(task: Task) -> Wires:
    selection = Selection(pattern=pattern_from(task.params, "environments_matching"))
    chosen = selection.of(task.api.environments().list())
    if not chosen and not selection.is_all:
        task.warn(
            f"environments_matching '{task.params['environments_matching']}' matches no environment that this worker "
            "can see, so nothing was read."
        )
    return chosen


def _is_usable(survey: Survey, environment: Wire) -> bool:
    try:
        check_usable(environment, "environments")
    except OptionError as error:
        survey.report(error, {"environment": reference_to(environment)})
        return False
    return True
