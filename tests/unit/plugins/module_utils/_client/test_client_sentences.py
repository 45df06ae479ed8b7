# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a call that failed is told, word for word, and what it leaves behind."""

from __future__ import annotations

import queue

import pytest
import requests
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    CheckModeWriteError,
    OutcomeUnknownError,
    PermissionDeniedError,
    PingOneError,
    ServiceError,
    TransportError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.times import format_time
from ansible_collections.idops.pingone.plugins.module_utils._client.http import VERSION, Lateness
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import Listing
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import (
    API,
    OPTIONS,
    TOKEN_URL,
    explained,
    token_answer,
)

COLLECTION = "/environments/e/applications"
THING = "/environments/e/applications/a"
BROKEN = requests.exceptions.ConnectionError("Connection aborted.")
NO_CONNECTION = requests.exceptions.ConnectTimeout()
DOING = "turning the thing round"

CALLS = {
    "GET": lambda client: client.get(THING, operation=DOING),
    "LIST": lambda client: client.list(THING, "things", operation=DOING),
    "POST": lambda client: client.post(THING, {}, operation=DOING),
    "PUT": lambda client: client.put(THING, {}, operation=DOING),
    "DELETE": lambda client: client.delete(THING, operation=DOING),
}


def verb(call):
    return "GET" if call == "LIST" else call


def remembered(client):
    """Put a listing into the client's memory, and return what is in there."""
    client.session_state.remember("/environments", "", Listing([], at=client.clock.monotonic(), generation=0))
    return client.session_state.listings


def told(client, call, kind=PingOneError):
    """Return what a user is told when a call fails."""
    with pytest.raises(kind) as caught:
        CALLS[call](client)
    assert caught.value.facts()["operation"] == DOING
    return describe(caught.value)


@pytest.mark.parametrize("call", CALLS)
def test_a_refusal(client, service, call):
    answer = {"id": "in-the-body", "code": "INVALID_DATA", "message": "The request could not be completed."}
    service.answers(verb(call), THING, (400, answer, {"Correlation-Id": "in-a-header"}))

    assert told(client, call, ServiceError) == (
        "Turning the thing round failed: PingOne answered HTTP 400 INVALID_DATA: The request could not be completed. "
        "Correlation id: in-a-header. Correct what the details name."
    )


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("body", "kind"), [("<html>Sign in to the network</html>", "a text"), ("[]", "a list"), ("null", "nothing")]
)
def test_what_answers_is_not_pingone(client, service, call, body, kind):
    service.answers(verb(call), THING, (200, body))

    assert told(client, call, TransportError) == (
        f"Turning the thing round failed: expected a JSON object, got {kind} in the answer to the {verb(call)}, "
        "HTTP 200; check that api_url and auth_url are PingOne's, and that no proxy answers in its place."
    )


@pytest.mark.parametrize("call", ["POST", "PUT", "DELETE"])
def test_a_write_in_check_mode(make_client, call):
    assert told(make_client(check_mode=True), call, CheckModeWriteError) == (
        f"Turning the thing round was stopped because it would write ({call} {THING}) in check mode. "
        "This is a defect of the collection; please report it."
    )


def test_reads_work_in_check_mode(service, make_client):
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    client = make_client(check_mode=True)
    service.answers("GET", THING, (200, {"id": "a"}), (200, {"id": "a"}), 404)
    following = {"next": {"href": API + COLLECTION + "?cursor=2"}}
    service.answers("GET", COLLECTION, (200, {"_links": following, "_embedded": {"applications": [{"id": "1"}]}}))
    service.answers("GET", COLLECTION + "?cursor=2", (200, {"_embedded": {"applications": [{"id": "2"}]}}))

    assert client.get(THING, operation=DOING) == {"id": "a"}
    assert client.get_or_none(THING, operation=DOING) == {"id": "a"}
    assert client.get_or_none(THING, operation=DOING) is None
    assert client.list(COLLECTION, "applications", operation=DOING) == [{"id": "1"}, {"id": "2"}]


@pytest.mark.parametrize("call", ["POST", "PUT", "DELETE"])
def test_a_write_after_the_task_was_ended(client, call):
    client._sender.stop.set()

    assert told(client, call) == "Turning the thing round was skipped because the task was interrupted."


def test_a_read_after_the_task_was_ended_may_go_on(client, service):
    client._sender.stop.set()
    service.answers("GET", THING, (200, {"id": "a"}))

    assert CALLS["GET"](client) == {"id": "a"}


def test_a_task_that_was_ended_while_jobs_ran_writes_no_more(client, service, monkeypatch):
    class TaskTimeoutError(BaseException):
        pass

    class InterruptedQueue:
        def put(self, item):
            pass

        def get_nowait(self):
            raise queue.Empty

        def get(self):
            raise TaskTimeoutError

    monkeypatch.setattr(queue, "SimpleQueue", InterruptedQueue)

    with pytest.raises(TaskTimeoutError):
        client.run_parallel([lambda: None, lambda: None])
    assert told(client, "PUT") == "Turning the thing round was skipped because the task was interrupted."


@pytest.mark.parametrize("call", ["GET", "LIST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("headers", "asked"),
    [({}, ""), ({"Retry-After": "90"}, " (it asked to wait: Retry-After 90)")],
)
@pytest.mark.parametrize(("status", "forgets"), [(429, False), (503, True)])
def test_a_service_that_stays_away(client, service, call, headers, asked, status, forgets):
    service.answers(verb(call), THING, *[(status, {"message": "Not now."}, headers)] * 9)
    listings = remembered(client)

    assert told(client, call, ServiceError) == (
        f"Turning the thing round failed: PingOne answered HTTP {status}: Not now. "
        f"Gave up after retrying for 60 seconds{asked}; try again later, or raise retry_budget."
    )
    # A write may have taken place after all, so that what was read before it no longer counts.
    assert bool(listings) == (not forgets or verb(call) == "GET")


@pytest.mark.parametrize("call", ["GET", "LIST"])
def test_a_read_that_keeps_breaking(client, service, clock, call):
    service.answers("GET", THING, *[BROKEN] * 9)
    listings = remembered(client)

    assert told(client, call, TransportError) == (
        "Turning the thing round failed: No connection to api.pingone.eu: Connection aborted; gave up after "
        "retrying for 60 seconds. Check the network, the proxy, and that api_url or region is right."
    )
    assert clock.waits == [1.0, 2.0, 4.0, 8.0, 16.0, 29.0]
    assert listings


@pytest.mark.parametrize("call", ["PUT", "DELETE"])
def test_a_write_that_keeps_breaking(client, service, call):
    service.answers(call, THING, *[BROKEN] * 9)
    listings = remembered(client)

    assert told(client, call, OutcomeUnknownError) == (
        "Turning the thing round may or may not have taken place: No connection to api.pingone.eu: Connection aborted, "
        "and gave up after retrying for 60 seconds. Run the task again: it reads first what is there."
    )
    assert not listings


@pytest.mark.parametrize("call", CALLS)
def test_a_service_that_is_never_reached(client, service, call):
    service.answers(verb(call), THING, *[NO_CONNECTION] * 9)
    listings = remembered(client)

    assert told(client, call, TransportError) == (
        "Turning the thing round failed: api.pingone.eu did not answer within 30 seconds; gave up after "
        "retrying for 60 seconds. Check the network, the proxy, and that api_url or region is right."
    )
    assert listings


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        (BROKEN, "No connection to api.pingone.eu: Connection aborted"),
        (requests.exceptions.ReadTimeout(), "api.pingone.eu did not answer within 30 seconds"),
        (503, "PingOne answered HTTP 503"),
    ],
)
class TestLostPost:
    """A POST whose answer was lost, and that reading does not settle."""

    @staticmethod
    def told(client, find_created, post="post"):
        with pytest.raises(OutcomeUnknownError) as caught:
            getattr(client, post)(COLLECTION, {}, operation=DOING, find_created=find_created)
        return describe(caught.value)

    def test_nothing_can_be_read(self, client, service, lost, said):
        service.answers("POST", COLLECTION, lost)
        listings = remembered(client)

        assert self.told(client, None) == (
            f"Turning the thing round may or may not have taken place: {said}, and nothing can be read that would "
            "tell. Run the task again: it reads first what is there."
        )
        assert not listings

    def test_reading_fails_too(self, client, service, lost, said):
        service.answers("POST", COLLECTION, lost)

        def settle():
            raise TransportError("Reading it failed.")

        assert self.told(client, settle) == (
            f"Turning the thing round may or may not have taken place: {said}, and reading failed too: Reading it "
            "failed. Run the task again: it reads first what is there."
        )

    def test_it_is_not_found_and_must_not_be_repeated(self, client, service, clock, lost, said):
        service.answers("POST", COLLECTION, lost)

        assert self.told(client, lambda: None, "post_once") == (
            f"Turning the thing round may or may not have taken place: {said}, and it was not found by reading for 10 "
            "seconds. Run the task again: it reads first what is there."
        )
        assert clock.waits == [0.5, 1.0, 2.0, 2.0, 2.0, 2.0, 0.5]

    def test_it_is_lost_until_the_budget_is_spent(self, client, service, clock, lost, said):
        service.answers("POST", COLLECTION, *[lost] * 9)

        assert self.told(client, lambda: None) == (
            f"Turning the thing round may or may not have taken place: {said}, and it was not found by reading for 10 "
            "seconds; gave up after retrying for 65 seconds. Run the task again: it reads first what is there."
        )
        # Six times it was looked for, for 10 seconds each, with a pause of a second after five of them.
        assert sum(clock.waits) == 65.0


def test_a_name_that_was_taken_before_the_first_post_is_not_taken_for_ours(client, service):
    taken = {"code": "INVALID_DATA", "details": [{"code": "UNIQUENESS_VIOLATION", "message": "Taken."}]}
    service.answers("POST", COLLECTION, (400, taken))

    with pytest.raises(ServiceError, match="Taken"):
        client.post(COLLECTION, {}, operation=DOING, find_created=lambda: {"id": "somebody else's"})


def test_a_repetition_that_is_refused_for_another_reason_is_not_settled(client, service):
    service.answers("POST", COLLECTION, BROKEN, (400, {"code": "INVALID_DATA", "message": "No."}))
    late = iter([None] * 8 + [{"id": "a"}])

    with pytest.raises(ServiceError, match="No"):
        client.post(COLLECTION, {}, operation=DOING, find_created=lambda: next(late))


def test_a_delete_that_then_finds_nothing_succeeded_whatever_the_fault(client, service):
    service.answers("DELETE", THING, 503, 404)

    CALLS["DELETE"](client)


@pytest.mark.parametrize("href", ["https://example.com:8443/v1/things", "http://example.com/v1/things"])
def test_a_next_page_elsewhere(client, service, href):
    service.answers("GET", THING, (200, {"_links": {"next": {"href": href}}}))

    assert told(client, "LIST", TransportError) == (
        f"Turning the thing round failed: the next page of the list is said to be at {href.split(':')[0]}://example.com"
        ", and a token is sent to https://api.pingone.eu alone; check api_url."
    )


@pytest.mark.parametrize(
    ("href", "got"), [("https://[api.pingone.eu/v1/things", "a text that is none"), (7, "a number"), ("", "a text")]
)
def test_a_next_page_without_an_address(client, service, href, got):
    service.answers("GET", THING, (200, {"_links": {"next": {"href": href}}}))

    said = told(client, "LIST", TransportError)
    wanted = "a list" if got == "a text that is none" else "a list of things"
    assert f"expected {wanted} whose next page has an address, got {got}" in said


def test_a_write_that_is_lost_without_time_to_repeat_it(make_client, service):
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    service.answers("PUT", THING, BROKEN)

    said = told(make_client(options={"retry_budget": 0}), "PUT", OutcomeUnknownError)
    assert "Connection aborted, and it was not repeated. Run the task again" in said


def test_pages_that_go_round(client, service):
    page = (200, {"_links": {"next": {"href": API + THING}}})
    service.answers("GET", THING, page, page)

    assert told(client, "LIST", TransportError) == (
        "Turning the thing round failed: the pages of the list lead back to one that was read."
    )


def test_a_later_page_that_is_refused_is_explained_as_the_first(client, service):
    service.answers("GET", COLLECTION, (200, {"_links": {"next": {"href": API + COLLECTION + "?cursor=2"}}}))
    service.answers("GET", COLLECTION + "?cursor=2", (403, {"code": "ACCESS_FAILED", "message": "No."}))
    service.answers("GET", "/environments/e", 404)

    with explained(PermissionDeniedError, match=r"^Turning the thing round failed: .* no environment e, or"):
        client.list(COLLECTION, "applications", operation=DOING)


NOT_AUTHORIZED = {"message": "The actor attempting to perform the request is not authorized."}
RECENT = {
    "GET": lambda client, at: client.get(THING, operation=DOING, late=Lateness(at)),
    "LIST": lambda client, at: client.list(THING, "things", operation=DOING, late=Lateness(at)),
    "POST": lambda client, at: client.post(THING, {}, operation=DOING, late=Lateness(at)),
    "PUT": lambda client, at: client.put(THING, {}, operation=DOING, late=Lateness(at)),
    "DELETE": lambda client, at: client.delete(THING, operation=DOING, late=Lateness(at)),
}


@pytest.mark.parametrize("call", RECENT)
def test_every_call_waits_for_what_is_young_by_its_own_clock_when_the_service_shows_none(client, service, clock, call):
    service.answers(verb(call), THING, (403, NOT_AUTHORIZED), (200, {"id": "a", "_links": {}}))

    RECENT[call](client, "2026-11-02T09:29:30Z")

    assert clock.waits == [0.5]


def test_every_page_of_a_list_is_waited_for(client, service, clock):
    service.answers("GET", COLLECTION, (200, {"_links": {"next": {"href": API + COLLECTION + "?cursor=2"}}}))
    service.answers("GET", COLLECTION + "?cursor=2", (404, {}), (200, {"size": 0}))

    client.list(COLLECTION, "applications", operation=DOING, late=Lateness("2026-11-02T09:29:30Z"))

    assert clock.waits == [0.5]


def test_a_date_to_wait_for_counts_from_the_own_clock_when_the_service_shows_none(client, service, clock):
    service.answers("GET", THING, (429, {}, {"Retry-After": "Mon, 02 Nov 2026 09:30:12 GMT"}), 200)

    CALLS["GET"](client)

    assert clock.waits == [12.0]


def test_after_a_read_nothing_is_waited_for(client, service, clock):
    service.answers("GET", THING, 200, (403, NOT_AUTHORIZED))
    service.answers("GET", "/environments/e", 503)
    service.answers("GET", "/environments/e/billOfMaterials", 503)

    CALLS["GET"](client)

    told(client, "GET", PermissionDeniedError)
    assert clock.waits == []


def test_after_a_post_that_was_found_by_reading_lateness_is_waited_for(client, service, clock):
    service.answers("POST", COLLECTION, BROKEN)
    service.answers("GET", THING, (403, NOT_AUTHORIZED), 200)
    client.post(COLLECTION, {}, operation=DOING, find_created=lambda: {"id": "a"})

    CALLS["GET"](client)

    assert clock.waits == [0.5]


def test_after_a_write_of_this_task_a_late_worker_is_waited_for(client, service, clock):
    late = {"error": "invalid_client", "error_description": "Request denied: Unsupported authentication method"}
    service.answers("PUT", THING, 200)
    service.answers("GET", THING, 401)
    service.answers("POST", "", (401, late), token_answer(2), url=TOKEN_URL)
    service.answers("GET", THING, 200)

    CALLS["PUT"](client)
    CALLS["GET"](client)

    assert clock.waits == [0.5]


def test_exactly_these_headers_are_sent(client, service):
    service.answers("POST", COLLECTION, 200)

    client.post(COLLECTION, {"a": 1}, operation=DOING)

    plain = service.mock.calls[-1].request
    ours = {name: value for name, value in plain.headers.items() if name not in ("Accept-Encoding", "Connection")}
    agent = ours.pop("User-Agent")
    assert agent.startswith(f"ansible-idops.pingone/{VERSION} (module; ansible-core ")
    assert ours == {
        "Accept": "application/json",
        "Authorization": f"Bearer {client.token().access_token}",
        "Content-Length": "8",
        "Content-Type": "application/json",
    }
    assert plain.body == b'{"a": 1}'


def test_a_caller_whose_token_says_nothing_is_named_by_its_option(service, make_client):
    opaque = (200, {"access_token": "opaque", "token_type": "Bearer", "expires_in": 3600})
    service.answers("POST", "", opaque, url=TOKEN_URL)
    service.answers("GET", THING, 401)
    service.answers("POST", "", opaque, url=TOKEN_URL)
    service.answers("GET", THING, 401)

    assert f"The access token of worker {OPTIONS['client_id']} was refused" in told(make_client(), "GET", ServiceError)


def test_what_must_not_be_done_twice_is_waited_for_and_told_as_any_other_call(client, service, clock):
    refused = (403, {"message": "The actor attempting to perform the request is not authorized."})
    service.answers("POST", COLLECTION, refused, (400, {"message": "No."}))
    created_at = format_time(clock.time())

    with explained(ServiceError, "^Turning the thing round failed: PingOne answered HTTP 400: No"):
        client.post_once(COLLECTION, {}, operation=DOING, find_created=lambda: None, late=Lateness(created_at))
    assert clock.waits == [0.5]


def test_the_next_page_of_a_filtered_list_is_asked_for_as_the_service_says(client, service):
    following = API + COLLECTION + "?cursor=2"
    service.answers("GET", COLLECTION, (200, {"_links": {"next": {"href": following}}}))
    service.answers("GET", COLLECTION + "?cursor=2", (200, {"size": 0}))

    client.list(COLLECTION, "applications", operation=DOING, params={"filter": "x"})

    assert service.mock.calls[-1].request.url == following


def test_one_read_of_a_path_is_made_as_the_caller(client, service):
    service.answers("GET", THING, (200, {"id": "a"}), 500)

    assert client.get_once(THING) == {"id": "a"}
    assert client.get_once(THING) is None
    assert service.mock.calls[-1].request.headers["Authorization"] == f"Bearer {client.token().access_token}"
    assert client.requests == {"TOKEN": 1, "GET": 2}
