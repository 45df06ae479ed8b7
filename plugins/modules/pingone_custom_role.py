#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_custom_role
short_description: Manage a custom admin role of PingOne
version_added: 0.2.0
description:
  - Creates, adopts, updates and deletes custom roles, which allow exactly the permissions that they name.
  - With O(like) and O(without), a role starts from the permissions of another one, as PingOne tells them at that time.
    It follows that role, task by task, when PingOne gives it further permissions.
  - An existing role is adopted by its name or id. An update sends back what was read with the changes of the task.
    Unknown fields are preserved.
  - Roles are assigned by M(idops.pingone.pingone_role_assignment).
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - Environments and roles that earlier tasks of the same run would have created, renamed, changed and removed are
        taken as if they were so. What does not exist then is an error as in the real run,
        unless O(assume_missing=true).
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  environment:
    description:
      - Name or id of the environment that the role belongs to. It is assigned to principals there.
    type: str
    required: true
  id:
    description:
      - Id of the role.
      - With O(name), the role is renamed.
    type: str
  name:
    description:
      - Name of the role, matched exactly. That several custom roles of the environment bear it is an error, unless
        O(id) says which is meant. A role of the platform cannot be meant, nor its name be given to another one.
      - One of O(id) and O(name) is required.
    type: str
  description:
    description:
      - What the role is for.
    type: str
  applicable_to:
    description:
      - The types of scope at which the role may be assigned. A new role requires it.
    type: list
    elements: str
    choices: [APPLICATION, ENVIRONMENT, ORGANIZATION, POPULATION]
  permissions:
    description:
      - Ids of the permissions that the role has, and no others, such as V(applications:read:application).
        With O(like), those that it has beside the ones of that role.
      - A permission that no role has which the calling worker can see is an error that names the nearest.
        M(idops.pingone.pingone_role_info) reads those of all roles.
      - A new role requires this, or O(like).
    type: list
    elements: str
  like:
    description:
      - Name or id of a role, of the platform or a custom one of O(environment), whose permissions this one has, but for
        those of O(without).
    type: str
  without:
    description:
      - Ids of permissions of O(like) that this role does not have. One that O(like) does not have is an error.
    type: list
    elements: str
  can_be_assigned_by:
    description:
      - Names or ids of the roles whose holders may assign this one, at the same or a broader scope. Of the platform, or
        custom ones of O(environment).
      - With V([]) nobody may, Organization Admin included (reported, not documented by PingOne). So it is for a new
        role when this is left out, with a warning.
    type: list
    elements: str
  reset:
    description:
      - Options to put back to what PingOne does without them.
      - An option that is not given at all is left alone. V([]) clears O(can_be_assigned_by), and an empty string
        O(description).
    type: list
    elements: str
    choices: [description]
  force:
    description:
      - Whether O(state=absent) deletes the role while it is assigned, without looking for who holds it. What PingOne
        does then is not documented; it takes the role away from them, or refuses (inferred).
    type: bool
    default: false
  state:
    description:
      - V(present) creates or updates the role. After a change it waits up to 15 seconds, and no longer than
        O(retry_budget), until PingOne shows which custom roles can assign which.
      - V(absent) deletes it, and fails when it is assigned, unless O(force=true).
        It looks at the roles of all worker applications, groups and gateways of O(environment), each of which is a
        request. It does not look at users, nor into other environments, because these would cost a request for each
        principal of the organization; M(idops.pingone.pingone_role_assignment_info) reads them where that is wanted. It
        warns of what the calling worker may not read.
    type: str
    choices: [absent, present]
    default: present
notes:
  - The calling worker needs Organization Admin or Custom Roles Admin, or a custom role with
    C(permissions:create:roles), C(permissions:read:roles), C(permissions:update:roles) and C(permissions:delete:roles).
  - PingOne replaces a custom role as a whole, on no condition. Tasks of one controller wait for each other. When two
    controllers update the same one at once, the change of one may be taken away. The next run puts that right.
seealso:
  - module: idops.pingone.pingone_custom_role_info
  - module: idops.pingone.pingone_role_info
  - module: idops.pingone.pingone_role_assignment
  - module: idops.pingone.pingone_role_assignment_info
"""

EXAMPLES = r"""
- name: A role that reads applications, and nothing else
  idops.pingone.pingone_custom_role:
    environment: dev
    name: Application Reader
    description: For the inventory
    applicable_to: [ENVIRONMENT]
    permissions:
      - applications:read:application
      - orgmgt:read:environment
    can_be_assigned_by: [Environment Admin]

- name: Environment Admin that cannot delete applications nor populations
  idops.pingone.pingone_custom_role:
    environment: dev
    name: Careful Admin
    like: Environment Admin
    without:
      - applications:delete:application
      - dir:delete:population
    applicable_to: [ENVIRONMENT]
    can_be_assigned_by: [Environment Admin]
  register: careful

- name: Assign it to a worker
  idops.pingone.pingone_role_assignment:
    environment: dev
    application: ci-dev
    roles:
      - role: Careful Admin
    exclusive: true

- name: Rename it, and forget its description
  idops.pingone.pingone_custom_role:
    environment: dev
    id: "{{ careful.custom_role.id }}"
    name: Prudent Admin
    reset: [description]

- name: Remove a role, unless somebody holds it
  idops.pingone.pingone_custom_role:
    environment: dev
    name: Application Reader
    state: absent
"""

RETURN = r"""
custom_role:
  description:
    - The role as it is now, with an entry for each option that describes it. An entry is null where PingOne has none.
    - In check mode, the role as it would be. A role that does not exist yet has a predicted id,
      which begins with V(00000000-0000-0000-0000-).
    - Null when O(state=absent).
  type: dict
  returned: success
  contains:
    id:
      description: Id of the role.
      type: str
      returned: success
      sample: 5d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48
    environment_id:
      description: Id of its environment.
      type: str
      returned: success
      sample: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    name:
      description: Its name.
      type: str
      returned: success
      sample: Application Reader
    description:
      description: What it is for.
      type: str
      returned: success
      sample: For the inventory
    applicable_to:
      description: The types of scope at which it may be assigned.
      type: list
      elements: str
      returned: success
      sample: [ENVIRONMENT]
    permissions:
      description: Ids of its permissions.
      type: list
      elements: str
      returned: success
      sample: ["applications:read:application", "orgmgt:read:environment"]
    can_be_assigned_by:
      description: Ids of the roles whose holders may assign it.
      type: list
      elements: str
      returned: success
      sample: [29ddce68-cd7f-4b2a-b6fc-f7a19553b496]
    can_assign:
      description: Ids of the custom roles that name this one in C(can_be_assigned_by). Its holders may assign them.
      type: list
      elements: str
      returned: success
      sample: []
    type:
      description: The type of the role, always V(CUSTOM).
      type: str
      returned: success
      sample: CUSTOM
  sample:
    id: 5d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48
    environment_id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    name: Application Reader
    description: For the inventory
    applicable_to: [ENVIRONMENT]
    permissions: ["applications:read:application", "orgmgt:read:environment"]
    can_be_assigned_by: [29ddce68-cd7f-4b2a-b6fc-f7a19553b496]
    can_assign: []
    type: CUSTOM
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

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import MissingObjectError
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, absent, run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._resources.custom_role import ensure_custom_role
from ansible_collections.idops.pingone.plugins.module_utils._resources.custom_role_fields import CUSTOM_ROLE

ARGUMENT_SPEC = argument_spec(
    CUSTOM_ROLE.argument_spec(),
    environment=dict(type="str", required=True),
    id=dict(type="str"),
    like=dict(type="str"),
    without=dict(type="list", elements="str"),
    force=dict(type="bool", default=False),
    state=dict(type="str", choices=["absent", "present"], default="present"),
)
RULES = dict(required_one_of=[("id", "name")])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Bring one custom role to what the task wants."""
    try:
        outcome = ensure_custom_role(task)
    except MissingObjectError as error:
        # A role is as absent as the environment that it lived in.
        return absent(task, error, custom_role=None)

    change = outcome.plan.with_result(outcome.after)
    return Result(change, title=outcome.title, custom_role=CUSTOM_ROLE.to_result(outcome.after))


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
