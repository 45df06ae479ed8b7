# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever waits says so before each pause, and for how long it will have waited then."""

from __future__ import annotations

import fcntl
import os
import threading

import pytest
import requests
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import SecretKeeper
from ansible_collections.idops.pingone.plugins.module_utils._client.interruption import Interruption
from ansible_collections.idops.pingone.plugins.module_utils._client.parallel import in_main_thread, run_parallel
from ansible_collections.idops.pingone.plugins.module_utils._core.api import Api
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.module_utils._resources import environment as environment_resource
from ansible_collections.idops.pingone.plugins.module_utils._resources.birthright import birthright_assignments
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import (
    TOKEN_URL,
    jwt,
    token_answer,
)

APPS = "/environments/dev/applications"
DEV = {"id": "dev", "name": "dev", "createdAt": "2026-11-02T09:29:50Z"}
NO_ACCESS = {
    "code": "ACCESS_FAILED",
    "message": "The request could not be completed. You do not have access to this resource.",
}
REFUSED = requests.exceptions.ConnectionError("Connection refused.")


class Listener(SecretKeeper):
    def __init__(self):
        self.told = []

    def progress(self, message, waited):
        self.told.append((message, round(waited, 3)))


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def api(service, make_client, listener):
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    client = make_client(keeper=listener)
    client.token()
    return Api(client)


def repeating(operation, why):
    return f"Waiting to repeat {operation}: {why}"


@pytest.mark.parametrize(
    ("answer", "why", "pauses"),
    [
        ((429, {}, {"Retry-After": "9"}), "PingOne answered HTTP 429", [9.0, 18.0]),
        (503, "PingOne answered HTTP 503", [1.0, 3.0]),
        (REFUSED, "No connection to api.pingone.eu: Connection refused", [1.0, 3.0]),
        ((403, NO_ACCESS), "PingOne answered HTTP 403", [0.5, 1.5]),
        (404, "PingOne answered HTTP 404", [0.5, 1.5]),
    ],
)
def test_a_call_that_is_repeated(service, listener, api, answer, why, pauses):
    service.answers("GET", f"{APPS}/a/secret", answer, answer, (200, {"secret": "x" * 64}))

    api.secret(DEV, {"id": "a", "name": "ci"})

    message = repeating("reading the secret of application 'ci'", why)
    assert listener.told == [(message, waited) for waited in pauses]


def test_a_list_of_what_is_new(service, listener, api):
    service.answers("GET", APPS, (403, NO_ACCESS), (200, {"_embedded": {"applications": []}}))

    api.applications(DEV).list()

    message = repeating("listing the applications in environment 'dev'", "PingOne answered HTTP 403")
    assert listener.told == [(message, 0.5)]


def test_a_lost_write_that_is_settled_by_reading_and_made_anew(service, listener, clock, api):
    service.answers("POST", APPS, 503, (201, {"id": "a"}))

    api.client.post(APPS, {}, operation="creating it", find_created=lambda: None)

    looked = "Waiting to see whether creating it took place: PingOne answered HTTP 503"
    assert [message for message, _waited in listener.told] == [looked] * 7 + [
        repeating("creating it", "PingOne answered HTTP 503")
    ]
    assert [waited for _message, waited in listener.told] == [0.5, 1.5, 3.5, 5.5, 7.5, 9.5, 10.0, 11.0]
    assert clock.waits == [0.5, 1.0, 2.0, 2.0, 2.0, 2.0, 0.5, 1.0]


def release_after(clock, file, seconds):
    """Let go of a lock once a clock was waited for so long."""
    start, sleep = clock.now, clock.sleep

    def sleep_and_release(pause):
        sleep(pause)
        if clock.now - start >= seconds:
            fcntl.flock(file, fcntl.LOCK_UN)

    clock.sleep = sleep_and_release


def longest(listener):
    """Return what was told, each message once, with the longest wait in whole seconds."""
    return {message: round(waited) for message, waited in listener.told}


def test_the_lock_of_another_play(listener, clock, api, own_folders):
    applications = api.applications(DEV)
    with applications.locked():
        pass
    folder = own_folders / "idops.pingone"
    (name,) = (name for name in os.listdir(folder) if name.endswith(".lock") and "token" not in name)
    with open(folder / name, "r+", encoding="ascii") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        release_after(clock, held, 7)

        with applications.locked():
            pass

    message = "Waiting for another play on this controller, which is changing the applications in environment 'dev'"
    assert longest(listener) == {message: 7}


def test_the_lock_of_another_process_that_gets_the_token(service, listener, clock, make_client, own_folders):
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    client = make_client(keeper=listener, door="in-process")
    client.token()
    folder = own_folders / "idops.pingone"
    (name,) = (name for name in os.listdir(folder) if name.endswith(".token.lock"))
    client.session_state.token = None
    with open(folder / name, "r+", encoding="ascii") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        release_after(clock, held, 3)

        client.token()

    message = "Waiting for another process of this controller, which is getting the same access token"
    assert longest(listener) == {message: 3}


def a_task(api):
    task = Task({"wait": True, "wait_timeout": 6})
    task.client, task.api, task.progress = api.client, api, api.client.keeper.progress
    return task


def test_the_roles_of_a_creator(service, listener, make_client):
    given = {"client_id": None, "client_secret": None, "auth_environment_id": None}
    token = jwt(client_id="caller", env="home")
    api = Api(make_client(keeper=listener, options={**given, "access_token": token}))
    none = (200, {"_embedded": {"roleAssignments": []}})
    here = {"id": "1", "role": {"id": "admin"}, "scope": {"type": "ENVIRONMENT", "id": "dev"}}
    service.answers("GET", "/roles", (200, {"_embedded": {"roles": [{"id": "admin", "name": "Environment Admin"}]}}))
    found = (200, {"_embedded": {"roleAssignments": [here]}})
    service.answers("GET", "/environments/home/applications/caller/roleAssignments", none, none, found)

    assert [item["id"] for item in birthright_assignments(a_task(api), DEV, created=True)] == ["1"]

    message = "Waiting until the roles of the calling worker on environment 'dev' are listed"
    assert listener.told == [(message, 0.5), (message, 1.5)]


def test_an_environment_that_is_on_its_way(service, listener, api):
    service.answers("GET", "/environments/dev/populations", 401)
    service.answers("POST", "", token_answer(2), url=TOKEN_URL)
    service.answers("GET", "/environments/dev/populations", 401, 404, (200, {"_links": {}}))

    environment_resource._wait_until_usable(a_task(api), {**DEV, "createdAt": "2020-01-01T00:00:00Z"}, "restored")

    operation = "looking into environment 'dev'"
    assert listener.told == [
        (repeating(operation, "PingOne answered HTTP 401"), 0.5),
        (repeating(operation, "PingOne answered HTTP 404"), 1.5),
    ]


def test_an_environment_that_is_going(service, listener, api):
    service.answers("DELETE", "/environments/dev", 204)
    service.answers("GET", "/environments/dev", (403, NO_ACCESS), (200, DEV), 404, 404)
    api.client.delete("/environments/dev", operation="deleting it")

    environment_resource._wait_until_gone(a_task(api), api.environments(), DEV)

    message = "Waiting until environment 'dev' is gone"
    assert listener.told == [(message, 0.5), (message, 1.0), (message, 1.5)]


class TestThreads:
    """Only the main thread may show anything."""

    @pytest.fixture
    def shown(self):
        return []

    def test_what_they_have_to_tell_is_shown_while_they_run(self, shown):
        task, seen = Task({}, progress=lambda line: shown.append((line, threading.current_thread()))), []

        def job(number):
            task.progress(f"job {number} waits", 2)
            # A line is shown before the job that it is from ends.
            for _attempt in range(500):
                if shown:
                    break
                threading.Event().wait(0.01)
            seen.append(bool(shown))

        run_parallel([lambda: job(1), lambda: job(2)], Interruption())

        assert seen == [True, True]
        # The second is too soon after the first.
        assert [line for line, _thread in shown] in (["job 1 waits"], ["job 2 waits"])
        assert shown[0][1] is threading.main_thread()

    def test_jobs_of_jobs_are_shown_there_too(self, shown):
        def inner():
            in_main_thread(lambda: shown.append(threading.current_thread()))

        def outer():
            run_parallel([inner, inner], Interruption())

        run_parallel([outer, outer], Interruption())

        assert shown == [threading.main_thread()] * 4

    def test_a_thread_that_nobody_waits_for_shows_nothing(self, shown):
        thread = threading.Thread(target=in_main_thread, args=(lambda: shown.append(1),))
        thread.start()
        thread.join()

        assert shown == []
