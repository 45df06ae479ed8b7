# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data model: one file a resource, with what may be sent, what is stored and what is shown."""

from __future__ import annotations
