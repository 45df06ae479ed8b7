# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells before the first write, and in a dry run, what the service would refuse.

What it shows is certain. What it does not show, such as which permission a call needs, is only likely, and the option
C(preflight) says what comes of that. This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import ReadOnlyError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.times import timestamp
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import RECENT
from ansible_collections.idops.pingone.plugins.module_utils._core.permissions import Need
from ansible_collections.idops.pingone.plugins.module_utils._core.rights import NO, ORGANIZATION, Rights

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.api import Api
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource

WARN: t.Final = "warn"
FAIL: t.Final = "fail"
OFF: t.Final = "off"
PREFLIGHT: t.Final[dict[str, t.Any]] = {"type": "str", "choices": [WARN, FAIL, OFF], "default": WARN}


class Preflight:
    """What one task may be refused.

    api: the resources, as the calling worker sees them.
    mode: WARN, FAIL or OFF, for what is only likely.
    warn: is called with each sentence of what is likely.
    """

    def __init__(self, api: Api, mode: str, warn: t.Callable[[str], None]) -> None:
        self.mode = mode
        self._api = api
        self._warn = warn
        self._lacked: dict[Need, Rights] = {}

    def check(self, needs: t.Iterable[Need], *, certain: t.Sequence[str] = (), likely: t.Sequence[str] = ()) -> None:
        """Raise ReadOnlyError with all that would be refused, or warn of what is only likely.

        needs: the permissions that are needed.
        certain, likely: sentences on other refusals, which the caller has found.
        """
        doubts = [] if self.mode == OFF else [*likely, *self._doubts(needs)]
        if self.mode == FAIL:
            refusals = [*certain, *doubts]
        else:
            refusals = list(certain)
            for doubt in doubts:
                self._warn(doubt)
        if not refusals:
            return
        ending = "" if certain else " It was not tried because preflight is fail."
        raise ReadOnlyError(" ".join(refusals) + ending)

    def _doubts(self, needs: t.Iterable[Need]) -> list[str]:
        """Return a sentence for each permission that the calling worker seems to lack."""
        return [self._sentence(need, rights) for need in needs if (rights := self._lacking(need)) is not None]

    def _lacking(self, need: Need) -> Rights | None:
        """Return what the caller holds when that does not give a permission, as far as the service shows it."""
        if need in self._lacked:
            return self._lacked[need]
        own = self._api.own_role_assignments()
        if own is None or (need.environment_id and self._may_show_late(need.environment_id)):
            return None
        state = self._api.client.session_state
        # What was read before may have become more, such as by an environment that this caller created.
        if state.rights is None or _lacks(state.rights, need):
            assigned = own.list_at_once()
            state.rights = Rights(assigned, self._roles(own, assigned or ()).list_at_once() or ())
        if not _lacks(state.rights, need):
            return None
        return self._lacked.setdefault(need, state.rights)

    def _roles(self, own: Resource, assigned: t.Sequence[Wire]) -> Resource:
        """Return the listing of roles that the caller may read: the platform's is only for who has a role above all.

        own, assigned: the role assignments of the caller. An environment lists the platform's roles too.
        """
        scopes = [item.get("scope") for item in assigned]
        is_above = any(isinstance(scope, dict) and scope.get("type") == ORGANIZATION for scope in scopes)
        return self._api.roles(None if is_above else own.environment)

    def _may_show_late(self, environment_id: str) -> bool:
        """Tell whether the roles in an environment may not be listed yet, or only come with its creation."""
        if is_predicted(environment_id):
            return True
        created = timestamp((self._api.environments().remembered(environment_id) or {}).get("createdAt"))
        return created is not None and self._api.client.service_time().timestamp() - created < RECENT

    def _sentence(self, need: Need, rights: Rights) -> str:
        place = "at the organization"
        if need.environment_id:
            found = self._api.environments().remembered(need.environment_id)
            place = f"in environment '{title(found or {'id': need.environment_id})}'"
        return (
            f"PingOne may refuse what this task writes: the calling worker seems to lack the permission "
            f"{need.permission} {place}, which these roles have: {', '.join(rights.holders(need.permission))}."
        )


def _lacks(rights: Rights, need: Need) -> bool:
    # A permission that no role shows may have another identifier than the one that is known here.
    return rights.answer(*need) == NO and bool(rights.holders(need.permission))
