#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_role_info
short_description: Read the roles of PingOne and their permissions
version_added: 0.2.0
description:
  - Reads the roles of the platform, and the custom roles of one environment, of some, or of all, with what they allow,
    and changes nothing. The environments are read side by side.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - It reads in check mode, too, and shows custom roles as earlier tasks of the dry run would have left them.
  diff_mode:
    support: N/A
  idempotent:
    support: full
options:
  environments:
    description:
      - Names or ids of the environments whose custom roles are read. With V([]), in none.
      - When left out, those of O(environments_matching), or else all that the calling worker can see.
      - An environment that does not exist is an error.
      - With exactly one, whatever the calling worker may not read there is an error.
        With more, it is reported in RV(unreadable).
    type: list
    elements: str
  environments_matching:
    description:
      - A regular expression for the whole name of the environments whose custom roles are read.
      - When no environment matches, no custom role is read, with a warning.
      - Mutually exclusive with O(environments).
    type: str
  type:
    description:
      - The type of the roles, when only those are wanted. V(PLATFORM) looks into no environment.
    type: str
    choices: [CUSTOM, PLATFORM]
  id:
    description:
      - Id of the role.
      - O(id), O(name) and O(name_pattern) are mutually exclusive. When no role fits, the result is an empty list.
    type: str
  name:
    description:
      - Name of the role, matched exactly. There may be more than one,
        in several environments.
    type: str
  name_pattern:
    description:
      - A regular expression for the whole name of the role.
    type: str
notes:
  - What is refused in an environment that is not a minute old is asked again, up to O(retry_budget), because rights
    there show late.
  - The calling worker needs C(permissions:read:roles). Environment Admin, Identity Data Admin, Identity Data Read Only,
    Configuration Read Only, Organization Admin and Custom Roles Admin hold it.
  - The roles of the platform are read from the organization where the worker may, else from its own environment, or
    from those that are read anyway.
seealso:
  - module: idops.pingone.pingone_custom_role
  - module: idops.pingone.pingone_custom_role_info
  - module: idops.pingone.pingone_role_assignment_info
"""

EXAMPLES = r"""
- name: Read what a role allows
  idops.pingone.pingone_role_info:
    type: PLATFORM
    name: Client Application Developer
  register: developer

- name: Tell it
  ansible.builtin.debug:
    msg: "{{ developer.roles[0].permissions | map(attribute='id') }}"

- name: Read all roles, the custom ones of all environments too
  idops.pingone.pingone_role_info:
  register: all

- name: Name the roles whose holders can read the secrets of applications
  ansible.builtin.debug:
    msg: "{{ item.name }}{{ ' of ' ~ item.environment.name if item.environment else '' }}"
  loop: "{{ all.roles }}"
  loop_control:
    label: "{{ item.name }}"
  when: "'applications:read:secret' in item.permissions | map(attribute='id')"

- name: Read the custom roles of some environments
  idops.pingone.pingone_role_info:
    environments_matching: dev|test
    type: CUSTOM
"""

RETURN = r"""
roles:
  description:
    - The roles, first those of the platform, then the custom ones by the environments, each in the order of their
      names.
  type: list
  elements: dict
  returned: success
  contains:
    environment:
      description: C(id) and C(name) of the environment that a custom role belongs to. Null for one of the platform.
      type: dict
      returned: success
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
    id:
      description: Id of the role.
      type: str
      returned: success
      sample: 5d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48
    type:
      description: Its type, V(PLATFORM) or V(CUSTOM).
      type: str
      returned: success
      sample: CUSTOM
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
      description: Its permissions. What PingOne does not tell of one is null.
      type: list
      elements: dict
      returned: success
      contains:
        id:
          description: Id of the permission, as O(idops.pingone.pingone_custom_role#module:permissions) takes it.
          type: str
          returned: success
          sample: applications:read:application
        classifier:
          description: What it is about.
          type: str
          returned: success
          sample: application
        description:
          description: What it allows.
          type: str
          returned: success
          sample: Read application
    can_assign:
      description: Ids of the other roles that its holders may assign.
      type: list
      elements: str
      returned: success
      sample: []
    can_be_assigned_by:
      description:
        - Ids of the roles whose holders may assign it. Null where PingOne does not tell, as of roles of the platform.
      type: list
      elements: str
      returned: success
      sample: [29ddce68-cd7f-4b2a-b6fc-f7a19553b496]
  sample:
    - environment: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      id: 5d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48
      type: CUSTOM
      name: Application Reader
      description: For the inventory
      applicable_to: [ENVIRONMENT]
      permissions:
        - id: "applications:read:application"
          classifier: application
          description: Read application
      can_assign: []
      can_be_assigned_by: [29ddce68-cd7f-4b2a-b6fc-f7a19553b496]
unreadable:
  description:
    - What the calling worker may not read, such as an environment where it holds no role, or one whose deletion is
      pending. Its roles are missing from the result.
  type: list
  elements: dict
  returned: success
  contains:
    environment:
      description: C(id) and C(name) of the environment. Null where it is the roles of the platform.
      type: dict
      returned: success
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: prod}
    msg:
      description: What was being read, and what PingOne answered.
      type: str
      returned: success
      sample: "Listing the roles in environment 'prod' failed: PingOne answered HTTP 403 ACCESS_FAILED."
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
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_info import TYPES, read_roles
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import SURVEY_RULE, environments_options

ARGUMENT_SPEC = argument_spec(
    environments_options(),
    selection_options(),
    type=dict(type="str", choices=list(TYPES)),
)
RULES = dict(mutually_exclusive=[SURVEY_RULE, SELECTION_RULE])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Read the roles that the task asks for."""
    roles, unreadable = read_roles(task)
    return Result(False, roles=roles, unreadable=unreadable)


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
