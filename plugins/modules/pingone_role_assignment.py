#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_role_assignment
short_description: Manage the admin roles of a worker, user, group or gateway of PingOne
version_added: 0.1.0
description:
  - Assigns admin roles at scopes, by their names, and removes them.
    With O(exclusive=true) all other assignments are removed.
  - A role that the principal holds at a broader scope covers the narrower one, which PingOne refuses to add.
    That is known before the call. It is fine, unless O(exclusive=true). Then the broad one gives way to the narrow one.
  - What PingOne shows as read-only to the calling worker cannot be removed by it. That fails before anything is
    changed. A role that it may not assign, as far as PingOne tells by its roles, is a warning, and PingOne decides.
  - The assignments of the principal are read first. So a worker that may not see those of users or groups fails there.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - Environments, workers, populations, groups and custom roles that earlier tasks of the same run would have
        created, renamed, changed and removed are taken as if they were so. What does not exist then is an error as in
        the real run, unless O(assume_missing=true).
      - Roles that earlier tasks would have assigned, removed and handed over are taken as if they were so.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  environment:
    description:
      - Name or id of the environment that the principal belongs to.
    type: str
    required: true
  application:
    description:
      - Name or id of the application that holds the roles, such as a worker.
      - The calling worker needs Environment Admin or Client Application Developer in O(environment).
      - One of O(application), O(user), O(group) and O(gateway) is required.
    type: str
  user:
    description:
      - Username or id of the user who holds the roles.
      - The calling worker needs Identity Data Admin in O(environment), or a custom role with
        C(dir:read:user), C(permissions:read:userRoleAssignments) and C(permissions:update:userRoleAssignments).
    type: str
  group:
    description:
      - Name or id of the group whose members hold the roles.
      - The calling worker needs Identity Data Admin in O(environment), or a custom role with
        C(dir:read:group), C(permissions:read:groupRoleAssignments), C(permissions:create:groupRoleAssignments) and
        C(permissions:delete:groupRoleAssignments).
    type: str
  gateway:
    description:
      - Name or id of the gateway that holds the roles. That several gateways bear a name is an error.
      - The calling worker needs Environment Admin in O(environment), or a custom role with
        C(gateways:read:gateway), C(permissions:read:gatewayRoleAssignments),
        C(permissions:update:gatewayRoleAssignments) and C(permissions:delete:gatewayRoleAssignments)
        (the ids but for the second are inferred).
    type: str
    version_added: 0.2.0
  roles:
    description:
      - The roles. With V([]) and O(exclusive=true) the principal loses all that it has.
      - A role that is listed twice at the same scope counts once.
    type: list
    elements: dict
    required: true
    suboptions:
      role:
        description:
          - Name or id of the role, one of the platform or a custom one of O(environment). Names match exactly.
        type: str
        required: true
      scope:
        description:
          - Where the role applies. The principal's own environment when it is left out.
          - Exactly one of the entries, but V(environment) may stand beside V(population) and V(application),
            to say where these are when they are not in the principal's own environment.
        type: dict
        suboptions:
          organization:
            description:
              - Whether it applies to the whole organization.
            type: bool
          environment:
            description:
              - Name or id of an environment.
            type: str
          population:
            description:
              - Name or id of a population.
            type: str
          application:
            description:
              - Name or id of an application.
            type: str
  exclusive:
    description:
      - Whether every other role assignment of the principal is removed.
    type: bool
    default: false
  state:
    description:
      - V(present) assigns the roles.
      - V(absent) removes them. Roles at broader scopes stay, with a warning that the principal can still do it.
    type: str
    choices: [absent, present]
    default: present
notes:
  - A worker can assign only what it holds or may assign, at the same or a broader scope,
    and can never remove its own role assignments.
seealso:
  - module: idops.pingone.pingone_role_assignment_info
  - module: idops.pingone.pingone_worker_app
  - module: idops.pingone.pingone_environment
"""

EXAMPLES = r"""
- name: Exactly these roles for the worker of an environment
  idops.pingone.pingone_role_assignment:
    environment: dev
    application: ci-dev
    roles:
      - role: Environment Admin
      - role: Identity Data Admin
    exclusive: true

- name: Let it read the data of one population elsewhere as well
  idops.pingone.pingone_role_assignment:
    environment: dev
    application: ci-dev
    roles:
      - role: Identity Data Read Only
        scope:
          environment: test
          population: Default

- name: Let people see the environment
  idops.pingone.pingone_role_assignment:
    environment: Administrators
    group: Platform Admins
    roles:
      - role: Environment Admin
        scope:
          environment: dev

- name: Let a gateway read the users whose passwords it checks
  idops.pingone.pingone_role_assignment:
    environment: dev
    gateway: directory
    roles:
      - role: Identity Data Read Only

- name: Take a role away
  idops.pingone.pingone_role_assignment:
    environment: dev
    application: ci-dev
    roles:
      - role: Identity Data Read Only
        scope:
          environment: test
          population: Default
    state: absent

- name: Keep a second worker for the day when the first one is lost
  idops.pingone.pingone_worker_app:
    environment: Administrators
    name: break-glass
    description: For emergencies; its credentials are in the safe

- name: Let it do all that the first one does, so that it can read and rotate the secret of that one
  idops.pingone.pingone_role_assignment:
    environment: Administrators
    application: break-glass
    roles:
      - role: Organization Admin
        scope:
          organization: true
      - role: Environment Admin
        scope:
          organization: true
      - role: Identity Data Admin
    exclusive: true
"""

RETURN = r"""
role_assignments:
  description:
    - All role assignments of the principal as they are now, in check mode as they would be.
      A name is null where the calling worker may not look it up, and for a population or application of another
      environment that the task does not name, because PingOne does not tell in which one it is.
  type: list
  elements: dict
  returned: success
  contains: &assignment
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
  sample: &sample
    - id: 0a4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
      role: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
      scope: {type: ENVIRONMENT, id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      read_only: false
added:
  description:
    - The role assignments that this task added.
  type: list
  elements: dict
  returned: success
  contains: *assignment
  sample: *sample
removed:
  description:
    - The role assignments that this task removed.
  type: list
  elements: dict
  returned: success
  contains: *assignment
  sample: []
covered:
  description:
    - Roles of the task that the principal holds at a broader scope already, with that assignment as C(covered_by).
  type: list
  elements: dict
  returned: success
  sample:
    - role: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
      scope: {type: ENVIRONMENT, id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      covered_by:
        id: 1b4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
        role: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
        scope: {type: ORGANIZATION, id: 9c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f, name: Example}
        read_only: false
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
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment import (
    PRINCIPALS,
    check_options,
    ensure_role_assignments,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    ROLES,
    covered_to_result,
    sort_grants,
    titles,
    to_result,
)

ARGUMENT_SPEC = argument_spec(
    environment=dict(type="str", required=True),
    application=dict(type="str"),
    user=dict(type="str"),
    group=dict(type="str"),
    gateway=dict(type="str"),
    roles={**ROLES, "required": True},
    exclusive=dict(type="bool", default=False),
    state=dict(type="str", choices=["absent", "present"], default="present"),
)
RULES = dict(required_one_of=[PRINCIPALS], mutually_exclusive=[PRINCIPALS])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Bring the role assignments of one principal to what the task wants."""
    check_options(task.params)
    try:
        outcome = ensure_role_assignments(task)
    except MissingObjectError as error:
        # A principal that is gone has no roles any more.
        return absent(task, error, role_assignments=[], added=[], removed=[], covered=[])

    plan, after = outcome.plan, outcome.after
    return Result(
        plan.changed,
        before={"role_assignments": titles(plan.before, after)},
        after={"role_assignments": titles(after, plan.before)},
        title=outcome.title,
        role_assignments=[to_result(grant) for grant in sort_grants(after)],
        added=[to_result(grant) for grant in sort_grants(grant for grant in after if grant in plan.added)],
        removed=[to_result(grant) for grant in sort_grants(plan.removed)],
        covered=[covered_to_result(pair) for pair in plan.covered],
    )


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
