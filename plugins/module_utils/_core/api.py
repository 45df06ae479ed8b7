# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources of PingOne as methods, without any policy. This module is private to the collection.

Paths and members: https://apidocs.pingidentity.com/pingone/platform/v1/api/.
"""

from __future__ import annotations

import typing as t
from functools import cached_property

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import AnswerError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import kind_of, products_of
from ansible_collections.idops.pingone.plugins.module_utils._client.client import PingOneClient
from ansible_collections.idops.pingone.plugins.module_utils._client.http import Lateness
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Overlay, Predictions, prediction
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Sides
from ansible_collections.idops.pingone.plugins.module_utils._core.resource import IsFinal, Resource, Within, newer

# The types of resources that come with every environment; all others are custom ones.
OPENID_CONNECT: t.Final = "OPENID_CONNECT"
PINGONE_API: t.Final = "PINGONE_API"

# What is in a new environment. Source: PingOne's guide "Getting started with the API", and its pages on resources.
_POPULATIONS: t.Final[Wires] = [{"name": "Default", "default": True}]
_RESOURCES: t.Final[Wires] = [
    {"name": "openid", "type": OPENID_CONNECT},
    {"name": "PingOne API", "type": PINGONE_API},
]
_OPENID_SCOPES: t.Final[Wires] = [{"name": name} for name in ("address", "email", "openid", "phone", "profile")]
# What a new application of OpenID Connect has (inferred for workers). Source: PingOne's page on attribute mappings.
_ATTRIBUTES: t.Final[Wires] = [
    {"name": "sub", "value": "${user.id}", "required": True, "idToken": True, "userInfo": True, "mappingType": "CORE"}
]


class Api:
    """All resources, through one client.

    predictions: in check mode, what earlier tasks predicted; it is shown as if it were there.
    """

    def __init__(self, client: PingOneClient, predictions: Predictions | None = None) -> None:
        self.client = client
        self._predictions = predictions

    def predict(self, path: str, sides: Sides) -> bool:
        """Let later tasks of a dry run find an object as it would be; return whether they will.

        path: of the collection that it is in.
        """
        found = prediction(self.tenant, path, sides.before, sides.after, sides.identity)
        return found is None or self._predictions is None or self._predictions.record(found)

    @cached_property
    def tenant(self) -> str:
        """What tells one organization from another, as far as the token says."""
        return f"{self.client.connection.api_url} {self.client.claims().get('org', '')}"

    def _overlay(self, path: str) -> Overlay | None:
        return None if self._predictions is None else Overlay(self._predictions, lambda: self.tenant, path)

    def environments(self) -> Resource:
        """The environments that the worker can see."""
        return self._resource("environment", "/environments")

    def applications(self, environment: Wire) -> Resource:
        """The applications of an environment."""
        return self._in(environment, "application", "applications")

    def populations(self, environment: Wire) -> Resource:
        """The populations of an environment."""
        return self._in(environment, "population", "populations", at_first=_POPULATIONS)

    def password_policies(self, environment: Wire) -> Resource:
        """The password policies of an environment."""
        return self._in(environment, "password policy", "passwordPolicies")

    def themes(self, environment: Wire) -> Resource:
        """The themes of an environment. Their names are in their configurations."""
        return self._in(environment, "theme", "themes")

    def groups(self, environment: Wire) -> Resource:
        """The groups of an environment."""
        return self._in(environment, "group", "groups")

    def gateways(self, environment: Wire) -> Resource:
        """The gateways of an environment."""
        return self._in(environment, "gateway", "gateways")

    def group_memberships(self, environment: Wire, group: Wire) -> Resource:
        """The groups in which a group is nested, each by its id. The path is that of a user's groups (inferred)."""
        path = f"/environments/{environment['id']}/groups/{group['id']}/memberOfGroups"
        return self._resource("group membership", path, environment, group, of=_of("group", group))

    def users(self, environment: Wire) -> Resource:
        """The users of an environment."""
        return self._in(environment, "user", "users")

    def role_assignments(self, environment: Wire, principal_kind: str, principal: Wire) -> Resource:
        """The role assignments of an application, user, group or gateway."""
        path = f"/environments/{environment['id']}/{principal_kind}s/{principal['id']}/roleAssignments"
        return self._resource("role assignment", path, environment, principal)

    def own_role_assignments(self) -> Resource | None:
        """The role assignments of the calling worker; None when the token is not a worker's, or does not tell."""
        claims = self.client.claims()
        # A token of a person has a subject; a worker's has none.
        if not claims.get("client_id") or not claims.get("env") or claims.get("sub"):
            return None
        return self.role_assignments({"id": str(claims["env"])}, "application", {"id": str(claims["client_id"])})

    def roles(self, environment: Wire | None = None) -> Resource:
        """The platform roles, or those that an environment lists: its custom roles, and platform roles too.

        To whom the first are refused for now, the others are soon shown, so only those are waited for.
        """
        if environment is None:
            return Resource(self.client, "role", "/roles", within=Within(patience=0), overlay=self._overlay("/roles"))
        return self._in(environment, "role", "roles")

    def resources(self, environment: Wire) -> Resource:
        """The resources of an environment, which are what tokens are for: openid, PingOne's API, and custom ones."""
        return self._in(environment, "resource", "resources", at_first=_RESOURCES)

    def scopes(self, environment: Wire, resource: Wire) -> Resource:
        """The scopes of a resource."""
        at_first = _OPENID_SCOPES if resource.get("type") == OPENID_CONNECT else []
        path = f"/environments/{environment['id']}/resources/{resource['id']}/scopes"
        return self._resource("scope", path, environment, resource, of=_of("resource", resource), at_first=at_first)

    def grants(self, environment: Wire, application: Wire) -> Resource:
        """The grants of an application: for each resource, the scopes of it that the application may ask for."""
        path = f"/environments/{environment['id']}/applications/{application['id']}/grants"
        return self._resource("grant", path, environment, application, of=_of("application", application))

    def attributes(self, environment: Wire, application: Wire) -> Resource:
        """The attribute mappings of an application: what of a user its tokens tell."""
        path = f"/environments/{environment['id']}/applications/{application['id']}/attributes"
        of = _of("application", application)
        return self._resource("attribute", path, environment, application, of=of, at_first=_ATTRIBUTES)

    def organizations(self) -> Resource:
        """The organizations of the worker: its own."""
        return self._resource("organization", "/organizations")

    def organization_id(self) -> str:
        """Return the id of the worker's organization; the service is asked where the access token does not tell."""
        return str(self.client.claims().get("org") or self.organizations().list()[0]["id"])

    def licenses(self, organization_id: str) -> Resource:
        """The licenses of an organization."""
        return self._resource("license", f"/organizations/{organization_id}/licenses")

    def bills_of_materials(self, environment_id: str) -> Resource:
        """The services of an environment as a collection, of which a dry run predicts the only object."""
        return self._resource("bill of materials", f"/environments/{environment_id}/billOfMaterials")

    def bill_of_materials(self, environment: Wire) -> Wire:
        """Return the services of an environment."""
        operation = f"reading the bill of materials of environment '{title(environment)}'"
        bill = self.client.get(
            f"/environments/{environment['id']}/billOfMaterials",
            operation=operation,
            late=Lateness(environment.get("createdAt")),
        )
        products_of(bill, operation)
        return bill

    def put_bill_of_materials(self, environment: Wire, body: Wire) -> Wire:
        """Replace the services of an environment, and return them."""
        return self.client.put(
            f"/environments/{environment['id']}/billOfMaterials",
            body,
            operation=f"replacing the bill of materials of environment '{title(environment)}'",
            late=Lateness(environment.get("createdAt")),
        )

    def set_type(self, environment: Wire, type: str) -> Wire:
        """Set the type of an environment, and return the environment."""
        return self._set(environment, "type", {"type": type})

    def set_status(self, environment: Wire, body: Wire) -> Wire:
        """Set the status of an environment, and return the environment. body: C(status), and C(license) to restore."""
        return self._set(environment, "status", body)

    def secret(self, environment: Wire, application: Wire, is_final: IsFinal | None = None) -> Wire:
        """Return the secret of an application, and the previous one while it is valid.

        is_final: tells whether a refusal that looks like lateness will stay, and so is not waited for.
        """
        return self._secret(
            self.client.get(
                _secret_path(environment, application),
                operation=f"reading the secret of application '{title(application)}'",
                late=Lateness(newer(environment, application), is_final=is_final),
            )
        )

    def rotate_secret(
        self, environment: Wire, application: Wire, before: str, previous_expires_at: str | None = None
    ) -> Wire:
        """Replace the secret of an application, and return the new one.

        before: the secret that is replaced.
        previous_expires_at: until when that one stays valid (RFC 3339); it ends at once when left out.

        A lost answer is settled by reading and comparing alone because a second rotation would end the first one's.
        """

        def find_created() -> Wire | None:
            now = self.secret(environment, application)
            return None if now["secret"] == before else now

        body = {"previous": {"expiresAt": previous_expires_at}} if previous_expires_at else {}
        return self._secret(
            self.client.post_once(
                _secret_path(environment, application),
                body,
                operation=f"rotating the secret of application '{title(application)}'",
                find_created=find_created,
                late=Lateness(newer(environment, application)),
            )
        )

    def revoke_previous_secret(self, environment: Wire, application: Wire) -> None:
        """End the previous secret of an application; the present one stays."""
        self.client.delete(
            _secret_path(environment, application),
            operation=f"revoking the previous secret of application '{title(application)}'",
            late=Lateness(newer(environment, application)),
        )

    def secrets(self, environment: Wire, application: Wire) -> Resource:
        """The secret of an application as a collection, of which the lock is needed: it is neither listed nor named."""
        return self._resource("secret", _secret_path(environment, application), environment, application)

    def _in(self, environment: Wire, kind: str, name: str, at_first: t.Sequence[Wire] = ()) -> Resource:
        return self._resource(kind, f"/environments/{environment['id']}/{name}", environment, at_first=at_first)

    def _resource(self, kind: str, path: str, *within: Wire, of: str = "", at_first: t.Sequence[Wire] = ()) -> Resource:
        return Resource(self.client, kind, path, within=Within(within, of, at_first), overlay=self._overlay(path))

    def _set(self, environment: Wire, member: str, body: Wire) -> Wire:
        environments = self.environments()
        with environments.locked():
            after = self.client.put(
                f"/environments/{environment['id']}/{member}",
                body,
                operation=f"setting the {member} of environment '{title(environment)}'",
                late=Lateness(environment.get("createdAt")),
            )
            environments.record_write(environment["id"], after)
            return after

    def _secret(self, answer: Wire) -> Wire:
        previous = answer.get("previous")
        for holder in (answer, previous if isinstance(previous, dict) else {}):
            if isinstance(holder.get("secret"), str):
                self.client.keeper.secret(holder["secret"])
        if not isinstance(answer.get("secret"), str):
            raise AnswerError("reading the secret", "a secret", kind_of(answer))
        return answer


def _of(kind: str, holder: Wire) -> str:
    return f" of {kind} '{title(holder)}'"


def _secret_path(environment: Wire, application: Wire) -> str:
    return f"/environments/{environment['id']}/applications/{application['id']}/secret"
