#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_role_handover
short_description: Hand over the admin roles of a worker of PingOne to another worker
version_added: 0.2.0
description:
  - A worker that creates an environment gets roles on it. It cannot give them back, because PingOne shows its own roles
    to it as read-only. So another worker, the successor, gets the same roles and then removes them from the first one.
  - What moves are the role assignments at the listed environments, and at their populations and applications, however
    many there are. Assignments at the organization never move; RV(left) lists them.
  - The successor gets all of the roles before the first worker loses any. A task that was ended halfway goes on when it
    is run again, whether by the first worker, by the successor, or by somebody else.
  - The successor reads as far as it may, so the task works, and changes nothing, once the first worker is disabled or
    has no role any more.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - Of an environment that an earlier task of the dry run predicted, the calling worker is taken to hold the roles
        that come with a new environment.
      - A successor that is only predicted is taken to hold what the first worker holds at the organization, with a
        warning. Whether it could do its part is not looked at.
      - Roles that earlier tasks of the same run would have assigned, removed and handed over are taken as if they were
        so, and later tasks know what this one would hand over.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  environments:
    description:
      - Names or ids of the environments whose roles are handed over.
      - Each must exist, unless O(only_if_begun=true).
    type: list
    elements: str
    required: true
  successor:
    description:
      - Credentials of the worker that takes over. It signs in by itself.
      - In the environment of the worker that hands over, it needs Environment Admin, Client Application Developer or a
        custom role that lets it read and update the roles of applications. It may be one of the roles that are
        handed over.
      - When it is the worker that hands over, as in a later run that signs in as the successor, nothing is done.
    type: dict
    required: true
    suboptions:
      region:
        description:
          - Region of the successor's tenant, when it is not the connection's. As O(region).
          - An address that O(api_url) or O(auth_url) gives wins over it.
        type: str
      api_url:
        description: Address of the API, when it is not the connection's. As O(api_url).
        type: str
      auth_url:
        description: Address of the token endpoint, when it is not the connection's. As O(auth_url).
        type: str
      auth_environment_id:
        description: Id of the environment that the successor belongs to.
        type: str
        required: true
      client_id:
        description: Id of the successor's application.
        type: str
        required: true
      client_secret:
        description:
          - Secret of the successor's application.
          - Mutually exclusive with a private key. One of them is needed.
        type: str
      client_auth_method:
        description:
          - How the successor authenticates at the token endpoint. It must be what the application is set to.
          - V(private_key_jwt) with a private key, or else V(client_secret_basic), when it is left out.
        type: str
        choices: [client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt]
      private_key:
        description: Private key of the successor's application. As O(private_key).
        type: str
      private_key_path:
        description: File of the successor's private key. As O(private_key_path).
        type: path
      private_key_id:
        description: The C(kid) of the successor's key. As O(private_key_id).
        type: str
      client_assertion_algorithm:
        description: By what the successor's key or secret signs. As O(client_assertion_algorithm).
        type: str
        choices: [HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, ES512]
  application:
    description:
      - Name or id of the worker that hands over. The calling worker when left out.
      - With it, the calling worker only gives the roles to the successor. It needs O(environment).
    type: str
  environment:
    description: Name or id of the environment that O(application) belongs to. It needs O(application).
    type: str
  only_if_begun:
    description:
      - Whether to do nothing unless a hand-over was begun before, such as by a run that was ended halfway. RV(begun)
        tells.
      - It is recognised by a role that comes with a new environment (Client Application Developer, Environment Admin or
        Identity Data Admin), which the successor holds at one of O(environments) and the first worker does not. An
        environment that the successor made itself cannot be told from one that was handed over.
      - Environments of which the successor does not hold the roles were no part of what was begun. They stay as they
        are. Environments that do not exist, as far as the two workers can see, are no error; RV(missing) names them.
    type: bool
    default: false
  disable:
    description:
      - Whether the successor disables the first worker last.
      - It is refused, before anything is changed, while the first worker holds at the organization what the successor
        does not.
      - With O(only_if_begun=true), the worker stays enabled while there is anything in RV(not_handed_over) or
        RV(missing).
      - The successor needs Environment Admin or Client Application Developer where the first worker lives.
    type: bool
    default: false
notes:
  - O(preflight) looks at what each of the two workers needs, by the roles that the task reads in any case and by those
    that it gives to the successor. Roles are read for it alone only with O(application). With V(warn), which is the
    default, a successor that seems to lack a permission gets the roles all the same.
  - What PingOne shows to the successor as read-only although that holds a broader role fails the task before anything
    is changed, whatever O(preflight) says. With O(settle) greater than 0 it is waited for instead.
  - Once the successor has all of the roles, it completes the hand-over alone, so a calling worker that is disabled or
    has no role any more is no obstacle. But a calling worker whose credentials are refused while the successor sees
    that it is enabled fails the task before anything is changed, because nobody proved to be that worker. It is not
    asked to sign in where there is nothing to do.
  - A refusal that looks like a role that is not known everywhere yet is waited for, up to O(retry_budget), because each
    of the two workers holds what it gives or removes.
seealso:
  - module: idops.pingone.pingone_role_assignment
  - module: idops.pingone.pingone_worker_app
  - name: Role assignments of applications
    description: The vendor's page on the requests that this module makes.
    link: https://apidocs.pingidentity.com/pingone/platform/v1/api/#application-role-assignments
"""

EXAMPLES = r"""
- name: Read the secret of the worker that takes over
  idops.pingone.pingone_worker_app:
    environment: Administrators
    name: second
    return_secret: true
  register: second

- name: Complete a hand-over that an earlier run began
  idops.pingone.pingone_role_handover:
    environments: [dev, test]
    successor: &successor
      auth_environment_id: "{{ second.worker_app.environment_id }}"
      client_id: "{{ second.worker_app.id }}"
      client_secret: "{{ second.client_secret }}"
    only_if_begun: true
  register: handover

- name: Refuse to go on as a worker that handed over
  ansible.builtin.fail:
    msg: "Sign in as worker {{ second.worker_app.name }} instead."
  when: handover.begun

- name: Hand over the roles of a worker that nobody signs in as
  idops.pingone.pingone_role_handover:
    environments: [dev]
    environment: Administrators
    application: old-pipeline
    successor: *successor

- name: Hand over the calling worker's own, and step down last of all
  idops.pingone.pingone_role_handover:
    environments: [dev, test]
    successor: *successor
    disable: true
"""

RETURN = r"""
handed_over:
  description:
    - The environments of O(environments) where the successor now holds roles and the first worker none, in check mode
      as it would be; and those where this task moved any.
  type: list
  elements: dict
  returned: success, and failure after the first change
  contains:
    environment:
      description: Id and name of the environment.
      type: dict
      returned: always
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
    added:
      description: The role assignments that this task gave to the successor.
      type: list
      elements: dict
      returned: always
    removed:
      description: The role assignments that this task removed from the first worker.
      type: list
      elements: dict
      returned: always
  sample:
    - environment: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      added:
        - id: 0a4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
          role: {id: 0bd9c966-7664-4ac1-b059-0ff9293908e2, name: Identity Data Admin}
          scope: {type: ENVIRONMENT, id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
          read_only: false
      removed:
        - id: 1b4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
          role: {id: 0bd9c966-7664-4ac1-b059-0ff9293908e2, name: Identity Data Admin}
          scope: {type: ENVIRONMENT, id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
          read_only: true
not_handed_over:
  description: The environments of O(environments) where the first worker still holds roles.
  type: list
  elements: dict
  returned: success, and failure after the first change
  sample: []
missing:
  description: The names or ids of O(environments) that do not exist, as far as the two workers can see.
  type: list
  elements: str
  returned: success, and failure after the first change
  sample: []
left:
  description:
    - The role assignments of the first worker that do not move and may still be needed. These are those at the
      organization, and those at a population or application of which neither worker may tell the environment.
  type: list
  elements: dict
  returned: success, and failure after the first change
  contains:
    id:
      description: Id of the assignment.
      type: str
      returned: always
      sample: 2c4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    role:
      description: Id and name of the role.
      type: dict
      returned: always
      sample: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
    scope:
      description:
        - Type, id and name of the scope. That of a population or application also has C(environment), with C(id) and
          C(name) of the environment that it is in. Null where that is not known.
      type: dict
      returned: always
      sample: {type: ORGANIZATION, id: 9c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f, name: Example}
    read_only:
      description: Whether the worker that read it, which is the successor where it may, cannot remove it.
      type: bool
      returned: always
      sample: false
    held_by_successor:
      description: Whether the successor holds the role there, too.
      type: bool
      returned: always
      sample: true
  sample:
    - id: 2c4b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
      role: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
      scope: {type: ORGANIZATION, id: 9c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f, name: Example}
      read_only: false
      held_by_successor: true
begun:
  description:
    - Whether the first worker had lost roles to the successor before this task, so that it can no longer be relied on.
  type: bool
  returned: success, and failure after the first change
  sample: false
retired:
  description:
    - Whether nobody needs the first worker any more. It holds nothing in O(environments), where the successor does,
      and nothing of RV(left) that the successor lacks.
  type: bool
  returned: success, and failure after the first change
  sample: true
disabled:
  description:
    - Whether the first worker is disabled now, by this task or from before. In check mode, whether it would be.
  type: bool
  returned: when O(disable=true), success, and failure after the first change
  sample: true
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

from ansible_collections.idops.pingone.plugins.module_utils._client.connection import worker_argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover import check_options, hand_over
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover_result import (
    diff_sides,
    to_results,
)

ARGUMENT_SPEC = argument_spec(
    environments=dict(type="list", elements="str", required=True),
    successor=dict(type="dict", required=True, options=worker_argument_spec()),
    application=dict(type="str"),
    environment=dict(type="str"),
    only_if_begun=dict(type="bool", default=False),
    disable=dict(type="bool", default=False),
)
RULES = dict(required_together=[("application", "environment")])
SECRET_RETURNS = ()
# Without it, more would be handed over than was meant.
GUARDS = ("only_if_begun",)


def run(task: Task) -> Result:
    """Hand over the roles of a worker to another one."""
    check_options(task.params)
    handover = hand_over(task)
    before, after = diff_sides(handover)
    result = Result(bool(handover.steps), before=before, after=after, title=handover.title, **to_results(handover))
    result.failure = handover.failure
    return result


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
