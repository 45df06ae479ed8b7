#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_population
short_description: Manage a population of PingOne
version_added: 0.2.0
description:
  - Creates, adopts, updates and deletes populations. A population holds the users of an environment that have something
    in common, such as a password policy, and roles can be limited to it.
  - An update sends back what was read with the changes of the task.
    Unknown fields are preserved.
  - A new environment has a population V(Default) already. It is adopted by its name.
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
      - Whether O(preferred_language) is enabled in the environment shows in the real run alone.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  environment:
    description:
      - Name or id of the environment that the population belongs to.
    type: str
    required: true
  id:
    description:
      - Id of the population.
      - With O(name), the population is renamed.
    type: str
  name:
    description:
      - Name of the population, matched exactly. PingOne lets no two populations of an environment have one name.
      - One of O(id) and O(name) is required.
    type: str
  state:
    description:
      - V(present) creates or updates the population.
      - V(absent) deletes it. PingOne does not delete the default population, nor one that has users.
        Both are told before anything is changed.
    type: str
    choices: [absent, present]
    default: present
  description:
    description:
      - What the population is for. PingOne refuses nine characters in it, V($ + < = > ^ ` | ~).
    type: str
  default:
    description:
      - Whether users that are created without a population come into this one.
      - An environment has one default population, so V(true) ends that of another one, and V(false) is refused for the
        one that it is.
    type: bool
  password_policy:
    description:
      - Name or id of the password policy for the users of the population.
        Without one, PingOne applies that of the environment.
    type: str
  theme:
    description:
      - Name or id of the theme that the users of the population see.
        A new population gets that of the environment unless this says otherwise.
    type: str
  preferred_language:
    description:
      - Language of the population, such as V(en) or V(fr-CA). It has to be enabled in the environment.
        A new population gets that of the environment unless this says otherwise.
    type: str
  alternative_identifiers:
    description:
      - Other names by which the population can be searched for. The order has no meaning.
    type: list
    elements: str
  reset:
    description:
      - Options to put back to what PingOne does without them.
      - An option that is not given at all is left alone. V([]) and an empty string clear lists and strings.
    type: list
    elements: str
    choices: [alternative_identifiers, description, password_policy]
notes:
  - The calling worker needs Environment Admin in O(environment). Organization Admin alone can do nothing in an
    environment.
  - By creating a population, the calling worker may get roles that are limited to it.
  - PingOne replaces a population as a whole, on no condition. Tasks of one controller wait for each other. When two
    controllers update the same one at once, the change of one may be taken away. The next run puts that right.
seealso:
  - module: idops.pingone.pingone_population_info
  - module: idops.pingone.pingone_group
  - module: idops.pingone.pingone_environment
  - module: idops.pingone.pingone_role_assignment
"""

EXAMPLES = r"""
- name: Create a population
  idops.pingone.pingone_population:
    environment: dev
    name: Partners
    description: People of other companies
    password_policy: Passphrase
  register: partners

- name: Let new users come into it
  idops.pingone.pingone_population:
    environment: dev
    name: Partners
    default: true

- name: Rename it, and let the password policy of the environment apply
  idops.pingone.pingone_population:
    environment: dev
    id: "{{ partners.population.id }}"
    name: Guests
    reset: [password_policy]

- name: Limit a role to it
  idops.pingone.pingone_role_assignment:
    environment: dev
    application: ci-dev
    roles:
      - role: Identity Data Admin
        scope:
          population: Guests

- name: Put the default population back
  idops.pingone.pingone_population:
    environment: dev
    name: Default
    default: true

- name: Remove a population without users
  idops.pingone.pingone_population:
    environment: dev
    name: Guests
    state: absent
"""

RETURN = r"""
population:
  description:
    - The population as it is now. An entry is null where PingOne has none.
    - In check mode, the population as it would be. One that does not exist yet has a predicted id,
      which begins with V(00000000-0000-0000-0000-).
    - Null when O(state=absent).
  type: dict
  returned: success
  contains:
    id:
      description: Id of the population.
      type: str
      returned: success
      sample: c06accbc-1eaf-4b69-b02d-080a6beb9604
    environment_id:
      description: Id of its environment.
      type: str
      returned: success
      sample: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    name:
      description: Its name.
      type: str
      returned: success
      sample: Partners
    description:
      description: What it is for.
      type: str
      returned: success
      sample: People of other companies
    default:
      description: Whether users that are created without a population come into it.
      type: bool
      returned: success
      sample: false
    password_policy_id:
      description: Id of its password policy. Null when that of the environment applies.
      type: str
      returned: success
      sample: 2a7c5f0e-4b1d-4e8a-9c3f-7d6e5a4b3c21
    theme_id:
      description: Id of its theme. Null in check mode for a new one without O(theme).
      type: str
      returned: success
      sample: 67b2b008-f875-4b60-9637-d499aec8be64
    preferred_language:
      description: Its language. Null in check mode for a new one without O(preferred_language).
      type: str
      returned: success
      sample: en
    alternative_identifiers:
      description: Other names by which it can be searched for.
      type: list
      elements: str
      returned: success
      sample: [externals]
    user_count:
      description: How many users it has.
      type: int
      returned: success
      sample: 0
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
    id: c06accbc-1eaf-4b69-b02d-080a6beb9604
    environment_id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    name: Partners
    description: People of other companies
    default: false
    password_policy_id: 2a7c5f0e-4b1d-4e8a-9c3f-7d6e5a4b3c21
    theme_id: 67b2b008-f875-4b60-9637-d499aec8be64
    preferred_language: en
    alternative_identifiers: null
    user_count: 0
    created_at: "2026-11-02T09:30:00.000Z"
    updated_at: "2026-11-02T09:30:00.000Z"
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
from ansible_collections.idops.pingone.plugins.module_utils._resources.population import (
    check_options,
    ensure_population,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.population_fields import POPULATION

ARGUMENT_SPEC = argument_spec(
    POPULATION.argument_spec(),
    environment=dict(type="str", required=True),
    id=dict(type="str"),
    state=dict(type="str", choices=["absent", "present"], default="present"),
)
RULES = dict(required_one_of=[("id", "name")])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Bring one population to what the task wants."""
    check_options(task.params)
    try:
        outcome = ensure_population(task)
    except MissingObjectError as error:
        # A population is as absent as the environment that it was in.
        return absent(task, error, population=None)

    change = outcome.plan.with_result(outcome.after)
    return Result(change, title=outcome.title, population=POPULATION.to_result(outcome.after))


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
