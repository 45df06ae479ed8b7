# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes what a conversation made: everything is in environments that have its unique name."""

from __future__ import annotations

import time

from .client import Response, Unanswered
from .exchange import found
from .holder import Patience
from .session import Session

_GONE = 404
_LABELS = ("environment", "production")


def remove_all(session: Session, patience: Patience) -> list[str]:
    """Remove the environments of this run.

    They are found by their unique name, since an answer with an id may have been lost, and by the ids that are known,
    since the list may be refused. Returns a sentence for each that could not be removed, or is not known to be.
    """
    known = [session.labels[label] for label in _LABELS if label in session.labels]
    try:
        listed = _listed(session)
        problems = [_remove(session, item, patience) for item in dict.fromkeys([*listed, *known])]
    except Unanswered as error:
        return [f"Environments named {session.name} may be left: {error}."]
    return [problem for problem in problems if problem]


def _listed(session: Session) -> list[str]:
    """Return the ids of the environments that are named as this run names its own. Raises Unanswered."""
    response = session.call("GET", f'/environments?filter=name sw "{session.name}"')
    items = found(response.body, "_embedded.environments") or []
    # A list that is not filtered would hold what others made.
    return [str(item["id"]) for item in items if str(item.get("name", "")).startswith(session.name)]


def _remove(session: Session, environment: str, patience: Patience) -> str:
    """Remove one environment and see that it is gone. Returns what is left, as a sentence. Raises Unanswered."""
    deadline = time.monotonic() + max(patience.each, 1.0)
    accepted = False
    while True:
        response = session.call("GET", f"/environments/{environment}")
        if response.status == _GONE:
            return ""
        if found(response.body, "type") == "PRODUCTION":
            return _retire(session, environment, response)
        if not accepted:
            # A refusal may be of a service that does not know yet who made the environment.
            response = session.call("DELETE", f"/environments/{environment}")
            accepted = response.status < 300
        if time.monotonic() > deadline:
            break
        time.sleep(patience.pause)
    if accepted:
        return f"The deletion of environment {session.name} ({environment}) was accepted, but it can still be seen."
    return f"Environment {session.name} ({environment}) is left: its deletion was answered with {response.status}."


def _retire(session: Session, environment: str, response: Response) -> str:
    """Let the service delete a production environment, which takes it weeks. Raises Unanswered."""
    name = found(response.body, "name")
    if found(response.body, "status") != "DELETE_PENDING":
        response = session.call("PUT", f"/environments/{environment}/status", {"status": "DELETE_PENDING"})
        if response.status >= 300:
            return f"Environment {name} ({environment}) is left: its end was answered with {response.status}."
    return f"Environment {name} ({environment}) is of the type PRODUCTION: its deletion is pending, for weeks."
