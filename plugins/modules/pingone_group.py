#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_group
short_description: Manage a group of PingOne
version_added: 0.2.0
description:
  - Creates, adopts, updates and deletes groups of users.
    A group is of the whole environment, or of one population.
  - An update sends back what was read with the changes of the task.
    Unknown fields are preserved.
  - The roles that the members of a group hold by it are assigned by M(idops.pingone.pingone_role_assignment).
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - What earlier tasks of the same run would have created, renamed, changed and removed is taken as if it were so.
        What does not exist then is an error as in the real run, unless O(assume_missing=true).
      - So is in which groups earlier tasks would have nested the group.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  environment:
    description:
      - Name or id of the environment that the group belongs to.
    type: str
    required: true
  id:
    description:
      - Id of the group.
      - With O(name), the group is renamed.
    type: str
  name:
    description:
      - Name of the group, matched exactly. Populations may each have a group of one name. That is an error here, unless
        O(id) or O(population) says which is meant.
      - One of O(id) and O(name) is required.
    type: str
  state:
    description:
      - V(present) creates or updates the group.
      - V(absent) deletes it, and with it its role assignments. Its members stay.
    type: str
    choices: [absent, present]
    default: present
  population:
    description:
      - Name or id of the population that the group is in.
        A new group without one is of the whole environment.
      - A group stays in the population in which it was created, so with O(name) this tells which group is meant.
    type: str
  description:
    description:
      - What the group is for.
    type: str
  user_filter:
    description:
      - SCIM filter of the users who are members of the group without being put into it.
    type: str
  external_id:
    description:
      - Id that the group has in another system. PingOne itself does not use it.
    type: str
  custom_data:
    description:
      - Data of your own about the group. It replaces what is there as a whole. V({}) clears it.
    type: dict
  member_of:
    description:
      - Names or ids of the groups in which the group is nested, so that its members are members of these too.
        When left out, that is neither read nor changed.
    type: list
    elements: str
  exclusive_member_of:
    description:
      - Whether the group is taken out of all groups that O(member_of) does not name. With V([]) it is nested in none.
    type: bool
    default: false
  reset:
    description:
      - Options to put back to what PingOne does without them.
      - An option that is not given at all is left alone. V({}) and an empty string clear dictionaries and strings.
    type: list
    elements: str
    choices: [custom_data, description, external_id, user_filter]
notes:
  - The calling worker needs Identity Data Admin in O(environment), or in the population alone for a group of it.
  - PingOne replaces a group as a whole, on no condition. Tasks of one controller wait for each other. When two
    controllers update the same one at once, the change of one may be taken away. The next run puts that right.
seealso:
  - module: idops.pingone.pingone_group_info
  - module: idops.pingone.pingone_population
  - module: idops.pingone.pingone_role_assignment
"""

EXAMPLES = r"""
- name: Create a group
  idops.pingone.pingone_group:
    environment: dev
    name: Developers
    description: Everybody who builds
    user_filter: email ew "@example.com"

- name: Let its members see the environment
  idops.pingone.pingone_role_assignment:
    environment: dev
    group: Developers
    roles:
      - role: Environment Admin

- name: Create a group of one population, with data of your own
  idops.pingone.pingone_group:
    environment: dev
    population: Default
    name: Guests
    external_id: directory-4711
    custom_data:
      owner: example-team
  register: guests

- name: Rename it
  idops.pingone.pingone_group:
    environment: dev
    id: "{{ guests.group.id }}"
    name: Visitors
    reset: [external_id]

- name: Make its members members of another group, and of no other one
  idops.pingone.pingone_group:
    environment: dev
    name: Visitors
    member_of: [Developers]
    exclusive_member_of: true

- name: Remove it
  idops.pingone.pingone_group:
    environment: dev
    name: Visitors
    state: absent
"""

RETURN = r"""
group:
  description:
    - The group as it is now. An entry is null where PingOne has none.
    - In check mode, the group as it would be. One that does not exist yet has a predicted id,
      which begins with V(00000000-0000-0000-0000-).
    - Null when O(state=absent).
  type: dict
  returned: success
  contains:
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
        - How many users were put into it, and how many groups are nested in it. Null in check mode for a new one.
      type: dict
      returned: success
      sample: {users: 3, groups: 0}
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
  sample:
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
member_of:
  description:
    - The groups in which the group is nested, each with C(id) and C(name), in the order of their names.
      In check mode, those in which it would be. Groups in which it is because these are nested in turn are not listed.
  type: list
  elements: dict
  returned: when O(member_of) was given and O(state=present)
  sample: [{id: 6a75155a-04d4-420f-8490-cd97f30480aa, name: Developers}]
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
from ansible_collections.idops.pingone.plugins.module_utils._resources.group import check_options, ensure_group
from ansible_collections.idops.pingone.plugins.module_utils._resources.group_fields import GROUP
from ansible_collections.idops.pingone.plugins.module_utils._resources.group_nesting import to_result

ARGUMENT_SPEC = argument_spec(
    GROUP.argument_spec(),
    member_of=dict(type="list", elements="str"),
    exclusive_member_of=dict(type="bool", default=False),
    environment=dict(type="str", required=True),
    id=dict(type="str"),
    state=dict(type="str", choices=["absent", "present"], default="present"),
)
RULES = dict(required_one_of=[("id", "name")])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Bring one group to what the task wants."""
    check_options(task.params)
    try:
        outcome, nesting = ensure_group(task)
    except MissingObjectError as error:
        # A group is as absent as the environment or population that it was in.
        return absent(task, error, group=None)

    change = outcome.plan.with_result(outcome.after)
    group = GROUP.to_result(outcome.after)
    if nesting is None:
        return Result(change, title=outcome.title, group=group)
    before, after = to_result(nesting.plan.before), to_result(nesting.after)
    return Result(
        change.changed or nesting.plan.changed,
        before=change.before and {**change.before, "member_of": before},
        after={**(change.after or {}), "member_of": after},
        title=outcome.title,
        group=group,
        member_of=after,
    )


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
