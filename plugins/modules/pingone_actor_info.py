#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_actor_info
short_description: Read who calls PingOne and what it may do
version_added: 0.2.0
description:
  - Tells who the calling worker is, which admin roles it holds at which scopes, until when its token is valid, and
    which roles it may assign. It changes nothing.
  - With O(can) it answers whether the worker holds permissions. With O(include) it tells whose secrets it may read, and
    which custom roles it may assign.
  - A ready O(access_token) is told of as well, that of a person included, as far as the token says whose it is.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - It reads in check mode, too, and shows the role assignments that exist. What a caller would hold in an
        environment that an earlier task of the dry run would have created is V(unknown).
  diff_mode:
    support: N/A
  idempotent:
    support: full
options:
  can:
    description:
      - Questions, each for a permission of the calling worker. The answers are in RV(can), in the same order.
    type: list
    elements: dict
    suboptions:
      permission:
        description:
          - Identifier of the permission, such as V(applications:create:application), as PingOne's
            "Permissions by Identifier" lists them and as its roles show them.
        type: str
        required: true
      environment:
        description:
          - Name or id of the environment in which it is needed.
          - When left out, it is asked for the organization, as V(orgmgt:create:environment) needs it.
        type: str
  include:
    description:
      - What else to read, in O(environments), in those of O(environments_matching), or in all that the worker can see.
      - V(custom_roles) adds their custom roles to RV(assignable_roles) and costs a request for each environment.
      - V(secrets) tells of each worker there whether its secret may be read, in RV(secrets), and costs a request for
        each environment and for each worker. It reads no secret.
    type: list
    elements: str
    choices: [custom_roles, secrets]
  environments:
    description:
      - Names or ids of the environments to look into. With V([]), in none. Requires O(include).
      - An environment that does not exist is an error.
      - With exactly one, whatever the calling worker may not read there is an error.
        With more, it is reported in RV(unreadable).
    type: list
    elements: str
  environments_matching:
    description:
      - A regular expression for the whole name of the environments to look into. Requires O(include).
      - When no environment matches, the result is empty, with a warning.
      - Mutually exclusive with O(environments).
    type: str
notes:
  - The requests are the environments, the calling worker, its role assignments, and the roles; beside these only
    listings that hold names of scopes which are not known yet, each once.
  - A worker reads its own name and its own roles with Environment Admin, Client Application Developer or Configuration
    Read Only in its own environment, or at the organization. Without one, RV(role_assignments) and
    RV(assignable_roles) are null, and each answer of RV(can) is V(unknown).
seealso:
  - module: idops.pingone.pingone_role_assignment_info
  - module: idops.pingone.pingone_token
"""

EXAMPLES = r"""
- name: Read who calls, and what it may do
  idops.pingone.pingone_actor_info:
  register: actor

- name: Tell it
  ansible.builtin.debug:
    msg: >-
      {{ actor.principal.name }} holds {{ item.role.name }} at {{ item.scope.type | lower }} {{ item.scope.name }}
  loop: "{{ actor.role_assignments }}"
  loop_control:
    label: "{{ item.id }}"

- name: Ask what a deployment needs, before it begins
  idops.pingone.pingone_actor_info:
    can:
      - permission: orgmgt:create:environment
      - permission: applications:create:application
        environment: dev
      - permission: permissions:update:applicationRoleAssignments
        environment: dev
  register: asked

- name: Stop where something is missing, and name the roles that would do
  ansible.builtin.assert:
    that: item.answer != 'no'
    fail_msg: "{{ item.permission }} is missing; {{ item.roles | join(' or ') }} would allow it"
  loop: "{{ asked.can }}"
  loop_control:
    label: "{{ item.permission }}"

- name: See which roles this worker may give to others
  ansible.builtin.debug:
    msg: "{{ actor.assignable_roles | map(attribute='role.name') }}"

- name: Read whose secrets this worker may read in one environment
  idops.pingone.pingone_actor_info:
    include: [secrets]
    environments: dev
  register: readable

- name: Tell which it may not
  ansible.builtin.debug:
    msg: "{{ readable.secrets | rejectattr('readable', 'eq', 'yes') | map(attribute='principal.name') }}"
"""

RETURN = r"""
environment:
  description:
    - C(id) and C(name) of the environment that the actor belongs to. The name is null where the actor cannot see it.
    - Null when neither the token nor an option tells it.
  type: dict
  returned: success
  sample: {id: 1c9d5a3e-7b2f-4e6a-9d80-5f3e2b1a0c99, name: Administrators}
principal:
  description:
    - Who calls, as the token says, or else O(client_id). C(type) is C(application) for a worker, and C(user) for the
      token of a person.
    - C(name) is null where the actor may not read itself, and C(id) too where nothing tells it.
  type: dict
  returned: success
  contains:
    type:
      description: C(application) or C(user).
      type: str
      returned: success
      sample: application
    id:
      description: Id of the application, which is the client id of the worker, or of the user.
      type: str
      returned: success
      sample: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    name:
      description: Its name. The username, for a user.
      type: str
      returned: success
      sample: bootstrap
  sample: {type: application, id: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48, name: bootstrap}
organization_id:
  description: Id of the organization. Null when the token does not tell.
  type: str
  returned: success
  sample: 9c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f
expires_in:
  description: For how many seconds the token is valid. Null when a given O(access_token) does not tell.
  type: int
  returned: success
  sample: 3599
expires_at:
  description:
    - Until when the token is valid, in UTC, as RFC 3339 writes it. Null when a given O(access_token) does not tell.
  type: str
  returned: success
  sample: "2026-11-02T10:30:00Z"
role_assignments:
  description:
    - The roles that the actor holds, in the order of their names, as
      RV(idops.pingone.pingone_role_assignment_info#module:role_assignments) has them.
    - Null where the actor may not read them; RV(unreadable) tells why.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: Id of the assignment.
      type: str
      returned: success
      sample: 0a4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    role:
      description: Id and name of the role.
      type: dict
      returned: success
      sample: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
    scope:
      description:
        - Type, id and name of the scope. That of a population or application also has C(environment), with C(id) and
          C(name) of the environment that it is in. Null where that is not known.
      type: dict
      returned: success
      sample: {type: ENVIRONMENT, id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
    read_only:
      description: Whether the actor may not remove it. A worker cannot remove its own.
      type: bool
      returned: success
      sample: true
  sample:
    - id: 0a4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
      role: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
      scope: {type: ENVIRONMENT, id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      read_only: true
assignable_roles:
  description:
    - The roles that the actor may assign, in the order of their names, by what PingOne says of each role. That it holds
      the role, or one that can assign it, at the same or a broader scope is one condition; the other is a permission in
      the environment of whom it assigns the role to, such as C(permissions:update:applicationRoleAssignments), which
      O(can) asks for.
    - Null where the actor may not read its own roles.
  type: list
  elements: dict
  returned: success
  contains:
    role:
      description: Id and name of the role.
      type: dict
      returned: success
      sample: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
    scopes:
      description: Type, id and name of the scopes. The role may be assigned at each, or anywhere below it.
      type: list
      elements: dict
      returned: success
      sample: [{type: ENVIRONMENT, id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}]
  sample:
    - role: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
      scopes: [{type: ENVIRONMENT, id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}]
can:
  description: The answers to O(can), in the same order.
  type: list
  elements: dict
  returned: success
  contains:
    permission:
      description: The permission.
      type: str
      returned: success
      sample: applications:create:application
    environment:
      description: C(id) and C(name) of the environment. Null for the organization.
      type: dict
      returned: success
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
    answer:
      description:
        - V(yes), V(no) or V(unknown), a string.
        - It is V(unknown) where a role that the actor holds does not show its permissions, where the actor holds the
          permission at a population, an application or another part only, because PingOne does not tell in which
          environment that is, and where the actor may not read its own roles.
      type: str
      returned: success
      sample: "yes"
    roles:
      description: Names of the roles that have the permission, as far as the actor can see them.
      type: list
      elements: str
      returned: success
      sample: [Client Application Developer, Environment Admin]
  sample:
    - permission: applications:create:application
      environment: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      answer: "yes"
      roles: [Client Application Developer, Environment Admin]
secrets:
  description:
    - The workers of the environments that were looked into, and whether the actor may read the secret of each. It is a
      prediction by what PingOne shows; no secret is read.
  type: list
  elements: dict
  returned: when O(include) has V(secrets)
  contains:
    environment:
      description: C(id) and C(name) of the environment of the worker.
      type: dict
      returned: success
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
    principal:
      description: Type, id and name of the worker.
      type: dict
      returned: success
      sample: {type: application, id: 8a9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48, name: ci-dev}
    readable:
      description: V(yes), V(no) or V(unknown), a string.
      type: str
      returned: success
      sample: "no"
    reason:
      description:
        - Why it is not V(yes). Null when it is.
        - V(own_secret), no worker reads its own.
        - V(permission), the actor lacks C(applications:read:secret) there, or it is not known whether it has it.
        - V(read_only_role_assignments), the worker has a role assignment that the actor could not remove.
        - V(broader_roles), the roles of the worker allow something that no role of the actor allows.
      type: str
      returned: success
      sample: read_only_role_assignments
  sample:
    - environment: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      principal: {type: application, id: 8a9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48, name: ci-dev}
      readable: "no"
      reason: read_only_role_assignments
unreadable:
  description: What the actor may not read, such as its own role assignments, or the workers of an environment.
  type: list
  elements: dict
  returned: success
  contains:
    environment:
      description: C(id) and C(name) of the environment.
      type: dict
      returned: success
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: prod}
    principal:
      description: Type, id and name of the principal whose roles cannot be read.
      type: dict
      returned: when it is about one
      sample: {type: application, id: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48, name: ci-prod}
    msg:
      description: What was being read, and what PingOne answered.
      type: str
      returned: success
      sample: "Listing the applications in environment 'prod' failed: PingOne answered HTTP 403 ACCESS_FAILED."
    error:
      description: The same for programs, with the members of C(error) of a failed task.
      type: dict
      returned: success
      sample: {kind: permission, status: 403, code: ACCESS_FAILED}
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

from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._resources.actor_info import INCLUDES, read_actor
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import SURVEY_RULE, environments_options

ARGUMENT_SPEC = argument_spec(
    environments_options(),
    can=dict(
        type="list",
        elements="dict",
        options=dict(permission=dict(type="str", required=True), environment=dict(type="str")),
    ),
    include=dict(type="list", elements="str", choices=list(INCLUDES)),
)
RULES = dict(mutually_exclusive=[SURVEY_RULE])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Read who calls, and what it may do."""
    return Result(False, **read_actor(task))


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
