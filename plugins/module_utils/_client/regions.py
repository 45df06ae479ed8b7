# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The regions of PingOne and their addresses.

Source: https://apidocs.pingidentity.com/pingone/platform/v1/api/#working-with-pingone-apis. The long names are those
of the vendor's Terraform provider. This module is private to the collection.
"""

from __future__ import annotations

import typing as t

DOMAINS: t.Final = {
    "NA": "pingone.com",
    "CA": "pingone.ca",
    "EU": "pingone.eu",
    "AU": "pingone.com.au",
    "AP": "pingone.asia",
    "SG": "pingone.sg",
}

LONG_NAMES: t.Final = {
    "NorthAmerica": "NA",
    "Canada": "CA",
    "Europe": "EU",
    "Australia-AsiaPacific": "AU",
    "AsiaPacific": "AP",
    "Singapore": "SG",
}


def region_code(name: str) -> str | None:
    """Return the code of a region given by its code or long name, in any case; None when there is no such region."""
    known = {**{code: code for code in DOMAINS}, **LONG_NAMES}
    return {spelling.lower(): code for spelling, code in known.items()}.get(name.strip().lower())


def api_url(code: str) -> str:
    """Return the address of the API in a region, up to and with the version."""
    return f"https://api.{DOMAINS[code]}/v1"


def auth_url(code: str) -> str:
    """Return the address of the token endpoint's host in a region."""
    return f"https://auth.{DOMAINS[code]}"
