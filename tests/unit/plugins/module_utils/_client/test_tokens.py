# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
from urllib.parse import parse_qs

import pytest
import requests
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import AnswerError, TokenError
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import SecretKeeper
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import ReadyToken, Token, claims_of
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import (
    NOW,
    OPTIONS,
    TOKEN_URL,
    Keeper,
    jwt,
    token_answer,
)

LATE = {"error": "invalid_client", "error_description": "Request denied: Unsupported authentication method"}

SUBJECT = (
    "Getting an access token for client 9bfa6efa-1a4e-42d4-a27b-e3ed8f819111 of environment "
    "7663f85d-9794-441b-9a67-47650535bd3b at auth.pingone.eu by client_secret_basic"
)


class TestRequest:
    def test_basic_form_encodes_both_parts(self, service, make_client):
        service.answers("POST", "", token_answer(), url=TOKEN_URL)
        options = {"client_id": "a b:c", "client_secret": "100% ünsafe+/"}

        make_client(options=options).token()

        request = service.mock.calls[0].request
        pair = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        assert pair == "a+b%3Ac:100%25+%C3%BCnsafe%2B%2F"
        assert request.body == "grant_type=client_credentials"
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"

    def test_post_puts_both_into_the_form(self, service, make_client):
        service.answers("POST", "", token_answer(), url=TOKEN_URL)
        options = {"client_auth_method": "client_secret_post", "client_id": "a", "client_secret": "b+c"}

        make_client(options=options).token()

        request = service.mock.calls[0].request
        assert request.body == "grant_type=client_credentials&client_id=a&client_secret=b%2Bc"
        assert "Authorization" not in request.headers

    def test_what_came_is_told(self, service, make_client):
        service.answers("POST", "", token_answer(7, 3600), url=TOKEN_URL)
        told = []
        client = make_client(keeper=Keeper(told))

        assert client.token() == Token(jwt(client_id="worker", jti="7"), "Bearer", NOW + 3600, 3600)
        assert client.claims() == {"client_id": "worker", "jti": "7"}
        assert set(told) == {client.token().access_token}
        assert client.token().access_token not in repr(client.token())

    def test_a_ready_token_tells_its_own_end(self, make_client):
        given = {"client_id": None, "client_secret": None, "access_token": jwt(iat=NOW, exp=NOW + 60)}

        token = make_client(options=given).token(3600)

        assert (token.expires_at, token.expires_in) == (NOW + 60, 60)

    @pytest.mark.parametrize("text", ["opaque", "a.b.c", f"a.{base64.b64encode(b'[1]').decode()}.c"])
    def test_an_opaque_ready_token_has_no_known_end(self, text):
        assert ReadyToken(access_token=text).token(None) == Token(text, "Bearer", 0.0, 0)

    @pytest.mark.parametrize("length", range(4))
    def test_claims_are_read_whatever_their_length(self, length):
        assert claims_of(jwt(sub="x" * length)) == {"sub": "x" * length}

    def test_a_ready_token_that_tells_only_its_end_was_issued_for_an_unknown_time(self):
        text = jwt(exp=NOW)
        assert ReadyToken(access_token=text).token(None) == Token(text, "Bearer", NOW, 0)


class TestRepetition:
    @pytest.mark.parametrize("fault", [408, 500, 502, 503, 504, requests.exceptions.ConnectionError("reset")])
    def test_faults_are_repeated(self, service, make_client, clock, fault):
        service.answers("POST", "", fault, fault, token_answer(), url=TOKEN_URL)

        make_client().token()

        assert clock.waits == [1.0, 2.0]

    def test_the_rate_limit_is_respected(self, service, make_client, clock):
        service.answers("POST", "", (429, {}, {"Retry-After": "9"}), token_answer(), url=TOKEN_URL)

        make_client().token()

        assert clock.waits == [9.0]

    def test_a_pause_is_told_before_it_begins(self, service, make_client):
        class Keeper(SecretKeeper):
            told = []

            def progress(self, message, waited):
                self.told.append((message, waited))

        service.answers("POST", "", (429, {}, {"Retry-After": "9"}), token_answer(), url=TOKEN_URL)

        make_client(keeper=Keeper()).token()

        subject = SUBJECT[0].lower() + SUBJECT[1:]
        assert Keeper.told == [(f"Waiting to repeat {subject}: PingOne answered HTTP 429", 9.0)]

    def test_a_late_worker_is_waited_for_as_settle_says(self, service, make_client, clock):
        service.answers("POST", "", (401, LATE), (401, LATE), token_answer(), url=TOKEN_URL)

        make_client(options={"settle": 5}).token()

        assert clock.waits == [0.5, 1.0]

    def test_without_a_reason_it_fails_at_once_and_says_what_to_check(self, service, make_client, clock):
        service.answers("POST", "", (401, LATE, {"Correlation-Id": "c-1"}), url=TOKEN_URL)

        with pytest.raises(TokenError) as caught:
            make_client().token()

        text = describe(caught.value)
        assert text.startswith(
            f"{SUBJECT} failed with HTTP 401: "
            "invalid_client: Request denied: Unsupported authentication method. Correlation id: c-1. The client id is "
            "right, and the worker's token_endpoint_auth_method is not CLIENT_SECRET_BASIC; set client_auth_method to "
            "what it is, and give the secret or the private key that this takes. After a change of the worker, the "
            "option settle waits"
        )
        assert OPTIONS["client_secret"] not in text
        assert clock.waits == []
        operation = caught.value.facts().pop("operation")
        assert operation.startswith("getting an access token for client")
        assert caught.value.facts() == {
            "kind": "authentication",
            "status": 401,
            "code": "invalid_client",
            "correlation_id": "c-1",
            "operation": operation,
        }

    @pytest.mark.parametrize("answer", [{}, {"access_token": 7}, "<html>Sign in to the network</html>"])
    def test_an_answer_without_a_token_is_an_error(self, service, make_client, answer):
        service.answers("POST", "", (200, answer), url=TOKEN_URL)

        with pytest.raises(AnswerError) as caught:
            make_client().token()

        assert describe(caught.value) == (
            f"{SUBJECT} failed: expected an access token, got an answer without one; check that api_url and auth_url "
            "are PingOne's, and that no proxy answers in its place."
        )

    @pytest.mark.parametrize("status", [429, 503])
    def test_a_service_that_stays_away_is_told(self, service, make_client, clock, status):
        service.answers("POST", "", *[status] * 9, url=TOKEN_URL)

        with pytest.raises(TokenError) as caught:
            make_client().token()

        assert describe(caught.value) == (
            f"{SUBJECT} failed with HTTP {status}; gave up after retrying for 60 seconds. "
            "The service has a problem, or its rate limit is used up; try again later, or raise retry_budget."
        )
        assert clock.waits == [1.0, 2.0, 4.0, 8.0, 16.0, 29.0]

    def test_a_connection_that_keeps_breaking_is_told(self, service, make_client):
        service.answers("POST", "", *[requests.exceptions.ConnectionError("reset")] * 9, url=TOKEN_URL)

        with pytest.raises(TokenError) as caught:
            make_client().token()

        assert describe(caught.value) == (
            f"{SUBJECT} failed: No connection to auth.pingone.eu: reset; gave up after retrying for 60 seconds."
        )

    def test_a_date_to_wait_for_counts_from_the_own_clock_when_the_service_shows_none(
        self, service, make_client, clock
    ):
        asked = (429, {}, {"Retry-After": "Mon, 02 Nov 2026 09:30:12 GMT"})
        service.answers("POST", "", asked, token_answer(), url=TOKEN_URL)

        make_client().token()

        assert clock.waits == [12.0]

    def test_lateness_is_asked_for_often_and_then_every_2_seconds(self, service, make_client, clock):
        service.answers("POST", "", *[(401, LATE)] * 4, token_answer(), url=TOKEN_URL)

        make_client(options={"settle": 60}).token()

        assert clock.waits == [0.5, 1.0, 2.0, 2.0]


class TestRefusal:
    """What the service answered, and what is told of it between the subject and the causes."""

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (
                (400, {"error": "invalid_request", "error_description": "Not found. Try again."}, {}),
                "HTTP 400: invalid_request: Not found. Try again. Usual causes: the secret is not (or no longer)",
            ),
            (
                (404, {"code": "NOT_FOUND", "message": "No such environment."}, {"Correlation-Id": "c-1"}),
                "HTTP 404: NOT_FOUND: No such environment. Correlation id: c-1. Usual causes: auth_environment_id is",
            ),
            (
                (401, {"error": "invalid_client", "error_description": "Denied (c-1)"}, {"Correlation-Id": "c-1"}),
                "HTTP 401: invalid_client: Denied (c-1). Usual causes: the secret is not (or no longer)",
            ),
            ((400, {"error": ["x"]}, {}), "HTTP 400. Usual causes: the secret is not (or no longer)"),
            ((403, "<html>Forbidden</html>", {}), "HTTP 403. Usual causes: the region, or auth_url, is not"),
        ],
    )
    def test_it_is_told_at_once(self, service, make_client, clock, answer, said):
        service.answers("POST", "", answer, url=TOKEN_URL)

        with pytest.raises(TokenError) as caught:
            make_client(options={"settle": 60}).token()

        assert describe(caught.value).startswith(f"{SUBJECT} failed with {said}")
        assert clock.waits == []


WRONG = {"error": "invalid_client", "error_description": "Request denied: Invalid client credentials"}
DISCOVERY_URL = TOKEN_URL.replace("token", ".well-known/openid-configuration")


class TestExplanation:
    """What is asked to tell why a client was refused, without its secret."""

    @pytest.mark.parametrize(
        ("discovery", "alone", "said"),
        [
            (404, None, "PingOne has no environment with the id auth_environment_id there"),
            (200, (401, WRONG), "PingOne knows no enabled worker of this client id in that environment"),
            (200, (401, LATE), "The client id is that of an enabled worker of that environment, so the secret is not"),
            (503, (503, {}), "The client id is not one of a worker of the environment auth_environment_id, or the sec"),
            (requests.exceptions.ConnectionError("reset"), requests.exceptions.ConnectionError("reset"), "The client"),
        ],
    )
    def test_what_can_be_told_apart_is(self, service, make_client, discovery, alone, said):
        service.answers("POST", "", (401, WRONG), url=TOKEN_URL)
        service.answers("GET", "", discovery, url=DISCOVERY_URL)
        if alone:
            service.answers("POST", "", alone, url=TOKEN_URL)

        with pytest.raises(TokenError) as caught:
            make_client().token()
        assert f" {said}" in describe(caught.value)

        _first, *asked = [call.request for call in service.mock.calls]
        assert [request.method for request in asked] == ["GET", "POST"][: 2 if alone else 1]
        assert not [request for request in asked if "Authorization" in request.headers]
        if alone:
            assert asked[1].body == f"grant_type=client_credentials&client_id={OPTIONS['client_id']}"

    def test_a_blank_at_an_end_is_told_and_nothing_is_asked(self, service, make_client):
        service.answers("POST", "", (401, WRONG), url=TOKEN_URL)

        with pytest.raises(TokenError) as caught:
            make_client(options={"client_secret": OPTIONS["client_secret"] + "\n"}).token()

        assert "The value of client_secret begins or ends in a blank or a line end" in describe(caught.value)
        assert len(service.calls(tokens=True)) == 1

    def test_a_clock_that_is_behind_is_told_and_then_allowed_for(self, service, make_client):
        late = {"Date": "Mon, 02 Nov 2026 09:35:00 GMT"}
        service.answers("POST", "", (401, WRONG, late), token_answer(), url=TOKEN_URL)
        client = make_client(options={"client_auth_method": "client_secret_jwt"})

        with pytest.raises(TokenError) as caught:
            client.token()
        assert caught.value.sign_in.clock_error == 300
        client.token()

        forms = [parse_qs(call.request.body) for call in service.mock.calls]
        assert [claims_of(form["client_assertion"][0])["exp"] - NOW for form in forms] == [60, 360]


class TestAssertion:
    def test_each_attempt_has_one_of_its_own_which_is_a_secret(self, service, make_client, clock):
        service.answers("POST", "", 503, (429, {}, {"Retry-After": "59"}), token_answer(), url=TOKEN_URL)
        told = []

        make_client(options={"client_auth_method": "client_secret_jwt"}, keeper=Keeper(told)).token()

        sent = [parse_qs(call.request.body)["client_assertion"][0] for call in service.mock.calls]
        assert [claims_of(assertion)["exp"] - NOW for assertion in sent] == [60, 61, 120]
        assert len({claims_of(assertion)["jti"] for assertion in sent}) == 3
        assert set(sent) <= set(told)


class TestAnswer:
    @pytest.mark.parametrize(
        ("members", "token"),
        [
            ({"token_type": "DPoP", "expires_in": 90.5}, Token("t", "DPoP", NOW + 90, 90)),
            ({"token_type": "Bearer"}, Token("t", "Bearer", NOW, 0)),
            ({"expires_in": "soon"}, Token("t", "Bearer", NOW, 0)),
            ({"expires_in": 1}, Token("t", "Bearer", NOW + 1, 1)),
        ],
    )
    def test_what_is_missing_counts_as_bearer_and_as_no_lifetime(self, service, make_client, members, token):
        service.answers("POST", "", (200, {"access_token": "t", **members}), url=TOKEN_URL)

        assert make_client().token() == token

    def test_one_that_another_thread_renewed_is_taken(self, service, make_client):
        service.answers("POST", "", token_answer(1), token_answer(2), url=TOKEN_URL)
        told = []
        client = make_client(keeper=Keeper(told))
        first = client.token()
        second = client._tokens.renew(first)
        told.clear()

        assert client._tokens.renew(first) == second
        assert told == [second.access_token]
        assert len(service.calls(tokens=True)) == 2

    def test_a_ready_token_is_used_whatever_it_says(self, service, make_client):
        given = {"client_id": None, "client_secret": None, "access_token": jwt(iat=NOW, exp=NOW - 60)}
        client = make_client(options=given)

        assert client.token(3600) is client.token(3600)


class TestLifetime:
    def test_one_that_ends_soon_is_replaced(self, service, make_client, clock):
        service.answers("POST", "", token_answer(1), token_answer(2), url=TOKEN_URL)
        client = make_client()
        client.token()

        clock.now += 3600 - 60
        assert client.claims()["jti"] == "1"
        clock.now += 1
        assert client.claims()["jti"] == "2"

    def test_min_ttl_asks_for_a_longer_one(self, service, make_client, clock):
        service.answers("POST", "", token_answer(1), token_answer(2), url=TOKEN_URL)
        client = make_client()
        client.token()
        clock.now += 600

        assert client.token(3001).expires_at == NOW + 600 + 3600
