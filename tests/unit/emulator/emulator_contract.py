# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check messages against the vendor's OpenAPI document.

The document says nothing of members that it doesn't know, and its ``oneOf`` of applications has no discriminator,
so a wrong body would pass. Here all schemas are closed but for the members of ``UNKNOWN_TO_THE_CONTRACT``, each with
its reason, and an application's schema is chosen by its protocol and type.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

# Members that the service has and the document lacks: (schema, path of the member) -> why it may be there.
UNKNOWN_TO_THE_CONTRACT = {
    ("Environment", "subtype"): "newer than the document",
    (
        "Environment",
        "hardDeleteAllowedAt",
    ): "the document spells it hardDeletedAllowedAt; the vendor's newer one this way",
    ("Environment", "license.package"): "newer than the document",
    ("Environment", "_embedded"): "expand=billOfMaterials",
    ("EnvironmentStatus", "license"): "restoring needs the license, which the document forgets",
    ("BillOfMaterials", "products.softwareLicense"): "newer than the document",
    ("ApplicationOIDC", "includeTyp"): "newer than the document",
    ("ApplicationOIDC", "externalId"): "the application data model of the vendor has it",
    ("ApplicationOIDC", "loginPageUrl"): "the application data model of the vendor has it",
    ("ApplicationOIDC", "_embedded"): "expand=attributes",
    ("ApplicationOIDC", "clientId"): "shown since 2026",
    ("Group", "createdAt"): "recorded",
    ("Group", "updatedAt"): "recorded",
    ("Group", "checkSum"): "recorded",
    ("Group", "directMemberCounts.groups"): "recorded",
    ("ApplicationSecret", "secret"): "read only in the document, but the body of an import",
    ("RoleAssignment", "application"): "as group and gateway: the actor",
    ("RoleAssignment", "user"): "as group and gateway: the actor",
    ("Role", "type"): "PLATFORM, as the list of an environment's roles tells them apart",
    ("Role", "canAssign"): "recorded answers of the service have it",
    ("Role", "canBeAssignedBy"): "the roles of an environment have it, and those of the platform are among them",
    ("ApplicationAttributeMapping", "environment"): "the vendor's attribute mapping data model has it",
    ("P1Error", "details.innerError.supportedAttributes"): "the vendor's newer document has it",
    ("P1Error", "details.innerError.supportedOperators"): "the vendor's newer document has it",
    ("P1Error", "details.innerError.existingId"): "the vendor's newer document has it",
    ("P1Error", "details.innerError.quotaLimit"): "the vendor's newer document has it",
}
# The document leaves the members that every application has out of this one.
for _member in (
    "_links",
    "accessControl",
    "createdAt",
    "description",
    "enabled",
    "environment",
    "hiddenFromAppPortal",
    "icon",
    "id",
    "name",
    "protocol",
    "type",
    "updatedAt",
):
    UNKNOWN_TO_THE_CONTRACT["ApplicationPingOneAdminConsole", _member] = "a member of every application"
# What a group has, by itself and in a membership.
for _member in ("directMemberCounts.groups", "createdAt", "updatedAt", "checkSum"):
    UNKNOWN_TO_THE_CONTRACT["Group", _member] = "recorded answers of the service have it"
    UNKNOWN_TO_THE_CONTRACT["GroupMembership", f"_embedded.group.{_member}"] = "recorded answers of the service have it"
# Members that the document requires and the service doesn't always have.
NOT_REQUIRED = {
    ("GatewayTypeLDAP", "bindPassword"): "a password is sent, and not shown",
    ("CustomAdminRole", "canBeAssignedBy"): "a role that is sent without it is created",
}
_LISTED = {
    "environments": "Environment",
    "organizations": "Organization",
    "licenses": "License",
    "roleAssignments": "RoleAssignment",
    "populations": "Population",
    "groups": "Group",
    "users": "User",
    "groupMemberships": "GroupMembership",
    "resources": "Resource",
    "scopes": "ResourceScope",
    "grants": "ApplicationResourceGrant",
}
_PLATFORM_APPLICATIONS = {
    "PING_ONE_PORTAL": "ApplicationPingOnePortal",
    "PING_ONE_SELF_SERVICE": "ApplicationPingOneSelfService",
    "PING_ONE_ADMIN_CONSOLE": "ApplicationPingOneAdminConsole",
}
_PROTOCOLS = {
    "OPENID_CONNECT": "ApplicationOIDC",
    "SAML": "ApplicationSAML",
    "WS_FED": "ApplicationWSFED",
    "EXTERNAL_LINK": "ApplicationExternalLink",
}


class Contract:
    """The document, and how many messages were checked against it."""

    def __init__(self, path: Path) -> None:
        document = json.loads(path.read_text(encoding="utf-8"))
        self._schemas: dict[str, Any] = document["components"]["schemas"]
        self._paths = [
            (re.compile("/v1" + re.sub(r"\{[^}]+\}", "[^/]+", path)), path, operations)
            for path, operations in document["paths"].items()
        ]
        self._validators: dict[tuple[str, bool], jsonschema.Draft4Validator] = {}
        self.requests = 0
        self.answers = 0
        self.errors = 0
        self.named = 0  # messages whose path the document does not have, checked by a schema that the test names

    def check(self, method: str, path: str, sent: Any, status: int, received: Any) -> None:
        """Check one exchange; raises AssertionError with every difference. Errors are checked as errors."""
        path = path.partition("?")[0]
        if not path.startswith("/v1/") or _is_of_the_gateway(status, received):
            return
        if status >= 400:
            self._compare(received, "P1Error", f"{method} {path} -> {status}", answer=True)
            self.errors += 1
            return
        operation = self._operation(method, path)
        if operation is None:
            return
        template, document = operation
        assert str(status) in document["responses"], f"{method} {template} does not answer {status}"
        if sent is not None:
            self._compare(
                _without_null(sent), self._of_request(method, template, sent), f"{method} {path}", answer=False
            )
            self.requests += 1
        if received is not None:
            self._check_answer(method, template, path, received)
            self.answers += 1

    def check_as(self, schema: str, sent: Any, received: Any) -> None:
        """Check a body, if there is one, and an answer by the name of their schema. Raises AssertionError."""
        if sent is not None:
            self._compare(_without_null(sent), schema, "the body", answer=False)
            self.named += 1
        self._compare(received, schema, "the answer", answer=True)
        self.named += 1

    def has(self, path: str) -> bool:
        """Whether the document has the path, so that what is sent there is checked by it."""
        return any(pattern.fullmatch(path) for pattern, _template, _operations in self._paths)

    def _operation(self, method: str, path: str) -> tuple[str, Any] | None:
        for pattern, template, operations in self._paths:
            if pattern.fullmatch(path) and method.lower() in operations:
                return template, operations[method.lower()]
        return None

    def _check_answer(self, method: str, template: str, path: str, received: Any) -> None:
        where = f"{method} {path}, the answer"
        if "_embedded" not in received or not template.endswith("s") or template.endswith("billOfMaterials"):
            self._compare(received, self._of_answer(template, received), where, answer=True)
            return
        assert set(received) <= {"_links", "_embedded", "count", "size"}, f"{where}: {sorted(received)}"
        assert len(received["_embedded"]) == 1, f"{where}: {sorted(received['_embedded'])}"
        for kind, items in received["_embedded"].items():
            assert isinstance(received["size"], int) and received["size"] == len(items), f"{where}: size"
            for item in items:
                self._compare(item, self._of_item(kind, item), where, answer=True)

    def _of_request(self, method: str, template: str, sent: Any) -> str:
        if (method, template.rpartition("/")[2]) == ("POST", "{userID}"):
            return "_Anything"  # the document wants the account of the answer
        if template.endswith("/type"):
            return "_EnvironmentType"
        if template.endswith("/status"):
            return "EnvironmentStatus"
        return self._of_answer(template, sent)

    def _of_answer(self, template: str, document: Any) -> str:
        last = [part for part in template.split("/") if not part.startswith("{")][-1]
        special = {
            "secret": "ApplicationSecret",
            "billOfMaterials": "BillOfMaterials",
            "capabilities": "_Anything",
            "type": "Environment",
            "status": "Environment",
        }
        return special.get(last) or self._of_item(last, document)

    def _of_item(self, kind: str, item: Any) -> str:
        if kind == "applications":
            return _PLATFORM_APPLICATIONS.get(item["type"]) or _PROTOCOLS[item["protocol"]]
        if kind == "roles":
            return "Role" if any("classifier" in one for one in item["permissions"]) else "CustomAdminRole"
        return _LISTED[kind]

    def _compare(self, document: Any, name: str, where: str, *, answer: bool) -> None:
        problems = [
            f"{'.'.join(map(str, error.absolute_path)) or 'the whole'}: {error.message}"
            for error in self._validator(name, answer).iter_errors(document)
        ]
        assert not problems, f"{where} is not a {name}:\n" + "\n".join(problems)

    def _validator(self, name: str, answer: bool) -> jsonschema.Draft4Validator:
        key = (name, answer)
        if key not in self._validators:
            schema = self._closed(self._named(name), name, "", answer)
            self._validators[key] = jsonschema.Draft4Validator(schema, format_checker=_formats())
        return self._validators[key]

    def _named(self, name: str) -> Any:
        own = {
            "_Anything": {"type": "object"},
            "_EnvironmentType": {
                "type": "object",
                "properties": {"type": {"$ref": "#/components/schemas/EnumEnvironmentType"}},
                "required": ["type"],
            },
        }
        return own.get(name) or self._schemas[name]

    def _closed(self, schema: Any, name: str, path: str, answer: bool) -> Any:
        """The schema in the words of JSON Schema, with everything in place and nothing left open."""
        schema = self._merged(schema)
        closed = {key: schema[key] for key in _KEPT if key in schema}
        choices = schema.get("oneOf") or schema.get("anyOf")  # the document says oneOf where several match
        if choices:
            closed["anyOf"] = [self._closed(one, name, path, answer) for one in choices]
        if "items" in schema:
            closed["items"] = self._closed(schema["items"], name, path, answer)
        if "properties" in schema:
            self._close_object(closed, schema, name, path, answer)
        elif isinstance(schema.get("additionalProperties"), dict):
            closed["additionalProperties"] = self._closed(schema["additionalProperties"], name, path, answer)
        if schema.get("nullable"):
            return {"anyOf": [closed, {"type": "null"}]}
        return closed

    def _close_object(self, closed: Any, schema: Any, name: str, path: str, answer: bool) -> None:
        members = {
            member: self._closed(one, name, f"{path}{member}.", answer) for member, one in schema["properties"].items()
        }
        for member_of, member in UNKNOWN_TO_THE_CONTRACT:
            prefix, _dot, last = member.rpartition(".")
            if member_of == name and (f"{prefix}." if prefix else "") == path:
                members.setdefault(last, {})
        required = [
            member
            for member in schema.get("required", [])
            if (name, f"{path}{member}") not in NOT_REQUIRED
            and (answer or not self._merged(schema["properties"].get(member, {})).get("readOnly"))
        ]
        closed.update(type="object", properties=members)
        if schema.get("additionalProperties") is not True:
            closed["additionalProperties"] = False
        if required:
            closed["required"] = required

    def _merged(self, schema: Any) -> Any:
        """The schema without ``$ref`` and ``allOf``."""
        if "$ref" in schema:
            return self._merged({**self._schemas[schema["$ref"].rpartition("/")[2]], **_others(schema, "$ref")})
        if "allOf" not in schema:
            return schema
        parts = [*map(self._merged, schema["allOf"]), _others(schema, "allOf")]
        merged: dict[str, Any] = {}
        for part in parts:
            merged.update(_others(part, "properties", "required"))
            merged.setdefault("properties", {}).update(part.get("properties", {}))
            merged.setdefault("required", []).extend(part.get("required", []))
        return merged


_KEPT = ("type", "enum", "format", "pattern", "minimum", "maximum", "minLength", "maxLength", "maxItems", "minItems")


def _is_of_the_gateway(status: int, received: Any) -> bool:
    """The document says nothing of what never reaches the service."""
    return status in (403, 431) and set(received) == {"message"}


def _others(schema: Any, *keys: str) -> Any:
    return {key: value for key, value in schema.items() if key not in keys}


def _without_null(document: Any) -> Any:
    """A null counts as not sent."""
    if isinstance(document, dict):
        return {key: _without_null(value) for key, value in document.items() if value is not None}
    return [_without_null(one) for one in document] if isinstance(document, list) else document


@cache
def _formats() -> jsonschema.FormatChecker:
    checker = jsonschema.FormatChecker(formats=())

    @checker.checks("date-time")
    def _date_time(value: Any) -> bool:
        return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value) is not None

    @checker.checks("uri")
    def _uri(value: Any) -> bool:
        return re.match(r"[a-z][a-z0-9+.-]*://[^/]+", value) is not None

    return checker
