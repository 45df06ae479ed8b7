# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A worker whose secret is rotated, and a client that has the secret that was published.

What is looked at is whether the client can sign in after each run, and what the next run makes of it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import random
import tempfile
import typing as t
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import yaml
from emulated import Ready, admin, clear_faults, emulator, requests_of, reset, state_of
from forked import Forked, Result, comes, connection_options
from tenants import DEFAULT

CI: t.Final = "5a1c0c7e-7f5d-4c55-8d4e-0b6f3a2e9d22"
FIRST: t.Final = "An-example-secret-of-64-characters-or-more-that-was-published-first-1"
LONG_AGO: t.Final = "2020-01-01T00:00:00Z"
# In milliseconds: how long a request is held whose caller is killed meanwhile.
_HELD = 100
_SECRET = f"applications/{CI}/secret$"
# The requests of a rotation from which on the new secret is there, by what matches each.
_AFTERWARDS: t.Final = (
    {"method": "POST", "path": _SECRET},
    {"method": "GET", "path": _SECRET, "skip": 2},
    {"method": "POST", "path": "/as/token$", "skip": 1},
)


@dataclass(frozen=True)
class Scenario:
    """One way in which a rotation goes wrong.

    statuses: what the rotation is answered with; an empty one stands for a connection that breaks.
    when: C(before) or C(after) the rotation took place; None when it is answered.
    """

    statuses: tuple[int, ...] = ()
    when: str | None = None


SCENARIOS: t.Final = {
    "answer lost after the write": Scenario((0, 408, 500, 502, 503, 504), "after"),
    "5xx before the write": Scenario((500, 502, 503, 504), "before"),
    "crash between rotating and publishing": Scenario(),
}


class Rotations:
    """An emulator with a worker whose secret is rotated.

    folder: for what tasks keep.
    """

    def __init__(self, ready: Ready, folder: Path) -> None:
        self.ready = ready
        self._folder = folder
        self.connection = connection_options(ready)

    def begin(self) -> None:
        """Set the emulator back, and give the client the first secret."""
        clear_faults(self.ready)
        reset(self.ready)
        self.home = next(one["id"] for one in state_of(self.ready)["environments"] if one["name"] == "dev")
        self.published = {"client_secret": FIRST, "rotated_at": LONG_AGO}
        self.controller = self.new_controller()

    def new_controller(self) -> str:
        """Return a folder in which nobody keeps a lock or a token yet."""
        return tempfile.mkdtemp(dir=self._folder)

    def script(self, *faults: dict[str, t.Any]) -> None:
        """Let the emulator have faults, each once."""
        admin(self.ready, "POST", "/faults", {"faults": [{"count": 1, **fault} for fault in faults]})

    def start(self, controller: str | None = None, *, waits: bool = True, **options: t.Any) -> Forked:
        """Begin a rotation. options: what it is given beside the worker and the connection."""
        given = {"environment": "dev", "application": CI, "state": "rotated", "return_secret": True, **options}
        folder = controller or self.controller
        return Forked("pingone_worker_app_secret", {**self.connection, **given}, folder, waits=waits)

    def rotate(self, **options: t.Any) -> Forked:
        """Begin a rotation as a pipeline does, which reads first what is published."""
        published = {"published_secret": self.published["client_secret"], "rotated_at": self.published["rotated_at"]}
        return self.start(waits=False, max_age="30d", **published, **options)

    def publish(self, result: Result) -> None:
        """Give the client what a run says has to be published."""
        if result.get("publish_required") and not result.get("failed"):
            self.published = {name: result[name] for name in self.published}

    def writes(self) -> int:
        """Return how many requests to rotate have arrived."""
        return self._arrived({"method": "POST", "path": _SECRET})

    def reads(self) -> int:
        """Return how many requests to read the secret have arrived."""
        return self._arrived({"method": "GET", "path": _SECRET})

    def secret(self) -> dict[str, t.Any]:
        """Return the secret as the service has it."""
        token = self._token(
            self.connection["auth_environment_id"], self.ready["client_id"], self.ready["client_secret"]
        )
        url = f"{self.ready['api_url']}/environments/{self.home}/applications/{CI}/secret"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: dict[str, t.Any] = json.load(answer)
        return found

    def signs_in(self, secret: str) -> bool:
        """Tell whether a client gets a token by a secret."""
        return self._token(self.home, CI, secret) is not None

    def problems(self, scenario: str, chance: random.Random) -> list[str]:
        """Disturb a rotation, run it again, and say what is not as it should be."""
        self.begin()
        options = {
            "keep_previous_for": chance.choice(["1m", "90m", "48h", "30d"]),
            "on_live_previous": chance.choice(["fail", "replace", "skip"]),
            "verify": chance.random() < 0.7,
        }
        found = self._disturbed(SCENARIOS[scenario], chance, options)
        if not self.signs_in(self.published["client_secret"]):
            found.append("the client had no working secret after the disturbed run")
        clear_faults(self.ready)
        self.publish(second := self.rotate(**options).result())
        third = self.rotate(**options).result()
        held = self.secret()
        if second.get("failed") or third.get("failed"):
            found.append(f"a later run failed: {second.get('msg') or third.get('msg')}")
        elif third["changed"] or third["publish_required"]:
            found.append(f"a third run still had something to do: {third['reason']}")
        if held["secret"] == FIRST or (held.get("previous") or {}).get("secret") != FIRST:
            found.append("it was not rotated once")
        if self.published["client_secret"] != held["secret"] or not self.signs_in(held["secret"]):
            found.append("the next run did not give the client the new secret")
        if not self.signs_in(FIRST):
            found.append("the secret of before was lost")
        return found

    def _disturbed(self, scenario: Scenario, chance: random.Random, options: dict[str, t.Any]) -> list[str]:
        """Run a rotation that goes wrong, and publish what it returns if it does; say what it should not have said."""
        read = {
            "kind": "status",
            "status": chance.choice([429, 503]),
            "retry_after": 0,
            "method": "GET",
            "path": _SECRET,
        }
        also = [{**read, "skip": chance.randrange(3)}] if chance.random() < 0.5 else []
        if scenario.when is not None:
            status = chance.choice(scenario.statuses)
            fault = {"kind": "status", "status": status} if status else {"kind": "drop"}
            self.script({**fault, "method": "POST", "path": _SECRET, "when": scenario.when}, *also)
            result = self.rotate(**options).result()
            self.publish(result)
            said = result.get("error", {}).get("kind"), result.get("rotated", False)
            right = (None, True) if scenario.when == "after" else ("unknown_outcome", False)
            return [] if said == right else [f"the disturbed run said {said}"]
        # The process is killed at a request, or after all of them.
        killed_at = chance.choice([None, *(_AFTERWARDS if options["verify"] else _AFTERWARDS[:2])])
        if killed_at is None:
            self.rotate(**options).result()
            return []
        self.script({"kind": "latency", "milliseconds": _HELD, **killed_at})
        matching = self._arrived(killed_at)
        task = self.rotate(**options)
        wanted = matching + int(killed_at.get("skip", 0)) + 1
        assert comes(lambda: self._arrived(killed_at) >= wanted)
        task.kill()
        # What arrived whole is carried out even though nobody waits for the answer.
        assert comes(lambda: all(one["status"] for one in requests_of(self.ready)))
        return []

    def _arrived(self, which: t.Mapping[str, t.Any]) -> int:
        ending = which["path"].rstrip("$")
        arrived = requests_of(self.ready)
        return sum(one["method"] == which["method"] and one["path"].endswith(ending) for one in arrived)

    def _token(self, environment: str, client_id: str, secret: str) -> str | None:
        url = f"{self.ready['auth_url']}/{environment}/as/token"
        body = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
        basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        request = urllib.request.Request(url, data=body, headers={"Authorization": f"Basic {basic}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(json.load(answer)["access_token"])
        except urllib.error.HTTPError as error:
            error.close()
            return None


@contextlib.contextmanager
def rotations(folder: Path) -> t.Iterator[Rotations]:
    """Start an emulator with the worker, and stop it afterwards. folder: for what tasks keep, and the tenant."""
    document: dict[str, t.Any] = yaml.safe_load(DEFAULT.read_text())
    role = {"role": "Environment Admin", "scope": {"type": "ENVIRONMENT", "name": "dev"}}
    worker = {"name": "ci", "id": CI, "secret": FIRST, "type": "WORKER", "roleAssignments": [role]}
    license_name = document["licenses"][0]["name"]
    document["environments"].append({"name": "dev", "license": license_name, "applications": [worker]})
    tenant = folder / "tenant.yml"
    tenant.write_text(yaml.safe_dump(document))
    with emulator("--tenant", str(tenant), "--seed", "7") as ready:
        yield Rotations(ready, folder)
