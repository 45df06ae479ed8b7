# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that holds one worker of one environment, as far as its keys are the matter."""

from __future__ import annotations

import json

from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    embedded,
    environment,
    worker,
)

ENVIRONMENT = DEV
WORKER = "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
APPLICATIONS = f"{API}/environments/{ENVIRONMENT}/applications"


class Service:
    """One worker, as the service keeps it."""

    def __init__(self, mock, **members):
        self.mock = mock
        self.refuses = False  # every write
        self.overwriting = []  # the keys that another controller writes, one after each write of ours
        self.is_behind = False  # whether the worker is read as it was at first
        self.after_reading = lambda: None  # what happens when the worker has been read
        shown = {
            "hiddenFromAppPortal": False,
            "accessControl": {"role": {"type": "ADMIN_USERS_ONLY"}},
            "pkceEnforcement": "OPTIONAL",
            "parRequirement": "OPTIONAL",
            "parTimeout": 60,
            "deviceTimeout": 600,
            "devicePollingInterval": 5,
        }
        self.worker = worker(WORKER, "ci", **{**shown, **members})
        mock.get(f"{API}/environments", json=embedded("environments", environment(DEV, "dev")))
        mock.add_callback("GET", APPLICATIONS, lambda _request: self.answer(embedded("applications", self.worker)))
        self.at_first = dict(self.worker)
        mock.add_callback("GET", f"{APPLICATIONS}/{WORKER}", self.get)
        mock.add_callback("PUT", f"{APPLICATIONS}/{WORKER}", self.put)

    @staticmethod
    def answer(body):
        return 200, {}, json.dumps(body)

    def get(self, _request):
        answer = self.answer(self.at_first if self.is_behind else self.worker)
        self.after_reading()
        return answer

    def put(self, request):
        if self.refuses:
            return 400, {}, json.dumps({"code": "INVALID_DATA", "message": "No.", "id": "c"})
        kept = {name: self.worker[name] for name in ("id", "environment", "createdAt")}
        written = {**json.loads(request.body), **kept}
        self.worker = {**written, **({"jwks": self.overwriting.pop(0)} if self.overwriting else {})}
        return self.answer(written)

    @property
    def keys(self):
        return json.loads(self.worker["jwks"])["keys"]

    @property
    def writes(self):
        return [call.request for call in self.mock.calls if call.request.method != "GET"]
