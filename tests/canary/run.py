# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Searches everything that a play prints or writes for its secrets.

The play runs at the highest verbosity, with diffs, a log file, the callbacks junit and tree, and one that writes JSON.
With C(--all) there is a second play, of every module in every way in which it can be run, through ansible-runner, whose
event files are searched as well. Every secret of the tenant and every token is searched for as it is, in parts, in
base64 and URL-encoded; the published files alone may hold them.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import secrets as random
import shutil
import subprocess
import sys
import tempfile
import typing as t
import urllib.parse
from pathlib import Path

import ansible_runner
from cryptography.hazmat.primitives import serialization
from echo import echo
from emulated import Ready, emulator, state_of
from interpreters import plain_interpreter
from matrix import matrix

HERE = Path(__file__).resolve().parent
# What leaks of a secret is found when it is as long as two of these, less one.
PART = 8
# A token of the tenant may come in any play; its three parts are recognised wherever it is.
TOKEN = re.compile(r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}")


def main() -> int:
    """Run the plays with the given ansible-playbook, and return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every module in every way, through ansible-runner")
    here = str(Path(sys.executable).with_name("ansible-playbook"))
    parser.add_argument("ansible", nargs="?", default=here, help="the one of another ansible-core")
    arguments = parser.parse_args()
    command = [arguments.ansible, "--version"]
    version = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[0]
    with tempfile.TemporaryDirectory() as name, emulator("--seed", "7") as ready, echo() as address:
        folder = Path(name)
        published = folder / "published"
        published.mkdir(mode=0o700)
        # One ends in what a sentence may be stripped of.
        echoed = {"echoed_secret": random.token_urlsafe(48), "echoed_token": random.token_urlsafe(48) + "."}
        given = {"published": str(published), "echo": address, **echoed}
        finished = [play(arguments.ansible, "canary.yml", folder, ready, **given)]
        if arguments.all:
            (folder / "matrix.yml").write_text(json.dumps(matrix()))
            finished.append(played_by_runner(arguments.ansible, folder / "matrix.yml", folder, ready, **given))
        for failed in (done for done in finished if done.returncode):
            print(failed.stdout[-8000:] + failed.stderr[-3000:])
            print(f"{version}: a play failed")
            return 1
        secrets = known_secrets(ready) | published_secrets(published) | set(echoed.values())
        texts = searched(folder, published, finished)
        found = leaks(texts, secrets)
        leaked = leaked_texts(arguments.ansible, folder, ready, by_runner=arguments.all)
        missed = [place for place, text in leaked.items() if not leaks({place: text}, secrets)]
    for place in found:
        print(f"{version}: {place}")
    for place in missed:
        print(f"{version}: the search did not find what leak.yml leaks to {place}")
    print(f"{version}: {len(secrets)} secrets and every token searched for in {len(texts)} texts, {len(found)} found")
    return 1 if found or missed else 0


def leaked_texts(ansible: str, folder: Path, ready: Ready, *, by_runner: bool) -> dict[str, str]:
    """Return what a play leaks on purpose, by where: the least that has to be found, and a whole secret."""
    leak = folder / "leak"
    given: dict[str, t.Any] = {"shown": 2 * PART - 1, "leak": str(leak)}
    written = folder / "written"
    results = written / "results.jsonl"
    results.unlink()
    finished = play(ansible, "leak.yml", folder, ready, **given)
    texts = {
        "standard output": finished.stdout,
        "a file": leak.read_text(),
        "the JSON of a callback": results.read_text(),
    }
    if by_runner:
        before = set(event_files(folder))
        played_by_runner(ansible, HERE / "leak.yml", folder, ready, **given)
        texts["an event file of ansible-runner"] = "".join(
            path.read_text() for path in event_files(folder) if path not in before
        )
    return texts


def event_files(folder: Path) -> list[Path]:
    """Return the files in which ansible-runner keeps what happened."""
    return sorted(folder.glob("runner/artifacts/*/job_events/*.json"))


def played_by_runner(
    ansible: str, playbook: Path, folder: Path, ready: Ready, **variables: t.Any
) -> subprocess.CompletedProcess[str]:
    """Run a playbook as C(play) does, but through ansible-runner, which keeps each event in a file."""
    before = len(event_files(folder))
    (folder / "runner").mkdir(exist_ok=True)
    path = os.environ["PATH"]
    runner = ansible_runner.run(
        private_data_dir=str(folder / "runner"),
        playbook=str(playbook),
        inventory="localhost,",
        cmdline=f"-vvvv --diff -c local -e @{values_file(ansible, folder, ready, variables)}",
        # It takes the first ansible-playbook of PATH.
        envvars={
            **environ(folder),
            "PATH": os.pathsep.join((str(Path(shutil.which(ansible) or ansible).parent), path)),
        },
        quiet=True,
    )
    if len(event_files(folder)) == before:
        raise SystemExit("ansible-runner left no event files, so there is nothing to search.")
    return subprocess.CompletedProcess([ansible], runner.rc, runner.stdout.read(), runner.stderr.read())


def play(
    ansible: str, playbook: str, folder: Path, ready: Ready, **variables: t.Any
) -> subprocess.CompletedProcess[str]:
    """Run a playbook as loud as it gets, with variables."""
    values = values_file(ansible, folder, ready, variables)
    return subprocess.run(
        [ansible, str(HERE / playbook), "-i", "localhost,", "-vvvv", "--diff", "-e", f"@{values}", "-c", "local"],
        env={**os.environ, **environ(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def values_file(ansible: str, folder: Path, ready: Ready, variables: dict[str, t.Any]) -> Path:
    """Write the variables of a play to a file, and return its path."""
    connection = {
        "region": "NA",
        "api_url": ready["api_url"],
        "auth_url": ready["auth_url"],
        "auth_environment_id": ready["auth_environment_id"],
        "client_id": ready["client_id"],
        "client_secret": ready["client_secret"],
    }
    given = {
        **variables,
        "connection": connection,
        "ansible_python_interpreter": str(plain_interpreter(Path(ansible), folder)),
    }
    values = folder / "values.json"
    values.write_text(json.dumps(given))
    return values


def environ(folder: Path) -> dict[str, str]:
    """Return the variables that let a play write all that it can, into a folder."""
    written = folder / "written"
    written.mkdir(exist_ok=True)
    return {
        # Where a job leaves its result, which is searched too.
        "ANSIBLE_ASYNC_DIR": str(written / "async"),
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit,ansible.builtin.tree,results",
        "ANSIBLE_CALLBACK_TREE_DIR": str(written / "tree"),
        "ANSIBLE_LOG_PATH": str(written / "ansible.log"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_RETRY_FILES_ENABLED": "1",
        "ANSIBLE_RETRY_FILES_SAVE_PATH": str(written / "retry"),
        "HOME": str(folder / "home"),
        "JUNIT_OUTPUT_DIR": str(written / "junit"),
        "RESULTS_FILE": str(written / "results.jsonl"),
        "XDG_RUNTIME_DIR": str(folder),
    }


def known_secrets(ready: Ready) -> set[str]:
    """Return every secret that the tenant holds."""
    return {ready["client_secret"]} | set(members(state_of(ready), "secret"))


def members(value: t.Any, name: str) -> t.Iterator[str]:
    """Yield every text that a member of a name holds, however deep."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == name and isinstance(item, str):
                yield item
            else:
                yield from members(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from members(item, name)


def published_secrets(published: Path) -> set[str]:
    """Return what the play published, which proves that it had secrets to leak."""
    texts = [path.read_text() for path in published.rglob("*") if path.is_file()]
    found = {
        match for text in texts for match in re.findall(r"(?:client_secret|access_token): *[\"']?([^\s\"']+)", text)
    }
    keys = [text for text in texts if "PRIVATE KEY" in text]
    if not found or not keys:
        raise SystemExit("The play published no secret, or no private key, so there is nothing to search for.")
    return found | {spelling for key in keys for spelling in private_numbers(key)}


def private_numbers(pem: str) -> set[str]:
    """Return what is private of a key on the curve P-256, as PEM holds it, but for its line ends, and as a JWK does."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    number = key.private_numbers().private_value.to_bytes(32, "big")  # type: ignore[union-attr]
    # The last characters may be those of what follows it.
    return {encode(number).decode()[:40] for encode in (base64.b64encode, base64.urlsafe_b64encode)}


def searched(folder: Path, published: Path, finished: t.Sequence[subprocess.CompletedProcess[str]]) -> dict[str, str]:
    """Return every text that was printed or written, but for the published files and the tokens' own cache."""
    texts = {}
    for number, done in enumerate(finished, 1):
        texts |= {f"standard output {number}": done.stdout, f"standard error {number}": done.stderr}
    for path in folder.rglob("*"):
        if path.is_file() and published not in path.parents and path.name != "values.json":
            texts[str(path.relative_to(folder))] = path.read_bytes().decode(errors="replace")
    return texts


def spellings(secret: str) -> set[str]:
    """Return a secret as it is, in parts, in base64 (with whatever stands around it left out) and URL-encoded."""
    plain = secret.encode()
    cores = {base64.b64encode(b"\0" * shift + plain).decode()[4 if shift else 0 : -4].rstrip("=") for shift in range(3)}
    parts = {secret[start : start + PART] for start in range(0, len(secret) - PART + 1, PART)}
    return {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), *cores, *parts}


def leaks(texts: dict[str, str], secrets: set[str]) -> list[str]:
    """Return a sentence for each text that holds a secret."""
    found = []
    for place, text in texts.items():
        if any(spelling in text for secret in secrets for spelling in spellings(secret)):
            found.append(f"a secret is in {place}")
        elif TOKEN.search(text):
            found.append(f"a token is in {place}")
    return found


if __name__ == "__main__":
    sys.exit(main())
