# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: jwt_claims
short_description: Read what an access token says of itself
version_added: 0.2.0
description:
  - Returns the claims of a JSON Web Token (RFC 7519), such as an access token or an ID token of PingOne.
  - The signature is B(not) checked, and neither are issuer, audience and time. Whoever made the token may have written
    anything into it, so use this to read a token that you got from where you trust, never to decide who may do what.
  - An admin role is no claim. PingOne looks it up with each call.
author:
  - The idops.pingone contributors (@idops)
options:
  _input:
    description:
      - The token, as it is sent, without a C(Bearer) before it.
      - An empty text, which a dry run has in the place of the token of a worker that it only predicted, has no claims.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Say who signs in, and until when the token is valid
  ansible.builtin.debug:
    msg: >-
      Worker {{ claims.client_id }} of environment {{ claims.env }}, until
      {{ '%Y-%m-%d %H:%M:%S' | ansible.builtin.strftime(claims.exp, utc=true) }} UTC
  vars:
    claims: "{{ lookup('idops.pingone.pingone_token') | idops.pingone.jwt_claims }}"
"""

RETURN = r"""
_value:
  description: The claims.
  type: dict
  sample:
    client_id: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    env: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    org: 9c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f
    iss: https://auth.pingone.eu/3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11/as
    aud: [https://api.pingone.eu]
    iat: 1793611800
    exp: 1793615400
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import claims_of


def jwt_claims(token: t.Any) -> dict[str, t.Any]:
    """Return what a JSON Web Token says, without checking its signature; nothing for an empty text.

    Raises AnsibleFilterError, which shows nothing of the input because it may be another secret.
    """
    claims = claims_of(token) if isinstance(token, str) else {}
    if not claims and token != "":
        raise AnsibleFilterError(
            "idops.pingone.jwt_claims takes a JSON Web Token, three parts with a dot between them of which the second "
            f"is a JSON object in base64url, not {_described(token)}."
        )
    return claims


def _described(value: t.Any) -> str:
    """Return what a value is that is no token, without the value."""
    return f"a text of {len(value)} characters" if isinstance(value, str) else f"a value of type {type(value).__name__}"


class FilterModule:
    """The filter, as ansible-core finds it."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"jwt_claims": jwt_claims}
