#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_token
short_description: Get an access token of a worker application of PingOne
version_added: 0.1.0
description:
  - Gets an access token with the C(client_credentials) grant, for the worker of the connection or for another one.
  - With a token, a later task can call what this collection has no module for, such as with
    M(ansible.builtin.uri).
  - A token that is still valid long enough is taken from the cache, unless O(min_ttl) asks for a longer one. Only a
    token that PingOne gives now proves that a worker's credentials work; O(fresh) asks for one.
  - The result is censored wherever it would be shown, and usable in later tasks.
    Set C(no_log) on a task that shows what it was given, M(ansible.builtin.debug) for one.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - It asks for a token in check mode too because that changes nothing.
      - The token of a worker that an earlier task of the dry run only predicted is empty, with a warning. So is one
        that PingOne refuses to a worker that an earlier task would have changed, such as enabled.
  diff_mode:
    support: none
    details: It changes nothing.
  idempotent:
    support: full
    details: It is never changed. The token may be another one each time.
options:
  worker:
    description:
      - The worker to get a token for, in place of the one of the connection.
        Its credentials win over those of the task, the environment and O(access_token).
      - Its addresses are those of the connection where they are left out.
    type: dict
    suboptions:
      region:
        description:
          - Region of the worker's tenant, when it is not the connection's. As O(region).
          - An address that O(api_url) or O(auth_url) gives wins over it.
        type: str
      api_url:
        description: Address of the API, when it is not the connection's. As O(api_url).
        type: str
      auth_url:
        description: Address of the token endpoint, when it is not the connection's. As O(auth_url).
        type: str
      auth_environment_id:
        description: Id of the environment that the worker belongs to.
        type: str
        required: true
      client_id:
        description: Id of the worker application.
        type: str
        required: true
      client_secret:
        description:
          - Secret of the worker application.
          - Mutually exclusive with a private key. One of them is needed.
        type: str
      client_auth_method:
        description:
          - How the worker authenticates at the token endpoint. It must be what the application is set to.
          - V(private_key_jwt) with a private key, or else V(client_secret_basic), when it is left out.
        type: str
        choices: [client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt]
      private_key:
        description: Private key of the worker application. As O(private_key).
        type: str
        version_added: 0.2.0
      private_key_path:
        description: File of the worker's private key. As O(private_key_path).
        type: path
        version_added: 0.2.0
      private_key_id:
        description: The C(kid) of the worker's key. As O(private_key_id).
        type: str
        version_added: 0.2.0
      client_assertion_algorithm:
        description: By what the worker's key or secret signs. As O(client_assertion_algorithm).
        type: str
        choices: [HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, ES512]
        version_added: 0.2.0
  min_ttl:
    description:
      - For how many seconds the token must still be valid. A cached one with less is replaced.
      - It is an error when PingOne gives none that lasts as long. Its tokens last 3600 seconds by default.
    type: int
    default: 0
  fresh:
    description:
      - Whether PingOne is asked for a token although the cache holds one. It then takes the place of the cached one.
      - Set it to prove credentials. A cached token stays good when the worker is disabled, or its secret or its way
        to authenticate is changed.
      - It cannot be used with a given O(access_token).
    type: bool
    default: false
    version_added: 0.2.0
notes:
  - It fails with C(async), and over another connection than P(ansible.builtin.local#connection) because ansible-core
    shows or keeps a module's result there. Use C(delegate_to=localhost).
seealso:
  - name: Token endpoint of PingOne
    description: The vendor's page on the request that this module makes.
    link: https://apidocs.pingidentity.com/pingone/platform/v1/api/#post-token-client_credentials
"""

EXAMPLES = r"""
- name: Prove that the credentials of the connection work
  idops.pingone.pingone_token:
    fresh: true

- name: Prove the credentials of a new worker
  idops.pingone.pingone_worker_app:
    environment: dev
    name: ci-dev
    return_secret: true
  register: ci_dev

- name: Get a token of its own
  idops.pingone.pingone_token:
    worker:
      auth_environment_id: "{{ ci_dev.worker_app.environment_id }}"
      client_id: "{{ ci_dev.worker_app.id }}"
      client_secret: "{{ ci_dev.client_secret }}"
    settle: 30
    fresh: true
  register: ci_dev_token

- name: Call what has no module
  ansible.builtin.uri:
    url: "{{ ci_dev_token.api_url }}/environments/{{ ci_dev_token.claims.env }}"
    headers:
      Authorization: "{{ ci_dev_token.token_type }} {{ ci_dev_token.access_token }}"
  no_log: true
"""

RETURN = r"""
access_token:
  description:
    - The token, to be sent as it is.
    - Empty, as all that describes it, for a worker that was only predicted in check mode.
  type: str
  returned: success
  sample: eyJhbGciOiJSUzI1NiIsImtpZCI6ImRlZmF1bHQifQ.eyJlbnYiOiIzYjBmNmYwYSJ9.c2lnbmF0dXJl
token_type:
  description: How the token is to be sent.
  type: str
  returned: success
  sample: Bearer
expires_in:
  description:
    - For how many seconds the token is valid, counted from the end of the task.
    - Null when a given O(access_token) does not tell.
  type: int
  returned: success
  sample: 3599
expires_at:
  description:
    - Until when the token is valid, in UTC, as RFC 3339 writes it.
    - Null when a given O(access_token) does not tell.
  type: str
  returned: success
  sample: "2026-11-02T10:30:00Z"
from_cache:
  description:
    - Whether the token was given to an earlier task, so that it does not prove the credentials.
    - V(false) for a given O(access_token), which no credentials belong to.
  type: bool
  returned: success
  sample: false
  version_added: 0.2.0
claims:
  description:
    - What the token says of itself. The signature was not checked.
    - An admin role is no claim. PingOne looks it up with each call.
  type: dict
  returned: success
  contains:
    client_id:
      description: Id of the worker application.
      type: str
      returned: success
      sample: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    env:
      description: Id of the environment that the worker belongs to.
      type: str
      returned: success
      sample: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    org:
      description: Id of the organization.
      type: str
      returned: success
      sample: 9c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f
  sample:
    client_id: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    env: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    org: 9c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f
    iss: https://auth.pingone.eu/3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11/as
    aud: [https://api.pingone.eu]
    iat: 1793611800
    exp: 1793615400
api_url:
  description: Address of the API that the token is for, up to and with the version. Known in check mode too.
  type: str
  returned: success
  sample: https://api.pingone.eu/v1
error:
  description:
    - What kind of failure it was, for a play to decide by. The sentence in C(msg) is for people, and may be reworded.
  type: dict
  returned: failure
  contains:
    kind:
      description:
        - V(option), what the task was given is not accepted, by the collection or by the service (HTTP 400).
        - V(authentication), the credentials or the access token were refused.
        - V(permission), the calling worker may not do this.
        - V(not_found), what an option refers to does not exist, or the calling worker may not see it.
        - V(conflict), there is one like it already, or somebody else made one at the same time.
        - V(limited), the rate limit, or what the license allows, is used up.
        - V(unavailable), PingOne, or what the task needs where it runs, could not be reached or had a problem.
        - V(unknown_outcome), the answer to a change was lost, and reading did not tell whether it took place.
        - V(answer), what answered is not PingOne, or answered something else than what was asked for.
        - V(defect), a defect of the collection, to be reported.
      type: str
      returned: failure
      sample: not_found
    status:
      description: The HTTP status that PingOne answered.
      type: int
      returned: when PingOne answered
      sample: 403
    code:
      description: PingOne's code for the error, or that of OAuth 2.0 where no access token was given.
      type: str
      returned: when PingOne answered one
      sample: ACCESS_FAILED
    correlation_id:
      description: PingOne's id of the exchange, for its support.
      type: str
      returned: when PingOne answered one
      sample: 5c7a1d0e-6b1f-4e53-9d2c-2f0a8b6e4c11
    option:
      description:
        - The option that has to be changed, as it is written in the task. The environment variable where there is no
          such option.
      type: str
      returned: when it is one
      sample: roles[0].role
    operation:
      description: What was being done when a request failed.
      type: str
      returned: when it was a request
      sample: creating environment 'dev'
  version_added: 0.2.0
"""

import time
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, TokenError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import PREDICTED_PREFIX, is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.times import format_time
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import Token
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import (
    Connection,
    worker_argument_spec,
    worker_connection,
)
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec

ARGUMENT_SPEC = argument_spec(
    worker=dict(type="dict", options=worker_argument_spec()),
    min_ttl=dict(type="int", default=0),
    fresh=dict(type="bool", default=False),
)
RULES: dict[str, t.Any] = {}
SECRET_RETURNS = ("access_token",)


def run(task: Task) -> Result:
    """Get a token, and say what it is."""
    min_ttl, worker = task.params["min_ttl"], task.params["worker"]
    if min_ttl < 0:
        raise OptionError("min_ttl", f"min_ttl must be 0 or more seconds, not {min_ttl}.")
    if _is_only_predicted(task, worker):
        task.warn("The worker does not exist yet, so its token is empty in this dry run.")
        return _no_token(worker_connection(task.params, _without_credentials(worker)))

    connection = worker_connection(task.params, worker) if worker else task.connection
    if task.params["fresh"] and not connection.credential.renewable:
        raise OptionError(
            "fresh", "fresh cannot be used with an access_token; give the credentials to get a token with."
        )
    client = task.client_of(connection)
    try:
        token = client.token(min_ttl, fresh=task.params["fresh"])
    except TokenError as error:
        if not _may_be_of_a_change(task, worker, error):
            raise
        task.warn(f"{error} An earlier task would have changed the worker, so its token is empty in this dry run.")
        return _no_token(connection)
    expires_in, expires_at = _validity(token, min_ttl, renewable=connection.credential.renewable)

    return Result(
        False,
        access_token=task.secret(token.access_token),
        token_type=token.token_type,
        expires_in=expires_in,
        expires_at=expires_at,
        from_cache=client.is_from_cache(token),
        claims=client.claims(),
        api_url=connection.api_url,
    )


def _is_only_predicted(task: Task, worker: dict[str, t.Any] | None) -> bool:
    """Tell whether the worker is one that a dry run would have made, or would live where a dry run would have."""
    if not task.check_mode or not worker:
        return False
    return any(is_predicted(worker[option]) for option in ("client_id", "auth_environment_id"))


def _without_credentials(worker: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return the addresses of a worker that has neither a secret nor a key yet; a placeholder takes their place."""
    return {**{name: worker.get(name) for name in ("region", "api_url", "auth_url")}, "access_token": PREDICTED_PREFIX}


def _may_be_of_a_change(task: Task, worker: dict[str, t.Any] | None, error: TokenError) -> bool:
    """Tell whether a worker may have been refused only because a dry run does not change it."""
    if task.predictions is None or not worker or error.kind != "authentication":
        return False
    return task.predictions.concern(worker["client_id"])


def _no_token(connection: Connection) -> Result:
    """Return the result for a worker that has no token before it is made or changed."""
    nothing: dict[str, t.Any] = {
        "access_token": "",
        "token_type": "",
        "expires_in": 0,
        "expires_at": "",
        "claims": {},
    }
    return Result(False, **nothing, from_cache=False, api_url=connection.api_url)


def _validity(token: Token, min_ttl: int, *, renewable: bool) -> tuple[int | None, str | None]:
    """Return for how many seconds and until when a token is valid; two times None when it does not tell.

    renewable: whether credentials gave it, so that giving them helps nothing.

    Raises OptionError when it is not valid for as long as was asked for.
    """
    left = max(0, int(token.expires_at - time.time()))
    if left < min_ttl:
        otherwise = "" if renewable else ", or give credentials in place of a ready access_token"
        raise OptionError(
            "min_ttl",
            f"The token is valid for {left if token.expires_at else 'an unknown number of'} seconds, "
            f"but min_ttl asks for {min_ttl}. Lower min_ttl{otherwise}.",
        )
    if not token.expires_at:
        return None, None
    return left, format_time(token.expires_at)


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
