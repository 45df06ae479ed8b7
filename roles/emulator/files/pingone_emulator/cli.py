# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the command line, and what follows from them: serve, detach, or stop."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from . import process


def run(arguments: list[str]) -> int:
    """Do what the arguments say. Returns the exit status; a failure is one sentence on stderr."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.stop and options.pid_file is None:
        parser.error("--stop needs --pid-file: the file that the emulator was started with")
    try:
        if options.stop:
            process.stop(options.pid_file)
            return 0
        if options.detach:
            return _detach(options, [argument for argument in arguments if argument != "--detach"])
        return _serve(options)
    except (process.ProcessError, _UsageError) as error:
        print(f"pingone_emulator: {error}", file=sys.stderr)
        return 2


class _UsageError(Exception):
    """What was asked for cannot be done; the text says why."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pingone_emulator",
        usage="%(prog)s [option ...]",
        description="Serve an emulated PingOne tenant. Prints one JSON line when it is ready.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=int, default=0, help="port to listen on; 0 takes a free one (default: %(default)s)")
    add("--tls", action="store_true", help="serve https with a certificate of a CA made at start")
    add("--tls-hostname", action="append", default=[], metavar="NAME", help="another name for the certificate")
    add("--tls-dir", type=Path, metavar="FOLDER", help="keep CA and key here, and use them again")
    add(
        "--public-api-url",
        type=_api_url,
        metavar="URL",
        help="address of the API in links, ending in /v1, if a proxy stands before it",
    )
    add(
        "--public-auth-url",
        type=_auth_url,
        metavar="URL",
        help="address of the token endpoint, if a proxy stands before it",
    )
    add("--tenant", type=Path, metavar="FILE", help="YAML file of the tenant to start with")
    add("--seed", type=int, help="make the same ids and secrets again")
    add("--now", type=_moment, metavar="TIME", help="where the clock starts (RFC 3339); it runs from there")
    add("--api-date", type=_api_date, metavar="YEAR-MONTH", help="the API as it was then (default: 2025-03)")
    add("--limits", choices=("on", "off"), default="on", help="the limits of the platform (default: on)")
    add("--latency-ms", type=_natural, default=0, metavar="N", help="hold each answer back")
    add("--requests-per-second", type=_positive, metavar="N", help="answer 429 above this")
    add("--page-size", type=_positive, metavar="N", help="the largest page of any list")
    add(
        "--late",
        type=_lateness,
        default={},
        metavar="KIND=SECONDS,...",
        help="how late news arrives, of environment, application, role, secret, grant, theme, assigner, list, deletion",
    )
    add(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="JSON",
        help="a fault, as in POST /_emulator/faults",
    )
    add("--switch", type=_switch, action="append", default=[], metavar="NAME=VALUE", help="set an inferred behaviour")
    add("--detach", action="store_true", help="serve in the background, unless it runs already")
    add("--pid-file", type=Path, metavar="FILE", help="hold the process id here while serving")
    add("--stop", action="store_true", help="stop the emulator of --pid-file; well if there is none")
    add("--exit-after-idle", type=_natural, metavar="SECONDS", help="end after this long without a request")
    add("--admin-token", metavar="TOKEN", help="let clients with this bearer token use /_emulator from elsewhere")
    return parser


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 2030-01-31T12:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _api_date(text: str) -> Any:
    from .api_date import api_date

    try:
        return api_date(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _natural(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")
    return int(text)


def _positive(text: str) -> int:
    number = _natural(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return number


def _api_url(text: str) -> str:
    if not text.startswith(("http://", "https://")) or not text.rstrip("/").endswith("/v1"):
        raise argparse.ArgumentTypeError(f"{text!r} is not an address such as https://api.example.com/v1")
    return text.rstrip("/")


def _auth_url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is not an address such as https://auth.example.com")
    return text.rstrip("/")


def _lateness(text: str) -> dict[str, float]:
    from .faults import lateness

    try:
        return lateness(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _fault(text: str) -> Any:
    from pydantic import ValidationError

    from .faults import Fault

    try:
        return Fault.model_validate_json(text)
    except ValidationError as error:
        problem = error.errors()[0]
        raise argparse.ArgumentTypeError(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None


def _switch(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _serve(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    from . import tenant_file, tls
    from .app import make_app
    from .emulator import Emulator, Settings
    from .faults import Faults, Lateness

    with contextlib.ExitStack() as stack:
        stack.enter_context(process.pid_file(options.pid_file))
        listener = process.listen(options.host, options.port)
        certificate = None
        if options.tls:
            names = [options.host, "localhost", "127.0.0.1", *options.tls_hostname]
            try:
                certificate = stack.enter_context(tls.certificate(names, options.tls_dir))
            except OSError as error:
                raise _UsageError(f"the folder {options.tls_dir} cannot hold the CA: {error.strerror}") from None
            except ValueError as error:
                raise _UsageError(f"no certificate for {', '.join(names)}, or from the CA: {error}") from None
        base = f"{'https' if certificate else 'http'}://{process.address(listener)}"
        process.write_address(options.pid_file, base, str(certificate.ca_path) if certificate else None)
        settings = Settings(
            document=_document(options.tenant),
            api_url=options.public_api_url or f"{base}/v1",
            auth_url=options.public_auth_url or base,
            fixed_links=options.public_api_url is not None,
            ca_path=str(certificate.ca_path) if certificate else None,
            seed=options.seed,
            start=options.now,
            switches={"limits": options.limits == "on", **dict(options.switch)},
            api_date=options.api_date,
        )
        late = Lateness(**options.late)
        faults = Faults(options.fault, late, options.latency_ms, options.requests_per_second, options.page_size)
        try:
            emulator = Emulator(settings, faults)
        except tenant_file.TenantError as error:
            raise _UsageError(str(error)) from None
        except ValueError as error:
            raise _UsageError(f"--switch: {error}") from None
        app = make_app(emulator, options.admin_token)
        process.serve(app, listener, certificate, emulator, options.exit_after_idle)
    return 0


def _document(path: Path | None) -> dict[str, Any]:
    from . import tenant_file

    try:
        return tenant_file.read(path or tenant_file.DEFAULT_TENANT)
    except tenant_file.TenantError as error:
        raise _UsageError(str(error)) from None


def _detach(options: argparse.Namespace, arguments: list[str]) -> int:
    """Serve in a session of its own; pass its ready line on, or what it said when it did not start.

    One that holds the pid file already is left as it is, whatever the other arguments say.
    """
    if options.pid_file is not None and (line := process.running_ready_line(options.pid_file, options.admin_token)):
        print(line, flush=True)
        return 0
    package = str(Path(__file__).resolve().parent.parent)
    search = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.TemporaryFile("w+") as complaints:
        child = subprocess.Popen(
            [sys.executable, *([] if sys.pycache_prefix else ["-B"]), "-m", "pingone_emulator", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": search},
            text=True,
        )
        assert child.stdout is not None
        line = child.stdout.readline()
        if line:
            print(line, end="", flush=True)
            return 0
        status = child.wait()
        complaints.seek(0)
        sys.stderr.write(complaints.read())
        return status or 1
