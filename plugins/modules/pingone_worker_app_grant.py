#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_worker_app_grant
short_description: Manage the scopes that a worker application of PingOne may ask for
version_added: 0.2.0
description:
  - Grants scopes of a resource to a worker, by their names, and takes them away.
    With O(exclusive=true) all other scopes of that resource are taken away.
  - Scopes are for a worker by which people sign in, with grant types such as V(AUTHORIZATION_CODE). The tokens that a
    worker gets for itself by V(CLIENT_CREDENTIALS) hold its roles and no scopes. So a worker that has only that one is
    refused before anything is changed, while its scopes can still be taken away.
  - PingOne's documentation says that such a worker can have only OIDC scopes, which are those of the resource
    V(openid). Scopes of a custom resource are a warning here, unless O(preflight) says otherwise, and PingOne decides.
    Scopes of PingOne's own API are refused (inferred from that statement) because what can be done there comes of
    roles.
  - Of two scopes with one name from two resources PingOne refuses the second. That is known before the call.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - Environments and workers that earlier tasks of the same run would have created, renamed, changed and removed are
        taken as if they were so, and so are scopes that earlier tasks would have granted and taken away.
        What does not exist then is an error as in the real run, unless O(assume_missing=true).
      - In an environment that does not exist yet, the resources V(openid) and V(PingOne API) are known, and the scopes
        of the former.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  environment:
    description:
      - Name or id of the environment that the worker belongs to.
    type: str
    required: true
  application:
    description:
      - Name or id of the worker.
    type: str
    required: true
  resource:
    description:
      - Name or id of the resource whose scopes they are.
    type: str
    default: openid
  scopes:
    description:
      - Names or ids of scopes of O(resource). Names match exactly.
      - With V([]) and O(exclusive=true) the worker loses all scopes of the resource.
      - A scope that is listed twice counts once.
    type: list
    elements: str
    required: true
  exclusive:
    description:
      - Whether every other scope of O(resource) is taken away. Scopes of other resources stay.
    type: bool
    default: false
  state:
    description:
      - V(present) grants the scopes.
      - V(absent) takes them away.
    type: str
    choices: [absent, present]
    default: present
notes:
  - The calling worker needs Environment Admin or Client Application Developer in O(environment).
  - PingOne replaces the scopes of a resource as a whole, on no condition. Tasks of one controller wait for each other.
    When two controllers change them at once, the change of one is taken away. That one reads the scopes right after its
    change and makes it once more. After three times it fails, and RV(error.kind) is V(conflict). A request that was
    held up for longer may still take a change away, which the next run puts right.
seealso:
  - module: idops.pingone.pingone_worker_app
  - module: idops.pingone.pingone_role_assignment
"""

EXAMPLES = r"""
- name: A worker by which administrators sign in to a tool
  idops.pingone.pingone_worker_app:
    environment: dev
    name: admin-tool
    grant_types: [AUTHORIZATION_CODE]
    response_types: [CODE]
    redirect_uris: [https://tool.example.com/callback]

- name: Let it ask who they are
  idops.pingone.pingone_worker_app_grant:
    environment: dev
    application: admin-tool
    scopes: [openid, profile, email]

- name: Leave it exactly these scopes
  idops.pingone.pingone_worker_app_grant:
    environment: dev
    application: admin-tool
    scopes: [openid, email]
    exclusive: true

- name: Take one away
  idops.pingone.pingone_worker_app_grant:
    environment: dev
    application: admin-tool
    scopes: [email]
    state: absent
"""

RETURN = r"""
grant:
  description:
    - What the worker has of the resource now, in check mode what it would have. Null when it has no scope of it.
  type: dict
  returned: success
  contains:
    id:
      description: Id of the grant. In check mode a predicted one, which begins with V(00000000-0000-0000-0000-).
      type: str
      returned: success
      sample: 2d4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    resource:
      description: Id, name and type of the resource.
      type: dict
      returned: success
      sample: {id: 6b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: openid, type: OPENID_CONNECT}
    scopes:
      description: Ids and names of the scopes. The name of a scope that was deleted is null.
      type: list
      elements: dict
      returned: success
      sample: &scopes
        - {id: 8b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: email}
        - {id: 9b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: openid}
    created_at:
      description: When it was created. Null in check mode for a new one.
      type: str
      returned: success
      sample: "2026-11-02T09:30:00.000Z"
    updated_at:
      description: When it was changed last. Null in check mode for a new one.
      type: str
      returned: success
      sample: "2026-11-02T09:30:00.000Z"
  sample:
    id: 2d4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    resource: {id: 6b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: openid, type: OPENID_CONNECT}
    scopes: *scopes
    created_at: "2026-11-02T09:30:00.000Z"
    updated_at: "2026-11-02T09:30:00.000Z"
added:
  description:
    - The scopes that this task granted.
  type: list
  elements: dict
  returned: success
  sample: *scopes
removed:
  description:
    - The scopes that this task took away.
  type: list
  elements: dict
  returned: success
  sample: []
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

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import MissingObjectError
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, absent, run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_grant import (
    check_options,
    ensure_grant,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_grant_fields import (
    grant_to_result,
    granted_ids,
    scopes_to_result,
    titles,
)

ARGUMENT_SPEC = argument_spec(
    environment=dict(type="str", required=True),
    application=dict(type="str", required=True),
    resource=dict(type="str", default="openid"),
    scopes=dict(type="list", elements="str", required=True),
    exclusive=dict(type="bool", default=False),
    state=dict(type="str", choices=["absent", "present"], default="present"),
)
RULES: dict[str, t.Any] = {}
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Bring the scopes of a resource that a worker may ask for to what the task wants."""
    check_options(task.params)
    try:
        outcome = ensure_grant(task)
    except MissingObjectError as error:
        # A worker that is gone has no scopes any more.
        return absent(task, error, grant=None, added=[], removed=[])

    before, after = granted_ids(outcome.change.current), granted_ids(outcome.after)
    return Result(
        outcome.change.changed,
        before={"scopes": titles(scopes_to_result(before, outcome.scopes))},
        after={"scopes": titles(scopes_to_result(after, outcome.scopes))},
        title=outcome.title,
        grant=grant_to_result(outcome.after, outcome.resource, outcome.scopes),
        added=scopes_to_result([id for id in after if id not in before], outcome.scopes),
        removed=scopes_to_result([id for id in before if id not in after], outcome.scopes),
    )


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
