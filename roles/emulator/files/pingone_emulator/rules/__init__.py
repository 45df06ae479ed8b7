# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What PingOne decides by: pure functions over plain values, without HTTP and without the tenant."""

from __future__ import annotations
