# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PingOne's regions and their hosts.

Source: the vendor's page on PingOne API domains; the long names are those of the vendor's Go SDK. This module is
private to the collection.
"""

from __future__ import annotations

import typing as t

# Region code -> top-level domain of its hosts.
DOMAINS: t.Final = {"NA": "com", "CA": "ca", "EU": "eu", "AU": "com.au", "AP": "asia", "SG": "sg"}

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
    names = {**{code.lower(): code for code in DOMAINS}, **{long.lower(): code for long, code in LONG_NAMES.items()}}
    return names.get(name.strip().lower().replace("_", "").replace(" ", ""))


def api_url(code: str) -> str:
    """Return the base URL of the management API of a region."""
    return f"https://api.pingone.{DOMAINS[code]}/v1"


def auth_url(code: str) -> str:
    """Return the base URL of the authorization server of a region."""
    return f"https://auth.pingone.{DOMAINS[code]}"
