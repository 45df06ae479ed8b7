# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each filter gives what its documentation shows, and takes what it says."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[4]
FILTERS = sorted(path.stem for path in (ROOT / "plugins/filter").glob("[a-z]*.py"))


def plugin(name):
    return importlib.import_module(f"ansible_collections.idops.pingone.plugins.filter.{name}")


def apply(name, *arguments):
    (found,) = plugin(name).FilterModule().filters().items()
    assert found[0] == name
    return found[1](*arguments)


DEV = {"name": "dev", "type": "SANDBOX", "workers": [{"name": "ci-dev", "file": "ci.yaml"}]}
WITHOUT_WORKERS = [{"name": "empty"}, {"name": "null", "workers": None}]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("worker_entries", [[DEV], ["file"]]),
        ("worker_files", [[DEV], "yaml"]),
        ("roles_in_environments", ["Environment Admin", ["dev"]]),
    ],
)
def test_a_filter_gives_the_sample_of_its_documentation(name, arguments):
    assert apply(name, *arguments) == yaml.safe_load(plugin(name).RETURN)["_value"]["sample"]


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_documented(name):
    documented = yaml.safe_load(plugin(name).DOCUMENTATION)
    assert documented["name"] == name
    assert set(documented["options"]) == {"_input", *documented["positional"].split(", ")}
    assert f"idops.pingone.{name}" in plugin(name).EXAMPLES


def test_a_worker_is_passed_on_as_it_is_but_for_what_is_taken_off():
    worker = {"name": "ci", "tags": None, "jwks": {"keys": []}, "file": "x"}
    (environment,) = apply("worker_entries", [{"name": "dev", "workers": [worker]}], ["file", "other"])
    assert environment["workers"] == [{"name": "ci", "tags": None, "jwks": {"keys": []}}]
    assert worker["file"] == "x"


def test_a_worker_gets_the_key_that_stands_in_its_place_of_the_list():
    environments = [
        {"name": "dev", "workers": [{"name": "a"}, {"name": "b"}]},
        {"name": "test", "workers": [{"name": "c"}]},
    ]
    keys = [{"skipped": True}, {"path": "/b.pem", "kid": "kid-of-b", "changed": True}]
    dev, test = apply("worker_entries", environments, [], keys)
    assert dev["workers"] == [{"name": "a"}, {"name": "b", "private_key_path": "/b.pem", "private_key_id": "kid-of-b"}]
    assert test["workers"] == [{"name": "c"}]


def test_environments_without_workers_are_kept():
    entries = apply("worker_entries", WITHOUT_WORKERS)
    assert entries == [{"environment": "empty", "workers": []}, {"environment": "null", "workers": []}]


def test_files_are_named_by_entries_and_never_lie_elsewhere():
    workers = [{"name": "a/$b"}, {"name": "c", "credentials_file": "../c"}, {"name": "d", "credentials_file": None}]
    files = apply("worker_files", [*WITHOUT_WORKERS, {"name": "dev", "workers": workers}], "json")
    assert [item["file"] for item in files] == ["dev.a__b.json", ".._c", "dev.d.json"]
    assert [item["label"] for item in files] == ["dev / a/$b", "dev / c", "dev / d"]
    assert {item["environment"] for item in files} == {2}


def test_a_worker_with_a_key_has_a_file_for_it_and_no_say_in_its_method():
    workers = [
        {"name": "a/b", "credentials": "key"},
        {"name": "c", "credentials": "key", "credentials_file": "x", "jwks_url": "https://example.com", "jwks": None},
        {"name": "d", "credentials": "secret", "token_endpoint_auth_method": "CLIENT_SECRET_POST"},
        {"name": "e", "credentials": None},
    ]
    files = apply("worker_files", [{"name": "dev", "workers": workers}], "json")
    assert [item["key"] for item in files] == ["dev.a_b.pem", "x.pem", "", ""]
    assert [item["not_with_key"] for item in files] == [[], ["jwks_url"], [], []]
