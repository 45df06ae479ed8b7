# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of an attribute mapping of a worker, and how results and diffs show it.

Source of members and defaults: PingOne's data model of application attribute mappings. This module is private to the
collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.fields import Field, Table

_BOOL = "bool"

ATTRIBUTE: t.Final = Table(
    kind="attribute",
    fields=(
        Field("id", "id", read_only=True),
        Field("name", "name", required=True),
        Field("value", "value", resettable=False),
        Field("required", "required", _BOOL, resettable=False),
        Field("id_token", "idToken", _BOOL, default=True),
        Field("user_info", "userInfo", _BOOL, default=True),
        Field("scopes", "oidcScopes", "list", elements="str"),
        Field("mapping_type", "mappingType", read_only=True, default="CUSTOM"),
        Field("created_at", "createdAt", read_only=True),
        Field("updated_at", "updatedAt", read_only=True),
    ),
    server_owned=(
        "_links",
        "_embedded",
        "id",
        "environment",
        "application",
        "mappingType",
        "createdAt",
        "updatedAt",
    ),
)

# What a new attribute gets where the user says nothing.
ATTRIBUTE_DEFAULTS: t.Final = {"required": False}

# The option that names attributes, as in an argument spec.
ATTRIBUTES: t.Final[dict[str, t.Any]] = {
    "type": "list",
    "elements": "dict",
    "options": {field.option: field.argument() for field in ATTRIBUTE.options()},
}

# What a diff shows of an attribute beside its name.
_SHOWN: t.Final = ("value", "required", "id_token", "user_info", "scopes")


def attributes_to_result(attributes: t.Iterable[Wire], scopes: t.Sequence[Wire]) -> Wires:
    """Return attributes as results show them, in the order of their names, with the names of their scopes.

    scopes: those of openid; one that is not among them is shown by its id.
    """
    names = {scope["id"]: str(scope.get("name")) for scope in scopes}
    shown = []
    for attribute in attributes:
        result = ATTRIBUTE.to_result(attribute) or {}
        ids = result["scopes"]
        shown.append({**result, "scopes": sorted(names.get(id, id) for id in ids) if ids else ids})
    return sorted(shown, key=lambda result: str(result["name"]))


def attributes_to_diff(attributes: t.Iterable[Wire], scopes: t.Sequence[Wire]) -> dict[str, Wire]:
    """Return attributes as diffs show them: by their names."""
    shown = attributes_to_result(attributes, scopes)
    return {result["name"]: {key: result[key] for key in _SHOWN} for result in shown}
