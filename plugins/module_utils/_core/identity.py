# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which object of a collection the options C(id) and C(name) of a managing module mean.

With an id it is that one, and a name beside it is the one that it is to have. This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import MissingObjectError, OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id
from ansible_collections.idops.pingone.plugins.module_utils._base.text import told_apart
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire


def find_by_id(
    listed: t.Iterable[Wire], params: t.Mapping[str, t.Any], kind: str, place: str, *, is_assumed: bool
) -> Wire | None:
    """Return the object whose id is given, or None when it is gone, or another task of a dry run makes it.

    listed: the objects of the collection.
    params: the options, of which C(id) and C(state) count.
    kind, place: what an object is, and where, such as C(application) and C( in environment 'dev').
    is_assumed: whether one that is missing is taken for one that another task of a dry run makes.

    Raises OptionError for what is no id, and MissingObjectError when there is none and it is to be there.
    """
    reference = params["id"]
    objects = list(listed)
    for item in objects:
        if item["id"] == reference:
            return item
    named = next((item for item in objects if item.get("name") == reference), None)
    if named is not None:
        raise OptionError("id", f"id: '{reference}' is the name of {kind} {named['id']}; give that id, or use name.")
    if not is_id(reference) and is_id(reference.lower()):
        raise OptionError("id", f"id: '{reference}' must be in lower case, as PingOne's ids are.")
    if params.get("state") == "absent" or is_assumed:
        return None
    raise MissingObjectError(
        "id",
        f"id: there is no {kind} '{reference}'{place}; leave id out to create one by its name because PingOne chooses "
        "the id.",
    )


def find_by_name(listed: t.Iterable[Wire], name: str, kinds: str, place: str, option: str = "name") -> Wire | None:
    """Return the only object of a name, or None.

    kinds: what several of them are, such as C(worker applications).
    place: where they are.
    option: the option that gives the name.

    Raises OptionError when several bear the name.
    """
    found = [item for item in listed if item.get("name") == name]
    if len(found) > 1:
        raise OptionError(
            option,
            f"{option}: {len(found)} {kinds}{place} are named '{name}'; "
            f"give the id of the one that is meant: {told_apart(found)}.",
        )
    return found[0] if found else None
