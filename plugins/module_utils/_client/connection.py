# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection, once: argument spec, environment variables and what they mean.

This module is private to the collection.
"""

from __future__ import annotations

import ipaddress
import os
import re
import typing as t
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import SHORTEST_IN_VALUES, redact_message
from ansible_collections.idops.pingone.plugins.module_utils._base.text import hinted
from ansible_collections.idops.pingone.plugins.module_utils._client import regions
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import METHODS, Credential
from ansible_collections.idops.pingone.plugins.module_utils._client.credentials import ALGORITHMS, credential_from
from ansible_collections.idops.pingone.plugins.module_utils._client.given import (
    ConnectionOption,
    Environ,
    Given,
    Params,
)

CONNECTION_OPTIONS: t.Final = (
    ConnectionOption("region", "PINGONE_REGION_CODE"),
    ConnectionOption("auth_environment_id", "PINGONE_ENVIRONMENT_ID"),
    ConnectionOption("client_id", "PINGONE_CLIENT_ID", credential=True),
    ConnectionOption("client_secret", "PINGONE_CLIENT_SECRET", no_log=True, credential=True),
    ConnectionOption("client_auth_method", "PINGONE_CLIENT_AUTH_METHOD", choices=METHODS, credential=True),
    ConnectionOption("private_key", "PINGONE_PRIVATE_KEY", no_log=True, credential=True),
    ConnectionOption("private_key_path", "PINGONE_PRIVATE_KEY_PATH", type="path", no_log=False, credential=True),
    ConnectionOption("private_key_id", "PINGONE_PRIVATE_KEY_ID", no_log=False, credential=True),
    ConnectionOption(
        "client_assertion_algorithm",
        "PINGONE_CLIENT_ASSERTION_ALGORITHM",
        choices=ALGORITHMS,
        no_log=False,
        credential=True,
    ),
    ConnectionOption("access_token", "PINGONE_API_ACCESS_TOKEN", no_log=True, credential=True),
    ConnectionOption("api_url", "PINGONE_API_URL"),
    ConnectionOption("auth_url", "PINGONE_AUTH_URL"),
    ConnectionOption("ca_path", type="path"),
    ConnectionOption("validate_certs", type="bool", default=True),
    ConnectionOption("timeout", type="int", default=30),
    ConnectionOption("retry_budget", type="int", default=60),
    ConnectionOption("settle", type="int", default=0),
)

_INHERITED: t.Final = tuple(
    option.name for option in CONNECTION_OPTIONS if not option.credential and option.name != "auth_environment_id"
)
# What is needed of a worker that an option names, and what it may have of its own.
_OF_WORKER: t.Final = ("auth_environment_id", "client_id")
_WORKER_MAY_HAVE: t.Final = (
    "region",
    "api_url",
    "auth_url",
    "client_secret",
    "client_auth_method",
    "private_key",
    "private_key_path",
    "private_key_id",
    "client_assertion_algorithm",
)
_CA_VARIABLES: t.Final = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
# Scheme, user and password, host or address, port. Source of the characters: RFC 3986, section 3.2.
_PROXY: t.Final = re.compile(
    r"(https?|socks[45][ah]?)://((%[0-9a-f]{2}|[a-z0-9._~!$&'()*+,;=:-])*@)?([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]+)?/?",
    re.IGNORECASE | re.ASCII,
)
_EXAMPLES: t.Final = {"api_url": regions.api_url("EU"), "auth_url": regions.auth_url("EU")}


@dataclass(frozen=True)
class Connection:
    """Where PingOne is, and who calls it.

    region: the code of the region, or None when only addresses are known.
    api_url, auth_url: without a slash at the end.
    auth_environment_id: the environment that the calling worker belongs to; empty with a ready access token.
    ca_path: file or folder of the certificate authorities to trust, or None for those that come with requests.
    timeout: for how many seconds a connection or an answer is waited for.
    retry_budget: for how many seconds a call is repeated at most.
    settle: for how many seconds a change made elsewhere may still be on its way.
    proxies: for an origin C(https://host), the proxy to use.
    """

    region: str | None
    api_url: str
    auth_url: str
    auth_environment_id: str
    credential: Credential = field(repr=False)
    ca_path: str | None = None
    validate_certs: bool = True
    timeout: int = 30
    retry_budget: int = 60
    settle: int = 0
    proxies: t.Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)

    def secrets(self) -> set[str]:
        """Return what must not be in a result: the credential's secrets."""
        return self.credential.secrets()

    def proxy_passwords(self) -> set[str]:
        """Return what must not be in a message either: the proxies' passwords."""
        passwords = {urlsplit(proxy).password for proxy in self.proxies.values()}
        known = {secret for secret in passwords if secret}
        return known | {unquote(secret) for secret in known}

    def identity(self) -> tuple[t.Any, ...]:
        """Return what tells one connection from another, with a hash in the place of the credential."""
        who = (self.auth_environment_id, self.credential.client_id, self.credential.digest())
        how = (self.ca_path, self.validate_certs, self.timeout, tuple(sorted(self.proxies.items())))
        return (self.api_url, self.auth_url, *who, *how)


def connection_argument_spec() -> dict[str, t.Any]:
    """Return the argument spec of the options of the connection."""
    return {option.name: option.spec() for option in CONNECTION_OPTIONS}


def connection_from(params: Params, environ: Environ | None = None) -> Connection:
    """Return the connection that options and environment variables describe.

    Raises OptionError, which names the option and its environment variable.
    """
    environ = os.environ if environ is None else environ
    given = Given(CONNECTION_OPTIONS, params, environ)
    region, api_url, auth_url = _addresses(given)
    credential = credential_from(given)
    if credential.renewable:
        auth_environment_id = given.needed(
            "auth_environment_id", "the id of the environment that the worker belongs to"
        )
        if not is_id(auth_environment_id):
            raise OptionError(
                "auth_environment_id",
                f"{given.source('auth_environment_id')} must be the id of an environment, a UUID in lower case, "
                f"not {hinted(auth_environment_id)}.",
            )
    else:
        auth_environment_id = given.text("auth_environment_id") or ""
    return Connection(
        region=region,
        api_url=api_url,
        auth_url=auth_url,
        auth_environment_id=auth_environment_id,
        credential=credential,
        ca_path=_ca_path(given, environ),
        validate_certs=given.plain("validate_certs"),
        timeout=given.seconds("timeout", 1),
        retry_budget=given.seconds("retry_budget", 0),
        settle=given.seconds("settle", 0),
        proxies=_proxies(environ, (api_url, auth_url)),
    )


def secret_variables(environ: Environ) -> dict[str, str]:
    """Return the variables of an environment that hold a secret of the connection, each with its option."""
    secret = {option.env: option.name for option in CONNECTION_OPTIONS if option.env and option.no_log}
    return {name: secret[name] for name, value in environ.items() if name in secret and value}


def without_values(message: str, options: t.Any) -> str:
    """Return a message about options in which no value of a connection option is repeated.

    A secret in the wrong option would be shown by the sentence that refuses it. options: as they were given; those of
        a worker may lie deeper.
    """
    if isinstance(options, list):
        for item in options:
            message = without_values(message, item)
    if not isinstance(options, dict):
        return message
    names = {option.name for option in CONNECTION_OPTIONS}
    for name, value in options.items():
        if name in names and len(str(value)) >= SHORTEST_IN_VALUES:
            message = message.replace(str(value), f"({hinted(str(value))})")
            # Python quotes the line ends of a key, and a sentence may hold a part of it.
            message = redact_message(message, {str(value)})
        elif isinstance(value, (dict, list)):
            message = without_values(message, value)
    return message


def worker_argument_spec() -> dict[str, t.Any]:
    """Return the argument spec of an option that names another worker: without defaults, what is left out is inherited.

    Such an option is what C(worker_connection) takes.
    """
    connection = connection_argument_spec()
    spec: dict[str, t.Any] = {}
    for option in (*_OF_WORKER, *_WORKER_MAY_HAVE):
        spec[option] = {key: value for key, value in connection[option].items() if key != "default"}
        if option in _OF_WORKER:
            spec[option]["required"] = True
    return spec


def worker_connection(
    base: Connection | Params, worker: Params, environ: Environ | None = None, *, option: str = "worker"
) -> Connection:
    """Return the connection of another worker, whose credentials win over everything.

    base: the connection, or the options of the task, from which addresses and the rest are inherited.
    worker: options of the connection that the worker has of its own.
    option: the option of the task that holds these; empty where whoever called says in which they are.

    Raises OptionError.
    """
    values = {name: getattr(base, name) if isinstance(base, Connection) else base.get(name) for name in _INHERITED}
    own = {name: value for name, value in worker.items() if value is not None}
    try:
        return connection_from({**values, **own}, environ)
    except OptionError as error:
        if not option:
            raise
        raise OptionError(f"{option}.{error.option}", f"{option}: {error}") from None


def _addresses(given: Given) -> tuple[str | None, str, str]:
    """Return region, API address and token address. Addresses win; the region fills in what is missing."""
    name = given.text("region")
    code = regions.region_code(name) if name else None
    if name and code is None:
        known = ", ".join([*regions.DOMAINS, *regions.LONG_NAMES])
        raise OptionError("region", f"{given.source('region')} must be one of {known}, not {hinted(name)}.")
    api_url, auth_url = _address(given, "api_url"), _address(given, "auth_url")
    if code is None and not (api_url and auth_url):
        raise OptionError(
            "region",
            "region is missing: give NA, CA, EU, AU, AP or SG by the option region or the environment variable "
            "PINGONE_REGION_CODE, or give both api_url and auth_url.",
        )
    return code, api_url or regions.api_url(str(code)), auth_url or regions.auth_url(str(code))


def _address(given: Given, name: str) -> str | None:
    value = given.text(name)
    if value is None:
        return None
    source = given.source(name)
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port == 0 or parts.scheme not in ("http", "https"):
        raise OptionError(name, f"{source} must be an address such as {_EXAMPLES[name]}, not {hinted(value)}.")
    if parts.username is not None or parts.query or parts.fragment:
        raise OptionError(name, f"{source} must hold neither a user, nor a query, nor a fragment.")
    if parts.scheme == "http" and not is_loopback(host):
        raise OptionError(
            name,
            f"{source} must begin with https:// because credentials are sent there; "
            "http:// is accepted for a loopback address only, such as http://127.0.0.1:8080.",
        )
    address = value.rstrip("/")
    if name == "api_url" and not address.endswith("/v1"):
        raise OptionError(
            name, f"{source} must end in /v1, the version of the API, such as {_EXAMPLES[name]}, not {hinted(value)}."
        )
    return address


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ca_path(given: Given, environ: Environ) -> str | None:
    named = {"ca_path": given.plain("ca_path"), **{name: environ.get(name) for name in _CA_VARIABLES}}
    for source, path in named.items():
        if path:
            if not os.path.exists(path):
                raise OptionError(
                    "ca_path", f"{source} must name a file or folder of certificates that exists, not {hinted(path)}."
                )
            return str(path)
    return None


def _proxies(environ: Environ, urls: t.Iterable[str]) -> dict[str, str]:
    """Return the proxy of each origin, as far as it has one, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY.

    The lower-case spellings win, as they do in curl and Python. HTTP_PROXY in capitals is left out in a CGI program,
    where a client could set it. A loopback address never has a proxy because what is sent there is not encrypted.
    """
    cgi = "REQUEST_METHOD" in environ
    capitals = {"https": "HTTPS_PROXY", "http": "" if cgi else "HTTP_PROXY", "no": "NO_PROXY"}
    variables = {
        scheme: f"{scheme}_proxy" if environ.get(f"{scheme}_proxy") else variable
        for scheme, variable in capitals.items()
    }
    found = {scheme: environ.get(variable, "") for scheme, variable in variables.items()}
    proxies = {}
    for url in urls:
        parts = urlsplit(url)
        host = parts.hostname or ""
        proxy = found[parts.scheme]
        if proxy and not is_loopback(host) and not proxy_bypass_environment(parts.netloc, found):
            proxies[f"{parts.scheme}://{host}"] = _proxy(variables[parts.scheme], proxy)
    return proxies


def _proxy(variable: str, value: str) -> str:
    """Return the address of a proxy. Raises OptionError, which shows nothing of it because it may hold a password."""
    address = value if "://" in value else f"http://{value}"
    try:
        is_valid = _PROXY.fullmatch(address) is not None and urlsplit(address).port != 0
    except ValueError:
        is_valid = False
    if not is_valid:
        raise OptionError(
            variable,
            f"{variable} must be the address of a proxy, such as http://user:password@proxy.example.com:3128; in its "
            "user and password, characters other than letters, digits, '-', '.', '_' and '~' must be percent-encoded, "
            "such as %40 for @.",
        )
    return address
