# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service and the libraries say, as a task shows it: without secrets, and without what moves a terminal."""

from __future__ import annotations

import pytest
import requests
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import ServiceError
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, perform
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import (
    API,
    OPTIONS,
    TOKEN_URL,
    token_answer,
)

SECRET = "Secret-of-the-worker-that-ends-in-two-dots.."
TOKEN = token_answer()[1]["access_token"]
PATH = "/environments/e"


def told(**options):
    """Return what a user is told of a read."""
    task = Task({**OPTIONS, "client_secret": SECRET, "retry_budget": 0, "timeout": 5, **options}, secrets=[SECRET])
    result = perform(
        lambda task: Result(False, read=task.client.get(PATH, operation="reading it")),
        task,
        secret_returns=(),
        no_log_values=[SECRET],
        diff=False,
    )
    return result["msg"]


def parts(secret):
    """Return every part of a secret that is long enough to be recognized."""
    return [secret[start : start + 8] for start in range(len(secret) - 7)]


ANSWERS = {
    "cut": (500, "dump: " + "x" * 170 + f" Bearer {TOKEN} end"),
    "stripped": (400, {"code": "X", "message": "m", "details": [{"code": "Y", "message": f"got {SECRET}"}]}),
    "folded": (500, f"dump:\n\n  {TOKEN}\tend"),
    "in a list": (400, {"details": [{"code": "Y", "innerError": {"allowedValues": [SECRET]}}]}),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_no_part_of_a_secret_that_the_service_repeats_is_shown(service, answer):
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    service.answers("GET", PATH, answer)

    message = told()

    assert "********" in message or "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in message
    assert not [part for part in parts(SECRET) + parts(TOKEN) if part in message]


def test_no_part_of_a_secret_that_the_token_endpoint_repeats_is_shown(service):
    answer = (400, {"error": "invalid_client", "error_description": f"not {SECRET}"})
    service.answers("POST", "", answer, url=TOKEN_URL)

    message = told()

    assert "invalid_client: not ********" in message
    assert not [part for part in parts(SECRET) if part in message]


def test_no_part_of_a_secret_that_a_library_repeats_is_shown(service):
    service.answers("POST", "", requests.exceptions.ConnectionError(f"no way with {SECRET}"), url=TOKEN_URL)

    message = told()

    assert "no way with ********" in message
    assert not [part for part in parts(SECRET) if part in message]


def test_a_short_proxy_password_is_in_no_message_and_spoils_no_value(service, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://user:name@proxy.example.com")
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    service.answers("GET", PATH, (200, {"id": "e", "name": "its name"}), (400, {"message": "user:name is odd"}))
    task = Task(OPTIONS)

    def read(task):
        return Result(False, read=task.client.get(PATH, operation="reading it"))

    asked = {"secret_returns": (), "no_log_values": [], "diff": False}
    assert perform(read, task, **asked)["read"] == {"id": "e", "name": "its name"}
    assert "user:******** is odd" in perform(read, task, **asked)["msg"]


def test_escapes_of_the_service_do_not_reach_the_terminal(service):
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    service.answers("GET", PATH, (400, {"code": "X", "message": "\x1b]0;pwned\x07\u202ered"}))

    assert r"X: \x1b]0;pwned\x07\u202ered." in told()


def test_names_of_the_service_are_shown_escaped(service):
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    listed = {"_embedded": {"environments": [{"id": "1", "name": "a\x1b[2J"}]}}
    service.mock.add("GET", f"{API}/environments", json=listed)
    shown = []
    task = Task(OPTIONS, progress=shown.append)

    def look_up(task):
        task.warn("odd \x1b[2J")
        task.progress("found a\x1b[2J", 2)
        return Result(False, found=task.lookup.environment("b"))

    result = perform(look_up, task, secret_returns=(), no_log_values=[], diff=False)

    assert r"a\x1b[2J" in result["msg"]
    assert shown == [r"found a\x1b[2J"]


def test_a_secret_in_the_place_of_the_client_id_is_not_repeated(service):
    service.answers("POST", "", (401, {"error": "invalid_client"}), url=TOKEN_URL)

    message = told(client_id="Secret-in-the-wrong-place-0123456789")

    assert "for client (a value of 36 characters that begins with 'Se') of environment" in message
    assert "wrong-place" not in message


LONG = "n" * 10_000
NAMES = {
    "as it is": (LONG, "n" * 200 + "..."),
    "with a secret where it is cut": ("n" * 195 + SECRET + LONG, "n" * 195 + "*****..."),
    "with a secret in another place": (SECRET + LONG, "********" + "n" * 192 + "..."),
    "with what moves a cursor": ("\n" + LONG, "\\n" + "n" * 199 + "..."),
    "that PingOne takes": ("n" * 200, "n" * 200),
}


@pytest.mark.parametrize("option", ["name", "workers"])
@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
def test_of_a_long_name_the_beginning_is_repeated(name, shown, option):
    task = Task({**OPTIONS, option: name if option == "name" else [{"name": name, "roles": []}]}, secrets=[SECRET])

    def fail(task):
        task.warn(f"About '{name}'.")
        raise ServiceError(f"creating application '{name}'", 400, {"message": f"{name} is too long"}, None)

    result = perform(fail, task, secret_returns=(), no_log_values=(), diff=False)
    assert f"Creating application '{shown}' failed" in result["msg"]
    assert f" {shown} is too long." in result["msg"]
    assert result["error"]["operation"] == f"creating application '{shown}'"
    assert task.message(task.warnings[0]) == f"About '{shown}'."
    assert not [part for part in parts(SECRET) if part in str(result)]


def test_a_long_name_that_begins_as_another_is_shortened_by_itself():
    task = Task({"name": LONG, "environment": LONG + "e"})
    assert task.message(f"{task.params['environment']}, {LONG}!") == f"{'n' * 200}..., {'n' * 200}...!"
