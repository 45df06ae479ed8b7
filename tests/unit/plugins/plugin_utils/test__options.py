# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib
import pkgutil

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.idops.pingone.plugins import modules
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.plugin_utils._options import (
    as_meant,
    check_guards,
    check_shape,
    plain,
    refusal,
)

NAME = "example.toy.echo"
LISTS_THEM = "; 'ansible-doc example.toy.echo' lists those it has."
SPEC = {
    "name": {"type": "str"},
    "names": {"type": "list", "elements": "int"},
    "kind": {"choices": ["a", "b"]},
    "timeout": {"type": "int"},
    "client_secret": {"type": "str", "no_log": True},
    "one": {
        "type": "dict",
        "options": {
            "many": {
                "type": "list",
                "elements": "dict",
                "options": {"a": {"type": "int"}, "role": {"required": True}, "kind": {"choices": ["a"]}},
            }
        },
    },
}
RULES = {"mutually_exclusive": [("name", "names")]}
ROLE = {"role": "x"}


def shape_of(args):
    """Return the sentence and the option of what check_shape raises."""
    with pytest.raises(OptionError) as caught:
        check_shape(NAME, SPEC, args, ("guard",))
    return str(caught.value), caught.value.option


@pytest.mark.parametrize("args", [{}, {"one": None}, {"one": {"many": [ROLE, "role=2"]}}, {"one": {}}])
def test_what_has_the_right_shape_is_left_alone(args):
    check_shape(NAME, SPEC, args)


@pytest.mark.parametrize(
    ("args", "sentence", "option"),
    [
        ({"one": {"many": ["b"]}}, "one.many must be a list of dictionaries.", "one.many"),
        ({"one": {"many": {"a": 1}}}, "one.many must be a list of dictionaries.", "one.many"),
        ({"one": 5}, "one must be a dictionary.", "one"),
        ({"one": ["a=b"]}, "one must be a dictionary.", "one"),
    ],
)
def test_a_value_of_the_wrong_shape_is_named(args, sentence, option):
    assert shape_of(args) == (sentence, option)


@pytest.mark.parametrize(
    ("args", "named", "option"),
    [
        ({"nmae": "x"}, "nmae (nearest: name, names)", "nmae"),
        ({"colour": "x"}, "colour", "colour"),
        ({"time_out": 1, "knd": 2}, "knd (nearest: kind), time_out (nearest: timeout)", "knd"),
        ({"one": {"many": [ROLE, {"rol": 1}]}}, "one.many[1].rol (nearest: one.many[1].role)", "one.many[1].rol"),
        ({"clientsecret": "hunter2", "timeout": "soon"}, "clientsecret (nearest: client_secret)", "clientsecret"),
    ],
)
def test_an_option_that_does_not_exist_is_told_with_the_nearest(args, named, option):
    assert shape_of(args) == (f"{NAME} has no option {named}{LISTS_THEM}", option)


def test_three_of_the_nearest_are_enough():
    spec = {f"name_{letter}": {} for letter in "abcdef"}
    with pytest.raises(OptionError) as caught:
        check_shape(NAME, spec, {"name_": 1})
    assert str(caught.value).count("name_") == 1 + 3


@pytest.mark.parametrize(
    ("args", "option"),
    [
        ({"timeout": "soon"}, "timeout"),
        ({"kind": "c"}, "kind"),
        ({"names": ["x"]}, "names"),
        ({"one": {"many": [{}]}}, "one.many.role"),
        ({"one": {"many": [{**ROLE, "a": "x"}]}}, "one.many.a"),
        ({"one": {"many": [{**ROLE, "kind": "x"}]}}, "one.many.kind"),
        ({"name": "x", "names": [1]}, None),
    ],
)
def test_what_ansible_core_refuses_names_its_option(args, option):
    message = ArgumentSpecValidator(SPEC, **RULES).validate(args).error_messages[0]
    error = refusal(message, args)
    assert (str(error), error.option) == (message, option)


def test_two_options_that_are_missing_are_not_told_as_one():
    assert refusal("missing required arguments: client_id, client_secret", {}).option is None
    assert refusal("missing required arguments: client_id", {}).option == "client_id"


def test_no_value_of_a_connection_option_is_repeated():
    error = refusal(
        "value of client_auth_method must be one of: x, got: hunter2hunter2", {"client_id": "hunter2hunter2"}
    )
    assert "hunter2" not in str(error)
    assert error.option == "client_auth_method"


@pytest.mark.parametrize("within", ["", " found in keys -> entry"])
def test_a_value_that_is_no_choice_is_repeated_when_it_is_too_short_for_a_secret(within):
    message = "value of state must be one of: absent, present, got: "
    assert str(refusal(f"{message}presnt{within}", {"state": "presnt"})) == f"{message}presnt{within}"
    hinted = "a value of 14 characters that begins with 'hu'"
    assert str(refusal(f"{message}hunter2hunter2{within}", {"state": "hunter2hunter2"})) == f"{message}{hinted}{within}"
    assert str(refusal(f"{message}{within}", {"state": ""})) == f"{message}{within}"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"one": 1.5, "many": [1, "inf", {"a": 0.0, "b": 10**99}]}, None),
        ({"one": "9" * 5000}, None),
        ({"one": 10**5000}, "one must be a number of at most 100 digits."),
        ({"many": [1, -(10**100)]}, "many[1] must be a number of at most 100 digits."),
        ({"one": float("inf")}, "one must be a finite number, not inf."),
        ({"jwks": {"keys": [{"n": 1}, {"n": float("nan")}]}}, "jwks.keys[1].n must be a finite number, not nan."),
    ],
)
def test_a_number_that_json_or_a_sentence_cannot_hold_is_named(args, sentence):
    if sentence is None:
        assert plain(args) == args
        return
    with pytest.raises(OptionError) as caught:
        plain(args)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "number",
    ["9" * 5000, "-" + "9" * 101, " 1e100 ", "1e999999999999", "Infinity"],
    ids=["thousands", "negative", "just", "endless", "infinite"],
)
def test_a_text_that_would_become_a_long_integer_is_named(number):
    sentence = " must be a number of at most 100 digits."
    assert shape_of({"timeout": number}) == ("timeout" + sentence, "timeout")
    many = [ROLE, f"role=x,a={number.strip()}"]
    assert shape_of({"one": {"many": many}}) == ("one.many[1].a" + sentence, "one.many[1].a")


def integers(spec, within=""):
    """Yield the path of each integer option, and a value of the outermost option that gives it thousands of digits."""
    for name, entry in spec.items():
        if entry.get("type") == "int":
            yield within + name, {name: "9" * 5000}
        is_list = entry.get("type") == "list"
        for path, value in integers(entry.get("options", {}), f"{within}{name}{'[0]' if is_list else ''}."):
            yield path, {name: [value] if is_list else value}


def test_every_integer_option_of_every_module_is_named():
    named = set()
    for _finder, module, _is_package in pkgutil.iter_modules(modules.__path__):
        spec = importlib.import_module(f"{modules.__name__}.{module}").ARGUMENT_SPEC
        for path, args in integers(spec):
            with pytest.raises(OptionError) as caught:
                check_shape(module, spec, args)
            assert caught.value.option == path
            named.add(path)
    assert {"retry_budget", "concurrency", "wait_timeout", "min_ttl", "workers[0].par_timeout"} <= named


@pytest.mark.parametrize("value", ["5", "9" * 100, "1e3", "nan", "soon", "0" * 101 + "5", None])
def test_other_texts_at_an_integer_option_are_left_to_ansible_core(value):
    check_shape(NAME, SPEC, {"timeout": value, "name": "9" * 5000})


@pytest.mark.parametrize(
    ("args", "option"),
    [
        ({"guard": None}, "guard"),
        ({"guard": {"a": "x", "b": None}}, "guard.b"),
        ({"guard": {"a": "x"}, "other": None}, None),
        ({}, None),
    ],
)
def test_a_guard_that_came_out_null_is_refused(args, option):
    if option is None:
        return check_guards(("guard",), args)
    with pytest.raises(OptionError) as caught:
        check_guards(("guard",), args)
    assert caught.value.option == option
    assert str(caught.value).startswith(f"{option} must not be null; a guard that is named must hold")
    return None


def test_suboptions_that_are_null_are_left_out_however_deep():
    given = {
        "kind": None,
        "one": {"many": [{"a": None, "role": "x", "kind": None}, None, "text"]},
        "other": {"a": None},
    }
    assert as_meant(SPEC, given) == {
        "kind": None,
        "one": {"many": [{"role": "x"}, None, "text"]},
        "other": {"a": None},
    }
    assert as_meant(SPEC, {"one": {"many": None}}) == {"one": {}}
    assert as_meant(SPEC, {"one": "many=[]"}) == {"one": "many=[]"}


def test_a_secret_that_a_template_made_a_dictionary_is_a_text_again():
    given = {"client_secret": {"kty": "EC", "d": "x"}, "kind": {"a": 1}}
    assert as_meant(SPEC, given) == {"client_secret": '{"kty": "EC", "d": "x"}', "kind": {"a": 1}}
