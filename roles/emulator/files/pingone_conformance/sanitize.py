# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes out of exchanges what is nobody else's business: ids, secrets, tokens, people, addresses, hosts.

Ids are replaced one for one, so that what belongs together still does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from .exchange import found

LEFT_OUT = "<left out>"
API_URL = "https://api.pingone.com/v1"
AUTH_URL = "https://auth.pingone.com"

_HEX = "[0-9a-fA-F]"
# With hyphens, wherever it stands: in a query the digits of a %22 stand before it. Without, only alone.
_ID = re.compile(
    rf"{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}"
    rf"|(?:(?<!{_HEX})|(?<=%{_HEX}{{2}})){_HEX}{{32}}(?!{_HEX})"
)
_INVENTED = re.compile(r"a0000000-?0000-?4000-?8000-?[0-9a-f]{12}", re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
_HASH = re.compile(r"'[A-Za-z0-9+/]{43}='")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F:]{1,}(?![\w:])")
_SITE = re.compile(r"(https?://)([\w.-]+(?::\d+)?)")
_VENDOR_SITE = re.compile(r"^([\w-]+)\.(pingone\.(?:com\.au|com|ca|eu|asia|sg)|pingidentity\.com)$")

# Members whose text is a secret, or tells of a person, whatever the text is.
_SECRET_MEMBERS = {"secret", "clientSecret", "client_secret", "access_token", "password", "client_assertion"}
_PERSON_MEMBERS = {
    *("given", "family", "middle", "formatted", "honorificPrefix", "honorificSuffix", "nickname", "username", "email"),
    *("mobilePhone", "primaryPhone", "streetAddress", "locality", "postalCode", "remoteIp", "title", "photo"),
}

# Headers that the service itself sets; of the content network's there is only the name in a transcript.
HEADERS = (
    *("content-type", "content-length", "transfer-encoding", "correlation-id", "x-amzn-requestid", "location"),
    *("cache-control", "expires", "pragma", "vary", "etag", "retry-after", "allow", "www-authenticate"),
    *("access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-headers"),
    *("access-control-allow-methods", "access-control-expose-headers", "strict-transport-security"),
    *("x-content-type-options", "x-frame-options", "x-xss-protection", "content-security-policy", "referrer-policy"),
)


@dataclass(frozen=True)
class Private:
    """What is known to be private, and what only looks like it.

    secrets: values. words: names, such as the organization's. run: the unique name of this run's environment.
    constants: ids that are the same in every tenant. ours: ids of what the conversation made.
    """

    api_url: str
    auth_url: str
    secrets: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    run: str = "conformance"
    constants: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()


@dataclass
class Sanitizer:
    """Replaces what is private, with the same invention for the same id in everything that it is given."""

    private: Private
    invented: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make one pattern of all values that are taken out, since there are many texts."""
        forms = {form for item in self.private.secrets for form in (item, quote(item, safe=""), quote_plus(item))}
        self._secrets = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))) or "(?!)")
        words = "|".join(map(re.escape, sorted(self.private.words, key=len, reverse=True)))
        self._words = re.compile(rf"(?<!\w)(?:{words})(?!\w)" if words else "(?!)")

    def value(self, value: Any, member: str = "") -> Any:
        """Return the value as it may be shown; ``member`` is the name of what it is the value of."""
        if isinstance(value, Mapping):
            shown = {self.text(name): self.value(item, name) for name, item in value.items()}
            return self._without_counts(value, shown)
        if isinstance(value, (list, tuple)):
            return [self.value(item, member) for item in value if not self._is_foreign(item, member)]
        if not isinstance(value, str):
            return value
        if member in _SECRET_MEMBERS:
            return f"<{member}>"
        if member in _PERSON_MEMBERS and not _INVENTED.search(value):
            return f"<{member}>"
        return self.text(value)

    def headers(self, headers: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
        """Return the headers of the service, and the names of all others."""
        shown = {name: self.text(headers[name]) for name in HEADERS if name in headers}
        return shown, sorted(set(headers) - set(HEADERS))

    def text(self, text: str) -> str:
        """Return a text without what is private in it."""
        text = self._secrets.sub("<secret>", text)
        text = text.replace(self.private.run, "conformance")
        text = text.replace(self.private.api_url, API_URL).replace(self.private.auth_url, AUTH_URL)
        text = text.replace(self.private.api_url.removesuffix("/v1"), API_URL.removesuffix("/v1"))
        text = _JWT.sub("<token>", text)
        text = _HASH.sub("'<hash>'", text)
        text = _SITE.sub(_site, text)
        text = _EMAIL.sub("somebody@example.com", text)
        text = _ID.sub(self._invent, text)
        text = _IPV4.sub("192.0.2.1", text)
        text = _IPV6.sub("2001:db8::1", text)
        return self._words.sub("<removed>", text)

    def labels(self, ids: Mapping[str, str]) -> dict[str, str]:
        """Return the labels of the ids that were replaced, by what replaced them."""
        return {self.invented[key]: label for key, label in ids.items() if key in self.invented}

    def _invent(self, match: re.Match[str]) -> str:
        text = match.group(0)
        key = text.replace("-", "").lower()
        key = "-".join((key[:8], key[8:12], key[12:16], key[16:20], key[20:]))
        if key in self.private.constants or _INVENTED.fullmatch(key):
            return text
        new = self.invented.setdefault(key, f"a0000000-0000-4000-8000-{len(self.invented) + 1:012x}")
        new = new if "-" in text else new.replace("-", "")
        return new.upper() if text != text.lower() else new

    def _is_foreign(self, item: Any, member: str) -> bool:
        """Say whether an item of a list is an environment that others made, or a role that is held there."""
        if member == "environments" and isinstance(item, Mapping):
            return item.get("id") not in self.private.ours
        return member == "roleAssignments" and found(item, "scope.id") not in (None, *self.private.ours)

    def _without_counts(self, value: Mapping[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
        """Tell no count of a list of which something was left out."""
        embedded = value.get("_embedded")
        lists = embedded.items() if isinstance(embedded, Mapping) else ()
        if any(self._is_foreign(item, name) for name, items in lists if isinstance(items, list) for item in items):
            shown.update({name: LEFT_OUT for name in ("count", "size") if name in shown})
        return shown


def _site(match: re.Match[str]) -> str:
    scheme, host = match.groups()
    if host == "example.com" or host.endswith(".example.com"):
        return match.group(0)
    vendor = _VENDOR_SITE.match(host)
    if vendor:
        return f"https://{vendor.group(1)}.{'pingone.com' if 'pingone' in vendor.group(2) else 'pingidentity.com'}"
    return "https://host.example.com"


def leaks(text: str, private: Private, ids: Iterable[str]) -> list[str]:
    """Return what of the private is in a text all the same, by its kind and never by its value.

    ids: those that went in.
    """
    lower = text.lower()
    left = {
        "an id": any(item.lower() in lower or item.replace("-", "").lower() in lower for item in ids),
        "a secret": any(form in text for item in private.secrets for form in (item, quote(item, safe=""))),
        "a name": any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for word in private.words),
        "a host": any(_host(url) in text for url in (private.api_url, private.auth_url)),
        "a token": bool(_JWT.search(text)),
        "an address": any(item != "somebody@example.com" for item in _EMAIL.findall(text)),
        "the name of the run": private.run != "conformance" and private.run in text,
    }
    return [kind for kind, is_there in left.items() if is_there]


def _host(url: str) -> str:
    host = url.split("://", 1)[-1].split("/", 1)[0]
    # What stands for every tenant is no news.
    return host if host not in (API_URL.split("/")[2], AUTH_URL.split("/")[2]) else "\0"
