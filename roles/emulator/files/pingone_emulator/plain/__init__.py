# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain collections: a description each, in a file of its name."""

from __future__ import annotations
