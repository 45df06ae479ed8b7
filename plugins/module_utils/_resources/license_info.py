# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the licenses of the organization. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.selection import selection_from
from ansible_collections.idops.pingone.plugins.module_utils._resources.license import with_predicted
from ansible_collections.idops.pingone.plugins.module_utils._resources.license_fields import to_result

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def read_licenses(task: Task) -> Wires:
    """Return the licenses that the options choose, as results show them.

    In a dry run they count the environments that earlier tasks would have created. Raises OptionError for a choice that
    cannot be right, before the first call, and the client's errors.
    """
    selection = selection_from(task.params)
    # Who reads again, such as the next item of a loop, wants to see what is there by then.
    task.client.session_state.forget_all()
    licenses = task.api.licenses(task.api.organization_id()).list()
    if task.check_mode:
        licenses = with_predicted(licenses, task.api.environments().list())
    return [to_result(item) for item in selection.of(licenses)]
