#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_role_assignment_info
short_description: Read who holds which admin role of PingOne where
version_added: 0.2.0
description:
  - Reads the admin roles of workers, gateways, groups or users of one environment, of some, or of all,
    and changes nothing. Environments and principals are read side by side.
  - Without options it tells what every worker of every environment may do, and where.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - It reads in check mode, too, and shows role assignments as earlier tasks of the dry run would have left them.
  diff_mode:
    support: N/A
  idempotent:
    support: full
options:
  environments:
    description:
      - Names or ids of the environments whose principals are read. With V([]), in none.
      - When left out, those of O(environments_matching), or else all that the calling worker can see.
      - An environment that does not exist is an error.
      - With exactly one, whatever the calling worker may not read there is an error.
        With more, it is reported in RV(unreadable).
    type: list
    elements: str
  environments_matching:
    description:
      - A regular expression for the whole name of the environments whose principals are read.
      - When no environment matches, the result is empty, with a warning.
      - Mutually exclusive with O(environments).
    type: str
  principal_type:
    description:
      - Whose roles to read.
      - V(application) reads all worker applications, or those of O(name_pattern).
        With O(id) or O(name) the application may be of another type as well.
      - V(user) requires one of O(id), O(name) and O(name_pattern) because each user costs a request.
    type: str
    choices: [application, gateway, group, user]
    default: application
  id:
    description:
      - Id of the principal.
      - O(id), O(name) and O(name_pattern) are mutually exclusive. When no principal fits, the result is an empty list.
    type: str
  name:
    description:
      - Name of the principal, matched exactly. The username, for a user.
    type: str
  name_pattern:
    description:
      - A regular expression for the whole name of the principal.
    type: str
  role:
    description:
      - Name or id of a role, when only its assignments are wanted. One that does not exist is an error.
    type: str
  scope:
    description:
      - A scope, when only the assignments there are wanted. It need not be in O(environments).
      - Either V(organization), or V(environment), alone or with one of V(population) and V(application).
    type: dict
    suboptions:
      organization:
        description:
          - Whether it is the organization.
        type: bool
      environment:
        description:
          - Name or id of an environment.
        type: str
      population:
        description:
          - Name or id of a population of the environment.
        type: str
      application:
        description:
          - Name or id of an application of the environment.
        type: str
  include_broader:
    description:
      - Whether assignments at broader scopes, which cover O(scope), are wanted too.
        An environment is covered by the organization; a population or application by both.
    type: bool
    default: false
notes:
  - What is refused in an environment that is not a minute old is asked again, up to O(retry_budget), because rights
    there show late.
  - The roles of applications are seen by Environment Admin, Client Application Developer and Configuration Read Only in
    the environment of the application; those of gateways by Environment Admin and Configuration Read Only; those of
    users and groups by Identity Data Admin and Identity Data Read Only (the latter is inferred for groups).
  - The requests are the environments, the roles, a listing of principals for each environment, and a request for each
    principal; beside these only listings that hold names which are not known yet, each once.
seealso:
  - module: idops.pingone.pingone_role_assignment
  - module: idops.pingone.pingone_worker_app_info
"""

EXAMPLES = r"""
- name: Read what every worker of every environment may do
  idops.pingone.pingone_role_assignment_info:
  register: held

- name: Tell it
  ansible.builtin.debug:
    msg: >-
      {{ item.environment.name }}/{{ item.principal.name }}:
      {{ item.role.name }} at {{ item.scope.type | lower }} {{ item.scope.name }}
  loop: "{{ held.role_assignments }}"
  loop_control:
    label: "{{ item.id }}"

- name: Fail when a worker outside of the administrators' environment holds a role at the organization
  ansible.builtin.assert:
    that: >-
      held.role_assignments | selectattr('scope.type', 'eq', 'ORGANIZATION')
      | rejectattr('environment.name', 'eq', 'Administrators') | length == 0

- name: Read who can act as Environment Admin in an environment, from wherever
  idops.pingone.pingone_role_assignment_info:
    role: Environment Admin
    scope:
      environment: dev
    include_broader: true

- name: Read the roles of one worker
  idops.pingone.pingone_role_assignment_info:
    environments: dev
    name: ci-dev

- name: Read the roles of the groups of administrators
  idops.pingone.pingone_role_assignment_info:
    environments: Administrators
    principal_type: group
    name_pattern: .* Admins

- name: Read the roles of all gateways
  idops.pingone.pingone_role_assignment_info:
    principal_type: gateway
"""

RETURN = r"""
role_assignments:
  description:
    - The role assignments, by the environments and the principals in the order of their names.
    - The name of a role is its id, and that of a scope is null, where the calling worker may not look it up.
      PingOne does not tell in which environment a population or application is, so one that is not in the principal's
      own is looked for in all that the calling worker can see.
  type: list
  elements: dict
  returned: success
  contains:
    environment:
      description: C(id) and C(name) of the environment that the principal belongs to.
      type: dict
      returned: success
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
    principal:
      description: Type, id and name of who holds the role; C(type) as O(principal_type).
      type: dict
      returned: success
      sample: {type: application, id: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48, name: ci-dev}
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
      description: Whether the calling worker may not remove it.
      type: bool
      returned: success
      sample: false
    group:
      description: C(id) and C(name) of the group by which a user holds the role. Null for what is the principal's own.
      type: dict
      returned: success
      sample: null
  sample:
    - environment: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      principal: {type: application, id: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48, name: ci-dev}
      id: 0a4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
      role: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
      scope: {type: ENVIRONMENT, id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      read_only: false
      group: null
unreadable:
  description:
    - What the calling worker may not read, such as an environment where it holds no role, or one whose deletion is
      pending. Its role assignments are missing from the result.
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
      returned: when its principals can be read
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
from ansible_collections.idops.pingone.plugins.module_utils._core.selection import SELECTION_RULE, selection_options
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_info import (
    PRINCIPAL_TYPES,
    read_role_assignments,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import SURVEY_RULE, environments_options

ARGUMENT_SPEC = argument_spec(
    environments_options(),
    selection_options(),
    principal_type=dict(type="str", choices=list(PRINCIPAL_TYPES), default="application"),
    role=dict(type="str"),
    scope=dict(
        type="dict",
        options=dict(
            organization=dict(type="bool"),
            environment=dict(type="str"),
            population=dict(type="str"),
            application=dict(type="str"),
        ),
    ),
    include_broader=dict(type="bool", default=False),
)
RULES = dict(mutually_exclusive=[SURVEY_RULE, SELECTION_RULE])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Read the role assignments that the task asks for."""
    role_assignments, unreadable = read_role_assignments(task)
    return Result(False, role_assignments=role_assignments, unreadable=unreadable)


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
