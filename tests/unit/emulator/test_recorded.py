# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of the service, recorded or published, against those of an emulator that was set up in the same way.

Collected only when ``PINGONE_RECORDED`` names the folder that holds them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from emulator_recorded import Comparison, Exclusion, Recording, files, read
from emulator_world import BASIC, POST, Answer, Caller, World
from pingone_emulator.api_date import ApiDate

_TENANT = Path(__file__).parent / "data" / "recorded_tenant.yml"
_EXCLUSIONS = (
    Exclusion("*", "$.headers.x-cache", "a header of the content network before the service"),
    Exclusion("*", "$.headers.connection", "a header of the connection, which the web server sets"),
    Exclusion("*", "$.headers.date", "a header that the web server sets"),
    Exclusion("rec2022-users-*", "$.body._embedded.users[[]*].lastSignOn", "nobody signs in at the emulator"),
    Exclusion("rec2022-groups-*", "$.body._embedded.groups[[]*].checkSum", "it is not known of what it is a sum"),
    Exclusion("*roles*", "*.permissions.order", "each recorded role has its permissions in an order of its own"),
    Exclusion("live2026-token-worker-without-roles", "$.status", "the recording does not say"),
)
_MOST_EXCLUSIONS = 10
_ENVIRONMENT = re.compile(r"/environments/([0-9a-f-]{36})")


def test_every_answer_is_as_it_was_recorded(
    recorded: Path, make_world: Callable[..., World], say: Callable[[list[str]], None]
) -> None:
    comparison = Comparison(_EXCLUSIONS)
    paths = list(files(recorded))

    for path in paths:
        recording = read(path)
        compare(comparison, recording, replay(make_world, recording))
    for path in recorded.glob("roles-*.json"):
        paths.append(path)
        compare_roles(comparison, path, make_world)

    say(comparison.summary(len(paths)))
    assert paths
    assert not comparison.differences, "\n".join(comparison.differences)
    assert set(comparison.left_out) == set(_EXCLUSIONS), "an exclusion that nothing needs"
    assert len(_EXCLUSIONS) <= _MOST_EXCLUSIONS


def compare(comparison: Comparison, recording: Recording, answer: Answer) -> None:
    """Compare status, body, and headers where they were recorded."""
    body = dict(recording.body)
    document = answer.json
    if recording.description is not None and re.search(recording.description, document["error_description"]):
        body["error_description"] = document["error_description"]
    expected: dict[str, Any] = {"status": recording.status, "body": body}
    answered: dict[str, Any] = {"status": answer.status, "body": document}
    if recording.headers:
        length = {"content-length": str(len(answer.raw))}
        expected["headers"] = _sorted({**recording.headers, **length})
        answered["headers"] = _sorted({name.lower(): value for name, value in answer.headers.items()})
    comparison.compare(recording.name, expected, answered)


def compare_roles(comparison: Comparison, path: Path, make_world: Callable[..., World]) -> None:
    """Compare the roles with a digest of a recording, which does not keep the order of their members."""
    digest = json.loads(path.read_text(encoding="utf-8"))
    roles = _world(make_world, ApiDate.APRIL_2022).bootstrap().get("/roles").items
    listed = [_sorted({name: value for name, value in role.items() if name != "_links"}) for role in roles]
    comparison.compare(path.stem, {"roles": [_sorted(role) for role in digest]}, {"roles": listed})


def _sorted(document: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(document.items()))


# -- what was sent, to a service that had been set up ----------------------------------------------------------


@dataclass
class Scene:
    """An emulator with an environment beside that of its administrators, and a caller that may do everything there."""

    world: World
    caller: Caller
    home: str
    application: str = ""
    secret: str = ""

    def path(self, recording: Recording) -> str:
        """Where the request goes: the path below ``/v1``, with the ids of this scene in the places of names."""
        path = recording.path.removeprefix("/v1")
        return path.replace("{env}", self.home).replace("{app}", self.application)

    def add(self, **members: Any) -> None:
        """Create the application that the request concerns."""
        self.application = self.caller.application(self.home, **members)["id"]
        self.secret = self.caller.secret(self.home, self.application)


def replay(make_world: Callable[..., World], recording: Recording) -> Answer:
    """Set an emulator up as the service was, send it the request, return its answer."""
    world = _world(make_world, recording.api_date, recording.path)
    caller = world.bootstrap()
    home = caller.environment("Example", region=_region(recording.api_date))["id"]
    return _SENDERS.get(recording.name, call)(Scene(world, caller, home), recording)


def _world(make_world: Callable[..., World], date: ApiDate, path: str = "") -> World:
    document = yaml.safe_load(_TENANT.read_text(encoding="utf-8"))
    document["organization"]["region"] = _region(date)
    environment = _ENVIRONMENT.search(path)
    if date == ApiDate.APRIL_2022 and environment is not None:
        document["environments"][0]["id"] = environment.group(1)
    return make_world(document=document, api_date=date)


def _region(date: ApiDate) -> str:
    """Where the organization was: one in Europe was recorded, the vendor's own published."""
    return "EU" if date == ApiDate.APRIL_2022 else "NA"


def call(scene: Scene, recording: Recording) -> Answer:
    """Send the request as it was recorded."""
    request = recording.request
    headers = {"Accept": request.get("accept", "*/*")}
    return scene.caller.call(request["method"], scene.path(recording), request.get("body"), headers=headers)


def call_about_a_worker(scene: Scene, recording: Recording) -> Answer:
    """Send the request about an application that exists."""
    scene.add()
    return call(scene, recording)


def create_environment(scene: Scene, recording: Recording) -> Answer:
    """Create an environment with the seven products; their names were not sent."""
    products = ("BASE", "MFA", "RISK", "PROVISIONING", "VERIFY", "AUTHORIZE", "DAVINCI")
    body = {
        "name": "Example environment",
        "description": "Example description",
        "type": "SANDBOX",
        "region": "NA",
        "license": {"id": scene.world.license},
        "billOfMaterials": {"products": [{"type": f"PING_ONE_{name}"} for name in products]},
    }
    return scene.caller.post(scene.path(recording), body)


def read_secret(scene: Scene, recording: Recording) -> Answer:
    """Read the secret while the one before it still counts; both are those of the recording."""
    chosen = recording.body
    client_id = "b58b422b-41fd-4c42-a975-e45f695b2823"
    scene.add(clientId=client_id, clientSecret=chosen["previous"]["secret"])
    path = scene.path(recording)
    rotation = {"secret": chosen["secret"], "previous": {"expiresAt": scene.world.emulator.tenant.later(86400)}}
    headers = {"Content-Type": "application/vnd.pingidentity.secret+json"}
    scene.caller.post(path, rotation, headers=headers).must(200)
    return scene.caller.get(path)


def _ask(scene: Scene, recording: Recording, client_id: str, secret: str, method: str = BASIC) -> Answer:
    form = {name: value for name, value in recording.request["form"].items() if not name.startswith("client_")}
    return scene.world.token(scene.home, client_id, secret, method, **form)


def ask_without_the_grant(scene: Scene, recording: Recording) -> Answer:
    """Ask for a token as an application whose grants do not allow it."""
    scene.add(
        type="WEB_APP",
        grantTypes=["AUTHORIZATION_CODE"],
        responseTypes=["CODE"],
        redirectUris=["https://app.example.com/callback"],
    )
    return _ask(scene, recording, scene.application, scene.secret)


def ask_without_roles(scene: Scene, recording: Recording) -> Answer:
    """Ask for a token as a worker that holds no role."""
    scene.add()
    return _ask(scene, recording, scene.application, scene.secret)


def ask_with_a_wrong_secret(scene: Scene, recording: Recording) -> Answer:
    """Ask for a token with the right method and another secret."""
    scene.add()
    return _ask(scene, recording, scene.application, "not-the-secret-of-the-application")


def ask_as_nobody(scene: Scene, recording: Recording) -> Answer:
    """Ask for a token as a client that does not exist."""
    return _ask(scene, recording, "00000000-0000-4000-8000-000000000000", "a-secret-of-some-application")


def ask_by_the_wrong_method(scene: Scene, recording: Recording) -> Answer:
    """Ask for a token with the secret in the form although the application is set to Basic."""
    scene.add()
    return _ask(scene, recording, scene.application, scene.secret, POST)


_SENDERS: dict[str, Callable[[Scene, Recording], Answer]] = {
    "doc2023-environment-post": create_environment,
    "doc2024-application-secret-get": read_secret,
    "live2026-application-patch-403": call_about_a_worker,
    "live2026-token-grant-not-enabled": ask_without_the_grant,
    "live2026-token-worker-without-roles": ask_without_roles,
    "live2026-token-wrong-secret": ask_with_a_wrong_secret,
    "test2024-token-unknown-client": ask_as_nobody,
    "test2025-token-wrong-method": ask_by_the_wrong_method,
}
