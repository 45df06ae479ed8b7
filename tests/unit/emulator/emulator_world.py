# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator for a test, spoken to through HTTP's interface, in the process of the test.

``World`` is one emulator with a clock that the test can move; ``Caller`` is a worker with a token.
"""

from __future__ import annotations

import asyncio
import base64
import copy
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from emulator_contract import Contract
from pingone_emulator import tenant_file
from pingone_emulator.api_date import ApiDate
from pingone_emulator.app import make_app
from pingone_emulator.emulator import Emulator, Settings
from pingone_emulator.faults import Faults

ORIGIN = "http://127.0.0.1:8080"
API, AUTH = f"{ORIGIN}/v1", ORIGIN
DEFAULT = tenant_file.read(tenant_file.DEFAULT_TENANT)
BASIC, POST = "CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        """The document."""
        return json.loads(self.raw)

    @property
    def items(self) -> list[Any]:
        """The items of a collection."""
        [items] = self.json["_embedded"].values()
        return list(items)

    def must(self, status: int) -> Any:
        """The document, after the status was checked; None when there is none."""
        assert self.status == status, f"{self.status} instead of {status}: {self.raw.decode()}"
        return json.loads(self.raw) if self.raw else None

    def error(self, status: int, code: str) -> Any:
        """The error, after status and code were checked."""
        document = self.must(status)
        assert document["code"] == code, document
        return document

    def detail(self, status: int, code: str, detail_code: str, target: str | None = None) -> Any:
        """The first detail of the error, after status, codes and target were checked."""
        first = self.error(status, code)["details"][0]
        assert (first["code"], first.get("target")) == (detail_code, target), first
        return first


class World:
    """One emulator."""

    def __init__(
        self,
        contract: Contract | None = None,
        *,
        document: dict[str, Any] | None = None,
        seed: int | None = None,
        start: datetime | None = None,
        faults: Faults | None = None,
        api_date: ApiDate | None = None,
    ) -> None:
        # The document says what there is today; older answers lack members that it requires.
        self.contract = contract if api_date is None or api_date >= ApiDate.MARCH_2025 else None
        settings = Settings(
            document=copy.deepcopy(document or DEFAULT),
            api_url=API,
            auth_url=AUTH,
            seed=seed,
            start=start,
            api_date=api_date,
        )
        self.emulator = Emulator(settings, faults or Faults())
        self.app = make_app(self.emulator)
        self.ready = self.emulator.ready_line()
        self.organization = self.ready["organization_id"]
        self.administrators = self.ready["auth_environment_id"]
        self.license = self.ready["license_id"]
        self.roles: dict[str, str] = {}  # ids of platform roles by name, once they were asked for
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        """Free what the world holds."""
        self._loop.close()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.emulator.tenant.clock._offset += seconds

    @property
    def state(self) -> Any:
        """Everything that there is, as ``/_emulator/state`` shows it, with secrets' digests left out."""
        return self.request("GET", "/_emulator/state").must(200)

    def bootstrap(self) -> Caller:
        """The worker of the ready line."""
        return self.caller(self.administrators, self.ready["client_id"], self.ready["client_secret"])

    def caller(self, environment: str, client_id: str, secret: str) -> Caller:
        """A worker that has signed in."""
        token = self.token(environment, client_id, secret).must(200)["access_token"]
        return Caller(self, token, client_id)

    def token(self, environment: str, client_id: str, secret: str, method: str = BASIC, **form: str) -> Answer:
        """Ask for a token, the secret in the header or in the body."""
        form = {"grant_type": "client_credentials", **form}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if method == BASIC:
            pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form |= {"client_id": client_id, "client_secret": secret}
        return self.request("POST", f"/{environment}/as/token", raw=urlencode(form).encode(), headers=headers)

    def switch(self, **values: Any) -> None:
        """Set switches."""
        self.script(switches=values)

    def script(self, **wanted: Any) -> None:
        """Set faults, lateness, switches."""
        self.request("POST", "/_emulator/faults", body=wanted).must(200)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        hung_up: str | None = None,
    ) -> Answer:
        """One request; a path or an absolute address of this emulator.

        hung_up: whether the caller went away C(while sending) the request, or while C(waiting) for the answer.
        """
        path = path.removeprefix(ORIGIN)
        content = json.dumps(body).encode() if body is not None else raw or b""
        given = {"host": ORIGIN.removeprefix("http://")}
        if content:
            given["content-type"] = "application/json"
        given |= {name.lower(): value for name, value in (headers or {}).items()}
        answer = self._loop.run_until_complete(_exchange(self.app, method, path, content, given, hung_up))
        self._check(method, path, content, given, answer)
        return answer

    def _check(self, method: str, path: str, content: bytes, headers: dict[str, str], answer: Answer) -> None:
        if self.contract is None or not path.startswith("/v1/") or not answer.status:
            return
        is_json = content.strip() and headers.get("content-type", "").endswith("json")
        sent = json.loads(content) if is_json and answer.status < 300 else None
        self.contract.check(method, path, sent, answer.status, answer.json if answer.raw else None)


async def _exchange(
    app: Any, method: str, path: str, content: bytes, headers: dict[str, str], hung_up: str | None
) -> Answer:
    parts = urlsplit(path)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8080),
    }
    answer = Answer(0, {}, b"")

    waited = asyncio.get_running_loop().time
    started = waited()
    coming = [{"type": "http.request", "body": content, "more_body": hung_up == "while sending"}]

    async def receive() -> Any:
        gone = hung_up == "waiting" and waited() - started > 0.01
        return coming.pop() if coming and not gone else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode().title(): value.decode() for name, value in message["headers"]}
        else:
            answer.raw += message.get("body", b"")

    await app(scope, receive, send)
    return answer


@dataclass
class Caller:
    """A worker with a token."""

    world: World
    access_token: str
    client_id: str

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """One call to the management API; a path below ``/v1``, or an address out of a link."""
        headers = {"Authorization": f"Bearer {self.access_token}", **more.pop("headers", {})}
        address = path if path.startswith("http") else f"/v1{path}"
        return self.world.request(method, address, body=body, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Answer:
        """GET."""
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        """POST."""
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Answer:
        """PUT."""
        return self.call("PUT", path, body, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        """DELETE."""
        return self.call("DELETE", path, **more)

    # -- what many tests need -------------------------------------------------------------------------------------

    def environment(self, name: str = "home", **members: Any) -> Any:
        """Create an environment."""
        body = {"name": name, "type": "SANDBOX", "region": "NA", "license": {"id": self.world.license}, **members}
        return self.post("/environments", body).must(201)

    def application(self, environment: str, name: str = "worker", **members: Any) -> Any:
        """Create an application; a worker without roles unless the members say something else."""
        return self.post(f"/environments/{environment}/applications", worker(name, **members)).must(201)

    def role(self, name: str) -> str:
        """The id of a platform role."""
        if not self.world.roles:
            self.world.roles.update({one["name"]: one["id"] for one in self.get("/roles").items})
        return self.world.roles[name]

    def assign(
        self, environment: str, actor: str, role: str, scope: tuple[str, str], kind: str = "applications"
    ) -> Any:
        """Assign a role, by its name, at a scope (type and id)."""
        body = {"role": {"id": self.role(role)}, "scope": {"type": scope[0], "id": scope[1]}}
        return self.post(f"/environments/{environment}/{kind}/{actor}/roleAssignments", body).must(201)

    def secret(self, environment: str, application: str) -> str:
        """The secret of an application."""
        return str(self.get(f"/environments/{environment}/applications/{application}/secret").must(200)["secret"])

    def worker(
        self,
        environment: str,
        roles: dict[str, tuple[str, str]],
        name: str = "worker",
        custom: dict[str, str] | None = None,
    ) -> Caller:
        """Create a worker with roles (name of the role -> scope), and sign in as it; ``custom`` are ids of others."""
        self.role("Environment Admin")
        self.world.roles.update(custom or {})
        application = self.application(environment, name)["id"]
        secret = self.secret(environment, application)
        for role, scope in roles.items():
            self.assign(environment, application, role, scope)
        return self.world.caller(environment, application, secret)


def worker(name: str = "worker", **members: Any) -> dict[str, Any]:
    """The body of a worker application."""
    return {
        "name": name,
        "enabled": True,
        "type": "WORKER",
        "protocol": "OPENID_CONNECT",
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "tokenEndpointAuthMethod": BASIC,
        "assignActorRoles": False,
        **members,
    }
