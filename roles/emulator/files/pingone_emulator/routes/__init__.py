# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The management API: one file a resource."""

from __future__ import annotations
