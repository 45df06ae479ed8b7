# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both doors give the same, by real plays of a small module that calls no service."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.idops.pingone.tests.unit.plugins.plugin_utils.toy_plays import CANARY, play

HERE = Path(__file__).parent
PART, WHOLE = "********", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@pytest.fixture(scope="module")
def walks(tmp_path_factory):
    """The results of doors.yml through each door, and what was printed at the same time."""
    walks = {}
    encrypted = VaultLib([("default", VaultSecret(b"vault"))]).encrypt("from the vault").decode().split("\n", 1)[1]
    for door in ("in-process", "module"):
        folder = tmp_path_factory.mktemp(door)
        text = (HERE / "doors.yml").read_text()
        for line in [line for line in text.splitlines() if line.strip() == "VAULTED"]:
            text = text.replace(line, "\n".join(line.replace("VAULTED", part) for part in encrypted.split()), 1)
        (folder / "doors.yml").write_text(text)
        (folder / "password").write_text("vault")
        kept = folder / "kept.json"
        (folder / "variables.json").write_text(json.dumps({"canary": CANARY, "kept": str(kept)}))
        code, shown = play(
            folder, folder / "doors.yml", "-e", f"@{folder / 'variables.json'}", "--vault-password-file",
            str(folder / "password"), "-vvvv", "--diff", door=door,
        )  # fmt: skip
        assert code == 0, shown
        walks[door] = (json.loads(kept.read_text()), shown)
    return walks


@pytest.fixture(scope="module")
def results(walks):
    return walks["in-process"][0]


def compared(value):
    """Return a result without what may be in those of one door only."""
    if isinstance(value, dict):
        alike = {
            name: compared(item) for name, item in value.items() if name not in ("ansible_facts", "ansible_parsed")
        }
        if "door" in alike:
            alike["door"] = "a door"
        return alike
    return [compared(item) for item in value] if isinstance(value, list) else value


def test_both_doors_give_the_same_results(walks):
    in_process, module = walks["in-process"][0], walks["module"][0]
    assert (in_process["values"]["door"], module["values"]["door"]) == ("in-process", "module")
    for name, result in in_process.items():
        assert compared(result) == compared(module[name]), name


def test_values_arrive_as_the_argument_spec_says(results):
    values = results["values"]
    assert (values["number"], values["flag"]) == (7, True)
    assert values["anything"]["date"] == "2026-11-02"
    assert values["anything"]["list"] == [1, 1.5, None, True]
    assert values["parts"] == [{"name": "one"}, {"name": "2"}]


def test_vaulted_values_arrive_decrypted_and_leave_redacted_when_they_are_no_log_too(results):
    vaulted = results["vaulted_values"]
    assert vaulted["text"] == WHOLE
    assert vaulted["anything"] == [WHOLE, {"inner": WHOLE}]


def test_no_given_secret_leaves(results):
    warned = results["warned"]
    assert warned["text"] == f"holds {PART}"
    assert warned["anything"] == {"key": WHOLE}
    assert warned["warnings"] == [f"careful, {PART}"]
    assert warned["diff"]["before"] == {"password": WHOLE}


def test_a_short_secret_leaves_no_message_and_spoils_no_value(results):
    assert (results["word"]["text"], results["word"]["anything"]) == ("dev box", {"dev": ["dev"]})
    assert results["word"]["warnings"] == [f"it is {PART}"]
    assert results["word_told"]["msg"] == f"it is {PART}"


def test_a_tasks_environment_is_there_for_the_length_of_the_call(results):
    assert [item["variable"] for item in results["environments"]["results"]] == ["5", None, "5"]
    assert [item["variable"] for item in results["restored"]["results"]] == ["inner", "outer"]


def test_a_secret_is_returned_only_when_asked_for(results):
    generated = CANARY[::-1]
    assert "secret" not in results["unasked"]
    assert results["unasked"]["elsewhere"] == [f"it is {PART}"]
    assert results["unasked"]["warnings"] == [f"generated {PART}"]
    assert results["secret"]["secret"] == generated
    assert results["secret"]["elsewhere"] == [f"it is {PART}"]
    assert [item["secret"] for item in results["secrets"]["results"]] == ["1" + generated, "2" + generated]


def test_an_attempt_that_is_repeated_leaves_no_secret_and_gives_it_back(results):
    assert results["retried"]["attempts"] == 2
    assert results["retried"]["secret"] == CANARY[::-1]


def test_a_given_secret_is_not_returned(results):
    assert results["given"]["failed"] is True
    assert results["given"]["msg"].startswith("secret cannot be returned")


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (0, f"no {PART} here"),
        (
            1,
            f"Unexpected RuntimeError: no {PART} here. This is a defect of the collection idops.pingone; please report",
        ),
        (2, "value of fails must be one of: expected, unexpected, got: a value of 13 characters that begins with 'ca'"),
        (3, "argument 'seconds' is of type"),
        (4, "parameters are mutually exclusive: text|number"),
        (5, "argument 'number' is of type"),
        (6, "example.toy.echo has no option unknown; 'ansible-doc example.toy.echo' lists those it has."),
        (7, "example.toy.echo has no option parts[0].unknown; 'ansible-doc example.toy.echo' lists those it has."),
        (8, "missing required arguments: name found in parts"),
        (9, "parts must be a list of dictionaries."),
        (10, "parts must be a list of dictionaries."),
        (11, "parts must be a list of dictionaries."),
    ],
)
def test_a_failure_is_one_sentence(results, case, message):
    failure = results["failures"]["results"][case]
    assert failure["failed"] is True
    assert failure["msg"].startswith(message)


@pytest.mark.parametrize(
    ("case", "error"),
    [
        (0, {"kind": "option", "option": "fails"}),
        (1, {"kind": "defect"}),
        (2, {"kind": "option", "option": "fails"}),
        (3, {"kind": "option", "option": "seconds"}),
        (4, {"kind": "option"}),
        (6, {"kind": "option", "option": "unknown"}),
        (7, {"kind": "option", "option": "parts[0].unknown"}),
        (8, {"kind": "option", "option": "parts.name"}),
        (9, {"kind": "option", "option": "parts"}),
    ],
)
def test_a_failure_is_data_too(results, case, error):
    assert results["failures"]["results"][case]["error"] == error


def test_check_mode_is_told(results):
    assert (results["checked"]["check_mode"], results["values"]["check_mode"]) == (True, False)


@pytest.mark.parametrize("door", ["in-process", "module"])
def test_nothing_that_was_printed_or_logged_holds_a_secret(walks, door):
    shown = walks[door][1]
    assert "Secrets of a loop" in shown
    assert "testsuite" in shown
    assert CANARY not in shown
    assert CANARY[::-1] not in shown


def test_progress_is_shown_in_process_only(walks):
    assert f"halfway, with {PART}" in walks["in-process"][1] or f"halfway, with {WHOLE}" in walks["in-process"][1]
    assert "halfway" not in walks["module"][1]
