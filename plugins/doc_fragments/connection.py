# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection, which are the same in every module."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation that modules share: the table in C(connection.py), C(assume_missing) and C(preflight)."""

    DOCUMENTATION = r"""
requirements:
  - Python 3.10 or newer
  - requests 2.31 or newer
  - cryptography 42 or newer, to keep access tokens between tasks
  - PyJWT 2.8 or newer and cryptography 42 or newer, to sign in with a private key
  - PyJWT 2.8 or newer, to sign in with V(client_secret_jwt)
attributes:
  action_group:
    description: Use C(group/idops.pingone.pingone) in C(module_defaults) to set the options of the connection once.
    support: full
    membership: [idops.pingone.pingone]
options:
  region:
    description:
      - The region of the tenant, V(NA), V(CA), V(EU), V(AU), V(AP) or V(SG), or its long name, V(NorthAmerica),
        V(Canada), V(Europe), V(Australia-AsiaPacific), V(AsiaPacific) or V(Singapore).
      - Required, unless O(api_url) and O(auth_url) are both known. These win for the addresses, wherever they come
        from; the region then only says where environments are created, and is compared with that of an existing one,
        which cannot be moved.
      - When left out, the environment variable E(PINGONE_REGION_CODE) is used.
    type: str
  auth_environment_id:
    description:
      - Id of the environment that the calling worker application belongs to, often that of C(Administrators).
        It is not the environment that the task is about.
      - Required, unless there is an access token.
      - When left out, the environment variable E(PINGONE_ENVIRONMENT_ID) is used.
    type: str
  client_id:
    description:
      - Id of the worker application that calls PingOne.
      - When left out, the environment variable E(PINGONE_CLIENT_ID) is used,
        unless the task gives another part of the credentials.
      - The parts of the credentials are O(client_id), O(client_secret), O(private_key), O(private_key_path),
        O(private_key_id) and O(access_token). When the task gives one of them, none comes from the environment, nor do
        O(client_auth_method) and O(client_assertion_algorithm).
    type: str
  client_secret:
    description:
      - Secret of the worker application that calls PingOne.
      - When left out, the environment variable E(PINGONE_CLIENT_SECRET) is used,
        unless the task gives another part of the credentials.
      - Mutually exclusive with O(private_key), O(private_key_path) and O(access_token).
    type: str
  client_auth_method:
    description:
      - How the worker authenticates at the token endpoint. It must be what the application is set to
        (C(token_endpoint_auth_method)).
      - V(client_secret_basic), V(client_secret_post) and V(client_secret_jwt) take O(client_secret); with the last the
        secret itself never leaves the controller. V(private_key_jwt) takes O(private_key) or O(private_key_path).
      - When left out, the environment variable E(PINGONE_CLIENT_AUTH_METHOD) is used,
        unless the task gives a part of the credentials; or else V(private_key_jwt) with a private key, and
        V(client_secret_basic) without.
    type: str
    choices: [client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt]
  private_key:
    description:
      - Private key of the worker application that calls PingOne, of which the application has the public half.
      - It is PEM (PKCS 8, PKCS 1 or SEC 1) or a JWK, of an RSA key of 2048 bits or more, or of an EC key on the curve
        P-256, P-384 or P-521. A passphrase is not supported; keep the key in Ansible Vault.
      - Of a file that Ansible Vault encrypted, P(ansible.builtin.file#lookup) gives the content.
      - When left out, the environment variable E(PINGONE_PRIVATE_KEY) is used,
        unless the task gives another part of the credentials.
      - Mutually exclusive with O(client_secret), O(private_key_path) and O(access_token).
    type: str
    version_added: 0.2.0
  private_key_path:
    description:
      - File of the private key, in the place of O(private_key), where the task runs. An absolute path, or one that
        begins with V(~/).
      - A file that Ansible Vault encrypted is read with the passwords of the play, in a task that runs on the
        controller by the C(local) connection, without C(async); also when an environment variable of the controller, or
        of the task, names it.
      - When left out, the environment variable E(PINGONE_PRIVATE_KEY_PATH) is used,
        unless the task gives another part of the credentials.
    type: path
    version_added: 0.2.0
  private_key_id:
    description:
      - The C(kid) by which the application knows the public half of the key. Give it when the application has several
        keys.
      - When left out, the environment variable E(PINGONE_PRIVATE_KEY_ID) is used,
        unless the task gives another part of the credentials; or else the C(kid) of a JWK, or none.
    type: str
    version_added: 0.2.0
  client_assertion_algorithm:
    description:
      - By what the key or the secret signs with V(private_key_jwt) and V(client_secret_jwt).
      - An RSA key takes V(RS256), V(RS384) or V(RS512), an EC key takes V(ES256) on P-256, V(ES384) on P-384 and
        V(ES512) on P-521. A secret takes V(HS256), V(HS384) or V(HS512), and must have as many bytes as the digest.
      - When left out, the environment variable E(PINGONE_CLIENT_ASSERTION_ALGORITHM) is used,
        unless the task gives a part of the credentials; or else the C(alg) of a JWK, or V(RS256), V(HS256), or the only
        one of an EC key.
    type: str
    choices: [HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, ES512]
    version_added: 0.2.0
  access_token:
    description:
      - An access token to use instead of credentials. It cannot be renewed when it expires.
      - When left out, the environment variable E(PINGONE_API_ACCESS_TOKEN) is used,
        unless the task gives another part of the credentials.
      - It cannot be given beside O(client_id), O(client_secret), O(private_key) or O(private_key_path).
    type: str
  api_url:
    description:
      - Address of the API, up to and with the version C(/v1), when it is not that of the region.
        It begins with C(https://); C(http://) is accepted for a loopback address only.
      - When left out, the environment variable E(PINGONE_API_URL) is used.
    type: str
  auth_url:
    description:
      - Address of the token endpoint's host, when it is not that of the region. As O(api_url), without a version.
      - When left out, the environment variable E(PINGONE_AUTH_URL) is used.
    type: str
  ca_path:
    description:
      - File or folder of the certificate authorities to trust.
      - When left out, E(REQUESTS_CA_BUNDLE) is used, then E(SSL_CERT_FILE), then what comes with C(requests).
    type: path
  validate_certs:
    description: Whether the certificates of PingOne are checked. Set it to V(false) for nothing but a test.
    type: bool
    default: true
  timeout:
    description:
      - For how many seconds one attempt at a call may take, from the connection to the end of the answer, from V(1) to
        V(86400).
      - An answer may have 64 MiB at most once it is expanded, and a list 10000 pages.
    type: int
    default: 30
  retry_budget:
    description:
      - For how many seconds one call is repeated, at most, when PingOne limits the rate, has a problem,
        or cannot be reached, from V(0), which repeats nothing, to V(86400).
    type: int
    default: 60
  settle:
    description:
      - For how many seconds a call is repeated, at most, when it is refused in a way that goes away by itself
        soon after something was changed, from V(0) to V(86400).
      - Set it on tasks that follow right after a change made elsewhere.
      - Changes of the same task, and environments and applications that are less than a minute old, are waited for
        without it, up to O(retry_budget) seconds. A refusal of which the service tells that it will stay, such as that
        of a secret which the roles of its worker keep from the calling one, or of a role that none may assign of those
        which the calling worker is listed with at that place, is not waited for at all.
    type: int
    default: 0
  assume_missing:
    description:
      - Whether, in check mode, an object that a name stands for and that does not exist is taken for one that another
        task makes, with a warning. Without it the task fails then, as it would in the real run.
      - What earlier tasks of the same run would make with modules of this collection is known without it. Set it where
        other tasks make what is referred to, such as M(ansible.builtin.uri) or the modules of another collection.
      - It has no effect in a real run, nor on licenses and on ids that are not predicted.
    type: bool
    default: false
  preflight:
    description:
      - What to do, in check mode and before the first write, about a refusal that is likely because the calling worker
        seems to lack a permission, or a role that may assign what is to be assigned, or because the environment lacks a
        product.
      - V(warn) warns of each, V(fail) fails with all of them before anything is written, and V(off) does not look.
        With O(settle) greater than 0, V(fail) only warns because what is missing may be on its way.
      - Which permission a call needs is told nowhere on the service, so the collection goes by a table of its own and
        by the permissions that PingOne shows for the roles of the calling worker. Where these cannot be read, or do not
        tell, nothing is said, and neither of an environment that is less than a minute old.
      - What the calling worker holds, and what roles allow, is read once a run, and kept in a private file that holds
        no secret. A permission that is not among it costs two requests more at most, because it may have come since. A
        task that finds nothing to change costs none, and one that runs elsewhere than on the controller, or with
        C(become), reads for itself.
      - What the service itself shows as refused fails the task whatever this says, such as the removal of a role
        assignment that is read-only to the calling worker, or a license that has no room, or does not allow the region
        or the type. All of it is one failure, together with what V(fail) tells, before anything is written. A task
        about many workers names those whom a sentence concerns.
      - PingOne refuses what needs a product that the environment lacks, whatever roles the caller has. That workers,
        populations, groups and what belongs to them need V(PING_ONE_BASE) is inferred. The bill of materials is read
        once a run, in check mode, with V(fail), and after a refused list, for one request; elsewhere what an earlier
        task of M(idops.pingone.pingone_environment) read or wrote counts.
    type: str
    choices: [warn, fail, 'off']
    default: warn
notes:
  - Proxies are read from the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY), whose spelling in
    lower case wins. A loopback address has none. C(~/.netrc) is not read.
  - Environment variables are those of the controller, where tasks run in Ansible's own process. A task with
    C(become), with C(async), or over another connection runs elsewhere, and has those that are there and those of
    its own C(environment). A secret in C(environment) is refused there because ansible-core prints it with C(-vvv) and
    passes it in a command line; give the option in its place, such as O(client_secret).
  - An option of a template that gives null, such as V("{{ description | default(none\) }}"), counts as left out with
    ansible-core 2.19 and later, and is an empty text, which clears, with 2.16 to 2.18. V(default(omit\)) leaves it out
    with all.
  - What a task waits for is told on stderr with C(-v), from 2 seconds on, with a line each 5 seconds at most. It is not
    told of a task that is C(no_log), nor of one that runs elsewhere than in Ansible's own process.
  - A target with an older Python, or without the libraries, cannot run the task; C(delegate_to) V(localhost) lets the
    controller do so.
"""
