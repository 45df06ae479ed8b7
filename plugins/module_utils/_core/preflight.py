# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells before the first write, and in a dry run, what the service would refuse.

What it shows is certain. What it does not show, such as which permission or which product a call needs, is only likely,
and the option C(preflight) says what comes of that. This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    NotFoundError,
    PermissionDeniedError,
    PingOneError,
    ReadOnlyError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.times import timestamp
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import products_of, referred_id
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import RECENT
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.permissions import Need, needs_of
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Write
from ansible_collections.idops.pingone.plugins.module_utils._core.products import (
    Product,
    is_missing,
    product_for,
    types_of,
)
from ansible_collections.idops.pingone.plugins.module_utils._core.readings import Readings, Source
from ansible_collections.idops.pingone.plugins.module_utils._core.rights import (
    CUSTOM,
    NO,
    ORGANIZATION,
    Rights,
    permissions_of,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.api import Api
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource

WARN: t.Final = "warn"
FAIL: t.Final = "fail"
OFF: t.Final = "off"
# The members of role assignments and of roles, besides what a role allows.
_OF_RIGHTS: t.Final[tuple[str, ...]] = ("id", "name", "type", "role", "scope", "updatedAt")
# What sentences call the worker that a task signs in as.
CALLER: t.Final = "the calling worker"
_MAY_REFUSE: t.Final = "PingOne may refuse what this task writes"
PREFLIGHT: t.Final[dict[str, t.Any]] = {"type": "str", "choices": [WARN, FAIL, OFF], "default": WARN}


# A sentence, or an error that has a kind and facts of its own.
Refusal: t.TypeAlias = "str | PingOneError"


@dataclass(frozen=True)
class Outlook:
    """What the service would refuse of one plan.

    refused: what ends the task.
    doubts: sentences on what is only likely, and does not.
    is_certain: whether any of what ends the task is.
    """

    refused: tuple[Refusal, ...] = ()
    doubts: tuple[str, ...] = ()
    is_certain: bool = False


class Preflight:
    """What one task may be refused.

    api: the resources, as the calling worker sees them.
    readings: what the run read for this so far.
    mode: WARN, FAIL or OFF, for what is only likely.
    warn: is called with each sentence of what is likely.
    who: what sentences call the worker.

    known is what the worker holds by the time that it writes, where the task has read that itself.
    """

    def __init__(
        self, api: Api, readings: Readings, mode: str, warn: t.Callable[[str], None], who: str = CALLER
    ) -> None:
        self.mode = mode
        self.known: Rights | None = None
        self._api = api
        self._readings = readings
        self._warn = warn
        self._who = who
        self._lacked: dict[Need, Rights] = {}
        # What the worker holds, as it was read last; and what could not be read, which only the next task tries again.
        self._held: Rights | None = None
        self._unread: set[Source] = set()
        # What was warned of: who has several plans looks at each before the first, and once more when it is applied.
        self._told: set[str] = set()

    def outlook(
        self, path: str, writes: t.Sequence[Write], *, certain: t.Sequence[Refusal] = (), likely: t.Sequence[str] = ()
    ) -> Outlook:
        """Return what would be refused of one plan, without telling anybody.

        path: of the collection that is written.
        writes: the requests.
        certain, likely: other refusals, which the caller has found.
        """
        needs = needs_of(path, writes)
        # That a product is missing is certain; that what is written needs it is not.
        lacking = [f"{_MAY_REFUSE}. {sentence}" for sentence in self.missing_product(path)] if writes else []
        doubts = () if self.mode == OFF else (*likely, *lacking, *self._doubts(needs))
        if self.mode == FAIL:
            return Outlook((*certain, *doubts), is_certain=bool(certain))
        return Outlook(tuple(certain), doubts, is_certain=bool(certain))

    def missing_product(self, path: str, *, was_refused: bool = False) -> list[str]:
        """Return a sentence when the environment of a collection lacks the product that the collection needs.

        A bill of materials costs a request, which tells nothing new where a list of the collection was not refused. So
        it is made in a dry run, with C(preflight=fail), and after a refusal; else what the run knows already counts.

        was_refused: whether something in the collection was.
        """
        needed = None if self.mode == OFF else product_for(path)
        if needed is None:
            return []
        environment_id, product = needed
        may_ask = was_refused or self.mode == FAIL or self._api.client.check_mode
        present = self._products(environment_id, product, may_ask)
        if present is None or product.type in present:
            return []
        return [is_missing(self._environment(environment_id), product, present)]

    def held_by_caller(self, *, anew: bool) -> Wires | None:
        """Return the role assignments of the caller, as C(Task.held_by_caller) does."""
        own = self._api.own_role_assignments()
        assigned = None if own is None else self._read(own, own, anew=anew)
        return None if own is None or assigned is None else own.as_they_would_be(assigned)

    def know_bill(self, environment_id: str, bill: Wire) -> None:
        """Keep a bill of materials that was read or written anyway."""
        types = types_of(bill)
        if types is not None:
            source = self._source_of_bill(environment_id)
            self._readings.get(source, lambda: [products_as_kept(environment_id, types)], anew=True)

    def _products(self, environment_id: str, product: Product, may_ask: bool) -> list[str] | None:
        """Return the types of the products of an environment; None when they are not known."""
        source, bills = self._source_of_bill(environment_id), self._api.bills_of_materials(environment_id)

        def read() -> Wires:
            bill = self._api.client.read_once(bills.path)
            types = [product["type"] for product in products_of(bill, "reading a bill of materials")]
            return [products_as_kept(environment_id, types)]

        kept = self._readings.kept(source)
        lacks = kept is not None and product.type not in kept[0].get("products", ())
        if (lacks or (kept is None and may_ask)) and not is_predicted(environment_id):
            # What is kept may have been changed since.
            kept = self._kept_or_read(source, read, anew=lacks)
        shown = bills.as_they_would_be(kept or [])
        return shown[0].get("products") if shown else None

    def _source_of_bill(self, environment_id: str) -> Source:
        return Source(self._api.tenant, "", self._api.bills_of_materials(environment_id).path)

    def conclude(self, outlooks: t.Sequence[tuple[str, Outlook]]) -> None:
        """Warn of what is only likely, each once, and raise an error with all that would be refused.

        outlooks: each with the title of whom it concerns, as in C(refusal_of).
        """
        told = [(name, doubt) for name, outlook in outlooks for doubt in outlook.doubts if doubt not in self._told]
        self._told |= {doubt for _name, doubt in told}
        for sentence in _merged(told):
            self._warn(sentence)
        refusal = refusal_of(outlooks)
        if refusal is not None:
            raise refusal

    def _doubts(self, needs: t.Iterable[Need]) -> list[str]:
        """Return a sentence for each permission that the worker seems to lack."""
        return [self._sentence(need, rights) for need in needs if (rights := self._lacking(need)) is not None]

    def _lacking(self, need: Need) -> Rights | None:
        """Return what the caller holds when that does not give a permission, as far as the service shows it."""
        if need in self._lacked:
            return self._lacked[need]
        if need.environment_id and self._may_show_late(need.environment_id):
            return None
        if self.known is not None:
            return self.known if _lacks(self.known, need) else None
        own = self._api.own_role_assignments()
        if own is None:
            return None
        held = self._held or self._rights(own)
        if _lacks(held, need):
            # What was read before may have become more, such as by an environment that this caller created.
            held = self._rights(own, anew=True)
        self._held = held
        return self._lacked.setdefault(need, held) if _lacks(held, need) else None

    def _rights(self, own: Resource, *, anew: bool = False) -> Rights:
        """Return what the caller holds, and what roles allow: as it is kept, or read now.

        What the platform's roles allow does not change within a run.
        """
        assigned = self._read(own, own, anew=anew)
        if assigned is None:
            return Rights(None, ())
        roles = self._roles(own, assigned)
        known = self._read(own, roles)
        if anew and not _are_of_platform(assigned, known or ()):
            known = self._read(own, roles, anew=True)
        return Rights(own.as_they_would_be(assigned), roles.as_they_would_be(known or ()))

    def _read(self, own: Resource, resource: Resource, *, anew: bool = False) -> Wires | None:
        """Return what a collection lists, read once a run. own: the role assignments of the caller."""

        def read() -> Wires:
            return [_of_rights(item) for item in resource.list_at_once()]

        return self._kept_or_read(Source(self._api.tenant, own.path, resource.path), read, anew=anew)

    def _kept_or_read(self, source: Source, read: t.Callable[[], Wires], *, anew: bool) -> Wires | None:
        """Return what is kept of a run, or what is read now, and keep it; None for what the service does not show.

        A failure that may pass is not kept, and gives None to this task alone.
        """

        def read_or_hidden() -> Wires | None:
            try:
                return read()
            except (PermissionDeniedError, NotFoundError):
                return None

        if source in self._unread:
            return None
        try:
            return self._readings.get(source, read_or_hidden, anew=anew)
        except PingOneError:
            self._unread.add(source)
            return None

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
        place = f"in {self._environment(need.environment_id)}" if need.environment_id else "at the organization"
        return (
            f"{_MAY_REFUSE}: {self._who} seems to lack the permission "
            f"{need.permission} {place}, which these roles have: {', '.join(rights.holders(need.permission))}."
        )

    def _environment(self, id: str) -> str:
        environments = self._api.environments()
        predicted = (item for item in environments.as_they_would_be([]) if item["id"] == id)
        return f"environment '{title(environments.remembered(id) or next(predicted, {'id': id}))}'"


def products_as_kept(environment_id: str, types: list[str] | None) -> Wire:
    """Return the products of an environment as an object of a list. types: of the products; None for unknown ones."""
    return {"id": environment_id, "products": types}


def refusal_of(outlooks: t.Iterable[tuple[str, Outlook]]) -> PingOneError | None:
    """Return one error for all that would be refused, equal sentences once; None when there is nothing.

    outlooks: each with the title of whom it concerns, which the sentences then name; empty for the only one of a task.

    An error of a kind of its own stays what it is, and the rest becomes a note of it. So this is done once with it.
    """
    found = list(outlooks)
    errors = [item for _name, outlook in found for item in outlook.refused if isinstance(item, PingOneError)]
    told = [(name, item) for name, outlook in found for item in outlook.refused if isinstance(item, str)]
    sentences = [*(describe(error) for error in errors[1:]), *_merged(told)]
    if told and not any(outlook.is_certain for _name, outlook in found):
        sentences.append("It was not tried because preflight is fail.")
    if not errors:
        return ReadOnlyError(" ".join(sentences)) if sentences else None
    return errors[0].with_note(" ".join(sentences)) if sentences else errors[0]


def _merged(told: t.Iterable[tuple[str, str]]) -> list[str]:
    """Return sentences, each once, with the titles of those whom it concerns."""
    concerned: dict[str, list[str]] = {}
    for name, sentence in told:
        names = concerned.setdefault(sentence, [])
        if name and name not in names:
            names.append(name)
    return [
        f"{sentence} This concerns {', '.join(names)}." if names else sentence for sentence, names in concerned.items()
    ]


def _are_of_platform(assigned: t.Sequence[Wire], roles: t.Sequence[Wire]) -> bool:
    """Tell whether all roles that are assigned are known, and none of them is a custom one, which may change."""
    fixed = {role["id"] for role in roles if role.get("type") != CUSTOM}
    return all(referred_id(item, "role") in fixed for item in assigned)


def _of_rights(item: Wire) -> Wire:
    """Return what is told of rights by a role assignment, or by a role, whose permissions are told by hundreds."""
    kept = {member: item[member] for member in _OF_RIGHTS if member in item}
    permissions = permissions_of(item)
    return kept if permissions is None else {**kept, "permissions": [{"id": id} for id in sorted(permissions)]}


def _lacks(rights: Rights, need: Need) -> bool:
    # A permission that no role shows may have another identifier than the one that is known here.
    return rights.answer(*need) == NO and bool(rights.holders(need.permission))
