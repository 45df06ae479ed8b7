# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options of the connection, which every module that calls PingOne has."""

    DOCUMENTATION = r"""
options:
  region:
    description:
      - Region of the tenant, as V(NA), V(CA), V(EU), V(AU), V(AP) or V(SG).
        The long names V(NorthAmerica), V(Canada), V(Europe), V(Australia-AsiaPacific), V(AsiaPacific) and V(Singapore)
        are taken as well.
      - Required unless O(api_url) and O(auth_url) are both known. Where they are given, they win for addresses,
        and the region only says where environments are created.
      - The environment variable E(PINGONE_REGION_CODE) is used when this is not given.
    type: str
  api_url:
    description:
      - Base URL of the management API, up to and with its version, such as V(https://api.pingone.eu/v1).
      - The environment variable E(PINGONE_API_URL) is used when this is not given.
    type: str
  auth_url:
    description:
      - Base URL of the authorization server, without an environment, such as V(https://auth.pingone.eu).
      - The environment variable E(PINGONE_AUTH_URL) is used when this is not given.
    type: str
  auth_environment_id:
    description:
      - Id of the environment that hosts the calling worker. It is not the environment that is managed.
      - The environment variable E(PINGONE_ENVIRONMENT_ID) is used when this is not given.
    type: str
  client_id:
    description:
      - Client id of the calling worker, which is the id of its application.
      - Credentials are taken whole. When the task gives O(client_id), O(client_secret) or O(access_token),
        none of them comes from the environment.
      - The environment variable E(PINGONE_CLIENT_ID) is used when none of them is given.
    type: str
  client_secret:
    description:
      - Client secret of the calling worker.
      - The environment variable E(PINGONE_CLIENT_SECRET) is used when no credential is given.
    type: str
  client_auth_method:
    description:
      - How the calling worker authenticates at the token endpoint. It must be what its application is set to.
      - The environment variable E(PINGONE_CLIENT_AUTH_METHOD) is used when this is not given,
        and V(client_secret_basic) without it.
    type: str
    choices: [client_secret_basic, client_secret_post]
  access_token:
    description:
      - A ready access token, in place of O(client_id) and O(client_secret). It can't be renewed.
      - The environment variable E(PINGONE_API_ACCESS_TOKEN) is used when no credential is given,
        and the environment has no client id.
    type: str
  ca_path:
    description:
      - File or folder of the CA certificates to trust.
      - The environment variables E(REQUESTS_CA_BUNDLE) and E(SSL_CERT_FILE) are used, in this order,
        when this is not given.
    type: path
  validate_certs:
    description:
      - Whether the service's certificate is checked. V(false) is warned about.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait for a connection, and for each part of an answer.
    type: int
    default: 30
  retry_budget:
    description:
      - Seconds in which one call may be repeated, when PingOne limits the rate, has a passing fault,
        or has not yet applied a change that this task made.
    type: int
    default: 60
  settle:
    description:
      - Seconds from the start of the task in which a refusal is taken for a change that PingOne has not applied yet,
        and tried again. For tasks right after one that made an environment, a worker or a role assignment.
    type: int
    default: 0
requirements:
  - The Python library requests. Tokens are kept on disk, encrypted, where cryptography is installed too.
notes:
  - With the C(local) connection the module runs in the controller's process and its Python,
    whatever C(ansible_python_interpreter) says, unless the task uses C(become) or C(async),
    or the variable C(pingone_in_process) is V(false). Progress is shown there only.
  - The environment variables are those of the host that the module runs on, with what the task's C(environment) adds.
  - Proxies are taken from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
"""
