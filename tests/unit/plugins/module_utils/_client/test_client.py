# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timezone

import pytest
import requests
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    CheckModeWriteError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    PingOneError,
    ServiceError,
    TransportError,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.http import VERSION, Lateness
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import (
    API,
    NOW_DATE,
    TOKEN_URL,
    explained,
    jwt,
    token_answer,
)

NOT_AUTHORIZED = {
    "id": "c0ffee00-0000-4000-8000-000000000001",
    "code": "ACCESS_FAILED",
    "message": "The actor attempting to perform the request is not authorized.",
}
BROKEN = requests.exceptions.ConnectionError("Connection aborted.")
THING = "/environments/e/applications/a"


def act(client, method, **more):
    """Make one call with a method."""
    if method == "POST":
        return client.post("/environments/e/applications", {"name": "x"}, operation="creating it", **more)
    if method == "PUT":
        return client.put(THING, {"name": "x"}, operation="updating it")
    return getattr(client, method.lower())(THING, operation=f"{method.lower()}ting it")


def path_of(method):
    return "/environments/e/applications" if method == "POST" else THING


class TestRepetition:
    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
    def test_429_is_repeated_for_every_method_after_the_time_asked_for(self, client, service, clock, method):
        service.answers(method, path_of(method), (429, {}, {"Retry-After": "7"}), (200, {"id": "a"}))

        act(client, method)

        assert clock.waits == [7.0]

    def test_retry_after_may_be_a_date(self, client, service, clock):
        headers = {"Retry-After": "Mon, 02 Nov 2026 09:30:12 GMT", "Date": NOW_DATE}
        service.answers("GET", THING, (429, {}, headers), (200, {"id": "a"}))

        act(client, "GET")

        assert clock.waits == [12.0]

    def test_retry_after_is_clamped_to_the_budget(self, client, service, clock):
        service.answers("GET", THING, (429, {}, {"Retry-After": "3600"}), (429, {}, {"Retry-After": "3600"}))

        with explained(ServiceError, match="Gave up after retrying for 60 seconds .it asked to wait: Retry-After 3600"):
            act(client, "GET")
        assert clock.waits == [60.0]

    @pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_a_passing_fault_is_repeated_with_growing_pauses(self, client, service, clock, method, status):
        service.answers(method, THING, status, status, status, (200, {"id": "a"}))

        act(client, method)

        assert clock.waits == [1.0, 2.0, 4.0]

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_a_broken_connection_is_repeated(self, client, service, clock, method):
        service.answers(method, THING, BROKEN, (200, {"id": "a"}))

        act(client, method)

        assert clock.waits == [1.0]

    @pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 415, 501])
    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
    def test_a_refusal_is_reported_at_once(self, client, service, clock, method, status):
        service.answers(method, path_of(method), (status, {"code": "NO", "message": "No."}))
        if status in (403, 404):
            service.answers("GET", "/environments/e", 503)
        if status == 403:
            service.answers("GET", "/environments/e/billOfMaterials", 503)

        with pytest.raises(ServiceError) as caught:
            act(client, method)

        assert caught.value.status == status
        assert clock.waits == []

    def test_the_budget_ends_the_repetition(self, service, make_client, clock):
        service.answers("POST", "", token_answer(), url=TOKEN_URL)
        service.answers("GET", THING, *[503] * 5)

        with pytest.raises(ServiceError, match="HTTP 503"):
            act(make_client(options={"retry_budget": 5}), "GET")
        assert clock.waits == [1.0, 2.0, 2.0]

    def test_a_delete_that_then_finds_nothing_succeeded(self, client, service):
        service.answers("DELETE", THING, BROKEN, 404)

        client.delete(THING, operation="deleting it")

    def test_a_delete_that_finds_nothing_at_first_is_refused(self, client, service):
        service.answers("DELETE", THING, 404)
        service.answers("GET", "/environments/e", 200)

        with pytest.raises(NotFoundError):
            client.delete(THING, operation="deleting it")


class TestLostPost:
    @pytest.mark.parametrize("lost", [BROKEN, requests.exceptions.ReadTimeout(), 408, 500, 502, 503, 504])
    def test_one_that_took_place_is_found_by_reading(self, client, service, clock, lost):
        service.answers("POST", "/environments/e/applications", lost)
        answers = iter([None, None, {"id": "a"}])

        assert act(client, "POST", find_created=lambda: next(answers)) == {"id": "a"}
        assert clock.waits == [0.5, 1.0]

    def test_one_that_did_not_take_place_is_made_anew_after_10_seconds(self, client, service, clock):
        service.answers("POST", "/environments/e/applications", BROKEN, (201, {"id": "b"}))

        assert act(client, "POST", find_created=lambda: None) == {"id": "b"}
        assert sum(clock.waits) == 11.0

    def test_one_that_must_not_be_repeated_is_not(self, client, service):
        service.answers("POST", "/environments/e/applications", BROKEN)

        with pytest.raises(OutcomeUnknownError, match="may or may not have taken place"):
            client.post_once("/environments/e/applications", {}, operation="rotating it", find_created=lambda: None)
        assert service.calls() == ["POST /environments/e/applications"]

    def test_a_connection_that_was_never_made_is_tried_again(self, client, service, clock):
        service.answers(
            "POST", "/environments/e/applications", requests.exceptions.ConnectTimeout(), (201, {"id": "a"})
        )

        assert act(client, "POST") == {"id": "a"}
        assert clock.waits == [1.0]

    def test_a_repetition_that_finds_the_name_taken_finds_the_object(self, client, service):
        taken = {"code": "INVALID_DATA", "details": [{"code": "UNIQUENESS_VIOLATION", "message": "Taken."}]}
        service.answers("POST", "/environments/e/applications", BROKEN, (400, taken))
        late = iter([None] * 8 + [{"id": "a"}])

        assert act(client, "POST", find_created=lambda: next(late)) == {"id": "a"}


class TestLateness:
    def test_without_a_reason_it_is_reported_at_once(self, client, service, clock):
        service.answers("GET", THING, (403, NOT_AUTHORIZED))
        service.answers("GET", "/environments/e", 200)
        service.answers("GET", "/environments/e/billOfMaterials", 403)

        with pytest.raises(PermissionDeniedError):
            act(client, "GET")
        assert clock.waits == []

    def test_after_a_write_of_this_task_it_is_waited_for(self, client, service, clock):
        service.answers("PUT", THING, (200, {"id": "a"}))
        service.answers("GET", THING, (403, NOT_AUTHORIZED), (404, {}), (200, {"id": "a"}))

        act(client, "PUT")

        assert act(client, "GET") == {"id": "a"}
        assert clock.waits == [0.5, 1.0]

    @pytest.mark.parametrize(
        ("created_at", "waits"), [("2026-11-02T09:29:01.500Z", [0.5]), ("2026-11-02T09:28:59Z", [])]
    )
    def test_what_is_young_by_the_services_own_clock_is_waited_for(self, client, service, clock, created_at, waits):
        clock.now += 3000
        service.answers("GET", THING, (403, NOT_AUTHORIZED, {"Date": NOW_DATE}))
        if waits:
            service.answers("GET", THING, (200, {"id": "a"}))
            client.get(THING, operation="getting it", late=Lateness(created_at))
        else:
            service.answers("GET", "/environments/e", 503)
            service.answers("GET", "/environments/e/billOfMaterials", 503)
            with pytest.raises(PermissionDeniedError):
                client.get(THING, operation="getting it", late=Lateness(created_at))
        assert clock.waits == waits

    def test_settle_is_for_how_long_it_is_waited_for(self, service, make_client, clock):
        service.answers("POST", "", token_answer(), url=TOKEN_URL)
        service.answers("GET", THING, *[(403, NOT_AUTHORIZED)] * 4)
        service.answers("GET", "/environments/e", 503)
        service.answers("GET", "/environments/e/billOfMaterials", 503)

        with pytest.raises(PermissionDeniedError):
            act(make_client(options={"settle": 3}), "GET")
        assert clock.waits == [0.5, 1.0, 1.5]

    def test_a_full_license_is_not_waited_for(self, client, service, clock):
        service.answers("PUT", THING, (200, {"id": "a"}))
        full = {"message": "The request could not be completed. You do not have access to this resource."}
        service.answers("POST", "/environments", (403, {**full, "details": [{"code": "LICENSE_EXCEEDED"}]}))
        act(client, "PUT")

        with pytest.raises(PermissionDeniedError):
            client.post("/environments", {}, operation="creating it")
        assert clock.waits == []

    def test_whether_something_exists_is_answered_at_once(self, client, service, clock):
        service.answers("DELETE", THING, 204)
        service.answers("GET", THING, 404)
        act(client, "DELETE")

        assert client.get_or_none(THING, operation="reading it") is None
        assert clock.waits == []


class TestToken:
    def test_a_refused_token_is_replaced_once(self, client, service):
        service.answers("GET", THING, 401)
        service.answers("POST", "", token_answer(2), url=TOKEN_URL)
        service.answers("GET", THING, (200, {"id": "a"}))

        act(client, "GET")

        sent = service.mock.calls[-1].request.headers["Authorization"]
        assert sent == "Bearer " + jwt(client_id="worker", jti="2")

    def test_a_second_refusal_is_explained(self, client, service):
        service.answers("GET", THING, 401)
        service.answers("POST", "", token_answer(2), url=TOKEN_URL)
        service.answers("GET", THING, 401)

        with explained(ServiceError, match="access token of worker worker was refused"):
            act(client, "GET")

    def test_a_ready_token_is_not_replaced(self, service, make_client):
        given = {"client_id": None, "client_secret": None, "auth_environment_id": None, "access_token": jwt(exp=1)}
        service.answers("GET", THING, 401)

        with explained(ServiceError, match="it has expired"):
            act(make_client(options=given), "GET")
        assert service.calls(tokens=True) == ["GET " + THING]


class TestList:
    def test_all_pages_are_read(self, client, service):
        following = {"next": {"href": API + "/environments?cursor=2"}}
        service.answers(
            "GET", "/environments", (200, {"_links": following, "_embedded": {"environments": [{"id": "1"}]}})
        )
        service.answers("GET", "/environments?cursor=2", (200, {"_embedded": {"environments": [{"id": "2"}]}}))

        assert client.list("/environments", "environments", operation="listing") == [{"id": "1"}, {"id": "2"}]

    def test_what_moves_to_a_later_page_is_given_once_as_it_was_read_last(self, client, service):
        following = {"next": {"href": API + "/environments?cursor=2"}}
        first = [{"id": "1"}, {"id": "2", "name": "old"}]
        service.answers("GET", "/environments", (200, {"_links": following, "_embedded": {"environments": first}}))
        second = [{"id": "2", "name": "new"}, {"id": "3"}]
        service.answers("GET", "/environments?cursor=2", (200, {"_embedded": {"environments": second}}))

        found = client.list("/environments", "environments", operation="listing")
        assert found == [{"id": "1"}, {"id": "2", "name": "new"}, {"id": "3"}]

    def test_an_empty_list_may_lack_its_key(self, client, service):
        service.answers("GET", "/environments", (200, {"_links": {}}))

        assert client.list("/environments", "environments", operation="listing") == []

    @pytest.mark.parametrize("href", ["https://example.com/v1/environments", "http://api.pingone.eu/v1/environments"])
    def test_the_token_is_sent_to_no_other_host(self, client, service, href):
        service.answers("GET", "/environments", (200, {"_links": {"next": {"href": href}}}))

        with pytest.raises(TransportError, match="a token is sent to https://api.pingone.eu alone"):
            client.list("/environments", "environments", operation="listing")


class TestSafety:
    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_nothing_is_written_in_check_mode(self, service, make_client, method):
        with pytest.raises(CheckModeWriteError):
            act(make_client(check_mode=True), method)
        assert service.calls(tokens=True) == []

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_no_redirect_is_followed(self, client, service, status):
        service.answers("GET", THING, (status, {}, {"Location": "https://example.com/"}))

        with pytest.raises(TransportError, match="redirect"):
            act(client, "GET")

    def test_an_untrusted_certificate_is_reported_at_once(self, client, service, clock):
        service.answers("GET", THING, requests.exceptions.SSLError("certificate verify failed"))

        with explained(TransportError, match="Name its certificate authority by ca_path"):
            act(client, "GET")
        assert clock.waits == []

    def test_no_cookie_is_kept(self, client, service):
        service.answers("GET", THING, (200, {}, {"Set-Cookie": "ST=1; Path=/"}), (200, {}))

        act(client, "GET")
        act(client, "GET")

        assert "Cookie" not in service.mock.calls[-1].request.headers

    def test_netrc_is_not_read(self, client, service, tmp_path, monkeypatch):
        netrc = tmp_path / "netrc"
        netrc.write_text("machine api.pingone.eu login a password b")
        monkeypatch.setenv("NETRC", str(netrc))
        service.answers("GET", THING, 200)

        act(client, "GET")

        assert service.mock.calls[-1].request.headers["Authorization"].startswith("Bearer ")

    def test_requests_reads_nothing_from_the_environment(self, client, service, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
        service.answers("GET", THING, 200)

        act(client, "GET")

        sent = service.mock.calls[-1].request.req_kwargs
        assert (sent["proxies"], sent["verify"]) == ({}, True)

    def test_the_client_says_who_it_is(self, service, make_client):
        service.answers("POST", "", token_answer(), url=TOKEN_URL)
        service.answers("GET", THING, 200)

        act(make_client(door="in-process"), "GET")

        agent = service.mock.calls[-1].request.headers["User-Agent"]
        assert agent.startswith(f"ansible-idops.pingone/{VERSION} (in-process; ansible-core ")
        assert f"requests {requests.__version__})" in agent

    def test_requests_are_counted(self, client, service):
        service.answers("GET", THING, 503, 200)

        act(client, "GET")

        assert client.requests == {"TOKEN": 1, "GET": 2}


def test_a_client_of_another_worker_shares_the_session_and_the_limiter_and_remembers_nothing(client):
    other = client.of_other(replace(client.connection, settle=30))
    assert other.connection.settle == 30
    assert other.session_state.http is client.session_state.http
    assert other._sender.limiter is client._sender.limiter
    assert other.session_state.token is None
    assert client.session_state.token is not None


def test_what_another_worker_wrote_is_waited_for_when_it_is_said(client, service, clock):
    service.answers("GET", THING, (403, NOT_AUTHORIZED), (200, {"id": "a"}))
    client.expect_propagation()

    act(client, "GET")

    assert clock.waits == [0.5]


def test_a_token_of_an_earlier_task_is_told_from_one_that_was_asked_for(service, make_client):
    service.answers("POST", "", token_answer(1), token_answer(2), url=TOKEN_URL)
    first, second = make_client(), make_client()

    assert not first.is_from_cache(first.token())
    assert second.is_from_cache(second.token())
    assert not second.is_from_cache(second.token(fresh=True))


class TestParallel:
    def test_no_more_jobs_run_at_once_than_are_allowed(self, client):
        client.limit_concurrency(2)
        running, most, lock = 0, 0, threading.Lock()
        both = threading.Barrier(2)

        def job():
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            both.wait(5)
            with lock:
                running -= 1

        client.run_parallel([job] * 4)

        assert most == 2
        assert client._sender.limiter._allowance.at(client.clock.monotonic()) == 2

    def test_results_come_in_order(self, client):
        assert client.run_parallel([lambda n=n: n * n for n in range(20)]) == [n * n for n in range(20)]

    def test_the_first_error_is_raised_and_those_under_way_end(self, client):
        ended, both = [], threading.Barrier(2)

        def fail():
            both.wait(5)
            raise PingOneError("first")

        def go_on():
            both.wait(5)
            ended.append(True)

        with pytest.raises(PingOneError, match="first"):
            client.run_parallel([fail, go_on])
        assert ended == [True]


def test_without_requests_the_library_is_named(monkeypatch, make_client):
    from ansible_collections.idops.pingone.plugins.module_utils._client import http

    monkeypatch.setattr(http, "requests", None)

    with pytest.raises(PingOneError, match="'-m pip install requests'"):
        make_client()


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Date": "Mon, 02 Nov 2026 09:30:12 GMT"}, 12), ({}, 0), ({"Date": "soon"}, 0)]
)
def test_the_time_is_the_services_where_it_shows_it(client, service, clock, headers, seconds):
    service.answers("GET", THING, (200, {"id": "a"}, headers))
    act(client, "GET")

    clock.now += 5
    assert client.service_time() == datetime(2026, 11, 2, 9, 30, 5 + seconds, tzinfo=timezone.utc)
