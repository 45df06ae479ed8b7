# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells whether two runs of a play gave the same results, but for what cannot be the same."""

from __future__ import annotations

import re
import typing as t

Record = dict[str, t.Any]

# What ansible-core says of a module's own process, and a task in the controller's process has no reason to say.
ONE_SIDED = {"ansible_parsed", "discovered_interpreter_python"}
INTERPRETER_WARNING = re.compile(r"(is using the discovered Python interpreter|Host '.*' is using)")
# fmt: off
# from_cache: a module keeps no tokens.
VOLATILE = {
    "access_token", "created_at", "updated_at", "createdAt", "updatedAt", "expires_in", "expires_at", "iat", "exp",
    "jti", "p1.rid", "start", "end", "delta", "elapsed", "date", "correlation_id", "from_cache",
}
# fmt: on
# Right after an assignment this is wrong for a while, where the emulator lets news arrive late.
VOLATILE_WHEN_LATE = VOLATILE | {"read_only"}
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
CORRELATION = re.compile(r"(correlation id:? )[0-9a-f-]{36}", re.IGNORECASE)
# What ansible.builtin.tempfile makes.
FOLDER = re.compile(r"/[\w./-]+/ansible\.\w{8}\b")
# 32 bytes in base64url: the thumbprint of a key that was made, and each half of one on the curve P-256.
KEY = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")
# What PingOne's gateway makes of a token that is sent to an address that it does not know.
HASH = re.compile(r"(?<=encoded with Base64\): )'[\w+/]{43}='")
# The emulator's clock starts at the same time in each run, and that of this machine goes on; a repeat takes its time.
SECONDS = re.compile(r"\d+ (?=seconds (ahead of|behind) PingOne's)|(?<=after retrying for )\d+ (?=seconds)")
LOOPBACK = re.compile(r"127\.0\.0\.1:\d+")


def comparable(value: t.Any, volatile: t.Container[str], key: str = "") -> t.Any:
    """Return a result with a placeholder for each value that differs from run to run; keys are never replaced."""
    if key in volatile and value is not None and not isinstance(value, (dict, list)):
        return f"<{key}>"
    if isinstance(value, dict):
        return {name: comparable(item, volatile, name) for name, item in value.items() if name not in ONE_SIDED} or None
    if isinstance(value, list):
        kept = [item for item in value if not (isinstance(item, str) and INTERPRETER_WARNING.search(item))]
        return [comparable(item, volatile) for item in kept]
    if isinstance(value, str):
        value = CORRELATION.sub(r"\1<id>", TIME.sub("<time>", TOKEN.sub("<token>", HASH.sub("<hash>", value))))
        return FOLDER.sub("<folder>", LOOPBACK.sub("<address>", KEY.sub("<key>", SECONDS.sub("<some> ", value))))
    return value


def without_empty(value: t.Any) -> t.Any:
    """Drop what was empty but for the interpreter's own facts and warnings."""
    if isinstance(value, dict):
        return {
            name: without_empty(item)
            for name, item in value.items()
            if not (name in ("ansible_facts", "warnings") and not item)
        }
    return [without_empty(item) for item in value] if isinstance(value, list) else value


def differences(left: list[Record], right: list[Record], late: bool = False) -> list[str]:
    """Return a sentence for each result that the two runs do not share. late: whether news arrived late in both."""
    found = []
    volatile = VOLATILE_WHEN_LATE if late else VOLATILE
    if len(left) != len(right):
        found.append(f"{len(left)} results in process, {len(right)} as modules")
    for one, other in zip(left, right, strict=False):
        ours, theirs = (without_empty(comparable(record["result"], volatile)) for record in (one, other))
        if one["task"] != other["task"]:
            found.append(f"'{one['task']}' in process, '{other['task']}' as modules")
        elif ours != theirs:
            found.append(f"'{one['task']}': {difference(ours, theirs)}")
    return found


def difference(one: t.Any, other: t.Any, path: str = "result") -> str:
    """Return the first place where two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(set(one) | set(other)):
            if name not in one or name not in other:
                return f"{path}.{name} is there only in the {'first' if name in one else 'second'} run"
            if one[name] != other[name]:
                return difference(one[name], other[name], f"{path}.{name}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            if mine != theirs:
                return difference(mine, theirs, f"{path}[{index}]")
    return f"{path} is {one!r} in the first run, and {other!r} in the second"
