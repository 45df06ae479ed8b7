# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task in a process of its own, as the door in the controller's process runs it."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import time
import typing as t
from pathlib import Path

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._core.result import perform
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from emulated import Ready

Result = dict[str, t.Any]
_FORK = multiprocessing.get_context("fork")
# Seconds after which what has not come will not.
_PATIENCE = 10


class Forked:
    """A task that was begun.

    module, options: the module and what it is given.
    folder: where it keeps tokens and locks; two tasks with one folder are on one controller.
    waits: whether its pauses take their time; without, they only seem to.
    """

    def __init__(self, module: str, options: dict[str, t.Any], folder: Path | str, *, waits: bool = True) -> None:
        self._results, child = _FORK.Pipe(duplex=False)
        self._process = _FORK.Process(target=_perform, args=(module, options, str(folder), waits, child))
        self._process.start()
        child.close()

    def result(self) -> Result:
        """Wait for its end, and return its result."""
        result: Result = self._results.recv()
        self._process.join()
        return result

    def kill(self) -> None:
        """End it where it is."""
        os.kill(t.cast(int, self._process.pid), signal.SIGKILL)
        self._process.join()


def comes(condition: t.Callable[[], bool]) -> bool:
    """Wait until a condition holds; return whether it did in time."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def connection_options(ready: Ready) -> dict[str, t.Any]:
    """Return the options of the connection to an emulator as its own worker."""
    names = ("api_url", "auth_url", "auth_environment_id", "client_id", "client_secret")
    return {"region": "NA", **{name: ready[name] for name in names}}


def module_of(name: str) -> t.Any:
    """Return the Python module of a module of the collection."""
    return importlib.import_module(f"ansible_collections.idops.pingone.plugins.modules.{name}")


def _perform(name: str, options: dict[str, t.Any], folder: str, waits: bool, results: t.Any) -> None:
    os.environ["XDG_RUNTIME_DIR"] = folder
    if not waits:
        _skip_pauses()
    module = module_of(name)
    validated = ArgumentSpecValidator(module.ARGUMENT_SPEC, **module.RULES).validate(options)
    secrets = {str(value) for value in validated._no_log_values}
    task = Task(validated.validated_parameters, door="in-process", secrets=secrets)
    results.send(perform(module.run, task, secret_returns=module.SECRET_RETURNS, no_log_values=secrets, diff=False))


def _skip_pauses() -> None:
    skipped = [0.0]
    passed = time.monotonic

    def skip(_clock: Clock, seconds: float) -> None:
        skipped.append(skipped.pop() + seconds)

    for name, method in (("sleep", skip), ("monotonic", lambda _clock: passed() + skipped[0])):
        setattr(Clock, name, method)
