# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing secret is left in what redact() gives back, however it is spelled and wherever it stands."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

import pytest
from ansible.module_utils.common.parameters import remove_values
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import PART, WHOLE, redact, redact_message
from hypothesis import given
from hypothesis import strategies as st

SECRET = 'a "secret"/with+signs~äö'
SECRETS = st.sets(st.text('ab01/+"ä ', min_size=8), min_size=1, max_size=4)  # nothing of a placeholder
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=10,
)


def test_a_text_that_is_a_secret_and_one_that_holds_it():
    assert redact({"token": SECRET, "error": f"bad {SECRET}!"}, [SECRET]) == {"token": WHOLE, "error": f"bad {PART}!"}


@pytest.mark.parametrize(
    "spelled",
    [
        quote(SECRET, safe=""),
        quote(SECRET, safe="").replace("%20", "+"),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        base64.b64encode(SECRET.encode()).decode(),
        html.escape(SECRET),
    ],
)
def test_other_spellings(spelled):
    assert redact(f"<{spelled}>", [SECRET]) == f"<{PART}>"


PEM = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG1\nCCqGSM49AwEH2\nshort\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize("secret", [PEM, PEM.replace("\n", " ").strip()])
def test_no_line_of_a_key_is_left(secret):
    said = "MIGHAgEAMBMG1, CCqGSM49AwEH2MIGHAgEAMBMG1, -----BEGIN PRIVATE KEY-----, short"
    assert redact_message(said, [secret]) == f"{PART}, {PART}{PART}, -----BEGIN PRIVATE KEY-----, short"


def test_no_private_member_of_a_jwk_is_left():
    secret = json.dumps({"kty": "EC", "x": "public-coordinate", "d": "private-number", "qi": 7})
    assert redact(["private-number", "public-coordinate", "EC"], [secret]) == [WHOLE, "public-coordinate", "EC"]
    assert redact("{private-number", ["{private-number"]) == WHOLE


def test_as_python_quotes_it():
    secret = 'it\'s "a" secret\n'
    assert redact_message(f"header value: {secret!r}", [secret]) == f"header value: '{PART}'"


def test_numbers_and_nested_values():
    value = {"a": [{"deep": ("12345678", 123456789, 1.5, None, True)}]}
    assert redact(value, ["12345678"]) == {"a": [{"deep": [WHOLE, WHOLE, 1.5, None, True]}]}


def test_a_key_is_no_secret():
    assert redact({"password": {"password": "password"}}, ["password"]) == {"password": {"password": WHOLE}}
    assert redact_message({"password": "my password"}, ["password"]) == {"password": f"my {PART}"}


def test_a_short_secret_is_taken_out_of_messages_alone():
    values = {"name": "devotion", "stage": "dev", "port": 443}
    assert redact(values, ["dev", "443", "7 chars"]) == values
    assert redact("8 chars.", ["8 chars."]) == WHOLE
    assert redact_message("no dev on 443", ["dev", "443"]) == f"no {PART} on {PART}"


def test_the_longer_of_two_secrets_leaves_no_rest():
    assert redact("see abcdefghijk", ["abcdefgh", "abcdefghijk"]) == f"see {PART}"


def test_an_empty_secret_is_none():
    assert redact({"a": "", "b": "text"}, ["", None]) == {"a": "", "b": "text"}


def test_the_given_value_is_left_as_it_is():
    value = {"list": ["a secret"]}
    redact(value, ["a secret"])
    assert value == {"list": ["a secret"]}


def texts(value):
    """Give every text in a value; a key is none."""
    if isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif not isinstance(value, bool):
        yield str(value)


@given(JSON, SECRETS, st.text("ab01"), st.text("ab01"))
def test_no_secret_is_left_anywhere(value, secrets, before, after):
    for secret in secrets:
        value = {"a": [value, before + secret + after]}
    for text in texts(redact(value, secrets)):
        assert not [secret for secret in secrets if secret in text]


@given(JSON)
def test_without_a_secret_nothing_is_changed(value):
    assert redact(value, ["never in it, and long enough for that"]) == value


@given(st.dictionaries(st.just("a"), JSON), st.sets(st.sampled_from(["abcdefgh", "bcdefghi", "17171717"]), min_size=1))
def test_ansible_core_finds_nothing_left(value, secrets):
    """So that a module, whose result ansible-core censors once more, and the other door show the same."""
    once = redact(value, secrets)
    assert remove_values(once, secrets) == once
