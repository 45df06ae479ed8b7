# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import time

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._client import session_state
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

DOCUMENTATION = r"""
module: echo
short_description: Say what arrived, without any service
description:
  - Shows what the doors hand to a module, and what they let out.
options: {}
"""

ARGUMENT_SPEC = dict(
    text=dict(type="str"),
    number=dict(type="int"),
    flag=dict(type="bool"),
    anything=dict(type="raw"),
    parts=dict(type="list", elements="dict", options=dict(name=dict(type="str", required=True))),
    password=dict(type="str", no_log=True),
    variable=dict(type="str"),
    warning=dict(type="str"),
    listed=dict(type="bool", default=False),
    seconds=dict(type="float", default=0),
    fails=dict(type="str", choices=["expected", "unexpected"]),
    generated=dict(type="str", no_log=False),
    return_secret=dict(type="bool", default=False),
)
RULES = dict(mutually_exclusive=[("text", "number")])
SECRET_RETURNS = ("secret",)
SECRET_ASKED_BY = "return_secret"


def run(task: Task) -> Result:
    """Show all that arrived; fail, wait and generate a secret as asked."""
    params = task.params
    if params["warning"]:
        task.warn(params["warning"])
    time.sleep(params["seconds"])
    if params["fails"]:
        raise OptionError("fails", params["text"]) if params["fails"] == "expected" else RuntimeError(params["text"])
    values = {option: params[option] for option in ("text", "number", "flag", "anything", "parts")}
    if params["generated"]:
        generated = task.secret("".join(reversed(params["generated"])))
        task.warn(f"generated {generated}")
        values["elsewhere"] = [f"it is {generated}"]
        if params["return_secret"]:
            values["secret"] = generated
    if params["listed"]:
        values["remembered"] = ("a connection",) in session_state._shared
        session_state._shared["a connection",] = None
    task.progress(f"halfway, with {params['password']}", waited=2)
    return Result(
        True,
        before={"password": params["password"]},
        after={"text": params["text"], **values},
        door=task.door,
        check_mode=task.check_mode,
        variable=os.environ.get(params["variable"] or ""),
        **values,
    )


def main():
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
