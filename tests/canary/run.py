# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Searches everything that a play prints or writes for its secrets.

The play runs at the highest verbosity, with diffs, a log file and the junit callback. Every secret of the tenant and
every token is searched for as it is, in parts, in base64 and URL-encoded; the published files alone may hold them.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets as random
import subprocess
import sys
import tempfile
import typing as t
import urllib.parse
import urllib.request
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from echo import echo
from emulated import Ready, emulator

HERE = Path(__file__).resolve().parent
# What leaks of a secret is found when it is as long as two of these, less one.
PART = 8
# A token of the tenant may come in any play; its three parts are recognised wherever it is.
TOKEN = re.compile(r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}")


def main() -> int:
    """Run the plays with the given ansible-playbook, and return an exit code."""
    ansible = sys.argv[1] if len(sys.argv) > 1 else "ansible-playbook"
    version = subprocess.run([ansible, "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    with tempfile.TemporaryDirectory() as name, emulator("--seed", "7") as ready, echo() as address:
        folder = Path(name)
        published = folder / "published"
        published.mkdir(mode=0o700)
        # One ends in what a sentence may be stripped of.
        echoed = {"echoed_secret": random.token_urlsafe(48), "echoed_token": random.token_urlsafe(48) + "."}
        finished = play(ansible, "canary.yml", folder, ready, published=str(published), echo=address, **echoed)
        if finished.returncode:
            print(finished.stdout[-8000:] + finished.stderr[-3000:])
            print(f"{version}: the play failed")
            return 1
        secrets = known_secrets(ready) | published_secrets(published) | set(echoed.values())
        texts = searched(folder, published, finished)
        found = leaks(texts, secrets)
        leaked = leaked_texts(ansible, folder, ready)
        missed = [place for place, text in leaked.items() if not leaks({place: text}, secrets)]
    for place in found:
        print(f"{version}: {place}")
    for place in missed:
        print(f"{version}: the search did not find what leak.yml leaks to {place}")
    print(f"{version}: {len(secrets)} secrets and every token searched for in {len(texts)} texts, {len(found)} found")
    return 1 if found or missed else 0


def leaked_texts(ansible: str, folder: Path, ready: Ready) -> dict[str, str]:
    """Return what a play leaks on purpose, by where: the least that has to be found, and a whole secret."""
    leak = folder / "leak"
    finished = play(ansible, "leak.yml", folder, ready, shown=2 * PART - 1, leak=str(leak))
    return {"standard output": finished.stdout, "a file": leak.read_text()}


def play(
    ansible: str, playbook: str, folder: Path, ready: Ready, **variables: t.Any
) -> subprocess.CompletedProcess[str]:
    """Run a playbook as loud as it gets, with variables."""
    connection = {
        "region": "NA",
        "api_url": ready["api_url"],
        "auth_url": ready["auth_url"],
        "auth_environment_id": ready["auth_environment_id"],
        "client_id": ready["client_id"],
        "client_secret": ready["client_secret"],
    }
    values = folder / "values.json"
    given = {
        **variables,
        "connection": connection,
        "ansible_python_interpreter": interpreter(ansible, folder),
    }
    values.write_text(json.dumps(given))
    written = folder / "written"
    written.mkdir(exist_ok=True)
    return subprocess.run(
        [ansible, str(HERE / playbook), "-i", "localhost,", "-vvvv", "--diff", "-e", f"@{values}", "-c", "local"],
        env={
            **os.environ,
            "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit",
            "ANSIBLE_LOG_PATH": str(written / "ansible.log"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_RETRY_FILES_ENABLED": "1",
            "ANSIBLE_RETRY_FILES_SAVE_PATH": str(written / "retry"),
            "HOME": str(folder / "home"),
            "JUNIT_OUTPUT_DIR": str(written / "junit"),
            "XDG_RUNTIME_DIR": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def interpreter(ansible: str, folder: Path) -> str:
    """Return the Python beside ansible-playbook, by a way without the spaces and quotes that a checkout's may have.

    The core 2.16 starts a module with an interpreter as it stands.
    """
    beside = Path(ansible).parent / "python"
    environment = folder / "environment"
    if not environment.is_symlink():
        environment.symlink_to((beside if beside.exists() else Path(sys.executable)).parent.parent)
    return str(environment / "bin" / "python")


def known_secrets(ready: Ready) -> set[str]:
    """Return every secret that the tenant holds."""
    with urllib.request.urlopen(ready["emulator_url"] + "/state", timeout=10) as answer:
        state = json.load(answer)
    return {ready["client_secret"]} | set(members(state, "secret"))


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


def searched(folder: Path, published: Path, finished: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return every text that was printed or written, but for the published files and the tokens' own cache."""
    texts = {"standard output": finished.stdout, "standard error": finished.stderr}
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
