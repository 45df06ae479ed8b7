# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads populations of many environments. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wires
from ansible_collections.idops.pingone.plugins.module_utils._resources.population_fields import POPULATION
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import read_objects

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def read_populations(task: Task) -> tuple[Wires, Wires]:
    """Return the populations that the options choose, as results show them, and which environments could not be read.

    Raises OptionError for a choice that cannot be right, before the first call, and the client's errors.
    """
    return read_objects(
        task,
        lambda environment, selection: selection.read(task.api.populations(environment)),
        POPULATION.to_result,
    )
