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
attributes:
  check_mode:
    support: full
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
  id:
    description:
      - Id of the worker, which is its OAuth client id as well.
      - With O(name), the worker is renamed.
    type: str
  name:
    description:
      - Name of the worker, matched exactly.
        PingOne lets several applications have one name. That is an error here, unless O(id) says which is meant.
      - One of O(id) and O(name) is required.
    type: str
  state:
    description:
      - V(present) creates or updates the worker.
      - V(absent) deletes it, and with it its secret and its role assignments.
    type: str
    choices: [absent, present]
    default: present
  allow_self:
    description:
      - Whether the calling worker may delete or disable itself, or change its O(grant_types),
        O(token_endpoint_auth_method) or keys so that this task could not sign in again. Without it such a task fails
        and changes nothing.
    type: bool
    default: false
  return_secret:
    description:
      - Whether to read the worker's secret and return it as RV(client_secret).
        The result is then censored wherever it would be shown, and usable in later tasks.
      - PingOne shows the secret only to a worker that could remove every role assignment of this one,
        and whose own roles allow all that those of this one allow. No worker reads its own.
      - Needs the C(local) connection and no C(async); use C(delegate_to=localhost) elsewhere.
    type: bool
    default: false
  reset:
    description:
      - Options to put back to what PingOne does without them.
      - An option that is not given at all is left alone. V([]) and an empty string clear lists and strings.
    type: list
    elements: str
    choices:
      - description
      - enabled
      - hidden_from_app_portal
      - home_page_url
      - login_page_url
      - icon
      - access_control_role_type
      - access_control_group
      - tags
      - response_types
      - pkce_enforcement
      - par_requirement
      - par_timeout
      - device_timeout
      - device_polling_interval
      - device_path_id
      - device_custom_verification_uri
      - redirect_uris
      - allow_wildcard_in_redirect_uris
      - post_logout_redirect_uris
      - refresh_token_rolling_grace_period_duration
      - refresh_token_type
      - additional_refresh_token_replay_protection_enabled
      - request_scopes_for_multiple_resources_enabled
      - idp_signoff
      - op_session_check_enabled
      - include_x5t
      - include_typ
      - initiate_login_uri
      - target_link_uri
      - jwks
      - jwks_url
      - require_signed_request_object
      - support_unsigned_request_object
      - signing
      - cors_settings
  description:
    description:
      - What the worker is for. PingOne refuses nine characters in it, V($ + < = > ^ ` | ~).
    type: str
  enabled:
    description:
      - Whether the worker may get tokens. A new worker is enabled unless this says otherwise.
    type: bool
  hidden_from_app_portal:
    description:
      - Whether the application portal leaves the worker out.
    type: bool
  home_page_url:
    description:
      - Home page of the application.
    type: str
  login_page_url:
    description:
      - Login page of the application. HTTPS, or HTTP on V(localhost) and V(127.0.0.1).
    type: str
  icon:
    description:
      - Uploaded image that stands for the worker in the console.
    type: dict
    suboptions:
      id:
        description:
          - Id of the image.
        type: str
        required: true
      href:
        description:
          - URL of the image.
        type: str
        required: true
  access_control_role_type:
    description:
      - Who may use the application by the kind of user. PingOne sets V(ADMIN_USERS_ONLY) on every worker by itself.
    type: str
    choices: [ADMIN_USERS_ONLY]
  access_control_group:
    description:
      - Groups whose members may use the application.
    type: dict
    suboptions:
      type:
        description:
          - Whether one of the groups is enough, or all are needed.
        type: str
        choices: [ANY_GROUP, ALL_GROUPS]
        required: true
      groups:
        description:
          - Ids of the groups.
        type: list
        elements: str
        required: true
  tags:
    description:
      - Marks of the application. PingFederate's worker has the only known one.
    type: list
    elements: str
    choices: [PING_FED_CONNECTION_INTEGRATION]
  grant_types:
    description:
      - Grants that the application may use. A new worker gets V(CLIENT_CREDENTIALS) unless this says otherwise.
      - With a grant of a user, such as V(AUTHORIZATION_CODE), it is the user's roles that count.
    type: list
    elements: str
    choices:
      - AUTHORIZATION_CODE
      - CIBA
      - CLIENT_CREDENTIALS
      - DEVICE_CODE
      - IMPLICIT
      - REFRESH_TOKEN
      - TOKEN_EXCHANGE
  response_types:
    description:
      - What the authorization endpoint answers with. Needed for the grants V(AUTHORIZATION_CODE) and V(IMPLICIT).
    type: list
    elements: str
    choices: [CODE, ID_TOKEN, TOKEN]
  token_endpoint_auth_method:
    description:
      - How the worker authenticates at the token endpoint. PingOne accepts this one and no other.
        A new worker gets V(CLIENT_SECRET_BASIC) unless this says otherwise.
    type: str
    choices: [CLIENT_SECRET_BASIC, CLIENT_SECRET_JWT, CLIENT_SECRET_POST, NONE, PRIVATE_KEY_JWT]
  assign_actor_roles:
    description:
      - Whether a new worker gets all roles of the worker that creates it. Not so unless this is V(true),
        which goes against the principle of least privilege and is warned about.
      - PingOne reads it on creation only, so it changes nothing on an existing worker.
    type: bool
  pkce_enforcement:
    description:
      - Whether PKCE is needed with the grant V(AUTHORIZATION_CODE).
    type: str
    choices: [OPTIONAL, REQUIRED, S256_REQUIRED]
  par_requirement:
    description:
      - Whether authorization requests must be pushed first.
    type: str
    choices: [OPTIONAL, REQUIRED]
  par_timeout:
    description:
      - Seconds that a pushed authorization request stays valid, from V(1) to V(600).
    type: int
  device_timeout:
    description:
      - Seconds that a device code stays valid, from V(1) to V(3600).
    type: int
  device_polling_interval:
    description:
      - Seconds that a device waits between two polls, from V(1) to V(60).
    type: int
  device_path_id:
    description:
      - Part of the verification URI that is the application's own. 1 to 50 letters, digits, V(-) or V(_).
    type: str
  device_custom_verification_uri:
    description:
      - Verification URI that is shown instead of PingOne's own.
    type: str
  redirect_uris:
    description:
      - Where the authorization endpoint may send the user.
    type: list
    elements: str
  allow_wildcard_in_redirect_uris:
    description:
      - Whether O(redirect_uris) may have V(*) in them.
    type: bool
  post_logout_redirect_uris:
    description:
      - Where the user may be sent after signing off.
    type: list
    elements: str
  refresh_token_duration:
    description:
      - Seconds that a refresh token lives, from V(60) to V(2147483647). Once set, PingOne cannot forget it.
    type: int
  refresh_token_rolling_duration:
    description:
      - Seconds after which refresh tokens cannot be renewed any more, from V(60) to V(2147483647).
        Once set, PingOne cannot forget it.
    type: int
  refresh_token_rolling_grace_period_duration:
    description:
      - Seconds that a used refresh token may be used again, from V(0) to V(86400).
    type: int
  refresh_token_type:
    description:
      - Form of refresh tokens.
    type: str
    choices: [JSON_WEB_TOKEN, OPAQUE_TOKEN]
  additional_refresh_token_replay_protection_enabled:
    description:
      - Whether a refresh token that is used twice revokes all tokens that came from it.
    type: bool
  request_scopes_for_multiple_resources_enabled:
    description:
      - Whether one request may ask for scopes of several custom resources.
    type: bool
  idp_signoff:
    description:
      - Whether signing off needs only the session's cookie, without an ID token.
    type: bool
  op_session_check_enabled:
    description:
      - Whether the application may ask for the state of a session.
    type: bool
  include_x5t:
    description:
      - Whether tokens have the header C(x5t).
    type: bool
  include_typ:
    description:
      - Whether access tokens have the header C(typ) with V(at+jwt).
    type: bool
  initiate_login_uri:
    description:
      - Where others send a user to start signing in.
    type: str
  target_link_uri:
    description:
      - Where a user goes who comes without a deep link.
    type: str
  jwks:
    description:
      - Public keys for V(PRIVATE_KEY_JWT), as a JWKS document. Compared as JSON, sent as it is given.
      - With V(PRIVATE_KEY_JWT) it holds at least one key.
      - Excludes O(jwks_url).
    type: json
  jwks_url:
    description:
      - HTTPS URL of the public keys for V(PRIVATE_KEY_JWT).
    type: str
  require_signed_request_object:
    description:
      - Whether request objects must be signed.
    type: bool
  support_unsigned_request_object:
    description:
      - Whether request objects without a signature are taken. Excludes O(require_signed_request_object).
    type: bool
  signing:
    description:
      - Key rotation policy that signs this application's tokens.
    type: dict
    suboptions:
      key_rotation_policy_id:
        description:
          - Id of the key rotation policy.
        type: str
        required: true
  cors_settings:
    description:
      - Which web pages may call PingOne as this application.
    type: dict
    suboptions:
      behavior:
        description:
          - Whether origins are named, or none is let in.
        type: str
        choices: [ALLOW_NO_ORIGINS, ALLOW_SPECIFIC_ORIGINS]
        required: true
      origins:
        description:
          - Origins that are let in, 40 at most.
        type: list
        elements: str
  imported_client_id:
    description:
      - Client id that the worker had elsewhere. Only for environments with PingOne's import feature, on creation.
    type: str
  imported_client_secret:
    description:
      - Secret that the worker had elsewhere. Only with O(imported_client_id), on creation.
      - Mutually exclusive with O(return_secret) because ansible-core takes its value out of every result.
    type: str
notes:
  - The calling worker needs Environment Admin or Client Application Developer in O(environment).
    Organization Admin alone can do nothing in an environment.
seealso:
  - module: idops.pingone.pingone_worker_app_info
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

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import MissingObjectError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_rules import check_usable
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app import (
    check_options,
    ensure_worker_apps,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import WORKER_APP
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret import read_secret

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


def run(task: Task) -> Result:
    """Bring one worker application to what the task wants."""
    check_options(task.params)
    try:
        environment = task.lookup.environment(task.params["environment"])
        check_usable(environment)
    except MissingObjectError as error:
        # A worker is as absent as the environment that it lived in.
        if task.params["state"] != "absent":
            raise
        task.warn(str(error))
        return Result(False, worker_app=None)

    outcome = ensure_worker_apps(task, environment, [task.params])[0]

    return Result(
        outcome.plan,
        title=outcome.title,
        worker_app=WORKER_APP.to_result(outcome.after),
        **_secret_if_asked(task, environment, outcome.after),
    )


def _secret_if_asked(task: Task, environment: Wire, worker: Wire | None) -> dict[str, str]:
    if not task.params["return_secret"] or worker is None:
        return {}
    if is_predicted(worker["id"]):
        task.warn("The worker does not exist yet, so client_secret is empty in this dry run.")
        return {"client_secret": ""}
    return {"client_secret": read_secret(task, environment, worker)}


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
