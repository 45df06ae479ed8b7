# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is imported by the process from which playbooks and emulators are forked; see warm.py.

Nothing of the collection's plugins: each play loads those itself, and with them what is kept for one run.
"""

from __future__ import annotations

import functools
import gc
import importlib
import pkgutil
from pathlib import Path

from ansible.utils.collection_loader import _collection_finder

from pingone_emulator.app import make_app
from pingone_emulator.emulator import Emulator, Settings
from pingone_emulator.faults import Faults
from pingone_emulator.tenant_file import DEFAULT_TENANT, read

COLLECTION = Path(__file__).resolve().parents[3] / ".cache/ansible_collections/idops/pingone"
_MODULES = (
    "ansible.cli.playbook",
    "ansible.executor.playbook_executor",
    "ansible.plugins.callback.default",
    "ansible.plugins.connection.local",
    "ansible.plugins.shell.sh",
    "ansible.plugins.strategy.linear",
    "ansible.template",
    "pingone_emulator.cli",
    "requests",
    "uvicorn",
)
# ansible-core would load the filters and tests in each worker anew.
_KINDS = ("action", "filter", "lookup", "test")


def _import_all() -> None:
    for name in _MODULES:
        importlib.import_module(name)
    for kind in _KINDS:
        package = importlib.import_module(f"ansible.plugins.{kind}")
        for found in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{found.name}")


def _compile_collection() -> None:
    """Let a collection's code be compiled once; ansible-core keeps none of it, and compiles all for each play."""
    once = functools.cache(compile)
    vars(_collection_finder)["compile"] = once
    for path in COLLECTION.glob("plugins/**/*.py"):
        # As ansible-core asks for it.
        once(source=path.read_bytes(), filename=str(path), mode="exec", flags=0, dont_inherit=True)


_import_all()
_compile_collection()
# One emulator, because what does not differ between them is built for the first.
make_app(Emulator(Settings(read(DEFAULT_TENANT), "https://api.example.com/v1", "https://auth.example.com"), Faults()))
gc.disable()  # a play ends before a search for garbage pays; an emulator begins it by itself
