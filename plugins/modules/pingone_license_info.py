#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_license_info
short_description: Read licenses of PingOne
version_added: 0.2.0
description:
  - Reads the licenses of the organization that the calling worker belongs to, all or some, and changes nothing.
    That is one request.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - It reads in check mode, too, and counts the environments that earlier tasks of the dry run would have created.
  diff_mode:
    support: N/A
  idempotent:
    support: full
options:
  id:
    description:
      - Id of the license.
      - O(id), O(name) and O(name_pattern) are mutually exclusive.
      - When no license fits, the result is an empty list.
    type: str
  name:
    description:
      - Name of the license, matched exactly. Several licenses may have one name.
    type: str
  name_pattern:
    description:
      - A regular expression for the whole name of the license.
    type: str
notes:
  - Any role at the organization or in an environment of it is enough to see the licenses.
seealso:
  - module: idops.pingone.pingone_environment
  - module: idops.pingone.pingone_environment_info
"""

EXAMPLES = r"""
- name: Read all licenses
  idops.pingone.pingone_license_info:
  register: found

- name: Name those with room for another environment
  ansible.builtin.debug:
    msg: "{{ item.name }} ({{ item.package }}) takes {{ item.remaining_environments }} more environments"
  loop: "{{ found.licenses | selectattr('status', 'equalto', 'ACTIVE') }}"
  loop_control:
    label: "{{ item.name }}"
  when: item.remaining_environments is none or item.remaining_environments > 0

- name: Name those that end within 90 days
  ansible.builtin.debug:
    msg: "{{ item.name }} ends at {{ item.expires_at }}"
  loop: "{{ found.licenses | rejectattr('expires_at', 'none') }}"
  loop_control:
    label: "{{ item.name }}"
  when: item.expires_at[:10] < '%Y-%m-%d' | strftime(now().timestamp() + 90 * 86400)

- name: Read one
  idops.pingone.pingone_license_info:
    name: INTERNAL
  register: internal

- name: Check what it allows before environments are created on it
  ansible.builtin.assert:
    that:
      - internal.licenses | length == 1
      - "'PRODUCTION' in internal.licenses[0].types"
      - internal.licenses[0].features.mfa.allow_totp
"""

RETURN = r"""
licenses:
  description:
    - The licenses, in the order of their names. An entry is null where PingOne has none.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: Id of the license.
      type: str
      returned: success
      sample: 9e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e
    organization_id:
      description: Id of its organization.
      type: str
      returned: success
      sample: 1c9d5a3e-7b2f-4e6a-9d80-5f3e2b1a0c99
    name:
      description: Its name.
      type: str
      returned: success
      sample: Example Premium
    package:
      description: Its package, such as C(TRIAL), C(STANDARD) or C(PREMIUM).
      type: str
      returned: success
      sample: PREMIUM
    status:
      description: C(ACTIVE), C(EXPIRED), C(FUTURE) or C(TERMINATED).
      type: str
      returned: success
      sample: ACTIVE
    begins_at:
      description: From when on it is valid.
      type: str
      returned: success
      sample: "2026-11-02T09:30:00.000Z"
    expires_at:
      description:
        - When it ends. A trial then stops; of others PingOne sends a notification.
      type: str
      returned: success
      sample: "2027-11-02T09:30:00.000Z"
    terminates_at:
      description: When access to PingOne ends with it.
      type: str
      returned: success
      sample: "2027-12-02T09:30:00.000Z"
    replaces_license_id:
      description: Id of the license that it replaces.
      type: str
      returned: success
      sample: 8e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e
    replaced_by_license_id:
      description: Id of the license that replaces it.
      type: str
      returned: success
      sample: 7e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e
    assigned_environments:
      description: How many environments are on it.
      type: int
      returned: success
      sample: 3
    max_environments:
      description: How many environments it takes at most.
      type: int
      returned: success
      sample: 10
    remaining_environments:
      description: How many more environments it takes. Null where PingOne does not tell.
      type: int
      returned: success
      sample: 7
    regions:
      description:
        - Codes of the regions whose environments it takes, as environments have them. Null where PingOne does not tell.
      type: list
      elements: str
      returned: success
      sample: [EU, NA]
    types:
      description: Types of the environments that it takes.
      type: list
      elements: str
      returned: success
      sample: [PRODUCTION, SANDBOX]
    features:
      description:
        - What it allows, in the groups in which PingOne tells it, with the names of PingOne in lower case and with
          underscores. Which group belongs to which service PingOne does not tell.
      type: dict
      returned: success
      sample:
        environments: {allow_production: true, max: 10, regions: [EU, NORTH_AMERICA]}
        mfa: {allow_fido2_devices: true, allow_totp: true}
  sample:
    - id: 9e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e
      organization_id: 1c9d5a3e-7b2f-4e6a-9d80-5f3e2b1a0c99
      name: Example Premium
      package: PREMIUM
      status: ACTIVE
      begins_at: "2026-11-02T09:30:00.000Z"
      expires_at: "2027-11-02T09:30:00.000Z"
      terminates_at: null
      replaces_license_id: null
      replaced_by_license_id: null
      assigned_environments: 3
      max_environments: 10
      remaining_environments: 7
      regions: [EU, NA]
      types: [PRODUCTION, SANDBOX]
      features:
        environments: {allow_production: true, max: 10, regions: [EU, NORTH_AMERICA]}
        mfa: {allow_fido2_devices: true, allow_totp: true}
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
from ansible_collections.idops.pingone.plugins.module_utils._resources.license_info import read_licenses

ARGUMENT_SPEC = argument_spec(selection_options())
RULES = dict(mutually_exclusive=[SELECTION_RULE])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Read the licenses that the task asks for."""
    return Result(False, licenses=read_licenses(task))


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
