# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Python runs the modules of a play."""

from __future__ import annotations

import sys
from pathlib import Path


def plain_interpreter(playbook: Path | None, folder: Path) -> Path:
    """Return the Python beside an ansible-playbook, by a way without the blanks and quotes that a checkout's may have.

    ansible-core 2.16 starts a module with an interpreter as it stands.

    playbook: the command; left out, it is this Python.
    folder: gets a link to the virtual environment.
    """
    python = playbook.parent / "python" if playbook else Path(sys.executable)
    environment = folder / "environment"
    if not environment.is_symlink():
        environment.symlink_to(python.parent.parent)
    return environment / "bin" / "python"
