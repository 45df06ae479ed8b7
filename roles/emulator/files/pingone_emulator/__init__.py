# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PingOne of one's own: serves the management API and the token endpoint for rehearsals and tests."""

from __future__ import annotations
