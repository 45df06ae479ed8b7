#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_worker_app
short_description: Manage a worker application of PingOne
version_added: 0.1.0
description:
  - Creates, adopts, updates, disables and deletes worker applications.
    A worker application is a client without a user that gets tokens by C(client_credentials)
    and may do what the admin roles assigned to it allow.
  - An existing worker is adopted by its name or id. Its secret is left as it is.
  - An update sends back what was read with the changes of the task.
    Unknown fields are preserved.
  - Roles are assigned by M(idops.pingone.pingone_role_assignment).
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
  - idops.pingone.worker_app
attributes:
  check_mode:
    support: full
    details:
      - Environments and workers that earlier tasks of the same run would have created, renamed, changed and removed are
        taken as if they were so. What does not exist then is an error as in the real run,
        unless O(assume_missing=true).
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  environment:
    description:
      - Name or id of the environment that the worker belongs to.
    type: str
    required: true
  return_secret:
    description:
      - Whether to read the worker's secret and return it as RV(client_secret).
        The result is then censored wherever it would be shown, its diff too, and usable in later tasks.
        To see the diff, change the worker by one task, and read its secret by another one.
      - PingOne shows the secret only to a worker that could remove every role assignment of this one,
        and whose own roles allow all that those of this one allow. No worker reads its own.
      - Mutually exclusive with O(imported_client_secret) because ansible-core takes its value out of every result.
      - Needs the C(local) connection and no C(async); use C(delegate_to=localhost) elsewhere.
    type: bool
    default: false
notes:
  - The calling worker needs Environment Admin or Client Application Developer in O(environment).
    Organization Admin alone can do nothing in an environment.
seealso:
  - module: idops.pingone.pingone_worker_app_info
  - module: idops.pingone.pingone_worker_app_secret
  - module: idops.pingone.pingone_worker_apps
  - module: idops.pingone.pingone_role_assignment
  - module: idops.pingone.pingone_token
"""

EXAMPLES = r"""
- name: Create a worker for the pipeline of an environment
  idops.pingone.pingone_worker_app:
    environment: dev
    name: ci-dev
    description: Deploys from the pipeline

- name: Let it authenticate as PingOne Authorize expects
  idops.pingone.pingone_worker_app:
    environment: dev
    name: ci-dev
    token_endpoint_auth_method: CLIENT_SECRET_POST

- name: Read its secret for a later task
  idops.pingone.pingone_worker_app:
    environment: dev
    name: ci-dev
    return_secret: true
  register: ci_dev

- name: Rename it, and forget its description
  idops.pingone.pingone_worker_app:
    environment: dev
    id: "{{ ci_dev.worker_app.id }}"
    name: pipeline-dev
    reset: [description]

- name: Keep it, but let it sign in no more
  idops.pingone.pingone_worker_app:
    environment: dev
    name: pipeline-dev
    enabled: false

- name: Remove it with its secret and its roles
  idops.pingone.pingone_worker_app:
    environment: dev
    name: pipeline-dev
    state: absent
"""

RETURN = r"""
worker_app:
  description:
    - The worker as it is now, with an entry for each option that describes it. An entry is null where PingOne has none.
    - In check mode, the worker as it would be. A worker that does not exist yet has a predicted id,
      which begins with V(00000000-0000-0000-0000-).
    - Null when O(state=absent).
  type: dict
  returned: success
  contains:
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
    id: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    environment_id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    name: ci-dev
    enabled: true
    grant_types: [CLIENT_CREDENTIALS]
    token_endpoint_auth_method: CLIENT_SECRET_BASIC
client_secret:
  description:
    - The worker's secret. Empty in check mode for a worker that does not exist yet.
  type: str
  returned: when O(return_secret=true) and O(state=present)
  sample: a text of 64 characters or more
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

from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import WORKER_APP
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_apps import ensure_worker_apps
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_apps_plan import Entry, Policy

ARGUMENT_SPEC = argument_spec(
    WORKER_APP.argument_spec(),
    environment=dict(type="str", required=True),
    id=dict(type="str"),
    state=dict(type="str", choices=["absent", "present"], default="present"),
    return_secret=dict(type="bool", default=False),
    allow_self=dict(type="bool", default=False),
)
RULES = dict(required_one_of=[("id", "name")])
SECRET_RETURNS = ("client_secret",)
SECRET_ASKED_BY = "return_secret"


def run(task: Task) -> Result:
    """Bring one worker application to what the task wants."""
    asked = task.params["return_secret"]
    entry = Entry("", task.params["environment"], "environment", task.params)
    ((worker,), _unlisted) = ensure_worker_apps(task, [entry], Policy(return_secrets=asked))
    if worker.error is not None:
        raise worker.error

    values: dict[str, t.Any] = {"worker_app": WORKER_APP.to_result(worker.worker)}
    if asked and worker.worker is not None:
        values["client_secret"] = worker.secret
        if is_predicted(worker.worker["id"]):
            task.warn("The worker does not exist yet, so client_secret is empty in this dry run.")
    change = worker.change.with_result(worker.worker) if worker.change else False
    return Result(change, title=worker.diff_title, **values)


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
