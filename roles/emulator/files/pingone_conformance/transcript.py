# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transcript of one side: made of what was held, sanitized, and kept in a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from .exchange import found
from .holder import Held, is_platform_role
from .preparation import Known
from .sanitize import Private, Sanitizer, leaks
from .session import Session

FORMAT = 1


class TranscriptError(Exception):
    """A transcript cannot be written or read; the text says why."""


def make(session: Session, held: Sequence[Held], known: Known, *, production: bool) -> dict[str, Any]:
    """Return the transcript of what was held. Raises TranscriptError if something private would be in it.

    known: with the names to be taken out, and the caller's roles. production: whether it was asked about such.
    """
    constants = constant_ids(item.response.body for item in held if item.response)
    private = Private(
        api_url=session.tenant.api_url,
        auth_url=session.tenant.auth_url,
        secrets=frozenset(session.secrets.values()) - {session.labels["nonsense_token"]},
        words=known.private_words,
        run=session.name,
        constants=constants,
        ours=frozenset(session.ids),
    )
    sanitizer = Sanitizer(private)
    exchanges = [_exchange(item, sanitizer, session.tenant.name) for item in held]
    transcript = {
        "format": FORMAT,
        "source": session.tenant.name,
        "region": session.tenant.region,
        "production": production,
        "callerHolds": [list(role) for role in known.roles],
        "roles": {key: label for key, label in session.ids.items() if key in constants},
        "ids": sanitizer.labels(session.ids),
        "exchanges": exchanges,
    }
    left = leaks(json.dumps(transcript), private, sanitizer.invented)
    if left:
        raise TranscriptError(f"the transcript was not written, since it would hold {', '.join(left)}")
    return transcript


def constant_ids(bodies: Iterable[Any]) -> frozenset[str]:
    """Return the ids of the platform roles that are listed, which are the same in every tenant."""
    listed = (role for body in bodies for role in found(body, "_embedded.roles") or [])
    return frozenset(str(role["id"]).lower() for role in listed if is_platform_role(role))


def _exchange(held: Held, sanitizer: Sanitizer, source: str) -> dict[str, Any]:
    told: dict[str, Any] = {"name": held.exchange.name}
    if held.exchange.asks:
        told["asks"] = held.exchange.asks
    told["source"] = f"conformance conversation, {source}"
    told["recordedAt"] = _moment(held.recorded_at)
    if held.request:
        told["request"] = sanitizer.value(held.request)
    if held.response is None:
        told["notHeld"] = sanitizer.text(held.not_held)
        if held.needs:
            told["needs"] = held.needs
        return told
    shown, others = sanitizer.headers(held.response.headers)
    response: dict[str, Any] = {"status": held.response.status, "headers": shown, "otherHeaders": others}
    if held.response.body is not None:
        response["body"] = sanitizer.value(held.response.body)
    elif held.response.text:
        response["text"] = sanitizer.text(held.response.text)
    told["response"] = response
    seconds, statuses = held.waited
    if statuses:
        told["waited"] = {"seconds": round(seconds, 1), "tries": len(statuses), "statuses": sorted(set(statuses))}
    return told


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write(transcript: dict[str, Any], path: Path) -> None:
    """Write a transcript. Raises TranscriptError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(transcript, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise TranscriptError(f"the transcript cannot be written to {path}: {error.strerror}") from None


def read(path: Path) -> dict[str, Any]:
    """Read a transcript. Raises TranscriptError."""
    try:
        transcript = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TranscriptError(f"the transcript {path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise TranscriptError(f"{path} is not JSON: {error}") from None
    if not isinstance(transcript, dict) or transcript.get("format") != FORMAT:
        raise TranscriptError(f"{path} is not a transcript of this format")
    return transcript
