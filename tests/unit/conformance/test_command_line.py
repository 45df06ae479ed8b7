# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole conversations, through the command line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from real_tenant import RealTenant

from pingone_conformance import altered, cli, tenants
from pingone_conformance.client import Client, Response
from pingone_conformance.compare import Difference
from pingone_conformance.conversation import CONVERSATION
from pingone_emulator.api_date import ApiDate

PACKAGE = Path(tenants.__file__).parent.parent
COMMAND = [sys.executable, "-m", "pingone_conformance"]
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
WAIT = 60.0
# The answer of the request that makes the environment.
LOST = {"kind": "drop", "when": "after", "method": "POST", "path": "/v1/environments$", "count": 1}
LATE = "environment=0.2,application=0.2,role=0.2,secret=0.2"


def environ(**variables: str) -> dict[str, str]:
    """Return an environment for the command."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PINGONE_")}
    return {**plain, "PYTHONPATH": str(PACKAGE), **variables}


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Hold the conversation with a tenant, in this process; give the exit status."""

    def hold(tenant: RealTenant, *arguments: str) -> int:
        for name, value in tenant.variables.items():
            monkeypatch.setenv(name, value)
        return cli.run(["--tenant", "real", "--patience", "1", "--pause", "0", *arguments])

    return hold


@pytest.fixture
def went_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect all that is sent and received."""
    texts: list[str] = []
    original = Client.send

    def send(self: Client, method: str, url: str, headers: Mapping[str, str], data: bytes | None) -> Response:
        response = original(self, method, url, headers, data)
        texts.extend([url, *headers.values(), (data or b"").decode(), response.text, *response.headers.values()])
        return response

    monkeypatch.setattr(Client, "send", send)
    return texts


def secrets_in(texts: list[str]) -> set[str]:
    """Return secrets and tokens, as they were sent or received."""
    values: set[str] = set()
    for text in texts:
        values.update(re.findall(r'"(?:secret|access_token)"\s*:\s*"([^"]+)"', text))
        values.update(re.findall(r"(?:Bearer|Basic) (\S+)", text))
        values.update(re.findall(r"client_(?:secret|assertion)=([^&]+)", text))
    return values


@pytest.mark.long
def test_a_real_tenant_is_asked_and_its_transcript_holds_nothing_of_what_went_in(
    start: Callable[..., RealTenant],
    real: Callable[..., int],
    went_in: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tenant = start("--late", LATE, name="Acme Widgets Ltd.", description="Widgets since 1901")
    before = tenant.environments()
    path = tmp_path / "folder" / "transcript.json"
    real(tenant, "--production", "--transcript", str(path))
    output = capsys.readouterr().out
    text = path.read_text()
    transcript = json.loads(text)

    # It says beforehand what it makes, and nothing is left but what it says.
    assert output.index("one SANDBOX environment") < output.index("environments: ")
    (name,) = re.findall(r"named (conformance-[0-9a-f]{8}) and uses the license INTERNAL", output)
    assert tenant.environments() == [*before, f"{name}-production"]
    assert re.search(rf"Environment {name}-production \([0-9a-f-]+\) is of the type PRODUCTION", output)
    # A new assignment may be shown as read only at first; everything else that is late was waited for.
    differences = (
        output.partition("Exchange: what: the service | the emulator\n")[2].partition("Waited")[0].splitlines()
    )
    assert [line for line in differences if not line.endswith("readOnly: true | false")] == []
    counts = rf"^\d{{3}} exchanges, \d+ could not be held, {len(differences)} differences$"
    assert re.search(counts, output, flags=re.MULTILINE)
    assert re.search(r"^Waited, in seconds: .*\bworker-assigns-itself-removed 0\.[0-9]", output, flags=re.MULTILINE)

    ids = {item for entry in went_in for item in ID.findall(entry)} - set(transcript["roles"])
    assert len(ids) > 300
    assert [item for item in ids if item in text] == []
    secrets = secrets_in(went_in) - {"nonsense", "wrong"}
    assert len(secrets) > 30
    assert [item for item in secrets if item in text + output] == []
    private = ["Acme", "Widgets", "mary", "Payroll", tenant.tenant.auth_url.split("//")[1]]
    assert [word for word in private if word not in json.dumps(tenant.look("/state"))] == []
    assert [word for word in [*private, name, "127.0.0.1"] if word in text] == []
    assert set(re.findall(r"[\w.+-]+@[\w.-]+", text)) <= {"somebody@example.com"}

    assert [exchange["name"] for exchange in transcript["exchanges"]] == [item.name for item in CONVERSATION]
    recorded = transcript["exchanges"][1]
    assert set(recorded) == {"name", "source", "recordedAt", "request", "response"}
    assert (recorded["request"]["method"], recorded["response"]["status"]) == ("POST", 201)
    assert recorded["request"]["url"] == "https://api.pingone.com/v1/environments"
    assert recorded["response"]["body"]["name"] == "conformance"

    # Saved, it stands for the tenant.
    recorded["response"]["body"]["region"] = "AU"
    path.write_text(json.dumps(transcript))
    assert cli.run(["--saved", str(path), "--patience", "1"]) == cli.DIFFERENT
    assert 'environment-create: region: "AU" | "EU"' in capsys.readouterr().out


@pytest.mark.long
def test_exactly_the_planted_differences_show() -> None:
    run = subprocess.run(
        [*COMMAND, "--altered"], env=environ(), capture_output=True, text=True, timeout=WAIT, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    head, *lines, last = [line for line in run.stdout.splitlines() if not line.startswith("Waited")]
    places = [tuple(line.split(": ")[:2]) for line in lines[:-1]]
    assert sorted(places) == sorted(place for planted in altered.PLANTED for place in planted.shows)
    assert last == f"{len(places)} were planted, 0 were not, 0 of the planted are missing"


def test_other_differences_than_the_planted_are_told() -> None:
    seen = [Difference(*place, "1", "2") for planted in altered.PLANTED[1:] for place in planted.shows]
    stray = Difference("roles", "status", "200", "403")
    surplus, missing = altered.unexpected([*seen, stray])
    assert surplus == [stray]
    assert missing == ["application-duplicate-name: status: nothing shows unique_application_names"]


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_an_interrupted_conversation_removes_what_it_made(start: Callable[..., RealTenant], number: int) -> None:
    tenant = start()
    before = tenant.environments()
    process = subprocess.Popen(
        [*COMMAND, "--tenant", "real"],
        env=environ(**tenant.variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + WAIT
    while tenant.environments() == before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert tenant.environments() != before
    process.send_signal(number)
    output, complaint = process.communicate(timeout=WAIT)
    assert (process.returncode, complaint) == (cli.NOT_HELD, "pingone_conformance: interrupted\n")
    assert tenant.environments() == before
    assert "left" not in output


def test_an_environment_whose_answer_was_lost_is_removed(
    start: Callable[..., RealTenant], real: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    tenant = start("--fault", json.dumps(LOST))
    before = tenant.environments()
    assert real(tenant) == cli.NOT_HELD
    assert "made no environment: POST was not answered" in capsys.readouterr().err
    assert [request["method"] for request in tenant.look("/requests")].count("DELETE") == 1
    assert tenant.environments() == before


def test_what_cannot_be_removed_is_named(
    start: Callable[..., RealTenant], real: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    stuck = {"kind": "status", "status": 500, "when": "before", "method": "DELETE", "path": "/v1/environments/[^/]*$"}
    tenant = start("--fault", json.dumps(LOST), "--fault", json.dumps(stuck))
    assert real(tenant) == cli.NOT_HELD
    (left,) = [name for name in tenant.environments() if name.startswith("conformance-")]
    sentence = rf"Environment {left} \([0-9a-f-]+\) is left: its deletion was answered with 500\."
    assert re.search(sentence, capsys.readouterr().out)


def test_a_caller_that_may_not_make_an_environment_ends_it(
    start: Callable[..., RealTenant], real: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    tenant = start(roles=[("Environment Admin", "ORGANIZATION")])
    assert real(tenant) == cli.NOT_HELD
    assert "the service made no environment: 403 " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"PINGONE_CLIENT_SECRET": ""}, "missing: PINGONE_CLIENT_SECRET"),
        ({"PINGONE_REGION_CODE": "XX"}, "PINGONE_REGION_CODE is one of NA, CA, EU, AU, AP, SG, not XX"),
        ({"PINGONE_CLIENT_AUTH_METHOD": "none"}, "PINGONE_CLIENT_AUTH_METHOD is one of client_secret_basic, "),
        ({"PINGONE_CLIENT_SECRET": "wrong"}, "the token request was answered with 401: Request denied: "),
        ({"PINGONE_AUTH_URL": "http://127.0.0.1:9"}, "POST was not answered (ConnectionError)"),
    ],
)
def test_a_connection_that_cannot_work_is_told(
    start: Callable[..., RealTenant],
    real: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    change: dict[str, str],
    complaint: str,
) -> None:
    tenant = start()
    tenant.variables.update(change)
    assert real(tenant) == cli.NOT_HELD
    assert complaint in capsys.readouterr().err


def test_a_license_can_be_named(
    start: Callable[..., RealTenant], real: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert real(start(), "--license", "NONE") == cli.NOT_HELD
    assert "0 active licenses have the name or id NONE" in capsys.readouterr().err


def test_describing_makes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--tenant", "real", "--describe"]) == cli.SAME
    assert "one SANDBOX environment" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[]", '{"format": 0}'])
def test_what_is_no_transcript_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    path = tmp_path / "transcript.json"
    path.write_text(text)
    assert cli.run(["--saved", str(path)]) == cli.NOT_HELD
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "options", "arguments"),
    [
        ("the service", [], ["--api-date", max(ApiDate).value]),
        ("the service", ["--emulator-argument=--seed=1"], ["--api-date", max(ApiDate).value, "--seed=1"]),
        ("another emulator", [], []),
    ],
)
def test_the_service_is_compared_with_the_newest_date_of_the_emulator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, options: list[str], arguments: list[str]
) -> None:
    started: list[Any] = []

    def start(name: str, region: str, roles: tenants.Roles, given: list[str]) -> None:
        started.append((name, region, roles, given))
        raise tenants.TenantError("not needed")

    monkeypatch.setattr(tenants, "emulator", start)
    path = tmp_path / "transcript.json"
    holds = [["Environment Admin", "ORGANIZATION"]]
    path.write_text(json.dumps({"format": 1, "source": source, "region": "EU", "callerHolds": holds}))
    assert cli.run(["--saved", str(path), *options]) == cli.NOT_HELD
    assert started == [("the emulator", "EU", [("Environment Admin", "ORGANIZATION")], arguments)]


def test_differences_are_planted_between_emulators_only(capsys: pytest.CaptureFixture[str]) -> None:
    for options in (["--tenant", "real"], ["--saved", "transcript.json"]):
        with pytest.raises(SystemExit) as ended:
            cli.run(["--altered", *options])
        assert ended.value.code == cli.NOT_HELD
        assert "--altered is for two emulators" in capsys.readouterr().err


def test_an_emulator_that_does_not_start_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--emulator-argument=--switch", "--emulator-argument=nonsense=1"]) == cli.NOT_HELD
    assert "an emulator did not start: " in capsys.readouterr().err
