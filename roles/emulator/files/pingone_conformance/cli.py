# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the command line, and the order of what is done."""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from . import altered, cleanup, preparation, tenants, transcript
from .announcement import announcement
from .client import Client
from .compare import differences
from .conversation import CONVERSATION, TOPICS
from .holder import Holder, Patience
from .session import Session, new_key
from .tenants import SERVICE

SAME, DIFFERENT, NOT_HELD = 0, 1, 2
_PAUSE_BETWEEN_CALLS = 0.2
# What the service shows today, as far as it is known.
NEWEST_API_DATE = "2026-04"


class _NotHeld(Exception):
    """The conversation could not be held; the text says why."""


def run(arguments: list[str]) -> int:
    """Hold the conversation with both sides and compare. Returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.altered and (options.saved or options.tenant == "real"):
        parser.error("--altered is for two emulators")
    try:
        return _run(options)
    except (_NotHeld, tenants.TenantError, preparation.PreparationError, transcript.TranscriptError) as error:
        print(f"pingone_conformance: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("pingone_conformance: interrupted", file=sys.stderr)
    return NOT_HELD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pingone_conformance",
        usage="%(prog)s [option ...]",
        description="Hold one scripted conversation with a PingOne tenant, and compare it with the emulator's. "
        "The exit status is 0 without a difference, 1 with some, 2 if it could not be held.",
    )
    add = parser.add_argument
    add(
        "--tenant",
        choices=("emulator", "real"),
        default="emulator",
        help="real: that of PINGONE_REGION_CODE, PINGONE_ENVIRONMENT_ID, PINGONE_CLIENT_ID, PINGONE_CLIENT_SECRET "
        "(default: %(default)s)",
    )
    add("--describe", action="store_true", help="say what it would make, and do nothing")
    add("--saved", type=Path, metavar="FILE", help="compare this transcript in place of a tenant")
    add(
        "--altered",
        action="store_true",
        help="let two emulators differ by switches; 0 then means that exactly the planted differences show",
    )
    add("--transcript", type=Path, metavar="FILE", help="where the transcript of the tenant goes")
    add("--license", default="", metavar="NAME", help="name or id of the license for the environment")
    add(
        "--production",
        action="store_true",
        help="ask about PRODUCTION environments too, one of which stays for weeks in a real tenant",
    )
    add("--patience", type=float, metavar="SECONDS", help="how long one answer is waited for that may still change")
    add(
        "--pause",
        type=float,
        default=_PAUSE_BETWEEN_CALLS,
        metavar="SECONDS",
        help="seconds between two calls of a real tenant, whose rate is limited (default: %(default)s)",
    )
    add(
        "--emulator-argument",
        action="append",
        default=[],
        metavar="ARGUMENT",
        help="a further argument of the emulator's command line",
    )
    return parser


def _run(options: argparse.Namespace) -> int:
    production = options.production or options.tenant == "emulator"
    if options.describe:
        print("\n".join(announcement(CONVERSATION, production=production)))
        return SAME
    with _ending_by_signals():
        # One key pair for both sides, since it shows in what is compared.
        key = new_key()
        first = transcript.read(options.saved) if options.saved else _first_side(options, key, production)
        roles = [(str(role), str(scope)) for role, scope in first["callerHolds"]]
        # Of two arguments the emulator takes the last.
        today = ["--api-date", NEWEST_API_DATE] if first["source"] == SERVICE else []
        arguments = [*today, *options.emulator_argument, *(altered.arguments(1) if options.altered else [])]
        with tenants.emulator("the emulator", first["region"], roles, arguments) as tenant:
            second = _hold(tenant, options, key, bool(first["production"]))
    return _report(first, second, planted=options.altered)


@contextlib.contextmanager
def _ending_by_signals() -> Iterator[None]:
    """Let SIGTERM, and SIGINT in a background job too, end this process as Ctrl-C does: all is removed first."""

    def end(*_arguments: object) -> None:
        raise KeyboardInterrupt

    # A shell starts a background job with SIGINT ignored, and Python keeps it so.
    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _first_side(options: argparse.Namespace, key: ECKey, production: bool) -> dict[str, Any]:
    """Hold the conversation with the tenant, and keep its transcript."""
    if options.tenant == "real":
        made = _hold(tenants.from_environment(os.environ), options, key, production)
    else:
        arguments = [*options.emulator_argument, *(altered.arguments(0) if options.altered else [])]
        with tenants.emulator("another emulator", "NA", tenants.USUAL_ROLES, arguments) as tenant:
            made = _hold(tenant, options, key, production)
    if options.transcript:
        transcript.write(made, options.transcript)
        print(f"The transcript is in {options.transcript}")
    return made


def _hold(tenant: tenants.Tenant, options: argparse.Namespace, key: ECKey, production: bool) -> dict[str, Any]:
    """Hold the conversation with one side, and remove what it made. Returns its transcript."""
    patience = _patience(options.patience, tenant.is_emulator)
    client = Client(pause=0.0 if tenant.is_emulator else options.pause, environment=not tenant.is_emulator)
    session = Session(tenant, client, key, secrets.token_hex(4))
    with contextlib.closing(client):
        known = preparation.prepare(session, options.license if not tenant.is_emulator else "")
        if not tenant.is_emulator:
            print("\n".join(announcement(CONVERSATION, production=production)))
            print(f"The environment is named {session.name} and uses the license {known.license_name}.", flush=True)
        holder = Holder(session, patience, production=production)
        try:
            for topic, exchanges in TOPICS.items():
                holder.hold(exchanges)
                if not tenant.is_emulator:
                    print(f"  {topic}: {len(exchanges)} exchanges", flush=True)
                if "environment" not in session.labels:
                    raise _NotHeld(f"{tenant.name} made no environment: {_outcome(holder)}")
        finally:
            _remove(session, patience)
    return transcript.make(session, holder.held, known, production=production)


def _patience(seconds: float | None, is_emulator: bool) -> Patience:
    """Return how long is waited: an emulator knows at once what is new, unless it is told to be late."""
    if seconds is None:
        seconds = 1.0 if is_emulator else 30.0
    return Patience(each=seconds, total=seconds * (5 if is_emulator else 10), pause=min(1.0, seconds / 30))


def _remove(session: Session, patience: Patience) -> None:
    """Remove what was made; nothing interrupts that but its own end."""
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        left = cleanup.remove_all(session, patience)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for sentence in left:
        if not session.tenant.is_emulator:
            print(sentence, flush=True)


def _outcome(holder: Holder) -> str:
    """Say what the request for the environment was answered with."""
    held = next(item for item in holder.held if item.exchange.name == "environment-create")
    if held.response is None:
        return held.not_held
    body = held.response.body if isinstance(held.response.body, dict) else {}
    return f"{held.response.status} {body.get('message', '')}"


def _report(first: dict[str, Any], second: dict[str, Any], *, planted: bool) -> int:
    """Print the differences, one a line, and the counts. Returns the exit status."""
    found = differences(first, second)
    if found:
        print(f"Exchange: what: {first['source']} | {second['source']}")
    for difference in found:
        print(difference)
    answered = sum("response" in exchange for exchange in first["exchanges"])
    missing = len(first["exchanges"]) - answered
    waited = {
        exchange["name"]: exchange["waited"]["seconds"] for exchange in first["exchanges"] if "waited" in exchange
    }
    if waited:
        print("Waited, in seconds: " + ", ".join(f"{name} {seconds}" for name, seconds in waited.items()))
    print(f"{answered} exchanges, {missing} could not be held, {len(found)} differences")
    if not planted:
        return DIFFERENT if found else SAME
    surplus, absent = altered.unexpected(found)
    for line in absent:
        print(line)
    print(
        f"{len(found) - len(surplus)} were planted, {len(surplus)} were not, {len(absent)} of the planted are missing"
    )
    return DIFFERENT if surplus or absent else SAME
