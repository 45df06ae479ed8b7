# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What leads to the custom role that a task wants: which one is meant, and what changes.

Nothing here calls the service. This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.identity import find_by_id, find_by_name
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, plan, with_free_id
from ansible_collections.idops.pingone.plugins.module_utils._resources.custom_role_fields import CUSTOM_ROLE, is_custom
from ansible_collections.idops.pingone.plugins.module_utils._resources.custom_role_rules import (
    check_complete,
    check_name,
)

Params = t.Mapping[str, t.Any]


def find_custom_role(
    environment: Wire, listed: t.Sequence[Wire], params: Params, *, is_assumed: bool = False
) -> Wire | None:
    """Return the custom role that the options mean, or None when it has to be created or is gone.

    listed: the roles of the environment.
    is_assumed: whether one that is missing is taken for one that another task of a dry run makes.

    Raises OptionError when it cannot be told, or is a role of the platform.
    """
    place = f" in environment '{title(environment)}'"
    if not params["id"]:
        return find_by_name(filter(is_custom, listed), params["name"], "custom roles", place)
    found = find_by_id(listed, params, "role", place, is_assumed=is_assumed)
    if found is not None and not is_custom(found):
        raise OptionError(
            "id", f"id: role '{title(found)}' ({found['id']}) is one of the platform, which stays as it is."
        )
    return found


def plan_custom_role(environment: Wire, listed: t.Sequence[Wire], current: Wire | None, params: Params) -> Change:
    """Return what leads from a custom role to what is wanted of it.

    listed: all roles that can be seen, those of the platform too.
    current: the role as it was read, or None when it has to be created.
    params: the options; permissions and roles in them are ids.

    Raises OptionError for what cannot be wanted.
    """
    # One that is missing in spite of its id is assumed to be made by another task.
    if current is None and not params["id"]:
        check_complete(params)
    change = plan(
        CUSTOM_ROLE,
        current,
        params,
        on_create={"can_be_assigned_by": []},
        environment_id=environment["id"],
    )
    change = with_free_id(change, listed)
    predicted = change.predicted or {}
    if current is None and is_predicted(params["id"]):
        change = change.with_result({**predicted, "id": params["id"]})
    name = predicted.get("name")
    if name and name != (current or {}).get("name"):
        check_name(name, listed, (current or {}).get("id"))
    return change
