# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation, topic by topic, in the order in which it is held."""

from __future__ import annotations

from ..exchange import Exchange
from . import directory, ending, environments, grants, lists, production, role_assignments, routing, tokens, workers

TOPICS: dict[str, tuple[Exchange, ...]] = {
    "environments": environments.EXCHANGES,
    "verbs and paths": routing.EXCHANGES,
    "workers and their secrets": workers.EXCHANGES,
    "role assignments": role_assignments.EXCHANGES,
    "tokens": tokens.EXCHANGES,
    "populations, groups, users, gateways": directory.EXCHANGES,
    "resources and grants": grants.EXCHANGES,
    "lists and filters": lists.EXCHANGES,
    "production environments": production.EXCHANGES,
    "what ends": ending.EXCHANGES,
}
CONVERSATION: tuple[Exchange, ...] = tuple(exchange for topic in TOPICS.values() for exchange in topic)
