#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_worker_app_info
short_description: Read worker applications of PingOne
version_added: 0.2.0
description:
  - Reads the worker applications of one environment, of some, or of all, and changes nothing.
    The environments are read side by side.
  - It never reads a secret.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - It reads in check mode, too, and shows workers as earlier tasks of the dry run would have left them.
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
      - Id of the worker.
      - O(id), O(name) and O(name_pattern) are mutually exclusive. When no worker fits, the result is an empty list.
    type: str
  name:
    description:
      - Name of the worker, matched exactly. PingOne lets several applications have one name,
        so there may be more than one.
    type: str
  name_pattern:
    description:
      - A regular expression for the whole name of the worker.
    type: str
notes:
  - What is refused in an environment that is not a minute old is asked again, up to O(retry_budget), because rights
    there show late.
  - The calling worker needs Environment Admin, Client Application Developer or Configuration Read Only in the
    environments. Organization Admin alone can read nothing in an environment.
seealso:
  - module: idops.pingone.pingone_worker_app
  - module: idops.pingone.pingone_role_assignment_info
"""

EXAMPLES = r"""
- name: Read a worker
  idops.pingone.pingone_worker_app_info:
    environments: dev
    name: ci-dev
  register: ci

- name: Use its client id, if there is one
  ansible.builtin.debug:
    msg: "{{ ci.worker_apps | map(attribute='id') | first }}"
  when: ci.worker_apps | length > 0

- name: Read the workers of all environments
  idops.pingone.pingone_worker_app_info:
  register: all

- name: Name those that can sign in with more than their own credentials
  ansible.builtin.debug:
    msg: "{{ item.environment.name }}/{{ item.name }}: {{ item.grant_types | join(', ') }}"
  loop: "{{ all.worker_apps }}"
  loop_control:
    label: "{{ item.name }}"
  when: item.grant_types != ['CLIENT_CREDENTIALS']

- name: Read the pipelines' workers of some environments
  idops.pingone.pingone_worker_app_info:
    environments_matching: dev|test
    name_pattern: ci-.*
"""

RETURN = r"""
worker_apps:
  description:
    - The workers, by the environments, and there in the order of their names;
      each as M(idops.pingone.pingone_worker_app) returns it, with an entry for each option that describes a worker.
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
      description: Id of the application, and client id of the worker.
      type: str
      returned: success
      sample: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    environment_id:
      description: Id of its environment.
      type: str
      returned: success
      sample: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    name:
      description: Its name.
      type: str
      returned: success
      sample: ci-dev
    enabled:
      description: Whether it may get tokens.
      type: bool
      returned: success
      sample: true
    grant_types:
      description: Grants that it may use.
      type: list
      elements: str
      returned: success
      sample: [CLIENT_CREDENTIALS]
    token_endpoint_auth_method:
      description: How it authenticates at the token endpoint.
      type: str
      returned: success
      sample: CLIENT_SECRET_BASIC
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
    - id: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
      environment: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      environment_id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
      name: ci-dev
      enabled: true
      grant_types: [CLIENT_CREDENTIALS]
      token_endpoint_auth_method: CLIENT_SECRET_BASIC
unreadable:
  description:
    - What the calling worker may not read, such as an environment where it holds no role, or one whose deletion is
      pending. Its workers are missing from the result.
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
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import SURVEY_RULE, environments_options
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_info import read_worker_apps

ARGUMENT_SPEC = argument_spec(
    environments_options(),
    selection_options(),
)
RULES = dict(mutually_exclusive=[SURVEY_RULE, SELECTION_RULE])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Read the workers that the task asks for."""
    worker_apps, unreadable = read_worker_apps(task)
    return Result(False, worker_apps=worker_apps, unreadable=unreadable)


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
