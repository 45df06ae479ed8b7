# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line, with processes and sockets of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from emulator_contract import Contract
from emulator_process import COMMAND, ENVIRONMENT, PACKAGE, WAIT, Process, run
from pingone_emulator import cli
from pingone_emulator import process as running

READY = {
    "api_url",
    "auth_url",
    "region",
    "organization_id",
    "auth_environment_id",
    "license_id",
    "client_id",
    "client_secret",
    "ca_path",
}


@pytest.fixture(scope="module")
def process() -> Iterator[Process]:
    """One emulator for the tests that change nothing for each other."""
    with Process() as process:
        yield process.sign_in()


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run the command in this process, where it must refuse to serve; what it says."""

    def serve(*_arguments: Any) -> None:
        raise AssertionError("the emulator would serve")

    def refuse(*arguments: str) -> str:
        monkeypatch.setattr("pingone_emulator.process.serve", serve)
        try:
            status: Any = cli.run(list(arguments))
        except SystemExit as error:
            status = error.code
        said = capsys.readouterr()
        assert status == 2
        assert said.out == ""
        return said.err

    return refuse


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def test_the_ready_line(process: Process) -> None:
    assert set(process.ready) == READY
    assert process.line.count("\n") == 1
    assert process.ready["api_url"].startswith("http://127.0.0.1:")
    assert process.ready["api_url"] == process.ready["auth_url"] + "/v1"
    assert process.ready["ca_path"] is None
    assert process.get(f"/environments/{process.ready['auth_environment_id']}").json()["name"] == "Administrators"
    license_ = process.get(f"/organizations/{process.ready['organization_id']}/licenses/{process.ready['license_id']}")
    assert license_.json()["environments"]["allowProduction"] is True


def test_a_whole_story_over_a_socket(process: Process, contract: Contract | None) -> None:
    body = {"name": "s", "type": "SANDBOX", "region": "NA", "license": {"id": process.ready["license_id"]}}
    created = process.post("/environments", body)
    assert created.status_code == 201
    assert created.headers["Location"] == process.ready["api_url"] + f"/environments/{created.json()['id']}"
    if contract is not None:
        contract.check("POST", "/v1/environments", body, 201, created.json())
    deleted = process.session.delete(created.headers["Location"], timeout=WAIT)
    assert (deleted.status_code, deleted.content) == (204, b"")


def test_dropped_connections_before_and_after_the_write(process: Process) -> None:
    home = process.ready["auth_environment_id"]
    before = process.get(f"/environments/{home}").json()
    assert before["id"] == home

    def count() -> int:
        return len(process.get("/environments").json()["_embedded"]["environments"])

    def create(name: str, when: str) -> None:
        process.inside("/faults", {"faults": [{"kind": "drop", "method": "POST", "when": when, "count": 1}]})
        body = {"name": name, "type": "SANDBOX", "region": "NA", "license": {"id": process.ready["license_id"]}}
        with pytest.raises(requests.ConnectionError):
            process.post("/environments", body)

    environments = count()
    create("dropped before", "before")
    assert count() == environments
    create("dropped after", "after")
    assert count() == environments + 1


def test_readiness_and_connections_of_the_stranger(process: Process) -> None:
    assert requests.get(process.ready["api_url"] + "/environments", timeout=WAIT).status_code == 401
    assert process.inside("/stats")["requests"] >= 1


def test_detach_pid_file_and_stop(tmp_path: Path) -> None:
    pid_file = tmp_path / "emulator.pid"
    started = run("--detach", "--pid-file", str(pid_file), "--exit-after-idle", "60")
    assert started.returncode == 0, started.stderr
    ready = json.loads(started.stdout)
    assert set(ready) == READY
    pid = int(pid_file.read_text(encoding="utf-8").splitlines()[0])
    assert os.getsid(pid) == pid != os.getsid(0)
    assert requests.get(ready["api_url"] + "/environments", timeout=WAIT).status_code == 401

    attached = run("--pid-file", str(pid_file))
    assert attached.returncode != 0
    assert "running already" in attached.stderr
    assert "Traceback" not in attached.stderr

    stopped = run("--stop", "--pid-file", str(pid_file))
    assert (stopped.returncode, stopped.stdout) == (0, "")
    assert not pid_file.exists()
    ends = time.monotonic() + WAIT
    while alive(pid) and time.monotonic() < ends:
        time.sleep(0.01)
    assert not alive(pid)
    assert run("--stop", "--pid-file", str(pid_file)).returncode == 0


@pytest.mark.parametrize("options", [[], ["--tls"], ["--admin-token", "let-me-in"]])
def test_a_second_detached_start_gives_the_ready_line_of_the_first(tmp_path: Path, options: list[str]) -> None:
    start = ["--detach", "--pid-file", str(tmp_path / "emulator.pid"), "--exit-after-idle", "60", *options]
    first = run(*start)
    try:
        second = run(*start, "--seed", "1")
        assert (second.returncode, second.stderr) == (0, "")
        assert json.loads(second.stdout) == json.loads(first.stdout)
        verify = json.loads(first.stdout)["ca_path"] or True
        base = json.loads(first.stdout)["auth_url"]
        reset = requests.post(f"{base}/_emulator/reset", timeout=WAIT, verify=verify).json()
        assert reset["client_id"] != json.loads(first.stdout)["client_id"]
        assert json.loads(run(*start).stdout) == reset
    finally:
        run("--stop", *start[1:3])


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:1\n\n"])
def test_a_running_emulator_that_does_not_answer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(running, "_READY_SECONDS", 0.1)
    pid_file = tmp_path / "emulator.pid"
    with running.pid_file(pid_file):
        with pid_file.open("a", encoding="utf-8") as file:
            file.write(address)
        with pytest.raises(running.ProcessError, match="does not answer; stop it with --stop"):
            running.running_ready_line(pid_file, None)
    assert running.running_ready_line(pid_file, None) is None


def test_stop_harms_no_stranger(tmp_path: Path) -> None:
    pid_file = tmp_path / "emulator.pid"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        pid_file.write_text(f"{stranger.pid}\n", encoding="utf-8")
        assert run("--stop", "--pid-file", str(pid_file)).returncode == 0
        assert alive(stranger.pid)


def test_the_end_after_idleness() -> None:
    started = time.monotonic()
    with Process("--exit-after-idle", "1") as process:
        assert process.wait() == 0
        assert time.monotonic() - started >= 1


def test_a_plain_end_by_signal() -> None:
    with Process() as process:
        process.terminate()
        assert process.wait() == 0


def test_tls_with_a_ca_that_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    arguments = ("--tls", "--tls-dir", str(folder), "--tls-hostname", "pingone.example.com")
    with Process(*arguments) as process:
        ca = Path(process.ready["ca_path"])
        assert process.ready["api_url"].startswith("https://127.0.0.1:")
        assert process.sign_in().get("/environments").status_code == 200
        first = ca.read_bytes()
    assert not ca.is_relative_to("/tmp") or ca.is_relative_to(folder)
    assert {oct(one.stat().st_mode & 0o077) for one in folder.iterdir() if "key" in one.name} == {"0o0"}
    with Process(*arguments) as process:
        assert Path(process.ready["ca_path"]).read_bytes() == first
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(process.ready["api_url"] + "/environments", timeout=WAIT)


def test_a_seed_gives_the_same_ready_line() -> None:
    lines = []
    for seed in ("5", "5", "6"):
        with Process("--seed", seed) as process:
            lines.append({key: value for key, value in process.ready.items() if not key.endswith("url")})
    assert lines[0] == lines[1]
    assert not set(lines[0].values()) & set(lines[2].values()) - {None, "NA"}


def test_the_clock_starts_where_it_is_told_and_runs() -> None:
    with Process("--now", "2031-02-03T04:05:06Z") as process:
        start = datetime.fromisoformat("2031-02-03T04:05:06+00:00")
        body = {"name": "s", "type": "SANDBOX", "region": "NA", "license": {"id": process.ready["license_id"]}}
        created = process.sign_in().post("/environments", body)
        for text in (created.json()["createdAt"], parsedate_to_datetime(created.headers["Date"]).isoformat()):
            ran = datetime.fromisoformat(text.replace("Z", "+00:00")) - start
            assert 0 <= ran.total_seconds() < 30


def test_public_addresses() -> None:
    arguments = ("--public-api-url", "https://api.example.com/v1", "--public-auth-url", "https://auth.example.com/")
    with Process(*arguments) as process:
        assert process.ready["api_url"] == "https://api.example.com/v1"
        assert process.ready["auth_url"] == "https://auth.example.com"


TENANT: dict[str, Any] = {
    "organization": {"id": "11111111-0000-4000-8000-000000000001", "name": "Mine", "region": "EU"},
    "licenses": [{"id": "11111111-0000-4000-8000-000000000002", "name": "BIG", "environments": {"max": 5}}],
    "environments": [
        {
            "id": "11111111-0000-4000-8000-000000000003",
            "name": "Administrators",
            "type": "PRODUCTION",
            "license": "BIG",
            "services": ["PING_ONE_BASE", "PING_ID"],
            "solutionType": "WORKFORCE",
            "applications": [
                {
                    "id": "11111111-0000-4000-8000-000000000004",
                    "name": "boot",
                    "bootstrap": True,
                    "secret": "a-secret-of-my-own",
                    "type": "WORKER",
                    "protocol": "OPENID_CONNECT",
                    "enabled": True,
                    "roleAssignments": [{"role": "Environment Admin", "scope": {"type": "ORGANIZATION"}}],
                }
            ],
            "users": [{"username": "ann", "email": "ann@example.com"}],
            "groups": [{"id": "11111111-0000-4000-8000-000000000005", "name": "Admins"}],
        }
    ],
}


def test_a_tenant_of_the_users_own(tmp_path: Path) -> None:
    file = tmp_path / "tenant.yml"
    file.write_text(yaml.safe_dump(TENANT), encoding="utf-8")
    with Process("--tenant", str(file)) as process:
        ready = process.ready
        assert ready["organization_id"] == TENANT["organization"]["id"]
        assert ready["license_id"] == TENANT["licenses"][0]["id"]
        [environment] = TENANT["environments"]
        assert ready["auth_environment_id"] == environment["id"]
        assert ready["client_id"] == environment["applications"][0]["id"]
        path = f"/environments/{ready['auth_environment_id']}"
        process.sign_in()
        bill = process.get(f"{path}/billOfMaterials").json()
        assert bill["solutionType"] == "WORKFORCE"
        assert {one["type"] for one in bill["products"]} == {"PING_ONE_BASE", "PING_ID"}
        [group] = process.get(f"{path}/groups").json()["_embedded"]["groups"]
        assert (group["id"], group["name"]) == (environment["groups"][0]["id"], "Admins")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "tenant file"),
        ("[1]", "tenant file"),
        ("a: [", "tenant file"),
        ("organization: 5", "organization"),
        ("environments: [{name: x}]", "x"),
        ("tea: 1", "tea"),
        ("api_date: 2021-01", "'2021-01' is not one of 2022-04, 2023-07, 2025-03, 2026-04"),
        ("environments: [{name: x, type: SANDBOX, license: none}]", "none"),
    ],
)
def test_a_tenant_file_that_is_wrong(refused: Callable[..., str], tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "tenant.yml"
    file.write_text(content, encoding="utf-8")
    sentence = refused("--tenant", str(file))
    assert told in sentence
    assert sentence.count("\n") == 1, sentence


@pytest.mark.parametrize(
    "arguments",
    [
        ("--tenant", "/nowhere/tenant.yml"),
        ("--port", "99999"),
        ("--port", "x"),
        ("--host", "192.0.2.1"),
        ("--now", "yesterday"),
        ("--seed", "x"),
        ("--late", "tea=1"),
        ("--late", "role=x"),
        ("--fault", "{}"),
        ("--fault", "{"),
        ("--switch", "tea=1"),
        ("--switch", "default_population=5"),
        ("--api-date", "2021-01"),
        ("--limits", "none"),
        ("--stop",),
        ("--latency-ms", "-1"),
        ("--page-size", "0"),
        ("--pid-file", "/nowhere/x.pid"),
        ("--tls", "--tls-dir", "/dev/null/x"),
        ("--public-api-url", "https://api.example.com"),
        ("--tea",),
    ],
)
def test_wrong_arguments_get_a_sentence(refused: Callable[..., str], arguments: tuple[str, ...]) -> None:
    assert refused(*arguments).count("pingone_emulator") >= 1


def test_the_api_date_of_the_command_line_wins_over_the_tenant_file(tmp_path: Path) -> None:
    file = tmp_path / "tenant.yml"
    file.write_text(yaml.safe_dump({**TENANT, "api_date": "2023-07"}), encoding="utf-8")
    for arguments, date in (
        ((), "2025-03"),
        (("--tenant", str(file)), "2023-07"),
        (("--tenant", str(file), "--api-date", "2026-04"), "2026-04"),
    ):
        with Process(*arguments) as process:
            assert process.inside("/state")["apiDate"] == date


@pytest.mark.parametrize(
    ("arguments", "has_limits"),
    [((), True), (("--limits", "on"), True), (("--limits", "off"), False), (("--switch", "limits=false"), False)],
)
def test_limits_by_the_command_line(arguments: tuple[str, ...], has_limits: bool) -> None:
    with Process(*arguments) as process:
        assert process.inside("/faults")["switches"]["limits"] is has_limits


def test_faults_by_the_command_line() -> None:
    fault = json.dumps({"kind": "status", "status": 503, "count": 1, "path": "/v1/"})
    arguments = ("--fault", fault, "--late", "role=2,list=0", "--page-size", "7", "--switch", "token_seconds=9")
    with Process(*arguments, "--requests-per-second", "500") as process:
        process.sign_in()
        shown = process.inside("/faults")
        assert (shown["page_size"], shown["requests_per_second"]) == (7, 500)
        assert (shown["late"]["role"], shown["switches"]["token_seconds"]) == (2, 9)
        assert [process.get("/environments").status_code for attempt in range(2)] == [503, 200]


def test_the_admin_token_is_for_strangers_only() -> None:
    with Process("--admin-token", "let-me-in") as process:
        assert process.inside("/stats")["requests"] == 0


def test_garbage_is_collected_once_the_emulator_serves() -> None:
    script = """
import gc, sys
from pingone_emulator import __main__, process
async def serve(*_arguments):
    print(gc.isenabled(), gc.get_freeze_count() > 0)
process._serve = serve
sys.argv = ["pingone_emulator"]
__main__.main()
"""
    command = [sys.executable, "-c", script]
    child = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=WAIT, check=True)
    assert child.stdout.split() == ["True", "True"]


@pytest.mark.parametrize("kept", [False, True])
def test_byte_code_is_kept_only_where_the_user_says(tmp_path: Path, kept: bool) -> None:
    without_byte_code = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE / "pingone_emulator", tmp_path / "files" / "pingone_emulator", ignore=without_byte_code)
    environment = {**ENVIRONMENT, "PYTHONPATH": str(tmp_path / "files")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if kept:
        environment["PYTHONPYCACHEPREFIX"] = str(tmp_path / "kept")
    command = [*COMMAND, "--stop", "--pid-file", str(tmp_path / "none.pid")]

    subprocess.run(command, env=environment, timeout=WAIT, check=True)

    assert not list((tmp_path / "files").rglob("cli.*.pyc"))
    assert bool(list((tmp_path / "kept").rglob("cli.*.pyc"))) is kept
