# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
import yaml
from ansible_collections.idops.pingone.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import ClientSecretPost, ReadyToken
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import (
    CONNECTION_OPTIONS,
    connection_argument_spec,
    connection_from,
    without_values,
    worker_connection,
)
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import AUTH_ENVIRONMENT, OPTIONS

ENVIRON = {
    "PINGONE_REGION_CODE": "NA",
    "PINGONE_ENVIRONMENT_ID": AUTH_ENVIRONMENT,
    "PINGONE_CLIENT_ID": "from-environment",
    "PINGONE_CLIENT_SECRET": "secret-from-environment",
    "PINGONE_CLIENT_AUTH_METHOD": "client_secret_post",
}


def connect(environ=None, **options):
    return connection_from({**OPTIONS, **options}, environ or {})


class TestAddresses:
    @pytest.mark.parametrize(
        ("region", "domain"),
        [
            ("NA", "pingone.com"),
            ("CA", "pingone.ca"),
            ("EU", "pingone.eu"),
            ("AU", "pingone.com.au"),
            ("AP", "pingone.asia"),
            ("SG", "pingone.sg"),
            ("NorthAmerica", "pingone.com"),
            ("Canada", "pingone.ca"),
            ("Europe", "pingone.eu"),
            ("Australia-AsiaPacific", "pingone.com.au"),
            ("AsiaPacific", "pingone.asia"),
            ("Singapore", "pingone.sg"),
            ("eu", "pingone.eu"),
        ],
    )
    def test_a_region_has_its_addresses(self, region, domain):
        connection = connect(region=region)

        assert (connection.api_url, connection.auth_url) == (f"https://api.{domain}/v1", f"https://auth.{domain}")

    def test_addresses_win_over_the_region_wherever_they_come_from(self):
        connection = connect({"PINGONE_API_URL": "http://127.0.0.1:80/v1/", "PINGONE_AUTH_URL": "http://localhost:80"})

        assert connection.region == "EU"
        assert (connection.api_url, connection.auth_url) == ("http://127.0.0.1:80/v1", "http://localhost:80")

    def test_without_a_region_both_addresses_are_needed(self):
        urls = {"api_url": "https://one.example.com/v1", "auth_url": "https://two.example.com"}

        assert connect(region=None, **urls).region is None
        for name in urls:
            with pytest.raises(OptionError, match=r"^region is missing: .* PINGONE_REGION_CODE, or give both"):
                connect(region=None, **{name: urls[name]})

    def test_an_unknown_region_is_named_by_its_source(self):
        with pytest.raises(OptionError, match="^region must be one of NA, CA, EU"):
            connect(region="Mars")
        with pytest.raises(OptionError, match="^PINGONE_REGION_CODE must be one of"):
            connect({"PINGONE_REGION_CODE": "Mars"}, region=None)

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("http://api.example.com/v1", "must begin with https://"),
            ("api.example.com", "must be an address such as"),
            ("ftp://api.example.com", "must be an address such as"),
            ("https://user:pw@api.example.com", "must hold neither a user"),
            ("https://api.example.com/v1?a=b", "nor a query"),
            ("https://api.example.com:port/v1", "must be an address such as"),
            ("https://api.example.com:0/v1", "must be an address such as"),
            ("https://api.example.com", "must end in /v1, the version of the API"),
            ("", "must not be empty"),
        ],
    )
    def test_a_bad_address_is_refused(self, url, sentence):
        with pytest.raises(OptionError, match=f"^api_url {sentence}|^api_url .*{sentence}"):
            connect(api_url=url)

    def test_the_example_of_a_right_address_is_one_of_its_kind(self):
        with pytest.raises(OptionError, match="^auth_url must be an address such as https://auth.pingone.eu, not"):
            connect(auth_url="auth.example.com")


class TestCredentials:
    def test_they_come_from_the_environment(self):
        connection = connection_from({}, ENVIRON)

        assert connection.credential == ClientSecretPost("from-environment", "secret-from-environment")

    @pytest.mark.parametrize("given", ["client_id", "client_secret"])
    def test_they_are_taken_whole(self, given):
        with pytest.raises(OptionError, match=r"is missing: .* because the other credentials come from the task"):
            connection_from({given: "from-task"}, ENVIRON)

    def test_a_token_of_the_task_excludes_the_environments_credentials(self):
        assert isinstance(connection_from({"access_token": "t"}, ENVIRON).credential, ReadyToken)

    def test_the_method_belongs_to_the_credentials(self):
        connection = connection_from({"client_id": "a", "client_secret": "b"}, ENVIRON)

        assert connection.credential.method == "client_secret_basic"

    def test_token_and_credentials_exclude_each_other(self):
        with pytest.raises(OptionError, match="^access_token and client_id are mutually exclusive"):
            connect(access_token="t")
        with pytest.raises(OptionError, match="^PINGONE_API_ACCESS_TOKEN and PINGONE_CLIENT_ID are mutually exclusive"):
            connection_from({}, {**ENVIRON, "PINGONE_API_ACCESS_TOKEN": "t"})

    @pytest.mark.parametrize("name", ["auth_environment_id", "client_id", "client_secret"])
    def test_what_is_missing_is_named(self, name):
        with pytest.raises(OptionError, match=f"^{name} is missing"):
            connect(**{name: None})
        with pytest.raises(OptionError, match=f"^{name} must not be empty"):
            connect(**{name: " "})

    def test_a_wrong_method_of_the_environment_is_refused(self):
        with pytest.raises(OptionError, match="^PINGONE_CLIENT_AUTH_METHOD must be one of"):
            connection_from({}, {**ENVIRON, "PINGONE_CLIENT_AUTH_METHOD": "none"})

    @pytest.mark.parametrize("identifier", ["Administrators", AUTH_ENVIRONMENT.upper()])
    def test_the_environment_is_given_by_its_id(self, identifier):
        with pytest.raises(OptionError, match="^auth_environment_id must be the id of an environment, a UUID"):
            connect(auth_environment_id=identifier)

    def test_a_token_must_be_one(self):
        with pytest.raises(OptionError, match="^access_token must be a token alone"):
            connection_from({"access_token": "Bearer t", "region": "EU"}, {})

    def test_nothing_secret_is_shown(self):
        connection = connect({"HTTPS_PROXY": "http://user:proxy%2Dpassword@proxy.example.com"})

        assert OPTIONS["client_secret"] in connection.secrets()
        assert connection.proxy_passwords() == {"proxy%2Dpassword", "proxy-password"}
        hidden = connection.secrets() | connection.proxy_passwords()
        assert not any(secret in repr(connection) for secret in hidden)


class TestWorker:
    WORKER = {"auth_environment_id": AUTH_ENVIRONMENT, "client_id": "w", "client_secret": "ws", "region": None}

    def test_addresses_are_inherited_and_credentials_are_not(self):
        base = {"access_token": "t", "api_url": "http://127.0.0.1:1/v1", "auth_url": "http://127.0.0.1:1", "settle": 9}

        for given in (base, connection_from(base, {})):
            connection = worker_connection(given, {**self.WORKER, "region": "SG"}, ENVIRON)

            assert (connection.api_url, connection.region, connection.settle) == ("http://127.0.0.1:1/v1", "SG", 9)
            assert (connection.credential.client_id, connection.credential.method) == ("w", "client_secret_basic")

    def test_an_error_names_the_option(self):
        with pytest.raises(OptionError, match="^worker: region is missing"):
            worker_connection({}, self.WORKER, {})


class TestNetwork:
    @pytest.mark.parametrize(
        ("environ", "proxies"),
        [
            ({}, {}),
            (
                {"HTTPS_PROXY": "http://p:1"},
                {"https://api.pingone.eu": "http://p:1", "https://auth.pingone.eu": "http://p:1"},
            ),
            (
                {"HTTPS_PROXY": "http://p:1", "https_proxy": "q:2", "NO_PROXY": "api.pingone.eu"},
                {"https://auth.pingone.eu": "http://q:2"},
            ),
            ({"HTTPS_PROXY": "http://p:1", "no_proxy": ".pingone.eu"}, {}),
            ({"HTTP_PROXY": "http://p:1", "ALL_PROXY": "http://p:1"}, {}),
        ],
    )
    def test_proxies(self, environ, proxies):
        assert connect(environ).proxies == proxies

    def test_a_loopback_address_has_no_proxy(self):
        environ = {"HTTP_PROXY": "http://p:1", "http_proxy": "http://p:1"}

        assert connect(environ, api_url="http://127.0.0.1:1/v1", auth_url="http://[::1]:1").proxies == {}

    def test_certificate_authorities_come_in_order(self, tmp_path):
        one, two, three = (str(tmp_path / name) for name in ("one", "two", "three"))
        for path in (one, two, three):
            with open(path, "w", encoding="ascii"):
                pass
        environ = {"REQUESTS_CA_BUNDLE": two, "SSL_CERT_FILE": three}

        assert connect(environ, ca_path=one).ca_path == one
        assert connect(environ).ca_path == two
        assert connect({"SSL_CERT_FILE": three}).ca_path == three
        assert connect().ca_path is None

    def test_a_missing_certificate_authority_is_named(self):
        with pytest.raises(OptionError, match="^SSL_CERT_FILE must name a file or folder"):
            connect({"SSL_CERT_FILE": "/nonexistent/ca.pem"})

    @pytest.mark.parametrize(
        ("name", "value"), [("timeout", 0), ("retry_budget", -1), ("settle", -1), ("timeout", 10**10)]
    )
    def test_seconds_are_neither_too_few_nor_too_many(self, name, value):
        with pytest.raises(OptionError, match=f"^{name} must be from [01] to 86400 seconds, not {value}"):
            connect(**{name: value})


def test_the_documentation_has_the_options_of_the_table():
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    spec = connection_argument_spec()

    assert list(documented) == [*spec, "assume_missing", "preflight"]
    for option in CONNECTION_OPTIONS:
        entry = {
            key: documented[option.name][key]
            for key in ("type", "default", "choices")
            if key in documented[option.name]
        }
        assert entry == {key: value for key, value in spec[option.name].items() if key != "no_log"}
        if option.env:
            assert f"E({option.env})" in str(documented[option.name]["description"])


def test_what_may_hold_a_secret_is_not_logged():
    assert {name for name, entry in connection_argument_spec().items() if entry.get("no_log")} == {
        "client_secret",
        "private_key",
        "access_token",
    }


MISPLACED = "Secret-in-the-wrong-place-0123456789"


@pytest.mark.parametrize(
    "name", ["region", "auth_environment_id", "client_auth_method", "api_url", "auth_url", "ca_path"]
)
def test_a_secret_in_the_wrong_option_is_not_repeated(name):
    with pytest.raises(OptionError) as caught:
        connect(**{name: MISPLACED})

    assert f"not a value of {len(MISPLACED)} characters that begins with 'Se'." in str(caught.value)
    assert MISPLACED not in str(caught.value)


def test_a_short_value_is_not_repeated_whole_either():
    with pytest.raises(OptionError, match=r"^region must be one of .*, not a value of 2 characters\.$"):
        connect(region="XY")


def test_what_ansible_core_says_of_an_option_does_not_repeat_it_either():
    said = f"value of client_auth_method must be one of: a, b, got: {MISPLACED} found in worker"
    hinted = f"(a value of {len(MISPLACED)} characters that begins with 'Se')"

    for options in ({"client_auth_method": MISPLACED}, {"worker": {"client_auth_method": MISPLACED}}):
        assert without_values(said, options) == said.replace(MISPLACED, hinted)
    assert without_values("name is too long: dev-environment", {"name": "dev-environment"}).endswith("dev-environment")


def test_what_ansible_core_quotes_of_a_key_in_the_wrong_option_is_not_repeated_either():
    key = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG1\nCCqGSM49AwEH2\n-----END PRIVATE KEY-----"
    said = without_values(f"argument 'timeout' is of type str and we were unable: {key!r}", {"timeout": key})
    assert said == "argument 'timeout' is of type str and we were unable: '********'"


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
@pytest.mark.parametrize(
    "proxy",
    [
        "http://user:p@ss#word@proxy.example.com:3128",
        "http://user:pass/word@proxy.example.com:3128",
        "http://user:pass?word@proxy.example.com",
        "user:p@ss@proxy.example.com",
        "http://user:100%@proxy.example.com",
        "http://user:pässword@proxy.example.com",
        "http://user:pass word@proxy.example.com",
        "http://user:pass[word@proxy.example.com",
        "http://user:password@proxy.example.com:port",
        "http://user:password@proxy.example.com:99999",
        "http://user:password@proxy.example.com\n",
        "ftp://user:password@proxy.example.com",
        "http://",
    ],
)
def test_odd_characters_in_the_address_of_a_proxy_are_told_at_once(variable, proxy):
    with pytest.raises(OptionError) as caught:
        connect({variable: proxy})

    assert str(caught.value).startswith(
        f"{variable} must be the address of a proxy, such as http://user:password@proxy"
    )
    assert "must be percent-encoded, such as %40 for @." in str(caught.value)


@pytest.mark.parametrize(
    "proxy",
    ["http://us%40er:p%2Fss!word@proxy.example.com:3128/", "proxy:3128", "http://[2001:db8::1]:80", "socks5h://p"],
)
def test_a_proxy_whose_address_is_right_is_taken(proxy):
    assert set(connect({"HTTPS_PROXY": proxy}).proxies.values()) == {proxy if "://" in proxy else f"http://{proxy}"}
