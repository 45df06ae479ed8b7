# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs every integration target through both doors, and compares what each task returned.

A target is a role in tests/integration/targets, as ansible-test has them. Each run has an emulator of its own, made
with the same seed, and is told of it in the variables that ansible-test takes from integration_config.yml. Two targets
run at a time.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import sys
import tempfile
import time
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from comparison import differences
from emulated import Ready, emulator, requests_of
from interpreters import plain_interpreter
from plays import run_ansible

HERE = Path(__file__).resolve().parent
# What runs on the controller alone.
ONE_DOOR = {"lookups", "pingone_credentials_file"}
# One target for each way in which results come about: doors chosen by the play, a secret, many at once, only read.
SAMPLE = {
    "doors",
    "pingone_role_info",
    "pingone_token",
    "pingone_worker_apps",
}
SEED = "7"
START = "2026-11-02T09:00:00Z"
# Of each play.
CONFIGURATION: t.Final = {
    "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "support" / "callback_plugins"),
    "ANSIBLE_CALLBACKS_ENABLED": "recorder",
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_RETRY_FILES_ENABLED": "0",
    "ANSIBLE_ROLES_PATH": str(HERE / "targets"),
}
IN_PROCESS: t.Final = (True,)
BOTH_DOORS: t.Final = (True, False)


@dataclass
class Outcome:
    """What became of one target."""

    target: str
    doors: tuple[bool, ...]
    seconds: float = 0
    compared: int = 0
    problems: list[str] = field(default_factory=list)
    output: str = ""


@dataclass(frozen=True)
class Setting:
    """With what all targets are run.

    ansible_playbook: the command of another version of ansible-core than this Python has.
    emulator_options: what each emulator is started with.
    api_date: the state of the API that each emulator has, when it is not the default one.
    late: whether news arrives late in the emulators.
    """

    ansible_playbook: Path | None
    emulator_options: list[str]
    api_date: str | None
    late: bool


def main() -> int:
    """Run the targets that are named, or all, and return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", help="names of targets; all when left out")
    parser.add_argument("--propagation", type=float, default=0, help="seconds until what is new can be used")
    parser.add_argument("--api-date", help="the state of the API that the emulators have; their default when left out")
    parser.add_argument("--sample", action="store_true", help="compare a few; the others run in process alone")
    parser.add_argument("--ansible-playbook", type=Path, help="the one of another ansible-core")
    arguments = parser.parse_args()
    os.environ.update(CONFIGURATION)
    setting = Setting(
        arguments.ansible_playbook,
        emulator_options(arguments.propagation, arguments.api_date),
        arguments.api_date,
        late=arguments.propagation > 0,
    )
    targets = arguments.targets or all_targets()
    both = compared_of(targets, arguments.sample)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda target: report(run_target(target, setting, target in both)), targets))
    failed = [outcome for outcome in outcomes if outcome.problems]
    compared = sum(outcome.compared for outcome in outcomes)
    print(f"{compared} results are the same through both doors" if not failed else f"{compared} results compared")
    print(f"{len(both)} targets ran through both doors, {len(targets) - len(both)} in process alone")
    print(f"{len(outcomes) - len(failed)} targets passed, {len(failed)} targets failed")
    return 1 if failed else 0


def all_targets() -> list[str]:
    """Return the names of all targets but those that only set up others for ansible-test."""
    folders = (path for path in (HERE / "targets").iterdir() if path.is_dir())
    return sorted(path.name for path in folders if not path.name.startswith("setup_"))


def compared_of(targets: list[str], sample: bool) -> list[str]:
    """Return the targets that run through both doors: those of the sample, or all that have two."""
    return [target for target in targets if target not in ONE_DOOR and (target in SAMPLE or not sample)]


def report(outcome: Outcome) -> Outcome:
    """Print one line of a target, and the reasons when it failed."""
    state = "failed" if outcome.problems else "ok"
    what = f"{outcome.compared} results compared" if outcome.doors == BOTH_DOORS else "in process"
    print(f"{state:7}{outcome.target}: {what}, {outcome.seconds:.0f} s", flush=True)
    if outcome.problems:
        print(outcome.output)
    for problem in outcome.problems:
        print(f"       {problem}", flush=True)
    return outcome


def emulator_options(propagation: float, api_date: str | None) -> list[str]:
    """Return what each emulator is started with."""
    late = ",".join(f"{what}={propagation}" for what in ("environment", "application", "role", "secret"))
    return [
        *("--seed", SEED, "--now", START),
        *(("--late", late) if propagation else ()),
        *(("--api-date", api_date) if api_date else ()),
    ]


def run_target(target: str, setting: Setting, both: bool) -> Outcome:
    """Run one target in process, or through both doors, and compare."""
    outcome = Outcome(target, doors=BOTH_DOORS if both else IN_PROCESS)
    started = time.monotonic()
    records: list[list[dict[str, t.Any]]] = []
    for in_process in outcome.doors:
        records.append(run_once(target, in_process, setting, outcome))
    if len(records) == 2 and not outcome.problems:
        outcome.compared = len(records[0])
        outcome.problems += differences(*records, late=setting.late)
        if not outcome.compared:
            outcome.problems.append("there was nothing to compare: no task of the collection left a result")
    outcome.seconds = time.monotonic() - started
    return outcome


def run_once(target: str, in_process: bool, setting: Setting, outcome: Outcome) -> list[dict[str, t.Any]]:
    """Run one target through one door and return its results."""
    with tempfile.TemporaryDirectory() as folder, emulator(*setting.emulator_options) as ready:
        play = Path(folder) / "play.yml"
        play.write_text(json.dumps([play_of(target, variables(ready, in_process), setting, Path(folder))]))
        recorded = Path(folder) / "recorded.jsonl"
        finished = run_ansible(
            [str(play), "-i", "localhost,"],
            environ={**os.environ, "RECORDER_FILE": str(recorded), "XDG_RUNTIME_DIR": folder},
            command=setting.ansible_playbook,
        )
        if finished.returncode:
            door = "in process" if in_process else "as modules"
            outcome.problems.append(f"it failed {door}")
            outcome.output += finished.stdout[-6000:] + finished.stderr[-2000:]
        elif not in_process or target not in ONE_DOOR:
            outcome.problems += wrong_door(ready, "in-process" if in_process else "module", target)
        return [json.loads(line) for line in recorded.read_text().splitlines()] if recorded.exists() else []


def wrong_door(ready: Ready, door: str, target: str) -> list[str]:
    """Return a sentence when requests came through another door than the run claims; each names its own."""
    if target == "doors":
        # This target takes the other door on purpose in some of its tasks, and checks that itself.
        return []
    agents = {str(request.get("user_agent")) for request in requests_of(ready)}
    ours = {agent for agent in agents if agent.startswith("ansible-idops.pingone/")}
    strange = {agent for agent in ours if f"({door};" not in agent}
    if not ours:
        return [f"no request came through the door '{door}'"]
    return [f"requests came through another door than '{door}': {', '.join(sorted(strange))}"] if strange else []


def variables(ready: Ready, in_process: bool) -> dict[str, t.Any]:
    """Return what a target needs to know of its emulator."""
    return {
        "pingone_api_url": ready["api_url"],
        "pingone_auth_url": ready["auth_url"],
        "pingone_auth_environment_id": ready["auth_environment_id"],
        "pingone_client_id": ready["client_id"],
        "pingone_client_secret": ready["client_secret"],
        "pingone_license_id": ready["license_id"],
        "pingone_organization_id": ready["organization_id"],
        "pingone_region": "NA",
        "pingone_emulator_url": ready["emulator_url"],
        "pingone_in_process": in_process,
    }


def play_of(target: str, values: dict[str, t.Any], setting: Setting, folder: Path) -> dict[str, t.Any]:
    """Return the play that runs a target, as ansible-test would. folder: of this run."""
    values = {
        **values,
        **({"pingone_api_date": setting.api_date} if setting.api_date else {}),
        "ansible_connection": "local",
        "ansible_python_interpreter": str(plain_interpreter(setting.ansible_playbook, folder)),
        "output_dir": "{{ playbook_dir }}",
    }
    return {"name": target, "hosts": "localhost", "gather_facts": False, "vars": values, "roles": [target]}


if __name__ == "__main__":
    sys.exit(main())
