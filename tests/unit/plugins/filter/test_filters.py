# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each filter gives what its documentation shows, and takes what it says."""

from __future__ import annotations

import base64
import importlib
import json
import re
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleFilterError

ROOT = Path(__file__).resolve().parents[4]
FILTERS = sorted(path.stem for path in (ROOT / "plugins/filter").glob("[a-z]*.py"))


def plugin(name):
    return importlib.import_module(f"ansible_collections.idops.pingone.plugins.filter.{name}")


def apply(name, *arguments):
    (found,) = plugin(name).FilterModule().filters().items()
    assert found[0] == name
    return found[1](*arguments)


DEV = {"name": "dev", "type": "SANDBOX", "workers": [{"name": "ci-dev", "file": "ci.yaml"}]}
ADMIN = {
    "id": "a" * 8,
    "environment": None,
    "name": "Environment Admin",
    "applicable_to": ["ORGANIZATION", "ENVIRONMENT"],
}
READER = {"id": "b" * 8, "environment": {"id": "1", "name": "test"}, "name": "Reader", "applicable_to": ["APPLICATION"]}
DEFAULTS = yaml.safe_load((ROOT / "roles/bootstrap/defaults/main.yml").read_text())
WITHOUT_WORKERS = [{"name": "empty"}, {"name": "null", "workers": None}]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("worker_entries", [[DEV], ["file"]]),
        ("worker_files", [[DEV], "yaml"]),
        ("roles_in_environments", ["Environment Admin", ["dev"]]),
        (
            "worker_role_errors",
            [[{"name": "dev", "workers": [{"name": "ci-dev", "roles": [{"role": "Enviroment Admin"}]}]}], [ADMIN]],
        ),
        (
            "bootstrap_errors",
            [{**DEFAULTS, "bootstrap_unlisted_workers": "remove"}, DEFAULTS, ["bootstrap_credential_dir"]],
        ),
    ],
)
def test_a_filter_gives_the_sample_of_its_documentation(name, arguments):
    assert apply(name, *arguments) == yaml.safe_load(plugin(name).RETURN)["_value"]["sample"]


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_documented(name):
    documented = yaml.safe_load(plugin(name).DOCUMENTATION)
    assert documented["name"] == name
    positional = documented["positional"].split(", ") if "positional" in documented else []
    assert sorted(documented["options"]) == sorted(["_input", *positional])
    assert f"idops.pingone.{name}" in plugin(name).EXAMPLES


def jwt(claims):
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    return ".".join([*parts, "not-a-signature"])


def test_the_claims_of_a_token_are_those_it_makes_whoever_signed_it():
    claims = yaml.safe_load(plugin("jwt_claims").RETURN)["_value"]["sample"]
    assert apply("jwt_claims", jwt(claims)) == claims
    assert apply("jwt_claims", "") == {}


DEEP = base64.urlsafe_b64encode(b"[" * 99_999).decode()


@pytest.mark.parametrize(
    "value",
    [
        "a-secret",
        "a.secret.here",
        jwt(["a-secret"]),
        pytest.param(f"a.{DEEP}.secret", id="deep"),
        17,
        None,
        {"a": "a-secret"},
    ],
)
def test_what_is_no_token_is_refused_without_being_shown(value):
    with pytest.raises(AnsibleFilterError, match="takes a JSON Web Token.* not a ") as caught:
        apply("jwt_claims", value)
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


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


@pytest.mark.parametrize(
    ("environment", "roles", "sentence"),
    [
        ("dev", [{"role": ADMIN["name"], "scope": None}, {"role": ADMIN["id"]}], ""),
        ("dev", [{"role": ADMIN["name"], "scope": {"environment": "other"}}], ""),
        ("dev", [{"role": ADMIN["name"], "scope": {"environment": "id-of-test", "organization": None}}], ""),
        ("dev", [{"role": "Reader"}], "roles[0].role, of worker dev / ci: there is no role 'Reader'; those that"),
        ("test", [{"role": "Reader", "scope": {"application": "ci"}}], ""),
        ("test", [{"role": "Reader"}], "roles[0].scope, of worker test / ci: Reader cannot be assigned at environment"),
        (
            "dev",
            [{"role": ADMIN["name"]}, {"role": ADMIN["name"], "scope": {"population": "Default"}}],
            "roles[1].scope, of worker dev / ci: Environment Admin cannot be assigned at population scope",
        ),
        (
            "dev",
            [{"role": ADMIN["name"]}, {"role": ADMIN["name"], "scope": {"organization": True}}],
            "roles, of worker dev / ci: Environment Admin at environment dev is covered by Environment Admin at org",
        ),
        (
            "dev",
            [{"role": ADMIN["name"], "scope": {"environment": "tset"}}],
            "roles[0].scope.environment, of worker dev / ci: there is no environment 'tset'; neither",
        ),
    ],
)
def test_a_role_is_wrong_where_no_worker_could_have_it(environment, roles, sentence):
    workers = [{"name": "without", "roles": None}, {"name": "ci", "roles": roles}]
    environments = [{"name": "other"}, {"name": environment, "workers": workers}]
    existing = [{"id": "id-of-test", "name": "test"}]
    errors = apply("worker_role_errors", environments, [ADMIN, READER], existing)
    assert [error["environment"] for error in errors] == [environment] * bool(sentence)
    assert "".join(error["msg"] for error in errors).startswith(
        sentence and f"bootstrap_environments[1].workers[1].{sentence}"
    )


@pytest.mark.parametrize(
    ("roles", "sentence"),
    [
        ([{"role": "Environment Admin", "scope": None}, {"role": 17}], ""),
        ("Environment Admin", "roles, of worker dev / ci: roles must be a list, such as [{role: Environment Admin}]."),
        (["Admin"], "roles[0], of worker dev / ci: a role must be a dictionary; write {role: Admin}."),
        ([{"role": "A"}, None], "roles[1], of worker dev / ci: a role must be a dictionary; write {role: ...}."),
        ([{"name": "A"}], "roles[0], of worker dev / ci: there is no entry name; there are role, scope."),
        ([{"scope": None}], "roles[0], of worker dev / ci: role is missing; give the name"),
        ([{"role": ["A"]}], "roles[0], of worker dev / ci: role is missing; give the name"),
        (
            [{"role": "A", "scope": "dev"}],
            "roles[0].scope, of worker dev / ci: a scope must be a dictionary, such as {environment: dev}.",
        ),
        (
            [{"role": "A", "scope": {"env": "dev"}}],
            "roles[0].scope, of worker dev / ci: there is no entry env; there are organization, environment",
        ),
        (
            [{"role": "A", "scope": {"organization": True, "environment": "dev"}}],
            "roles[0].scope, of worker dev / ci: scope must be exactly one of organization: true, environment, pop",
        ),
    ],
)
def test_what_is_no_role_is_told_without_the_roles_that_there_are(roles, sentence):
    errors = apply("worker_role_errors", [{"name": "dev", "workers": [{"name": "ci", "roles": roles}]}])
    assert len(errors) == bool(sentence)
    assert "".join(error["msg"] for error in errors).startswith(
        sentence and f"bootstrap_environments[0].workers[0].{sentence}"
    )


KEYS = [{"name": "a", "credentials": "key", "jwks": {}}, {"name": "b", "credentials": "key", "jwks_url": None}]
ONE_FILE = "bootstrap_environments names two workers whose credentials would be published to one file; the names of"


def environment(*workers, **more):
    return {"name": "dev", "workers": list(workers), **more}


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        ({}, []),
        ({"bootstrap_environments": [*WITHOUT_WORKERS, environment({"name": "a", "roles": [{"role": "A"}]})]}, []),
        (
            {"bootstrap_environments": None, "bootstrap_publish_tasks": None},
            ["bootstrap_environments, bootstrap_publish_tasks must not be null; leave it out, or give it a value."],
        ),
        ({"bootstrap_credentials_dir": None}, ["bootstrap_credentials_dir must not be null;"]),
        (
            {"bootstrap_environments": [environment(confirm_production=None), environment(confirm_production="dev")]},
            [
                "confirm_production of environment dev in bootstrap_environments is null; name the environment, or",
                "bootstrap_environments names an environment twice; give each name once.",
            ],
        ),
        (
            {"bootstrap_environments": [{"name": "dev"}, {"name": "Dev"}]},
            ["bootstrap_environments names an environment twice;"],
        ),
        ({"bootstrap_environments": [environment({"name": "a"}, {"name": "A"})]}, []),
        (
            {"bootstrap_environments": [environment({"name": "a", "roles": ["x"]}, {"name": "a", "roles": ["y"]})]},
            [
                "bootstrap_environments names a worker of environment dev twice; give each name once.",
                "bootstrap_environments[0].workers[0].roles[0], of worker dev / a: a role must be a dictionary;",
                "bootstrap_environments[0].workers[1].roles[0], of worker dev / a: a role must be a dictionary;",
            ],
        ),
        (
            {"bootstrap_unlisted_workers": "disable", "bootstrap_unlisted_match": None},
            ["bootstrap_unlisted_match is missing; give a regular expression for the whole names of the workers that"],
        ),
        ({"bootstrap_unlisted_workers": "remove", "bootstrap_unlisted_match": ".*"}, []),
        (
            {"bootstrap_second_actor": {"client_id": None, "client_secret": ""}},
            [
                "bootstrap_second_actor.client_id is missing; give the client id of the second actor, or leave",
                "bootstrap_second_actor.client_secret is missing; give client_secret, private_key or private_key_path",
            ],
        ),
        ({"bootstrap_second_actor": {"client_id": "x", "private_key_path": "y"}}, []),
        (
            {"bootstrap_environments": [environment(*KEYS)]},
            [
                "bootstrap_credentials_dir is missing; worker dev / a has credentials: key, and its private key is",
                "bootstrap_credentials_dir is missing; worker dev / b has credentials: key, and its private key is",
                "Worker dev / a in bootstrap_environments has credentials: key, which sets jwks; leave that out.",
            ],
        ),
        (
            {"bootstrap_environments": [environment({"name": "a"}, {"name": "b"})], "bootstrap_credentials_dir": "x"},
            [],
        ),
        (
            {"bootstrap_environments": [environment({"name": "a"}, {"name": "A"})], "bootstrap_credentials_dir": "x"},
            [ONE_FILE],
        ),
        (
            {
                "bootstrap_environments": [
                    environment({"name": "a", "credentials": "key"}, {"name": "b", "credentials_file": "dev.a.PEM"})
                ],
                "bootstrap_credentials_dir": "x",
            },
            [ONE_FILE],
        ),
    ],
)
def test_all_that_is_wrong_with_the_variables_of_the_bootstrap_is_told_at_once(given, begins):
    errors = apply("bootstrap_errors", {**DEFAULTS, **given}, DEFAULTS)
    assert [error[: len(begin)] for error, begin in zip(errors, begins, strict=True)] == begins


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("bootstrap_credential_dir", "bootstrap_credentials_dir"),
        ("bootstrap_setlte", "bootstrap_settle"),
        ("bootstrap_finalisd", "bootstrap_finalize"),
        ("bootstrap_credentialss_dir", "bootstrap_credentials_dir"),
        ("bootstrap_admin_group_s", "bootstrap_admin_groups"),
        ("bootstrap_unlisted_matches", "bootstrap_unlisted_match"),
        ("bootstrap_environment", "bootstrap_environments"),
        ("bootstrap_environment_id", None),
        ("bootstrap_credentials_file", None),
        ("bootstrap_credentials_dirs_of", None),
        ("bootstrap_sttl", "bootstrap_settle"),
        ("bootstrap_stl", None),
    ],
)
def test_a_misspelled_variable_is_told_where_the_one_that_may_be_meant_is_left_out(name, meant):
    wanted = [f"{name} is no variable of the role; did you mean {meant}?"] if meant else []
    assert apply("bootstrap_errors", DEFAULTS, DEFAULTS, [*DEFAULTS, name]) == wanted
    given = {**DEFAULTS, "bootstrap_environments": [{"name": "dev"}]}
    assert apply("bootstrap_errors", given, DEFAULTS, [name]) == (wanted if meant != "bootstrap_environments" else [])


def test_no_variable_that_the_role_bootstrap_sets_itself_is_taken_for_a_misspelled_one():
    texts = [path.read_text() for path in (ROOT / "roles/bootstrap").rglob("*.*")]
    names = set(re.findall(r"\bbootstrap_\w+", "".join(texts)))
    assert names > {*DEFAULTS, "bootstrap_worker", "bootstrap_result"}
    assert apply("bootstrap_errors", DEFAULTS, DEFAULTS, names) == []
