# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an answer must look like before anything is made of it. This module is private to the collection.

What answers need not be PingOne: a proxy, a portal that wants a sign-in, or another server at the address may say 200
too. An answer of another shape than what was asked for is an error, and never an empty list: what exists would be
created again, or said to be absent.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import AnswerError
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires


def items_of(page: Wire, key: str, operation: str) -> Wires:
    """Return the objects on a page of a list. key: the name of the collection in C(_embedded).

    A list without objects may have no C(_embedded), but then it counts them, or has links (inferred).
    """
    embedded = page.get("_embedded")
    if not embedded and (
        isinstance(page.get("_links"), dict) or _is_zero(page.get("count")) or _is_zero(page.get("size"))
    ):
        return []
    items = embedded.get(key) if isinstance(embedded, dict) else None
    if not isinstance(items, list):
        raise AnswerError(operation, f"a list of {key}", kind_of(page))
    for item in items:
        check_object(item, f"a list of {key} with an id each", operation)
    return items


def products_of(bill: Wire, operation: str) -> Wires:
    """Return the services of a bill of materials, each of which has its type."""
    # Who takes another answer for a bill without products removes all services with the next change.
    products = bill.get("products")
    if not isinstance(products, list):
        raise AnswerError(operation, "a bill of materials with its products", kind_of(bill))
    for product in products:
        if not isinstance(product, dict) or not isinstance(product.get("type"), str):
            raise AnswerError(operation, "a bill of materials whose products have a type each", kind_of(product))
    return products


def referred_id(wire: Wire, member: str) -> str:
    """Return the id of what an object refers to by a member; empty when it refers to nothing."""
    reference = wire.get(member)
    return str(reference.get("id") or "") if isinstance(reference, dict) else ""


def next_of(page: Wire, key: str, operation: str) -> str | None:
    """Return the address of the page that follows, or None."""
    links = page.get("_links")
    following = links.get("next") if isinstance(links, dict) else None
    address = following.get("href") if isinstance(following, dict) else following
    if address is not None and (not address or not isinstance(address, str)):
        raise AnswerError(operation, f"a list of {key} whose next page has an address", kind_of(address))
    return address


def check_object(wire: t.Any, wanted: str, operation: str) -> Wire:
    """Return an object that has an id, as all have that can be managed. wanted: what was asked for."""
    if not isinstance(wire, dict):
        raise AnswerError(operation, wanted, kind_of(wire))
    if not wire.get("id") or not isinstance(wire["id"], str):
        raise AnswerError(operation, wanted, f"an object whose id is {kind_of(wire.get('id'))}")
    return wire


def kind_of(value: t.Any) -> str:
    """Return what a decoded value is, in JSON's words."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        members = ", ".join(sorted(str(member) for member in value)[:5])
        return f"an object with {members}" if members else "an empty object or nothing"
    kinds = {str: "a text", list: "a list", bool: "a boolean"}
    return kinds.get(type(value), "a number")


def _is_zero(value: t.Any) -> bool:
    return value == 0 and isinstance(value, int) and not isinstance(value, bool)
