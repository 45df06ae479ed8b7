#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_environment_info
short_description: Read environments of PingOne
version_added: 0.2.0
description:
  - Reads the environments that the calling worker can see, all or some, and changes nothing.
  - What costs further requests is left out unless O(include) asks for it. These requests run side by side.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - It reads in check mode, too, and shows environments as earlier tasks of the dry run would have left them.
        The services of one that does not exist yet are null.
  diff_mode:
    support: N/A
  idempotent:
    support: full
options:
  id:
    description:
      - Id of the environment.
      - O(id), O(name) and O(name_pattern) are mutually exclusive.
      - When no environment fits, the result is an empty list.
    type: str
  name:
    description:
      - Name of the environment, matched exactly.
    type: str
  name_pattern:
    description:
      - A regular expression for the whole name of the environment.
    type: str
  include:
    description:
      - What else to read of each environment.
      - V(services) costs a request for each environment.
      - V(license) costs one request for all, and V(birthright_assignments) costs two.
    type: list
    elements: str
    choices: [birthright_assignments, license, services]
notes:
  - Any role in an environment is enough to see it, its license and its services.
seealso:
  - module: idops.pingone.pingone_environment
  - module: idops.pingone.pingone_license_info
  - module: idops.pingone.pingone_worker_app_info
"""

EXAMPLES = r"""
- name: Read all environments
  idops.pingone.pingone_environment_info:
  register: all

- name: Read one with its services
  idops.pingone.pingone_environment_info:
    name: dev
    include: [services]
  register: dev

- name: Tell whether it can be used
  ansible.builtin.assert:
    that:
      - dev.environments | length == 1
      - dev.environments[0].status != 'DELETE_PENDING'
      - "'SSO' in dev.environments[0].services"

- name: See how much room the licenses of the environments of a team have
  idops.pingone.pingone_environment_info:
    name_pattern: team-.*
    include: [license]
"""

RETURN = r"""
environments:
  description:
    - The environments, in the order of their names, as M(idops.pingone.pingone_environment) returns one.
      An entry is null where PingOne has none.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: Id of the environment.
      type: str
      returned: success
      sample: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    organization_id:
      description: Id of its organization.
      type: str
      returned: success
      sample: 1c9d5a3e-7b2f-4e6a-9d80-5f3e2b1a0c99
    name:
      description: Its name.
      type: str
      returned: success
      sample: team-a
    description:
      description: What it is for.
      type: str
      returned: success
      sample: Sandbox of team A
    type:
      description: C(PRODUCTION) or C(SANDBOX).
      type: str
      returned: success
      sample: SANDBOX
    region:
      description: Code of the region that it is in.
      type: str
      returned: success
      sample: EU
    license_id:
      description: Id of its license.
      type: str
      returned: success
      sample: 9e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e
    license_package:
      description: Package of its license, where PingOne shows it with the environment.
      type: str
      returned: success
      sample: PREMIUM
    icon:
      description: URL of its icon.
      type: str
      returned: success
      sample: https://www.example.com/icons/team-a.png
    status:
      description: C(DELETE_PENDING) when its deletion is pending, else C(ACTIVE) or null.
      type: str
      returned: success
      sample: ACTIVE
    soft_deleted_at:
      description: When its deletion was set pending.
      type: str
      returned: success
      sample: "2026-11-02T09:30:00.000Z"
    hard_delete_allowed_at:
      description: From when on it can be deleted for good.
      type: str
      returned: success
      sample: "2026-12-02T09:30:00.000Z"
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
    services:
      description:
        - Short names of its services, in order; the API name of a service that has no short one.
        - Null unless O(include) has V(services), and while its deletion is pending because they cannot be read then.
      type: list
      elements: str
      returned: success
      sample: [MFA, SSO]
    birthright_assignments:
      description:
        - The roles that the calling worker holds at the environment, as
          RV(idops.pingone.pingone_environment#module:birthright_assignments).
        - Null, with a warning, when the caller is not a worker or may not read its own roles.
      type: list
      elements: dict
      returned: when O(include) has V(birthright_assignments)
      sample:
        - id: 0a4c8e12-6b7d-4f59-a1c3-d5e7f9b1a3c5
          role: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
          scope: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: team-a, type: ENVIRONMENT}
          read_only: true
    license:
      description: Its license. Null where the calling worker cannot see it.
      type: dict
      returned: when O(include) has V(license)
      contains:
        id:
          description: Id of the license.
          type: str
          returned: success
          sample: 9e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e
        name:
          description: Its name.
          type: str
          returned: success
          sample: Example Premium
        package:
          description: Its package.
          type: str
          returned: success
          sample: PREMIUM
        status:
          description: C(ACTIVE), C(EXPIRED), C(FUTURE) or C(TERMINATED).
          type: str
          returned: success
          sample: ACTIVE
        expires_at:
          description: When it ends. Null when it does not.
          type: str
          returned: success
          sample: "2027-11-02T09:30:00.000Z"
        remaining_environments:
          description: How many more environments it takes. Null where PingOne does not tell.
          type: int
          returned: success
          sample: 7
  sample:
    - id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
      organization_id: 1c9d5a3e-7b2f-4e6a-9d80-5f3e2b1a0c99
      name: team-a
      description: Sandbox of team A
      type: SANDBOX
      region: EU
      license_id: 9e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e
      license_package: PREMIUM
      icon: null
      status: null
      soft_deleted_at: null
      hard_delete_allowed_at: null
      created_at: "2026-11-02T09:30:00.000Z"
      updated_at: "2026-11-02T09:30:00.000Z"
      services: [MFA, SSO]
unreadable:
  description:
    - What the calling worker may not read, such as an environment where it holds no role, or one whose deletion is
      pending. Its services are missing from the result.
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
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_info import (
    INCLUDES,
    read_environments,
)

ARGUMENT_SPEC = argument_spec(
    selection_options(),
    include=dict(type="list", elements="str", choices=list(INCLUDES)),
)
RULES = dict(mutually_exclusive=[SELECTION_RULE])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Read the environments that the task asks for."""
    environments, unreadable = read_environments(task)
    return Result(False, environments=environments, unreadable=unreadable)


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
