# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import fcntl
import os

import pytest
import requests
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import AnswerError, TokenError
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import SecretKeeper
from ansible_collections.idops.pingone.plugins.module_utils._client import token_cache
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import ReadyToken, Token, claims_of
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import connection_from
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import reset
from ansible_collections.idops.pingone.plugins.module_utils._client.token_cache import open_cache, private_folder
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
            "right, and the worker's token_endpoint_auth_method is another than client_auth_method. After a change of "
            "the worker, the option settle waits"
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


class TestAnswer:
    @pytest.mark.parametrize(
        ("members", "token"),
        [
            ({"token_type": "DPoP", "expires_in": 90.5}, Token("t", "DPoP", NOW + 90, 90)),
            ({"token_type": "Bearer"}, Token("t", "Bearer", NOW, 0)),
            ({"expires_in": "soon"}, Token("t", "Bearer", NOW, 0)),
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


class TestCache:
    """What is kept between two processes, of which the second is played by forgetting what is in memory."""

    @staticmethod
    def files(folder):
        return sorted(name for name in os.listdir(folder / "idops.pingone") if name.endswith(".token"))

    def test_in_process_a_token_is_kept_for_the_next_process(self, service, make_client, own_folders):
        service.answers("POST", "", token_answer(), url=TOKEN_URL)
        first = make_client(door="in-process").token()
        reset()

        assert make_client(door="in-process").token() == first

        folder = own_folders / "idops.pingone"
        (name,) = self.files(own_folders)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert (folder / "salt").stat().st_mode & 0o777 == 0o600
        content = (folder / name).read_bytes()
        assert first.access_token.encode() not in content
        assert OPTIONS["client_id"] not in name

    def test_a_module_keeps_none(self, service, make_client, own_folders):
        service.answers("POST", "", token_answer(), url=TOKEN_URL)
        make_client(door="module").token()

        assert self.files(own_folders) == []

    @pytest.mark.parametrize(
        "other",
        [
            {"client_secret": OPTIONS["client_secret"] + "x"},
            {"client_id": "other"},
            {"auth_environment_id": "11111111-1111-4111-8111-111111111111"},
            {"auth_url": "https://auth.example.com"},
            {"client_auth_method": "client_secret_post"},
        ],
    )
    def test_a_token_is_found_only_by_what_it_was_got_with(self, clock, own_folders, other):
        folder = private_folder()
        connections = [connection_from({**OPTIONS, **more}, {}) for more in ({}, other)]
        open_cache(folder, connections[0], clock).store(Token("t", "Bearer", NOW + 3600, 3600))

        assert open_cache(folder, connections[0], clock).load() is not None
        assert open_cache(folder, connections[1], clock).load() is None

    def test_a_file_that_was_changed_or_renamed_counts_as_none(self, clock, own_folders):
        folder = private_folder()
        cache = open_cache(folder, connection_from(OPTIONS, {}), clock)
        cache.store(Token("t", "Bearer", NOW + 3600, 3600))
        (name,) = self.files(own_folders)
        path = own_folders / "idops.pingone" / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

        assert cache.load() is None

    def test_a_refused_token_is_replaced_in_the_file_too(self, service, make_client):
        service.answers("POST", "", token_answer(1), url=TOKEN_URL)
        service.answers("GET", "/environments", 401)
        service.answers("POST", "", token_answer(2), url=TOKEN_URL)
        service.answers("GET", "/environments", 200)
        make_client(door="in-process").get("/environments", operation="listing")
        reset()

        assert make_client(door="in-process").claims()["jti"] == "2"

    def test_an_expired_one_is_not_used(self, service, make_client, clock):
        service.answers("POST", "", token_answer(1), token_answer(2), url=TOKEN_URL)
        make_client(door="in-process").token()
        reset()
        clock.now += 3600

        assert make_client(door="in-process").claims()["jti"] == "2"

    def test_a_lock_is_waited_for_5_seconds(self, service, make_client, clock, own_folders):
        service.answers("POST", "", token_answer(1), token_answer(2), url=TOKEN_URL)
        make_client(door="in-process").token()
        reset()
        (name,) = self.files(own_folders)
        with open(own_folders / "idops.pingone" / f"{name}.lock", "w", encoding="ascii") as held:
            fcntl.flock(held, fcntl.LOCK_EX)

            assert make_client(door="in-process").claims()["jti"] == "2"

        assert 5.0 <= sum(clock.waits) < 5.2

    def test_neither_a_short_secret_nor_a_ready_token_is_kept(self, clock):
        folder = private_folder()

        short = connection_from({**OPTIONS, "client_secret": "x" * 19}, {})
        assert open_cache(folder, short, clock) is None
        assert open_cache(folder, connection_from({"region": "EU", "access_token": "t" * 90}, {}), clock) is None
        assert open_cache(folder, connection_from({**OPTIONS, "client_secret": "x" * 20}, {}), clock) is not None

    def test_without_cryptography_none_is_kept(self, clock, monkeypatch):
        monkeypatch.setattr(token_cache, "AESGCM", None)

        assert open_cache(private_folder(), connection_from(OPTIONS, {}), clock) is None


class TestFolder:
    def test_one_that_others_can_read_is_not_used(self, own_folders):
        (own_folders / "idops.pingone").mkdir(mode=0o755)

        assert private_folder({"XDG_RUNTIME_DIR": str(own_folders)}) is None

    def test_a_link_is_not_used(self, own_folders, tmp_path):
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        (own_folders / "idops.pingone").symlink_to(tmp_path / "elsewhere")

        assert private_folder({"XDG_RUNTIME_DIR": str(own_folders)}) is None

    def test_one_of_somebody_else_is_not_used(self, own_folders, monkeypatch):
        private_folder()
        monkeypatch.setattr(os, "geteuid", lambda: 12345)

        assert private_folder({"XDG_RUNTIME_DIR": str(own_folders)}) is None

    def test_the_cache_folder_is_next(self, tmp_path):
        environ = {"XDG_RUNTIME_DIR": "/proc/nonexistent", "HOME": str(tmp_path)}

        assert private_folder(environ) == str(tmp_path / ".cache" / "idops.pingone")
        assert private_folder({}) is None
