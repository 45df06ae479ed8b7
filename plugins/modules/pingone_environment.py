#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_environment
short_description: Manage an environment of PingOne
version_added: 0.1.0
description:
  - Creates, adopts, updates, promotes, restores and deletes environments, with their license and services.
  - An existing environment is adopted by its name or id. What the task does not give is left as it is.
  - An update sends back what was read with the changes of the task.
    Unknown fields are preserved.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - A new environment gets a predicted id, which begins with V(00000000-0000-0000-0000-).
      - What earlier tasks of the same run would have created, renamed, changed and removed is taken as if it were so.
        What does not exist then is an error as in the real run, unless O(assume_missing=true).
      - The room on a license counts the environments that earlier tasks would have created. A warning tells
        of the environment that takes the last of it.
      - The services of an environment whose deletion is pending cannot be read,
        so what a restored one has is not known.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  id:
    description:
      - Id of the environment. With O(name), the environment is renamed.
    type: str
  name:
    description:
      - Name of the environment, matched exactly. A name that differs from another one's in case alone is refused
        because PingOne takes them for the same (inferred).
      - One of O(id) and O(name) is required. PingOne chooses the id of a new environment, so that one needs O(name).
    type: str
  description:
    description:
      - What the environment is for. An empty string clears it.
    type: str
  type:
    description:
      - Type of the environment. Required when it is created.
      - V(PRODUCTION) promotes a sandbox, for which the license has to allow it.
        A PRODUCTION environment cannot become a sandbox again.
    type: str
    choices: [PRODUCTION, SANDBOX]
  license:
    description:
      - Name or id of the license.
      - A license that the environment is not on yet has to be active, have room,
        and allow the region and the type. If it does not, the error tells of each license why it does not fit.
      - May be left out when an environment is created and exactly one license fits.
        A license of the package C(ADMIN) is taken only when it is given.
    type: str
  services:
    description:
      - Services that the environment has, by short names such as V(SSO), V(MFA) or V(Authorize),
        or by API names such as V(PING_ONE_AUTHORIZE), in any case.
      - Those that are missing are added. Others stay unless O(exclusive_services=true).
      - A new environment gets V(SSO) unless this says otherwise.
      - The others are V(DaVinci), V(Risk), V(Verify), V(Credentials), V(APIIntelligence), V(PingFederate),
        V(PingAccess), V(PingDirectory), V(PingAuthorize), V(PingCentral), V(Provisioning), V(DaVinciLegacy)
        and V(Fraud). V(PingID) and V(PingID-v2) may be named where they exist, but cannot be added.
    type: list
    elements: str
  exclusive_services:
    description:
      - Whether services that O(services) does not name are removed.
        Their configuration goes with them, so the diff shows what is removed.
      - Services with a deployment, which Ping Identity sets up, stay in any case.
    type: bool
    default: false
  icon:
    description:
      - URL of an image that stands for the environment in the console. An empty string clears it.
    type: str
  reset:
    description:
      - Options to put back to what PingOne does without them.
    type: list
    elements: str
    choices: [description, icon]
  state:
    description:
      - V(present) creates, updates or restores the environment. One whose deletion is pending is restored
        before anything else.
      - V(absent) deletes a sandbox with all that is in it.
        Of a PRODUCTION environment it first sets the deletion pending, as V(deletion_pending) does,
        and deletes it when it runs again after the time that PingOne sets. Until then it changes nothing and warns.
      - V(deletion_pending) takes a PRODUCTION environment out of use, so that it can still be restored.
    type: str
    choices: [absent, deletion_pending, present]
    default: present
  confirm_production:
    description:
      - The name of the environment once more.
        Needed on a PRODUCTION environment for O(state=absent), for O(state=deletion_pending)
        and for removing services. Not needed for promotion.
    type: str
  protect:
    description:
      - Conditions that must all hold for O(state=absent) and O(state=deletion_pending); else the task fails
        and changes nothing.
      - Each condition that is named must hold. One that is empty, blank or null, such as by a variable that came out
        empty, is refused; leave it out, or set it to C(omit), to have none.
      - The environment of the calling worker is never deleted, whatever this says.
    type: dict
    suboptions:
      type_is:
        description:
          - The type that the environment has.
        type: str
        choices: [PRODUCTION, SANDBOX]
      name_matches:
        description:
          - Regular expression that matches the whole name.
        type: str
      created_before:
        description:
          - Age that the environment has at least, as a number with one of the units
            V(s), V(m), V(h), V(d) and V(w), such as V(7d). It is counted by the clock of PingOne.
        type: str
  wait:
    description:
      - Whether to wait until a new or restored environment can be used, or a deleted one is gone.
        An environment can be used when a call inside of it answers, which takes a while longer than its creation.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait at most, when O(wait=true). An environment that cannot be used by then is an error;
        one that is not gone by then is a warning because PingOne goes on deleting it.
      - A call that PingOne could not carry out for another reason is repeated for O(retry_budget) seconds of its own.
    type: int
    default: 300
  report_birthright:
    description:
      - Whether to return RV(birthright_assignments) of an environment that exists already.
        For a new one they are returned in any case.
    type: bool
    default: false
notes:
  - To make an environment, to give it a license and to delete it, the calling worker needs Organization Admin.
    To change it, its services and its type, Environment Admin in it is enough.
seealso:
  - module: idops.pingone.pingone_environment_info
  - module: idops.pingone.pingone_worker_app
  - module: idops.pingone.pingone_role_assignment
"""

EXAMPLES = r"""
- name: Create a sandbox on the only license that fits
  idops.pingone.pingone_environment:
    name: team-a
    type: SANDBOX
    description: Sandbox of team A
    services: [SSO, MFA]

- name: Add PingOne Authorize to it
  idops.pingone.pingone_environment:
    name: team-a
    services: [Authorize]

- name: See what would go if it had nothing else
  idops.pingone.pingone_environment:
    name: team-a
    services: [SSO, Authorize]
    exclusive_services: true
  check_mode: true
  diff: true

- name: Leave it as it is, and tell the roles that the calling worker holds on it
  idops.pingone.pingone_environment:
    name: team-a
    report_birthright: true
  register: team_a

- name: Rename it, and forget its description
  idops.pingone.pingone_environment:
    id: "{{ team_a.environment.id }}"
    name: team-a-old
    reset: [description]

- name: Remove it, but only if it is a sandbox of a team
  idops.pingone.pingone_environment:
    name: team-a-old
    state: absent
    protect:
      type_is: SANDBOX
      name_matches: team-.*

- name: See which sandboxes of branches there are
  idops.pingone.pingone_environment_info:
    name_pattern: branch-.*
  register: of_branches

- name: Remove those that are older than a week, and nothing else
  idops.pingone.pingone_environment:
    name: "{{ item }}"
    state: absent
    protect:
      type_is: SANDBOX
      name_matches: branch-.*
      created_before: 7d
  loop: "{{ of_branches.environments | selectattr('created_at', 'lt', a_week_ago) | map(attribute='name') }}"
  vars:
    a_week_ago: "{{ '%Y-%m-%dT%H:%M:%S' | ansible.builtin.strftime(now().timestamp() | int - 7 * 86400, utc=true) }}"

- name: Create a production environment
  idops.pingone.pingone_environment:
    name: shop
    type: PRODUCTION

- name: Take it out of use
  idops.pingone.pingone_environment:
    name: shop
    state: deletion_pending
    confirm_production: shop

- name: Take it back
  idops.pingone.pingone_environment:
    name: shop
    state: present
"""

RETURN = r"""
environment:
  description:
    - The environment as it is now. An entry is null where PingOne has none.
    - In check mode, the environment as it would be.
    - Null when the environment is gone.
  type: dict
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
      description: From when on it can be deleted for good. Null in check mode when its deletion would be set pending.
      type: str
      returned: success
      sample: "2026-12-02T09:30:00.000Z"
    created_at:
      description: When it was created. Null in check mode for a new one.
      type: str
      returned: success
      sample: "2026-11-02T09:30:00.000Z"
    updated_at:
      description: When it was changed last. Null in check mode for a new one.
      type: str
      returned: success
      sample: "2026-11-02T09:30:00.000Z"
    services:
      description:
        - Short names of its services, in order; the API name of a service that has no short one.
        - Null while its deletion is pending because they cannot be read then.
      type: list
      elements: str
      returned: success
      sample: [MFA, SSO]
  sample:
    id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
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
created:
  description: Whether this task created the environment. In check mode, whether it would.
  type: bool
  returned: success
  sample: true
  version_added: 0.2.0
birthright_assignments:
  description:
    - What the calling worker holds on the environment. By creating it, it got Identity Data Admin and Client
      Application Developer there, and Environment Admin unless it holds that at the organization.
    - Left out, with a warning, when the caller is not a worker or may not read its own roles.
  type: list
  elements: dict
  returned: when an environment was created, or O(report_birthright=true) and O(state=present)
  contains:
    id:
      description: Id of the role assignment.
      type: str
      returned: success
      sample: 0a4c8e12-6b7d-4f59-a1c3-d5e7f9b1a3c5
    role:
      description: C(id) and C(name) of the role.
      type: dict
      returned: success
      sample: {id: 29ddce68-cd7f-4b2a-b6fc-f7a19553b496, name: Environment Admin}
    scope:
      description: C(id), C(name) and C(type) of what the role is held on.
      type: dict
      returned: success
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: team-a, type: ENVIRONMENT}
    read_only:
      description: Whether the calling worker cannot remove it, which it never can of its own.
      type: bool
      returned: success
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

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Outcome
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._resources.birthright import birthright_assignments
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment import (
    check_options,
    ensure_environment,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_fields import ENVIRONMENT
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_plan import EnvironmentPlan, Snapshot

# The region comes from the connection, and the license may be given by name too.
_OWN = {
    option: entry for option, entry in ENVIRONMENT.argument_spec().items() if option not in ("region", "license_id")
}
ARGUMENT_SPEC = argument_spec(
    _OWN,
    id=dict(type="str"),
    license=dict(type="str"),
    services=dict(type="list", elements="str"),
    exclusive_services=dict(type="bool", default=False),
    state=dict(type="str", choices=["absent", "deletion_pending", "present"], default="present"),
    confirm_production=dict(type="str"),
    protect=dict(
        type="dict",
        options=dict(
            type_is=dict(type="str", choices=["PRODUCTION", "SANDBOX"]),
            name_matches=dict(type="str"),
            created_before=dict(type="str"),
        ),
    ),
    wait=dict(type="bool", default=True),
    wait_timeout=dict(type="int", default=300),
    report_birthright=dict(type="bool", default=False),
)
RULES = dict(required_one_of=[("id", "name")], required_if=[("exclusive_services", True, ("services",))])
SECRET_RETURNS = ()
GUARDS = ("protect",)


def run(task: Task) -> Result:
    """Bring one environment to what the task wants."""
    check_options(task.params)
    outcome = ensure_environment(task)
    return Result(
        outcome.plan.changed,
        before=outcome.plan.before.to_result(),
        after=outcome.after.to_result(),
        title=outcome.title,
        environment=outcome.after.to_result(),
        created=outcome.plan.creation is not None,
        **_birthright_if_asked(task, outcome),
    )


def _birthright_if_asked(task: Task, outcome: Outcome[EnvironmentPlan, Snapshot]) -> dict[str, t.Any]:
    created = outcome.plan.creation is not None
    environment = outcome.after.environment
    if environment is None or task.params["state"] != "present" or not (created or task.params["report_birthright"]):
        return {}
    assignments = birthright_assignments(task, environment, created)
    return {} if assignments is None else {"birthright_assignments": assignments}


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
