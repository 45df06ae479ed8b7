#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_worker_app_attribute
short_description: Manage what the tokens of a worker application of PingOne tell of a user
version_added: 0.2.0
description:
  - Makes, changes and removes attribute mappings of a worker, each of which puts one attribute of the user who signs in
    into ID tokens, and into what the endpoint C(/as/userinfo) answers.
    With O(exclusive=true) all other attributes are removed.
  - A list of them takes one task, which reads what the worker has once. A list of one manages a single attribute.
  - Attributes that come with the worker, such as C(sub), can be given another value, and are never removed. To remove
    one by name is refused before anything is changed, and O(exclusive=true) leaves them alone.
  - What PingOne would refuse as far as it tells is refused before anything is written, for all attributes together.
  - Tokens that a worker gets for itself by V(CLIENT_CREDENTIALS) tell of no user, so that attributes are of no use to a
    worker that has only this grant type.
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
        taken as if they were so, and so are attributes, and scopes granted by
        M(idops.pingone.pingone_worker_app_grant).
        What does not exist then is an error as in the real run, unless O(assume_missing=true).
      - A worker that does not exist yet is taken to have the attribute C(sub) alone (inferred).
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
  attributes:
    description:
      - The attributes. With V([]) and O(exclusive=true) the worker loses all but those that come with it.
      - With O(state=absent), only their names count.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - Name of the attribute, matched exactly. It is the name of the claim.
          - PingOne keeps some names for claims of its own, such as V(aud). They are refused before the call.
        type: str
        required: true
      value:
        description:
          - An expression such as V(${user.email}), or a constant. Required for a new attribute.
        type: str
      required:
        description:
          - Whether a user for whom the value is empty cannot sign in. V(false) for a new attribute.
        type: bool
      id_token:
        description:
          - Whether ID tokens show it. PingOne's default for a new attribute is V(true).
          - Not V(false) together with O(attributes[].user_info).
        type: bool
      user_info:
        description:
          - Whether the endpoint C(/as/userinfo) shows it. PingOne's default for a new attribute is V(true).
        type: bool
      scopes:
        description:
          - Names or ids of scopes of the resource V(openid), to which the attribute is limited.
            The worker must have them; M(idops.pingone.pingone_worker_app_grant) grants them.
          - V([]) ends the limit. Then it is shown with the scope V(openid).
        type: list
        elements: str
  exclusive:
    description:
      - Whether every other attribute of the worker is removed but those that come with it.
    type: bool
    default: false
  state:
    description:
      - V(present) makes or updates the attributes. What an entry leaves out stays as it is.
      - V(absent) removes them.
    type: str
    choices: [absent, present]
    default: present
notes:
  - The calling worker needs Environment Admin or Client Application Developer in O(environment).
  - PingOne replaces an attribute as a whole, on no condition. Tasks of one controller wait for each other. When two
    controllers update the same one at once, the change of one may be taken away. The next run puts that right.
seealso:
  - module: idops.pingone.pingone_worker_app
  - module: idops.pingone.pingone_worker_app_grant
"""

EXAMPLES = r"""
- name: A worker by which administrators sign in to a tool
  idops.pingone.pingone_worker_app:
    environment: dev
    name: admin-tool
    grant_types: [AUTHORIZATION_CODE]
    response_types: [CODE]
    redirect_uris: [https://tool.example.com/callback]

- name: Tell the tool who they are
  idops.pingone.pingone_worker_app_attribute:
    environment: dev
    application: admin-tool
    attributes:
      - name: email
        value: ${user.email}
        required: true
      - name: nick
        value: ${user.nickname}
        user_info: false

- name: Let it know them by their usernames, and by nothing else than these two
  idops.pingone.pingone_worker_app_attribute:
    environment: dev
    application: admin-tool
    attributes:
      - name: sub
        value: ${user.username}
      - name: email
        value: ${user.email}
    exclusive: true

- name: Let it ask for addresses
  idops.pingone.pingone_worker_app_grant:
    environment: dev
    application: admin-tool
    scopes: [openid, email]

- name: Show the address only when it asks
  idops.pingone.pingone_worker_app_attribute:
    environment: dev
    application: admin-tool
    attributes:
      - name: email
        scopes: [email]

- name: Remove one
  idops.pingone.pingone_worker_app_attribute:
    environment: dev
    application: admin-tool
    attributes:
      - name: email
    state: absent
"""

RETURN = r"""
attributes:
  description:
    - All attributes of the worker as they are now, in check mode as they would be, in the order of their names.
  type: list
  elements: dict
  returned: success
  contains: &attribute
    id:
      description: Id of the attribute. In check mode a new one has a predicted id.
      type: str
      returned: success
      sample: 2d4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    name:
      description: Its name.
      type: str
      returned: success
      sample: email
    value:
      description: Where its value comes from.
      type: str
      returned: success
      sample: ${user.email}
    required:
      description: Whether a user without the value cannot sign in.
      type: bool
      returned: success
      sample: true
    id_token:
      description: Whether ID tokens show it.
      type: bool
      returned: success
      sample: true
    user_info:
      description: Whether the endpoint C(/as/userinfo) shows it.
      type: bool
      returned: success
      sample: true
    scopes:
      description:
        - Names of the scopes to which it is limited. Null when it is not. A scope that was deleted is shown by its id.
      type: list
      elements: str
      returned: success
      sample: [email]
    mapping_type:
      description: V(CUSTOM), or V(CORE) or V(SCOPE) for one that cannot be removed.
      type: str
      returned: success
      sample: CUSTOM
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
  sample: &sample
    - id: 2d4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
      name: email
      value: ${user.email}
      required: true
      id_token: true
      user_info: true
      scopes: [email]
      mapping_type: CUSTOM
      created_at: "2026-11-02T09:30:00.000Z"
      updated_at: "2026-11-02T09:30:00.000Z"
added:
  description:
    - The attributes that this task made.
  type: list
  elements: dict
  returned: success
  contains: *attribute
  sample: *sample
updated:
  description:
    - The attributes that this task changed, as they are now.
  type: list
  elements: dict
  returned: success
  contains: *attribute
  sample: []
removed:
  description:
    - The attributes that this task removed, as they were.
  type: list
  elements: dict
  returned: success
  contains: *attribute
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
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_attribute import (
    check_options,
    ensure_attributes,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_attribute_fields import (
    ATTRIBUTES,
    attributes_to_diff,
    attributes_to_result,
)

ARGUMENT_SPEC = argument_spec(
    environment=dict(type="str", required=True),
    application=dict(type="str", required=True),
    attributes={**ATTRIBUTES, "required": True},
    exclusive=dict(type="bool", default=False),
    state=dict(type="str", choices=["absent", "present"], default="present"),
)
RULES: dict[str, t.Any] = {}
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Bring the attribute mappings of one worker to what the task wants."""
    check_options(task.params)
    try:
        outcome = ensure_attributes(task)
    except MissingObjectError as error:
        # A worker that is gone has no attributes any more.
        return absent(task, error, attributes=[], added=[], updated=[], removed=[])

    after = outcome.after
    return Result(
        bool(outcome.made),
        before={"attributes": attributes_to_diff(outcome.before, outcome.scopes)},
        after={"attributes": attributes_to_diff(after, outcome.scopes)},
        title=outcome.title,
        attributes=attributes_to_result(after, outcome.scopes),
        added=attributes_to_result(outcome.made_by("create"), outcome.scopes),
        updated=attributes_to_result(outcome.made_by("replace"), outcome.scopes),
        removed=attributes_to_result(outcome.made_by("delete"), outcome.scopes),
    )


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
