# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a worker can use its credentials and its roles: a token, and a call as the worker itself.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import SECRET_ALGORITHMS
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import Connection, worker_connection
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    ENVIRONMENT,
    ORGANIZATION,
    Grant,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._client.client import PingOneClient
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# The roles that let a worker read the environments of their scope for certain. Of roles at narrower scopes, and of
# custom ones, it is not documented whether they do.
_READERS: t.Final = ("Environment Admin", "Organization Admin")
_BY_SECRET: t.Final = ("CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT")
_LEAST_TO_SIGN: t.Final = SECRET_ALGORITHMS["HS256"]
_BY_KEY: t.Final = ("PRIVATE_KEY_JWT",)
KEY_OPTIONS: t.Final = ("private_key", "private_key_path", "private_key_id", "client_assertion_algorithm")


@dataclass
class Proof:
    """How far a worker's credentials and roles are proven.

    token: whether it got a token by its own credentials.
    call: whether it made a call by that token.
    obstacle: why one of the two was not tried, as a clause; None when both were.
    reads: the environment that the call reads; None when there is no call.
    """

    token: bool = False
    call: bool = False
    obstacle: str | None = None
    reads: Wire | None = None

    def to_result(self) -> dict[str, t.Any]:
        """Return the proof as results show it."""
        return {"token": self.token, "call": self.call, "obstacle": self.obstacle}


# By what a worker signs in, as options of a connection: its secret, or its private key.
Credential = t.Mapping[str, t.Any]


def key_options(params: t.Mapping[str, t.Any]) -> Credential:
    """Return what options of a worker say of its private key; nothing for one that signs in by its secret."""
    return {name: params[name] for name in KEY_OPTIONS if params.get(name) is not None}


def check_key_options(params: t.Mapping[str, t.Any]) -> None:
    """Raise OptionError for options of a private key that cannot be right whatever it is."""
    given = key_options(params)
    keys = [name for name in ("private_key", "private_key_path") if name in given]
    if len(keys) > 1:
        raise OptionError("private_key", "private_key and private_key_path are mutually exclusive.")
    if given and not keys:
        option = next(iter(given))
        raise OptionError(option, f"{option} requires private_key or private_key_path.")


def obstacle_to_token(worker: Wire, own: Credential | None, grants: t.Sized) -> str | None:
    """Return why a worker gets no token by its secret or its key, as a clause; None for one that can.

    worker: the application.
    own: by what it signs in; None when its secret could not be read.
    grants: the roles that it holds, in any form; PingOne gives no token to a worker without any.
    """
    if own is None:
        return "its secret could not be read"
    if not worker.get("enabled"):
        return "it is disabled"
    if "CLIENT_CREDENTIALS" not in (worker.get("grantTypes") or ()):
        return "it has no CLIENT_CREDENTIALS"
    if worker.get("tokenEndpointAuthMethod") not in (_BY_SECRET if "client_secret" in own else _BY_KEY):
        return f"it authenticates by {worker.get('tokenEndpointAuthMethod')}"
    # An imported one may be; that of a dry run is empty.
    if worker["tokenEndpointAuthMethod"] == "CLIENT_SECRET_JWT" and 0 < len(own["client_secret"]) < _LEAST_TO_SIGN:
        return f"its secret of fewer than {_LEAST_TO_SIGN} characters cannot sign an assertion"
    return None if grants else "it has no roles"


def readable_environment(home: Wire, grants: t.Iterable[Grant]) -> Wire | None:
    """Return an environment that roles let their holder read for certain, its own if possible; None without any.

    home: the environment that the holder belongs to.
    """
    found = [grant.scope for grant in grants if grant.role.name in _READERS]
    if any(scope.type == ORGANIZATION or scope.id == home["id"] for scope in found):
        return home
    return next(({"id": scope.id, "name": scope.name} for scope in found if scope.type == ENVIRONMENT), None)


def predict_proof(home: Wire, worker: Wire, own: Credential | None, grants: t.Collection[Grant]) -> Proof:
    """Return the proof that comes of it if all goes well. own: by what the worker signs in."""
    obstacle = obstacle_to_token(worker, own, grants)
    if obstacle:
        return Proof(obstacle=obstacle)
    reads = readable_environment(home, grants)
    if reads is None:
        return Proof(token=True, obstacle="none of its roles lets it read an environment for certain")
    return Proof(token=True, call=True, reads=reads)


def connection_of(task: Task, home: Wire, worker: Wire, own: Credential, settle: int) -> Connection:
    """Return the connection of a worker by its own credentials.

    home: the environment of the worker.
    own: by what it signs in.
    settle: for how many seconds a change of the worker or of its roles may be on its way.
    """
    given = {
        **own,
        "auth_environment_id": home["id"],
        "client_id": worker["id"],
        "client_auth_method": str(worker["tokenEndpointAuthMethod"]).lower(),
    }
    return worker_connection({**task.params, "settle": settle}, given, option="")


def check_key(task: Task, home: Wire, worker: Wire, key: Credential) -> None:
    """Raise OptionError for the private key of a worker that cannot prove it, before anything is written.

    In a dry run the file of the key may be one that an earlier task would write.
    """
    if key and not task.check_mode and worker.get("tokenEndpointAuthMethod") in _BY_KEY:
        connection_of(task, home, worker, key, 0)


def prove(client: PingOneClient, worker: Wire, proof: Proof) -> None:
    """Get a token as a worker, and read an environment by it where its roles let it for certain.

    client: of the worker; it remembers nothing.
    proof: what is expected; what is proven is noted there.

    Raises TokenError when it gets no token, and the client's errors when it cannot make the call.
    """
    proof.token = proof.call = False
    client.token()
    proof.token = True
    if proof.reads is not None:
        client.get(
            f"/environments/{proof.reads['id']}",
            operation=f"reading environment '{title(proof.reads)}' as worker '{title(worker)}'",
        )
        proof.call = True
