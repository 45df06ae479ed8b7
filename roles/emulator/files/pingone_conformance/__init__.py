# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One scripted conversation with a PingOne tenant, compared with what the emulator says in the same one."""
