# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes together in a bill of materials ("Bill of materials"; codes and texts are inferred)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from ..models.environment import Environment, Product
from ..problem import Problem

_OF_BASE = ("applications", "populations", "users", "groups", "resources")


def is_missing(environment: Environment, collection: str) -> bool:
    """Whether an environment lacks the product that a collection in it needs.

    That what is missing is told before the caller's roles are looked at is known; that these collections are of the
    product "the default set of services" is (inferred).
    """
    return collection in _OF_BASE and all(one.type != "PING_ONE_BASE" for one in environment.bill_of_materials.products)


def problems(products: Sequence[Product]) -> list[Problem]:
    """Everything that is wrong with the products; an empty list when the service accepts them."""
    found = []
    types = Counter(product.type for product in products)
    for index, product in enumerate(products):
        target = f"products[{index}]"
        if types[product.type] > 1:
            found.append(Problem("UNIQUENESS_VIOLATION", "A product is there only once", f"{target}.type"))
        if product.tags and product.type != "PING_ONE_DAVINCI":
            found.append(Problem("INVALID_VALUE", "Only PING_ONE_DAVINCI has tags", f"{target}.tags"))
        names = [bookmark.name for bookmark in product.bookmarks or ()]
        if len(set(names)) < len(names):
            message = "The names of a product's bookmarks differ"
            found.append(Problem("UNIQUENESS_VIOLATION", message, f"{target}.bookmarks"))
    return found


def number(products: Sequence[Product], before: Sequence[Product], new_id: Callable[[], str]) -> None:
    """Products keep their id, and their deployment, as long as they stay; those that are new get an id."""
    known = {product.type: product for product in before}
    for product in products:
        kept = known.get(product.type)
        product.id = kept.id if kept else new_id()
        product.deployment = kept.deployment if kept else None
