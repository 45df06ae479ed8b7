# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads groups of many environments. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wires
from ansible_collections.idops.pingone.plugins.module_utils._resources.group_fields import GROUP
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import read_objects

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def read_groups(task: Task) -> tuple[Wires, Wires]:
    """Return the groups that the options choose, as results show them, and the environments that could not be read.

    Raises OptionError for a choice that cannot be right, before the first call, and the client's errors.
    """
    return read_objects(
        task,
        lambda environment, selection: selection.read(task.api.groups(environment)),
        GROUP.to_result,
    )
