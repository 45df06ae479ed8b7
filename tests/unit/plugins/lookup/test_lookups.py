# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the lookups ask PingOne for, where their options come from, and how an error leaves them."""

from __future__ import annotations

import base64
import importlib
import json
import re

import pytest
import responses
import yaml
from ansible import constants as C
from ansible.errors import AnsibleLookupError, AnsibleOptionsError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
from ansible_collections.idops.pingone.plugins.doc_fragments.connection import ModuleDocFragment as OfModules
from ansible_collections.idops.pingone.plugins.doc_fragments.lookup_connection import ModuleDocFragment
from ansible_collections.idops.pingone.plugins.lookup import pingone_id, pingone_token
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import CONNECTION_OPTIONS
from ansible_collections.idops.pingone.plugins.plugin_utils import _lookup
from responses import matchers

API, AUTH = "https://api.example.com/v1", "https://auth.example.com"
HOME = "35bf992d-c9e9-4616-a12e-7696a6cecc1b"
ORGANIZATION = "9c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f"
CLIENT = "88534206-fc4a-447e-8498-72c67c081bb7"
PREDICTED = "00000000-0000-0000-0000-0123456789ab"
CONNECTION = {
    "api_url": API,
    "auth_url": AUTH,
    "auth_environment_id": HOME,
    "client_id": CLIENT,
    "client_secret": "a-long-secret",
    "retry_budget": 0,
}
LOOKUPS = [pingone_id, pingone_token]


def jwt(**claims):
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + ".c2lnbmF0dXJl"


TOKEN = jwt(client_id=CLIENT, env=HOME, org=ORGANIZATION)


class Templar:
    """Shows that a variable was templated."""

    def template(self, value):
        return value.replace("{{ secret }}", "a-long-secret") if isinstance(value, str) else value


@pytest.fixture(autouse=True)
def configuration(monkeypatch):
    """Let the options be known to ansible-core, as when it loads a lookup; none is set in ansible.cfg."""
    options = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    for module in LOOKUPS:
        C.config.initialize_plugin_configuration_definitions("lookup", module.__name__, options)
    monkeypatch.setattr(_lookup.Display, "warning", lambda self, message, *rest, **options: warnings.append(message))
    warnings.clear()


warnings: list[str] = []


@pytest.fixture
def service():
    with responses.RequestsMock() as service:
        yield service


def look_up(module, *terms, variables=None, loader=None, **options):
    lookup = module.LookupModule(loader=loader, templar=Templar())
    lookup._load_name = module.__name__
    return lookup.run(list(terms), variables, **options)


def gives_token(service, secret="a-long-secret", client=CLIENT):
    basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
    service.post(
        f"{AUTH}/{HOME}/as/token",
        json={"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600},
        match=[matchers.header_matcher({"Authorization": f"Basic {basic}"})],
    )


def lists(service, path, kind, *objects, query=None):
    service.get(
        API + path,
        json={"_embedded": {kind: list(objects)}},
        match=[matchers.query_param_matcher(query or {}, strict_match=query is not None)],
    )


def named(name, identifier, **members):
    return {"id": identifier, "name": name, **members}


DEV = named("dev", "3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11")


def test_a_token_is_got_once_and_then_comes_from_the_cache(service):
    gives_token(service)
    assert look_up(pingone_token, **CONNECTION) == [TOKEN]
    assert look_up(pingone_token, **CONNECTION, min_ttl=60) == [TOKEN]
    assert len(service.calls) == 1


def test_a_fresh_token_is_asked_for(service):
    gives_token(service)
    gives_token(service)
    assert [look_up(pingone_token, **CONNECTION, fresh=fresh) for fresh in (False, "yes")] == [[TOKEN], [TOKEN]]
    assert len(service.calls) == 2


def test_variables_are_templated_and_lookups_options_win(service):
    gives_token(service)
    variables = {f"pingone_{name}": value for name, value in CONNECTION.items()}
    variables |= {"pingone_client_secret": "{{ secret }}", "pingone_auth_url": "https://elsewhere.example.com"}
    assert look_up(pingone_token, variables=variables, auth_url=AUTH) == [TOKEN]


def test_credentials_are_taken_whole(service):
    variables = {"pingone_client_secret": "of-another-worker", "pingone_api_url": API, "pingone_auth_url": AUTH}
    with pytest.raises(AnsibleOptionsError, match="client_secret is missing"):
        look_up(pingone_token, variables=variables, client_id=CLIENT)
    # A choice of the method names nobody.
    variables |= {"pingone_client_id": CLIENT, "pingone_auth_environment_id": HOME}
    gives_token(service, "of-another-worker")
    assert look_up(pingone_token, variables=variables, client_auth_method="client_secret_basic") == [TOKEN]


def test_the_configuration_comes_after_the_environment(service, monkeypatch):
    configured = {**CONNECTION, "api_url": "https://elsewhere.example.com/v1", "client_secret": "not-read"}

    def from_ini(name, plugin_type, plugin_name):
        assert plugin_type == "lookup"
        return configured.get(name), "/home/ci/ansible.cfg" if name in configured else "default"

    monkeypatch.setattr(C.config, "get_config_value_and_origin", from_ini)
    monkeypatch.setenv("PINGONE_API_URL", API)
    monkeypatch.setenv("PINGONE_CLIENT_SECRET", "a-long-secret")
    gives_token(service)
    lists(service, "/environments", "environments", DEV)
    assert look_up(pingone_id, "environment", "dev") == [DEV["id"]]


def test_a_vaulted_key_is_decrypted_wherever_its_file_is_named(tmp_path, monkeypatch):
    loader = DataLoader()
    loader.set_vault_secrets([("default", VaultSecret(b"vault"))])
    path = tmp_path / "worker.pem"
    path.write_bytes(loader._vault.encrypt("no key at all"))
    addresses = {"region": "EU"}
    for options in ({"client_id": CLIENT, "private_key_path": str(path)}, {}):
        with pytest.raises(AnsibleOptionsError, match="^private_key must be a private key in PEM"):
            look_up(pingone_token, loader=loader, **addresses, **options)
        monkeypatch.setenv("PINGONE_CLIENT_ID", CLIENT)
        monkeypatch.setenv("PINGONE_PRIVATE_KEY_PATH", str(path))


def test_a_wrong_value_of_the_configuration_is_not_shown(monkeypatch):
    def refuse(name, **rest):
        raise AnsibleOptionsError("Invalid value a-long-secret")

    monkeypatch.setattr(C.config, "get_config_value_and_origin", refuse)
    with pytest.raises(
        AnsibleOptionsError, match=r"region: its value in ansible\.cfg or in the environment is not"
    ) as it:
        look_up(pingone_token)
    assert "a-long-secret" not in str(it.value)


def test_objects_are_found_in_their_environment_in_the_order_of_the_names(service):
    gives_token(service)
    lists(service, "/environments", "environments", DEV)
    first, second = named("first", "11111111-1111-4111-8111-111111111111"), named("second", CLIENT)
    lists(service, f"/environments/{DEV['id']}/applications", "applications", first, second)
    found = look_up(pingone_id, "application", ["second"], "first", CLIENT, environment="dev", **CONNECTION)
    assert found == [CLIENT, first["id"], CLIENT]


@pytest.mark.parametrize(
    ("kind", "reference", "collection", "attribute"),
    [
        ("population", "Staff", "populations", "name"),
        ("group", "Admins", "groups", "name"),
        ("user", "jo", "users", "username"),
    ],
)
def test_what_there_may_be_many_of_is_filtered_by_the_service(service, kind, reference, collection, attribute):
    gives_token(service)
    lists(service, "/environments", "environments", DEV)
    query = {"filter": f'{attribute} eq "{reference}"'}
    object = {"id": CLIENT, attribute: reference}
    service.get(
        f"{API}/environments/{DEV['id']}/{collection}",
        json={"_embedded": {collection: [object]}},
        match=[matchers.query_param_matcher(query, strict_match=False)],
    )
    assert look_up(pingone_id, kind, reference, environment="dev", **CONNECTION) == [CLIENT]


def test_a_license_is_one_of_the_workers_organization(service):
    gives_token(service)
    lists(service, f"/organizations/{ORGANIZATION}/licenses", "licenses", named("Premium", CLIENT))
    assert look_up(pingone_id, "license", "Premium", **CONNECTION) == [CLIENT]


def test_a_role_may_be_a_custom_one_of_an_environment(service):
    gives_token(service)
    lists(service, "/environments", "environments", DEV)
    lists(service, "/roles", "roles", named("Environment Admin", HOME))
    lists(service, f"/environments/{DEV['id']}/roles", "roles", named("Deployer", CLIENT))
    assert look_up(pingone_id, "role", "Environment Admin", **CONNECTION) == [HOME]
    assert look_up(pingone_id, "role", "Deployer", environment="dev", **CONNECTION) == [CLIENT]


@pytest.mark.parametrize(
    ("terms", "options", "sentence"),
    [
        ([], {}, "The first term must be what is looked up: one of environment, license, role"),
        (["worker", "x"], {}, r"one of .*, not a value of 6 characters"),
        ([["environment"]], {}, "there must be a name or id of the kind environment"),
        (["environment", {}], {}, "not a value of type dict"),
        (["environment", True], {}, "not a value of type bool"),
        (["environment", " "], {}, "not an empty one"),
        (["application", "x"], {}, "environment is missing: give the environment that the application is in"),
        (["application", "x"], {"environment": ""}, "environment must not be empty"),
        (["license", "x"], {"environment": "dev"}, "environment cannot be used to look up the kind license"),
        (
            ["environment", "x"],
            {"retry_budgets": 1},
            r"has no option retry_budgets \(nearest: retry_budget\); 'ansible-doc -t lookup",
        ),
    ],
)
def test_what_the_user_has_to_correct_is_said_before_any_call(terms, options, sentence):
    with pytest.raises(AnsibleOptionsError, match=sentence):
        look_up(pingone_id, *terms, **CONNECTION, **options)


@pytest.mark.parametrize(
    ("given", "configured"),
    [("9" * 5000, None), (10**5000, None), (None, 10**5000)],
    ids=["text", "number", "configuration"],
)
def test_a_number_of_thousands_of_digits_is_named(monkeypatch, given, configured):
    def from_ini(name, **_rest):
        return (configured, "/home/ci/ansible.cfg") if name == "timeout" and configured else (None, "default")

    monkeypatch.setattr(C.config, "get_config_value_and_origin", from_ini)
    with pytest.raises(AnsibleOptionsError, match=r"^timeout must be a number of at most 100 digits\.$"):
        look_up(pingone_token, **CONNECTION, timeout=given)


def test_of_a_long_name_the_beginning_is_repeated(service):
    gives_token(service)
    lists(service, "/environments", "environments", DEV)
    with pytest.raises(AnsibleLookupError, match="there is no environment 'n{200}[.]{3}'"):
        look_up(pingone_id, "environment", "n" * 10_000, **CONNECTION)


def test_a_token_takes_no_terms():
    with pytest.raises(AnsibleOptionsError, match="takes no terms, only options"):
        look_up(pingone_token, "dev", **CONNECTION)


def test_what_is_missing_can_be_ignored_and_what_is_wrong_cannot(service):
    gives_token(service)
    lists(service, "/environments", "environments", DEV)
    with pytest.raises(AnsibleLookupError, match="environment: there is no environment 'dex'.*nearest first: dev"):
        look_up(pingone_id, "environment", "dex", **CONNECTION)


def test_an_error_holds_no_secret_and_no_exception_within(service):
    service.post(
        f"{AUTH}/{HOME}/as/token", status=401, json={"error": "invalid_client", "error_description": "a-long-secret?"}
    )
    with pytest.raises(AnsibleLookupError, match="invalid_client: .*") as caught:
        look_up(pingone_token, **CONNECTION)
    assert "a-long-secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("option", ["timeout", "client_auth_method", "validate_certs", "region", "auth_environment_id"])
def test_a_secret_in_the_wrong_option_is_not_shown(option):
    with pytest.raises(AnsibleOptionsError) as caught:
        look_up(pingone_token, **{**CONNECTION, option: "a-long-secret"})
    assert option in str(caught.value)
    assert "a-long-secret" not in str(caught.value)


def test_a_defect_becomes_a_sentence(monkeypatch):
    monkeypatch.setattr(pingone_token.pingone_token, "run", lambda task: {}["a-long-secret"])
    with pytest.raises(AnsibleLookupError, match="Unexpected KeyError.*This is a defect of the collection") as caught:
        look_up(pingone_token, **CONNECTION)
    assert "a-long-secret" not in str(caught.value)


def test_a_warning_is_shown(service):
    gives_token(service)
    look_up(pingone_token, **CONNECTION, validate_certs=False)
    assert [warning.split(":")[0] for warning in warnings] == ["validate_certs is false"]


@pytest.mark.parametrize("option", ["client_id", "auth_environment_id"])
def test_a_worker_that_a_dry_run_predicted_has_an_empty_token(option):
    options = {**CONNECTION, option: PREDICTED, "client_secret": ""}
    assert look_up(pingone_token, variables={"ansible_check_mode": True}, **options) == [""]
    assert warnings == ["The worker does not exist yet, so its token is empty in this dry run."]
    with pytest.raises(AnsibleOptionsError, match="client_secret must not be empty"):
        look_up(pingone_token, variables={"ansible_check_mode": False}, **options)


def test_a_dry_run_assumes_what_other_tasks_make(service):
    gives_token(service)
    lists(service, "/environments", "environments", DEV)
    options = {**CONNECTION, "assume_missing": True}
    (found,) = look_up(pingone_id, "environment", "soon", variables={"ansible_check_mode": True}, **options)
    assert found.startswith("00000000-0000-0000-0000-")
    assert len(warnings) == 1
    with pytest.raises(AnsibleLookupError, match="there is no environment 'soon'"):
        look_up(pingone_id, "environment", "soon", **options)


def test_each_option_of_the_connection_is_documented_with_its_places():
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    of_modules = yaml.safe_load(OfModules.DOCUMENTATION)["options"]
    assert list(documented) == [option.name for option in CONNECTION_OPTIONS]
    for option in CONNECTION_OPTIONS:
        text = documented[option.name]
        places = {key: text.pop(key, None) for key in ("vars", "env", "ini")}
        assert text == of_modules[option.name]
        assert places["vars"] == [{"name": f"pingone_{option.name}"}]
        assert places["env"] == ([{"name": option.env}] if option.env else None)
        assert places["ini"] == (None if option.no_log else [{"section": "pingone", "key": option.name}])
    assert [name for name in documented if re.search("secret$|token$", name) and "ini" in documented[name]] == []


@pytest.mark.parametrize("module", LOOKUPS)
def test_a_lookup_documents_the_options_that_it_has(module):
    documented = yaml.safe_load(module.DOCUMENTATION)
    options = {name: text for name, text in documented["options"].items() if name != "_terms"}
    name = module.__name__.rsplit(".", 1)[-1]
    assert documented["name"] == name
    assert module.LookupModule.name == f"idops.pingone.{name}"
    assert documented["extends_documentation_fragment"] == ["idops.pingone.lookup_connection"]
    assert sorted(options) == sorted(module.LookupModule.options)
    for option, entry in module.LookupModule.options.items():
        assert (options[option].get("type", "str"), options[option].get("default")) == (
            entry["type"],
            entry.get("default"),
        )
    assert importlib.import_module(f"ansible_collections.idops.pingone.plugins.lookup.{name}") is module
