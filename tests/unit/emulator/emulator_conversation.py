# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests out of a file, as clients send them, and what the answers have to be.

The form is described at the top of ``data/client_requests.yml``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from emulator_contract import Contract
from emulator_world import Answer, Caller

KINDS = ("create", "read", "list", "change", "delete")
_STATUS = {"create": 201, "read": 200, "list": 200, "change": 200, "delete": 204, "wrong": 400}
_PATTERNS = {
    "<id>": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "<time>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "<number>": r"\d+",
    "<text>": r"(?s).+",
}
_STEP = {
    "does", "send", "body", "file", "type", "adds", "unshown", "status", "keep", "find", "holds",
    "code", "detail", "target", "text", "source", "partial", "shows", "raw",
}  # fmt: skip


def resources(path: Path) -> list[dict[str, Any]]:
    """The resources of a file. Raises AssertionError for one that leaves out what it has to say."""
    entries: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for entry in entries:
        name, steps = entry["resource"], entry["steps"]
        assert set(entry) <= {"resource", "schema", "lacks", "omits", "steps"}, f"{name}: {sorted(entry)}"
        done = {*(step["does"] for step in steps), *entry.get("omits", {})}
        assert {*KINDS, "wrong"} <= done, f"{name} does not do everything"
        for step in steps:
            assert set(step) <= _STEP, f"{name}, {step['send']}: {sorted(step)}"
            told = {"adds", "shows", "find", "holds"} & set(step) or step["does"] == "wrong"
            assert step["does"] == "use" or not told or "source" in step, f"{name}, {step['send']}: no source"
    return entries


class Conversation:
    """The steps of one resource, in an environment of its own."""

    def __init__(self, caller: Caller, environment: str, entry: dict[str, Any], contract: Contract | None) -> None:
        self.caller, self.entry, self.contract = caller, entry, contract
        self.ids = {"environment": environment}
        self.last: dict[str, Any] = {}  # the last answer about each object, by its path
        self.sent = 0

    def hold(self) -> None:
        """Send everything. Raises AssertionError, with the step, for the first answer that is another."""
        for number, step in enumerate(self.entry["steps"], 1):
            try:
                self._take(step)
            except AssertionError as error:
                raise AssertionError(f"{self.entry['resource']}, step {number}, {step['send']}: {error}") from None

    def _take(self, step: dict[str, Any]) -> None:
        step = {key: value if key in ("send", "source") else self._filled(value) for key, value in step.items()}
        verb, path = self._filled(step["send"]).split(" ", 1)
        answer = self._send(verb, path, step)
        self.sent += 1
        kind = step["does"]
        if kind in self.entry.get("lacks", ()):
            assert answer.status in (403, 405), f"it is answered with {answer.status}"
            return
        if kind == "wrong":
            self._refused(step, answer)
            return
        assert answer.status == step.get("status", _STATUS.get(kind, answer.status)), answer.raw.decode()
        assert answer.status < 300, answer.raw.decode()
        if kind == "delete":
            self._deleted(path)
        elif verb == "GET" and kind in ("list", "use"):
            self._list(path, step, answer)
        elif kind == "read":
            assert answer.json == self.last[path], f"{answer.json} instead of {self.last[path]}"
        else:
            self._written(path, step, answer)

    def _send(self, verb: str, path: str, step: dict[str, Any]) -> Answer:
        if "file" not in step:
            raw = step["raw"].encode() if "raw" in step else None
            headers = {"Content-Type": step["type"]} if "type" in step else {}
            return self.caller.call(verb, path, step.get("body"), raw=raw, headers=headers)
        headers = {"Content-Type": step["type"], "Content-Disposition": "attachment; filename=picture"}
        return self.caller.call(verb, path, raw=base64.b64decode(step["file"]), headers=headers)

    def _refused(self, step: dict[str, Any], answer: Answer) -> None:
        document = answer.error(step.get("status", 400), step["code"])
        details = document.get("details", [])
        if "detail" in step:
            first = details[0]
            assert first["code"] == step["detail"], document
            assert "target" not in step or first.get("target") == step["target"], document
        if "text" in step:
            texts = [document["message"], *(one["message"] for one in details)]
            assert any(text.startswith(step["text"]) for text in texts), document

    def _deleted(self, path: str) -> None:
        self.last.pop(path, None)
        assert self.caller.get(path).status == 404

    def _list(self, path: str, step: dict[str, Any], answer: Answer) -> None:
        items = answer.items
        if step["does"] == "list":
            for item in items:
                self._check_schema(path, None, item)
            there = [_without_links(item) for item in items]
            for here, known in self.last.items():
                is_there = _without_links(known) in there  # an item may have fewer links
                assert is_there or here.rpartition("/")[0] != path, f"{known} is not in {items}"
        for members in step.get("holds", ()):
            assert any(not list(_lacking(item, members)) for item in items), f"nothing has {members}: {items}"
        for name, members in step.get("find", {}).items():
            [found] = [item for item in items if not list(_lacking(item, members))]
            self.ids[name] = found["id"]

    def _written(self, path: str, step: dict[str, Any], answer: Answer) -> None:
        document = answer.json
        here = f"{path}/{document['id']}" if answer.status == 201 else path
        lacking = list(_lacking(document, step.get("shows", {})))
        assert not lacking, "; ".join(lacking)
        if "keep" in step:
            self.ids[step["keep"]] = document["id"]
        if "adds" in step:
            body = {key: value for key, value in step.get("body", {}).items() if key not in step.get("unshown", ())}
            told = _without_links(document)
            differences = list(_differences(told, {**step["adds"], **body}))
            assert not differences, "; ".join(differences)
            assert document["_links"]["self"]["href"].endswith(here)
            self._check_schema(path, None if step.get("partial") else step.get("body"), document)
        if step["does"] != "use":
            self.last[here] = document

    def _check_schema(self, path: str, sent: Any, received: Any) -> None:
        """By the schema that the file names, where the contract does not have the path."""
        if self.contract is not None and "schema" in self.entry and not self.contract.has(f"/v1{path}"):
            self.contract.check_as(self.entry["schema"], sent, received)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return re.sub(r"(?<!\$)\{(\w+)\}", lambda found: self.ids.get(found[1], found[0]), value)
        if isinstance(value, dict):
            return {key: self._filled(one) for key, one in value.items()}
        return [self._filled(one) for one in value] if isinstance(value, list) else value


def _without_links(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "_links"}


def _lacking(told: Any, members: Any, path: str = "") -> Iterator[str]:
    """What is not there of the members; those that are null must not be there."""
    if not isinstance(members, dict) or not isinstance(told, dict):
        yield from _differences(told, members, path)
        return
    for name, one in members.items():
        where = f"{path}.{name}" if path else name
        if one is None and name in told:
            yield f"{where} is there: {told[name]!r}"
        elif one is not None:
            yield from _lacking(told.get(name), one, where)


def _differences(told: Any, expected: Any, path: str = "") -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(told, dict):
        for name in expected.keys() | told.keys():
            where = f"{path}.{name}" if path else name
            if name not in told:
                yield f"{where} is missing"
            elif name not in expected:
                yield f"{where} is there: {told[name]!r}"
            else:
                yield from _differences(told[name], expected[name], where)
    elif isinstance(expected, str) and expected in _PATTERNS:
        is_number = isinstance(told, int) and not isinstance(told, bool)
        if is_number is not (expected == "<number>") or not re.fullmatch(_PATTERNS[expected], str(told)):
            yield f"{path} is {told!r}, which is no {expected}"
    elif told != expected or type(told) is not type(expected):
        yield f"{path} is {told!r} instead of {expected!r}"
