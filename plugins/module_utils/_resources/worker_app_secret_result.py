# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task tells of the secret of a worker: never the secret itself but where it was asked for.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import PingOneError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Failure, Result
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret import SecretRun
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret_plan import Secrets


def result_of(run: SecretRun, published: str | None, *, return_secret: bool, check_mode: bool) -> Result:
    """Return what the task found and did.

    published: the secret that the user gave; it is not given back, which ansible-core would not let through.
    """
    plan, after = run.plan, run.after
    values = {
        "environment_id": run.home["id"],
        "client_id": run.worker["id"],
        "rotated": plan.action == "rotate",
        "revoked": plan.action == "revoke",
        "reason": plan.reason,
        "publish_required": plan.publish_required,
        "rotated_at": after.rotated_at,
        "previous": _previous(after.secrets),
        "previous_lost": after.previous_lost,
        "verified": run.proof is not None and run.proof.token,
    }
    if return_secret and check_mode:
        values["client_secret"] = ""
    elif return_secret and after.secrets.current != published:
        values["client_secret"] = after.secrets.current
    result = Result(plan.changed, before=_side(plan.found), after=_side(after.secrets, run), title=run.title, **values)
    if run.failure is not None:
        result.failure = Failure(_failed(run, run.failure), run.failure)
    return result


def _previous(secrets: Secrets) -> dict[str, t.Any] | None:
    if not secrets.has_previous:
        return None
    return {"expires_at": secrets.expires_at, "last_used": secrets.last_used}


def _side(secrets: Secrets, run: SecretRun | None = None) -> dict[str, t.Any]:
    """Return one side of the diff, in words. run: what was done, for the side after it."""
    rotated = run is not None and run.plan.action == "rotate"
    return {"secret": "(secret rotated)" if rotated else "(secret)", "previous": _previous(secrets)}


def _failed(run: SecretRun, error: PingOneError) -> str:
    done = "was rotated, but" if run.plan.changed else "is not published yet, and"
    still = run.after.secrets.expires_at
    left = f" The one of before is valid until {still}." if still else ""
    return (
        f"The secret of worker '{title(run.worker)}' {done} it got no token: {describe(error)}{left} What is published "
        "was left as it is; this task returns the secret when it is run again with published_secret."
    )
