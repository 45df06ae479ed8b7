# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads custom roles of many environments. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wires
from ansible_collections.idops.pingone.plugins.module_utils._resources.custom_role_fields import CUSTOM_ROLE
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_info import (
    checked_selection,
    custom_roles,
    listed_roles,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import reference_to

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def read_custom_roles(task: Task) -> tuple[Wires, Wires]:
    """Return the custom roles that the options choose, as results show them, and the environments not read.

    Raises OptionError for a choice that cannot be right, before the first call, and the client's errors.
    """
    selection = checked_selection(task.params)
    survey, listings = listed_roles(task)
    found = [
        {**(CUSTOM_ROLE.to_result(role) or {}), "environment": reference_to(environment)}
        for environment, role in custom_roles(listings, selection)
    ]
    return found, survey.unreadable
