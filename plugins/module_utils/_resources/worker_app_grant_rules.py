# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What scopes a worker may have, as pure functions.

Source: PingOne's page on worker applications says that those with grant types by which a user signs in let one assign
only OIDC scopes. This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.api import OPENID_CONNECT, PINGONE_API

# With these alone no user signs in (inferred: REFRESH_TOKEN renews what another one gave).
_WITHOUT_USERS: t.Final = frozenset({"CLIENT_CREDENTIALS", "REFRESH_TOKEN"})


def check_has_users(worker: Wire) -> None:
    """Raise OptionError for a worker that gets tokens for itself alone, which hold its roles and no scopes."""
    # What another task of a dry run makes has no grant types here.
    grant_types = worker.get("grantTypes")
    if grant_types is None or set(grant_types) - _WITHOUT_USERS:
        return
    raise OptionError(
        "application",
        f"application: worker '{title(worker)}' has no grant type by which a user signs in (it has "
        f"{', '.join(sorted(grant_types)) or 'none'}), and the tokens that a worker gets for itself hold its roles and "
        "no scopes; give it one, such as AUTHORIZATION_CODE, with idops.pingone.pingone_worker_app first.",
    )


def check_resource(resource: Wire) -> None:
    """Raise OptionError for PingOne's own API, of which no worker can have scopes."""
    if resource.get("type") == PINGONE_API:
        raise OptionError(
            "resource",
            f"resource: a worker can have no scopes of '{title(resource)}', because what it and its users may do there "
            "comes of their roles; assign roles with idops.pingone.pingone_role_assignment.",
        )


def doubt_about(resource: Wire, worker: Wire) -> str | None:
    """Return a warning for a resource of which PingOne may refuse scopes; None for openid."""
    if resource.get("type") in (OPENID_CONNECT, None):
        return None
    return (
        f"PingOne may refuse scopes of resource '{title(resource)}' to worker '{title(worker)}', because its "
        "documentation says that a worker with grant types by which a user signs in can have only OIDC scopes, which "
        "are those of resource 'openid'."
    )


def check_names_are_free(added: t.Mapping[str, str], taken: t.Mapping[str, str], worker: Wire) -> None:
    """Raise OptionError when the worker has a scope of the same name from another resource, which PingOne refuses.

    added: the options that name the scopes to be added, by the names of these.
    taken: the other resources, by the names of the scopes that the worker has of them.
    """
    for name, option in added.items():
        if name in taken:
            raise OptionError(
                option,
                f"{option}: worker '{title(worker)}' has the scope '{name}' of resource '{taken[name]}' already, and "
                "PingOne does not take scopes of one name from two resources; remove that one first.",
            )
