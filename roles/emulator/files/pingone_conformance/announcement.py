# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said before anything is made in a real tenant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .exchange import Call, Exchange

_CREATED = 201


def announcement(exchanges: Iterable[Exchange], *, production: bool) -> list[str]:
    """Return what the conversation makes, in lines."""
    held = [exchange for exchange in exchanges if production or not exchange.production]
    inside = Counter(
        exchange.path.rsplit("/", 1)[-1]
        for exchange in held
        if isinstance(exchange, Call)
        and (exchange.method, exchange.expects) == ("POST", _CREATED)
        and exchange.path.startswith("/environments/")
    )
    lines = [
        f"The conversation holds {len(held)} exchanges. In your organization it makes:",
        "  one SANDBOX environment with a name of its own, conformance- and eight digits; in it "
        + ", ".join(f"{what} ({count})" for what, count in sorted(inside.items()))
        + ";",
        "  for a moment, one of its workers holds Organization Admin at the organization, and then asks to delete the "
        "environment that it lives in;",
        "  requests that are meant to be refused, such as a second environment of the same name; the audit shows them.",
    ]
    if production:
        lines.append("  one PRODUCTION environment, retired at the end, which the service deletes only weeks later.")
    return [
        *lines,
        "It changes nothing that it did not make, and removes the environments with all that is in them at the end.",
    ]
