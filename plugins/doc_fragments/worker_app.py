# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a worker: those of pingone_worker_app, and those of each entry of pingone_worker_apps.

Suboptions cannot take part in a fragment, so the lists of entries are made here from the same texts.
"""

from __future__ import annotations

import copy
import json
import re
import typing as t

import yaml


class ModuleDocFragment:
    """Documentation that modules share."""

    DOCUMENTATION = r"""
options:
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
      - With V(PRIVATE_KEY_JWT) it holds at least one key. A private key in it is refused.
      - Excludes O(jwks_url).
    type: json
  jwks_url:
    description:
      - HTTPS URL of the public keys for V(PRIVATE_KEY_JWT).
      - It holds neither a user nor a password because PingOne and results show it.
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
    type: str
"""

    # What an entry of a list has beside these.
    ENTRY = r"""
options:
  environment:
    description:
      - Name or id of the environment that the worker belongs to. When left out, the option O(environment) of the task.
    type: str
  previous_names:
    description:
      - Names that the worker had before. Where there is no worker of the name O(workers[].name), the one that has
        one of these is renamed; it is never treated as unlisted.
    type: list
    elements: str
  roles:
    description:
      - Roles that the worker is to have. When left out, its roles are left as they are.
      - With V([]) and O(exclusive_roles=true) the worker loses all that it has.
      - Requires O(workers[].state=present).
    type: list
    elements: dict
    suboptions:
      role:
        description:
          - Name or id of the role, one of the platform or a custom one of the environment. Names match exactly.
        type: str
        required: true
      scope:
        description:
          - Where the role applies. The worker's own environment when it is left out.
          - Exactly one of the entries, but V(environment) may stand beside V(population) and V(application),
            to say where these are when they are not in the worker's own environment.
        type: dict
        suboptions:
          organization:
            description:
              - Whether it applies to the whole organization.
            type: bool
          environment:
            description:
              - Name or id of an environment.
            type: str
          population:
            description:
              - Name or id of a population.
            type: str
          application:
            description:
              - Name or id of an application.
            type: str
  exclusive_roles:
    description:
      - Whether every other role of the worker is removed. When left out, the option O(exclusive_roles) of the task.
    type: bool
  private_key:
    description:
      - The private key by which the worker signs in, for its proof. It is not sent to PingOne, and the secret of such a
        worker is not read. As the option O(private_key) of the connection.
    type: str
    version_added: 0.2.0
  private_key_path:
    description:
      - The file of that key, in the place of O(workers[].private_key).
    type: path
    version_added: 0.2.0
  private_key_id:
    description:
      - The C(kid) by which PingOne knows that key. Needed where the worker has several.
    type: str
    version_added: 0.2.0
  client_assertion_algorithm:
    description:
      - The algorithm with which the worker signs by that key.
    type: str
    choices: [ES256, ES384, ES512, RS256, RS384, RS512]
    version_added: 0.2.0
"""

    # The two options that hold such lists, made below.
    MANY: t.ClassVar[str]


_WORKERS = r"""
description:
  - Workers that are to be there, or not. Mutually exclusive with O(environments), and one of the two is required.
  - No two entries may mean the same worker, or give two workers of an environment one name.
type: list
elements: dict
"""

_ENVIRONMENTS = r"""
description:
  - Workers by their environments. Mutually exclusive with O(workers) and O(environment).
  - An environment with an empty list is looked at for unlisted workers.
type: list
elements: dict
"""

_ENVIRONMENT = r"""
description:
  - Name or id of the environment.
type: str
required: true
"""

Options = dict[str, t.Any]


def _entries() -> Options:
    """Return the options of an entry, in which an option is named by its path."""
    options: Options = {**yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]}
    names = "|".join(options)
    text = re.sub(rf"O\(({names})([=)])", r"O(workers[].\1\2", json.dumps(options))
    return {**json.loads(text), **yaml.safe_load(ModuleDocFragment.ENTRY)["options"]}


def _pointers(options: Options, path: str) -> Options:
    """Return options that are described elsewhere. path: that of the option whose suboptions they are."""
    found = copy.deepcopy(options)
    for name, option in found.items():
        option["description"] = [f"As O({path}.{name})."]
        if "suboptions" in option:
            inner = f"{path}.{name}{'[]' if option['type'] == 'list' else ''}"
            option["suboptions"] = _pointers(option["suboptions"], inner)
    return found


def _lists() -> Options:
    """Return the two options that hold entries."""
    entries = _entries()
    within = _pointers({name: option for name, option in entries.items() if name != "environment"}, "workers[]")
    listed = {
        "description": ["The workers, as in O(workers)."],
        "type": "list",
        "elements": "dict",
        "required": True,
        "suboptions": within,
    }
    return {
        "workers": {**yaml.safe_load(_WORKERS), "suboptions": entries},
        "environments": {
            **yaml.safe_load(_ENVIRONMENTS),
            "suboptions": {"environment": yaml.safe_load(_ENVIRONMENT), "workers": listed},
        },
    }


ModuleDocFragment.MANY = json.dumps({"options": _lists()})
