# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which product an environment needs in its bill of materials for the objects of a collection.

Source: of a product that is missing, the service says that the caller is not licensed, whatever roles it has. That
PingOne's base product is the one for these collections follows from what the vendor's OpenAPI document says of it
(inferred). This module is private to the collection.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import AnswerError
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import products_of

_NESTED: t.Final = re.compile(r"/environments/([^/]+)/([^/]+).*")


class Product(t.NamedTuple):
    """A product.

    type: as the service names it.
    name: as people and the option C(services) do.
    """

    type: str
    name: str


_BASE: t.Final = Product("PING_ONE_BASE", "SSO")
_NEEDED: t.Final[t.Mapping[str, Product]] = {
    "applications": _BASE,
    "populations": _BASE,
    "users": _BASE,
    "groups": _BASE,
    "resources": _BASE,
}


def product_for(path: str) -> tuple[str, Product] | None:
    """Return the id of the environment that a path leads into, and the product that it needs there; None for none."""
    nested = _NESTED.fullmatch(path)
    product = _NEEDED.get(nested.group(2)) if nested else None
    return (nested.group(1), product) if nested and product else None


def types_of(bill: Wire | None) -> list[str] | None:
    """Return the types of the products of a bill of materials; None for one that cannot be told."""
    try:
        return None if bill is None else [product["type"] for product in products_of(bill, "")]
    except AnswerError:
        return None


def is_missing(environment: str, product: Product, present: t.Sequence[str]) -> str:
    """Return a sentence on a product that an environment does not have.

    environment: it in words, such as C(environment 'dev').
    present: the types of the products that it has.
    """
    return (
        f"{environment[0].upper()}{environment[1:]} does not have the service {product.name} ({product.type}) in its "
        f"bill of materials (it has {', '.join(present) or 'none'}); add it by the option services of "
        "idops.pingone.pingone_environment."
    )
