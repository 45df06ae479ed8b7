#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_group_info
short_description: Read groups of PingOne
version_added: 0.2.0
description:
  - Reads the groups of one environment, of some, or of all, and changes nothing.
    The environments are read side by side.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - It reads in check mode, too, and shows groups as earlier tasks of the dry run would have left them.
  diff_mode:
    support: N/A
  idempotent:
    support: full
options:
  environments:
    description:
      - Names or ids of the environments to look in. With V([]), in none.
      - When left out, those of O(environments_matching), or else all that the calling worker can see.
      - An environment that does not exist is an error.
      - With exactly one, whatever the calling worker may not read there is an error.
        With more, it is reported in RV(unreadable).
    type: list
    elements: str
  environments_matching:
    description:
      - A regular expression for the whole name of the environments to look in.
      - When no environment matches, the result is empty, with a warning.
      - Mutually exclusive with O(environments).
    type: str
  id:
    description:
      - Id of the group.
      - O(id), O(name) and O(name_pattern) are mutually exclusive. When no group fits, the result is an empty list.
    type: str
  name:
    description:
      - Name of the group, matched exactly. Populations may each have a group of one name,
        so there may be more than one.
    type: str
  name_pattern:
    description:
      - A regular expression for the whole name of the group.
    type: str
notes:
  - What is refused in an environment that is not a minute old is asked again, up to O(retry_budget), because rights
    there show late.
  - The calling worker needs Environment Admin, Identity Data Admin, Client Application Developer, Identity Data
    Read Only or Configuration Read Only in the environments. Organization Admin alone can read nothing in an
    environment.
seealso:
  - module: idops.pingone.pingone_group
  - module: idops.pingone.pingone_population_info
  - module: idops.pingone.pingone_role_assignment_info
"""

EXAMPLES = r"""
- name: Read the groups of administrators
  idops.pingone.pingone_group_info:
    environments: Administrators
  register: admins

- name: Name those that nobody was put into
  ansible.builtin.debug:
    msg: "{{ admins.groups | selectattr('direct_member_counts.users', 'equalto', 0) | map(attribute='name') }}"

- name: Read a group of that name wherever there is one
  idops.pingone.pingone_group_info:
    name: Platform Admins
  register: everywhere

- name: Name the environments that have it
  ansible.builtin.debug:
    msg: "{{ everywhere.groups | map(attribute='environment.name') }}"

- name: Read those of some names in some environments
  idops.pingone.pingone_group_info:
    environments_matching: dev|test
    name_pattern: .*-admins
"""

RETURN = r"""
groups:
  description:
    - The groups, by the environments, and there in the order of their names;
      each as M(idops.pingone.pingone_group) returns it.
      An entry is null where PingOne has none.
  type: list
  elements: dict
  returned: success
  contains:
    environment:
      description: C(id) and C(name) of the environment that it belongs to.
      type: dict
      returned: success
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
    id:
      description: Id of the group.
      type: str
      returned: success
      sample: 1d8ebe65-81b1-4884-9b91-1d0ec767004c
    environment_id:
      description: Id of its environment.
      type: str
      returned: success
      sample: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    name:
      description: Its name.
      type: str
      returned: success
      sample: Developers
    description:
      description: What it is for.
      type: str
      returned: success
      sample: Everybody who builds
    population_id:
      description: Id of its population. Null when it is of the whole environment.
      type: str
      returned: success
      sample: c06accbc-1eaf-4b69-b02d-080a6beb9604
    user_filter:
      description: SCIM filter of the users who are members without being put into it.
      type: str
      returned: success
      sample: email ew "@example.com"
    external_id:
      description: Id that it has in another system.
      type: str
      returned: success
      sample: directory-4711
    custom_data:
      description: Data of your own about it.
      type: dict
      returned: success
      sample: {owner: example-team}
    display_name:
      description: How it is shown, where PingOne tells.
      type: str
      returned: success
      sample: Developers
    source_id:
      description: Id that it has where it comes from, for a group of another directory.
      type: str
      returned: success
      sample: 0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    source_type:
      description: Kind of the directory that it comes from, for a group of another one.
      type: str
      returned: success
      sample: GATEWAY
    direct_member_counts:
      description:
        - How many users were put into it, and how many groups are nested in it.
      type: dict
      returned: success
      sample: {users: 3, groups: 0}
    created_at:
      description: When it was created.
      type: str
      returned: success
      sample: "2026-11-02T09:30:00.000Z"
    updated_at:
      description: When it was changed last.
      type: str
      returned: success
      sample: "2026-11-02T09:30:00.000Z"
  sample:
    - environment: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      id: 1d8ebe65-81b1-4884-9b91-1d0ec767004c
      environment_id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
      name: Developers
      description: Everybody who builds
      population_id: null
      user_filter: email ew "@example.com"
      external_id: null
      custom_data: null
      display_name: null
      source_id: null
      source_type: null
      direct_member_counts: {users: 3, groups: 0}
      created_at: "2026-11-02T09:30:00.000Z"
      updated_at: "2026-11-02T09:30:00.000Z"
unreadable:
  description:
    - What the calling worker may not read, such as an environment where it holds no role, or one whose deletion is
      pending. Its groups are missing from the result.
  type: list
  elements: dict
  returned: success
  contains:
    environment:
      description: C(id) and C(name) of the environment.
      type: dict
      returned: success
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: prod}
    msg:
      description: What was being read, and what PingOne answered.
      type: str
      returned: success
      sample: "Listing the groups in environment 'prod' failed: PingOne answered HTTP 403 ACCESS_FAILED."
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
from ansible_collections.idops.pingone.plugins.module_utils._resources.group_info import read_groups
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import SURVEY_RULE, environments_options

ARGUMENT_SPEC = argument_spec(environments_options(), selection_options())
RULES = dict(mutually_exclusive=[SURVEY_RULE, SELECTION_RULE])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Read the groups that the task asks for."""
    groups, unreadable = read_groups(task)
    return Result(False, groups=groups, unreadable=unreadable)


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
