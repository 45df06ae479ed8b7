# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection: said once, for the argument specs, the environment and the documentation.

This module is private to the collection.
"""

from __future__ import annotations

import os
import re
import typing as t
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

from ansible_collections.idops.pingone.plugins.module_utils import _regions
from ansible_collections.idops.pingone.plugins.module_utils._auth import (
    METHODS,
    AccessToken,
    ClientSecret,
    Credential,
)
from ansible_collections.idops.pingone.plugins.module_utils._errors import OptionError

Params = t.Mapping[str, t.Any]
Environ = t.Mapping[str, str]

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class ConnectionOption:
    """One option: its argument spec, and the environment variable that stands in for it."""

    spec: dict[str, t.Any]
    env: str | None = None
    credential: bool = False


CONNECTION_OPTIONS: t.Final[dict[str, ConnectionOption]] = {
    "region": ConnectionOption({"type": "str"}, "PINGONE_REGION_CODE"),
    "api_url": ConnectionOption({"type": "str"}, "PINGONE_API_URL"),
    "auth_url": ConnectionOption({"type": "str"}, "PINGONE_AUTH_URL"),
    "auth_environment_id": ConnectionOption({"type": "str"}, "PINGONE_ENVIRONMENT_ID"),
    "client_id": ConnectionOption({"type": "str"}, "PINGONE_CLIENT_ID", credential=True),
    "client_secret": ConnectionOption({"type": "str", "no_log": True}, "PINGONE_CLIENT_SECRET", credential=True),
    "client_auth_method": ConnectionOption({"type": "str", "choices": sorted(METHODS)}, "PINGONE_CLIENT_AUTH_METHOD"),
    "access_token": ConnectionOption({"type": "str", "no_log": True}, "PINGONE_API_ACCESS_TOKEN", credential=True),
    "ca_path": ConnectionOption({"type": "path"}),
    "validate_certs": ConnectionOption({"type": "bool", "default": True}),
    "timeout": ConnectionOption({"type": "int", "default": 30}),
    "retry_budget": ConnectionOption({"type": "int", "default": 60}),
    "settle": ConnectionOption({"type": "int", "default": 0}),
}


@dataclass(frozen=True)
class Connection:
    """Where the service is and who calls it.

    region: the code that new environments get, or None when it is not known.
    api_url, auth_url: base URLs without a slash at the end.
    auth_environment_id: the environment that hosts the calling worker; None with a ready token.
    credential: how the caller authenticates.
    ca_path: a file or folder of certificates to trust, or None for those that requests brings.
    timeout, retry_budget, settle: seconds.
    proxies: proxy by scheme, as requests takes them; chosen for the two hosts.
    """

    region: str | None
    api_url: str
    auth_url: str
    auth_environment_id: str | None
    credential: Credential = field(repr=False)
    ca_path: str | None = None
    validate_certs: bool = True
    timeout: int = 30
    retry_budget: int = 60
    settle: int = 0
    proxies: t.Mapping[str, str] = field(default_factory=dict)

    def secrets(self) -> set[str]:
        """Return what must never be shown."""
        return self.credential.secrets()


def connection_argument_spec() -> dict[str, t.Any]:
    """Return the argument spec of the connection's options, which every module has."""
    return {name: dict(option.spec) for name, option in CONNECTION_OPTIONS.items()}


def connection_from(params: Params, environ: Environ | None = None) -> Connection:
    """Return the connection that options and environment variables describe.

    Options win over the environment. Credentials are taken whole: when an option gives any of them, the environment
    gives none. Raises OptionError, which names the option and the variable.
    """
    values = _values(params, os.environ if environ is None else environ)
    api_url, auth_url, region = _addresses(values)
    credential = _credential(values)
    environment_id = values["auth_environment_id"]
    if isinstance(credential, ClientSecret):
        if not environment_id:
            raise OptionError(
                "auth_environment_id (or PINGONE_ENVIRONMENT_ID) is needed with client_id: "
                "the id of the environment that hosts the calling worker, not of the one that is managed."
            )
        if not _UUID.fullmatch(environment_id):
            raise OptionError(f"auth_environment_id must be the id of an environment, not '{environment_id}'.")
    for name in ("timeout", "retry_budget", "settle"):
        if values[name] < (1 if name == "timeout" else 0):
            raise OptionError(f"{name} must be a number of seconds, not {values[name]}.")
    env = os.environ if environ is None else environ
    return Connection(
        region=region,
        api_url=api_url,
        auth_url=auth_url,
        auth_environment_id=environment_id or None,
        credential=credential,
        ca_path=_ca_path(values["ca_path"], env),
        validate_certs=values["validate_certs"],
        timeout=values["timeout"],
        retry_budget=values["retry_budget"],
        settle=values["settle"],
        proxies=_proxies((api_url, auth_url), env),
    )


def worker_connection(params: Params, worker: Params, environ: Environ | None = None) -> Connection:
    """Return the connection of another worker, whose options win over everything.

    params: the task's options, of which the worker inherits the addresses and how to reach them, never a credential.
    worker: its region, api_url, auth_url, auth_environment_id, client_id, client_secret and client_auth_method.

    Raises OptionError when the worker's credentials are not whole.
    """
    for name in ("auth_environment_id", "client_id", "client_secret"):
        if not worker.get(name):
            raise OptionError(f"worker.{name} is required.")
    merged = {**params, "access_token": None, "client_auth_method": None}
    if worker.get("region"):
        # Another region has other addresses than those of the connection.
        merged.update(api_url=None, auth_url=None)
    merged.update({name: value for name, value in worker.items() if value is not None})
    env = dict(os.environ if environ is None else environ)
    env.pop("PINGONE_CLIENT_AUTH_METHOD", None)
    if worker.get("region"):
        env.pop("PINGONE_API_URL", None)
        env.pop("PINGONE_AUTH_URL", None)
    return connection_from(merged, env)


def _values(params: Params, environ: Environ) -> dict[str, t.Any]:
    credentials = [name for name, option in CONNECTION_OPTIONS.items() if option.credential]
    whole = any(params.get(name) for name in credentials)
    values: dict[str, t.Any] = {}
    for name, option in CONNECTION_OPTIONS.items():
        value = params.get(name)
        if value is None and option.env and not (whole and option.credential):
            value = environ.get(option.env) or None
        values[name] = option.spec.get("default") if value is None else value
    return values


def _addresses(values: dict[str, t.Any]) -> tuple[str, str, str | None]:
    region = None
    if values["region"]:
        region = _regions.region_code(values["region"])
        if region is None:
            raise OptionError(
                f"region (or PINGONE_REGION_CODE) must be one of {', '.join(_regions.DOMAINS)}, "
                f"not '{values['region']}'."
            )
    if region is None and not (values["api_url"] and values["auth_url"]):
        raise OptionError(
            f"region (or PINGONE_REGION_CODE) is required, one of {', '.join(_regions.DOMAINS)}, "
            "unless api_url and auth_url are both given."
        )
    api_url = _checked_url("api_url", values["api_url"] or _regions.api_url(str(region)))
    return api_url, _checked_url("auth_url", values["auth_url"] or _regions.auth_url(str(region))), region


def _checked_url(name: str, url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    if parts.username or parts.password:
        raise OptionError(f"{name} must not hold a user name or a password.")
    if parts.scheme == "https" and parts.hostname:
        return url.rstrip("/")
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return url.rstrip("/")
    raise OptionError(f"{name} must be an https:// URL, or http:// of this machine's own address, not '{url}'.")


def _credential(values: dict[str, t.Any]) -> Credential:
    if values["client_id"] and values["client_secret"]:
        method = values["client_auth_method"] or "client_secret_basic"
        if method not in METHODS:
            raise OptionError(
                f"client_auth_method (or PINGONE_CLIENT_AUTH_METHOD) must be one of {', '.join(sorted(METHODS))}, "
                f"not '{method}'."
            )
        return METHODS[method](values["client_id"], values["client_secret"])
    if values["access_token"] and not values["client_id"] and not values["client_secret"]:
        return AccessToken(values["access_token"])
    if values["client_id"]:
        raise OptionError("client_secret (or PINGONE_CLIENT_SECRET) is required with client_id.")
    if values["client_secret"]:
        raise OptionError("client_id (or PINGONE_CLIENT_ID) is required with client_secret.")
    raise OptionError(
        "client_id and client_secret (or PINGONE_CLIENT_ID and PINGONE_CLIENT_SECRET), "
        "or access_token (or PINGONE_API_ACCESS_TOKEN), are required."
    )


def _ca_path(given: str | None, environ: Environ) -> str | None:
    path = given or environ.get("REQUESTS_CA_BUNDLE") or environ.get("SSL_CERT_FILE")
    if path and not os.path.exists(path):
        source = "ca_path" if given else "REQUESTS_CA_BUNDLE or SSL_CERT_FILE"
        raise OptionError(f"{source} names '{path}', which is not there; give a file or folder of CA certificates.")
    return path or None


def _proxies(urls: t.Iterable[str], environ: Environ) -> dict[str, str]:
    """Return a proxy for each of the service's hosts that needs one, keyed as requests wants it.

    Only the environment is asked: the system's own settings are looked up by a library that crashes forked processes
    on macOS.
    """
    lowered = {name.lower(): value for name, value in environ.items() if name.lower().endswith("_proxy") and value}
    bypass = {"no": lowered.get("no_proxy", "")}
    proxies = {}
    for url in urls:
        parts = urllib.parse.urlsplit(url)
        proxy = lowered.get(f"{parts.scheme}_proxy")
        host = str(parts.hostname)
        if proxy and not urllib.request.proxy_bypass_environment(host, bypass):  # type: ignore[attr-defined]
            proxies[f"{parts.scheme}://{host}"] = proxy
    return proxies
