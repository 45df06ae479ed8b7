# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_app_key makes of the keys of a worker, and what it says to the service."""

from __future__ import annotations

import base64
import json

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    ConflictError,
    MissingObjectError,
    OptionError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import (
    generate_private_key,
    public_half,
    thumbprint,
)
from ansible_collections.idops.pingone.plugins.module_utils._core.result import perform
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules import pingone_worker_app_key
from ansible_collections.idops.pingone.tests.unit.plugins.modules.key_service import API, ENVIRONMENT, WORKER, Service

FIRST, SECOND, FOREIGN = (public_half(generate_private_key("P-256")) for _number in range(3))
KID = thumbprint(FIRST)


@pytest.fixture
def make():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield lambda **members: Service(mock, **members)


def jwks(*keys, **others):
    return json.dumps({"keys": list(keys), **others}, indent=1)


def task_of(check_mode=False, **options):
    spec = pingone_worker_app_key.ARGUMENT_SPEC
    params = {option: entry.get("default") for option, entry in spec.items()}
    connection = {"api_url": API, "auth_url": "https://auth.example.com", "access_token": "a.b.c"}
    given = {"environment": "dev", "application": "ci", **options}
    return Task({**params, **connection, **given}, check_mode=check_mode)


def run(check_mode=False, **options):
    return pingone_worker_app_key.run(task_of(check_mode, **options))


def entry(key, kid=None, algorithm=None):
    return {"public_key": json.dumps(key), "kid": kid, "algorithm": algorithm}


def named(kid):
    return {"public_key": None, "kid": kid, "algorithm": None}


def test_a_first_key_is_published_with_all_that_the_worker_has(make):
    service = make()
    result = run(keys=[entry(FIRST)], token_endpoint_auth_method="PRIVATE_KEY_JWT")
    assert service.keys == [{**FIRST, "use": "sig", "alg": "ES256", "kid": KID}]
    sent = json.loads(service.writes[0].body)
    assert sent["notKnownHere"] == {"kept": True}
    assert sent["tokenEndpointAuthMethod"] == "PRIVATE_KEY_JWT"
    assert (result.changed, result.values["added"], result.values["removed"]) == (True, [KID], [])
    assert result.values["keys"] == [{"kid": KID, "thumbprint": KID, "type": "EC", "algorithm": "ES256"}]
    assert result.values["worker_app"]["token_endpoint_auth_method"] == "PRIVATE_KEY_JWT"


def test_a_second_run_changes_no_byte(make):
    text = jwks({**FIRST, "kid": KID, "x5t": "kept"}, note="kept")
    service = make(jwks=text)
    result = run(keys=[entry(FIRST)])
    assert (result.changed, service.writes, service.worker["jwks"]) == (False, [], text)


def test_check_mode_says_the_same_and_writes_nothing(make):
    service = make(jwks=jwks({**FOREIGN, "kid": "foreign"}))
    dry = run(check_mode=True, keys=[entry(FIRST)])
    assert service.writes == []
    wet = run(keys=[entry(FIRST)])
    assert (dry.changed, dry.values, dry.diff()) == (wet.changed, wet.values, wet.diff())
    assert run(keys=[entry(FIRST)]).changed is False


def test_a_key_that_is_yet_to_be_made_is_predicted(make):
    service = make()
    kid = predicted_id("key", None, "/a/path")
    result = run(
        check_mode=True, keys=[{**named(kid), "algorithm": "RS256"}], token_endpoint_auth_method="PRIVATE_KEY_JWT"
    )
    assert result.values["keys"] == [{"kid": kid, "thumbprint": None, "type": "RSA", "algorithm": "RS256"}]
    assert result.diff()["after"]["keys"] == [kid]
    assert service.writes == []


def test_foreign_keys_and_all_else_in_the_set_are_kept(make):
    service = make(jwks=jwks({**FOREIGN, "kid": "foreign", "note": 1}, note="kept"))
    run(keys=[entry(FIRST, "mine")])
    assert json.loads(service.worker["jwks"]) == {
        "keys": [
            {**FOREIGN, "kid": "foreign", "note": 1},
            {**FIRST, "use": "sig", "alg": "ES256", "kid": "mine"},
        ],
        "note": "kept",
    }


@pytest.mark.parametrize("odd", [{"kid": ["mine"]}, {"kid": {}}, {"kid": 5, "kty": ["EC"]}, 5, None])
@pytest.mark.parametrize("exclusive", [False, True])
def test_what_others_published_may_be_of_any_form(make, odd, exclusive):
    service = make(jwks=jwks(odd))
    result = run(keys=[entry(FIRST, "mine")], exclusive=exclusive)
    assert result.values["added"] == ["mine"]
    assert [key["kid"] for key in service.keys if isinstance(key, dict)][-1] == "mine"
    assert not run(keys=[entry(FIRST, "mine")], exclusive=exclusive).changed


def test_exclusive_leaves_the_named_keys_alone(make):
    service = make(jwks=jwks({**FOREIGN, "kid": "foreign"}, {**FIRST, "kid": KID}))
    result = run(keys=[entry(FIRST), entry(SECOND)], exclusive=True)
    assert [key["kid"] for key in service.keys] == [KID, thumbprint(SECOND)]
    assert (result.values["added"], result.values["removed"]) == ([thumbprint(SECOND)], ["foreign"])
    assert run(keys=[entry(FIRST), entry(SECOND)], exclusive=True).changed is False


def test_another_key_of_the_same_kid_takes_its_place_and_the_diff_tells_the_two_apart(make):
    service = make(jwks=jwks({**FOREIGN, "kid": "ci", "x5c": ["of the other"]}))
    result = run(keys=[entry(FIRST, "ci")])
    assert service.keys == [{**FIRST, "use": "sig", "alg": "ES256", "kid": "ci"}]
    diff = result.diff()
    assert diff["before"]["keys"] == [f"ci ({thumbprint(FOREIGN)})"]
    assert diff["after"]["keys"] == [f"ci ({KID})"]
    assert diff["before_header"] == "worker dev/ci"
    assert FIRST["x"] not in json.dumps(diff)


def test_an_existing_key_gets_what_is_said_of_it_and_nothing_else(make):
    service = make(jwks=jwks({**FIRST, "kid": "ci", "note": 1}))
    assert run(keys=[entry(FIRST, "ci", "ES256")]).changed
    assert service.keys == [{**FIRST, "kid": "ci", "note": 1, "alg": "ES256"}]


@pytest.mark.parametrize("by", [named("old"), entry(FOREIGN), entry(FOREIGN, "old")])
def test_a_key_is_retired_by_its_kid_or_by_itself(make, by):
    service = make(
        jwks=jwks({**FOREIGN, "kid": "old"}, {**FIRST, "kid": KID}), tokenEndpointAuthMethod="PRIVATE_KEY_JWT"
    )
    result = run(keys=[by], state="absent")
    assert [key["kid"] for key in service.keys] == [KID]
    assert (result.changed, result.values["removed"]) == (True, ["old"])
    assert run(keys=[by], state="absent").changed is False


@pytest.mark.parametrize("by", [named("other"), entry(SECOND), entry(FOREIGN, "other"), entry(SECOND, "old")])
def test_a_key_that_is_not_meant_is_not_retired(make, by):
    service = make(jwks=jwks({**FOREIGN, "kid": "old"}))
    assert run(keys=[by], state="absent").changed is False
    assert service.writes == []


LAST = "^keys: worker 'ci' signs in by a key, and this would take its last one"


@pytest.mark.parametrize("options", [{"keys": [named("old")], "state": "absent"}, {"keys": [], "exclusive": True}])
def test_the_last_key_of_a_worker_that_signs_in_by_it_stays(make, options):
    service = make(jwks=jwks({**FOREIGN, "kid": "old"}), tokenEndpointAuthMethod="PRIVATE_KEY_JWT")
    with pytest.raises(OptionError, match=LAST):
        run(**options)
    assert service.writes == []


def test_the_last_key_of_a_worker_that_signs_in_by_a_secret_goes_with_its_set(make):
    service = make(jwks=jwks({**FOREIGN, "kid": "old"}))
    assert run(keys=[named("old")], state="absent").changed
    assert "jwks" not in service.worker


def test_a_method_without_any_key_is_refused(make):
    make()
    with pytest.raises(OptionError, match="it has none"):
        run(keys=[], exclusive=True, token_endpoint_auth_method="PRIVATE_KEY_JWT")


URL = "https://keys.example.com/jwks.json"


def test_a_url_is_set_once(make):
    service = make()
    assert run(jwks_url=URL).changed
    assert service.worker["jwksUrl"] == URL
    assert run(jwks_url=URL).changed is False


def test_keys_and_a_url_give_way_to_each_other_only_when_told_to(make):
    service = make(jwksUrl=URL, tokenEndpointAuthMethod="PRIVATE_KEY_JWT")
    with pytest.raises(OptionError, match=f"^exclusive: worker 'ci' has its keys at {URL}"):
        run(keys=[entry(FIRST)])
    run(keys=[entry(FIRST)], exclusive=True)
    assert "jwksUrl" not in service.worker
    with pytest.raises(OptionError, match=f"^exclusive: worker 'ci' has keys of its own \\({KID}\\)"):
        run(jwks_url=URL)
    result = run(jwks_url=URL, exclusive=True)
    assert ("jwks" in service.worker, service.worker["jwksUrl"]) == (False, URL)
    assert (result.values["keys"], result.values["removed"]) == ([], [KID])


@pytest.mark.parametrize("text", ["no JSON", '{"keys": 1}', "[]", pytest.param('{"keys": ' + "[" * 100_000, id="deep")])
def test_what_is_no_key_set_is_only_replaced_when_told_to(make, text):
    service = make(jwks=text)
    with pytest.raises(OptionError, match="is no JWK Set"):
        run(keys=[entry(FIRST)])
    run(keys=[entry(FIRST)], exclusive=True)
    assert [key["kid"] for key in service.keys] == [KID]


PRIVATE = generate_private_key("P-256")


@pytest.mark.parametrize(
    ("options", "option", "sentence"),
    [
        ({}, "keys", "keys, jwks_url or generate is needed."),
        ({"keys": []}, "keys", "keys, jwks_url or generate is needed."),
        ({"keys": [named("x")]}, "keys[0].public_key", "keys[0].public_key is needed."),
        (
            {"keys": [named(None)], "state": "absent"},
            "keys[0].public_key",
            "keys[0].public_key, or keys[0].kid, is needed.",
        ),
        (
            {"keys": [entry(FIRST, " ")]},
            "keys[0].kid",
            "keys[0].kid must not be empty; leave it out to use the thumbprint.",
        ),
        pytest.param(
            {"keys": [entry(FIRST), entry(FIRST)]},
            "keys[1].kid",
            f"keys[1]: keys[0] has the kid '{KID}' too; leave one out.",
            # The key is a new one in each process, and the name of a test must not be.
            id="one kid twice",
        ),
        (
            {"keys": [entry(FIRST, None, "RS256")]},
            "keys[0].algorithm",
            "keys[0].algorithm must be ES256 for this key, not RS256.",
        ),
        (
            {"keys": [{"public_key": PRIVATE, "kid": None, "algorithm": None}]},
            "keys[0].public_key",
            "keys[0].public_key is a private key; give the public half, and keep the private one where the worker "
            "runs.",
        ),
        ({"keys": [entry(FIRST)], "jwks_url": URL}, "jwks_url", "jwks_url and keys are mutually exclusive."),
        ({"generate": True, "path": "x", "jwks_url": URL}, "jwks_url", "jwks_url and generate are mutually exclusive."),
        (
            {"jwks_url": "http://example.com"},
            "jwks_url",
            "jwks_url must be an https:// address, such as https://example.com/jwks, not 'http://example.com'.",
        ),
        (
            {"jwks_url": "https://user:pw@example.com/jwks"},
            "jwks_url",
            "jwks_url must hold neither a user nor a password because PingOne and results show it.",
        ),
        *[
            (
                {"keys": [entry(FIRST, kid)]},
                "keys[0].kid",
                "keys[0].kid must be a name on one line, which PingOne and everybody sees, and no key itself.",
            )
            for kid in (PRIVATE, json.dumps({**FIRST, "d": "secret"}), "a\0b")
        ],
        ({"keys": [entry(FIRST)], "path": "x"}, "path", "path requires generate: true."),
        ({"keys": [entry(FIRST)], "key_type": "P-256"}, "key_type", "key_type requires generate: true."),
        ({"state": "absent"}, "keys", "keys must name at least one key, by kid or public_key, with state: absent."),
        (
            {"state": "absent", "keys": [named("x")], "exclusive": True},
            "exclusive",
            "exclusive requires state: present.",
        ),
        (
            {"keys": [entry(FIRST)], "environment": " "},
            "environment",
            "environment must not be empty; give a name or an id.",
        ),
    ],
)
def test_options_that_cannot_be_right_cost_no_request(make, options, option, sentence):
    service = make()
    with pytest.raises(OptionError) as refused:
        run(**options)
    assert (refused.value.option, str(refused.value)) == (option, sentence)
    assert len(service.mock.calls) == 0


def test_no_module_makes_a_key(make):
    make()
    with pytest.raises(OptionError, match="^generate works only in a task of a play"):
        run(generate=True, path="x")


def test_a_private_key_in_the_wrong_place_is_not_shown(make):
    make()
    task = task_of(keys=[{"public_key": PRIVATE, "kid": None, "algorithm": None}])
    result = perform(pingone_worker_app_key.run, task, secret_returns=(), no_log_values=(), diff=True)
    assert result["failed"]
    assert PRIVATE.splitlines()[1] not in json.dumps([result, task.redact(task.params)])


def test_a_worker_that_is_gone_has_no_keys(make):
    make()
    assert run(application="gone", keys=[named("x")], state="absent").changed is False
    with pytest.raises(MissingObjectError):
        run(application="gone", keys=[entry(FIRST)])


def test_only_workers_are_managed(make):
    service = make(type="WEB_APP")
    with pytest.raises(OptionError, match="^application: 'ci' .* has the type WEB_APP"):
        run(keys=[entry(FIRST)])
    assert service.writes == []


def as_caller():
    payload = base64.urlsafe_b64encode(json.dumps({"client_id": WORKER, "env": ENVIRONMENT}).encode()).decode()
    return f"e30.{payload.rstrip('=')}.c2ln"


def test_a_worker_may_publish_its_own_next_key_and_not_take_one_away(make):
    service = make(jwks=jwks({**FIRST, "kid": KID}), tokenEndpointAuthMethod="PRIVATE_KEY_JWT")
    assert run(keys=[entry(SECOND)], access_token=as_caller()).changed
    with pytest.raises(
        OptionError, match="^allow_self: worker 'ci' .* is the one that calls, and its keys would be others"
    ):
        run(keys=[named(KID)], state="absent", access_token=as_caller())
    assert len(service.writes) == 1
    assert run(keys=[named(KID)], state="absent", access_token=as_caller(), allow_self=True).changed


@pytest.mark.parametrize("allow_self", [False, True])
def test_a_worker_that_signs_in_by_a_key_may_retire_every_other_one_of_its_own(make, allow_self):
    pem = generate_private_key("P-256")
    own = public_half(pem)
    service = make(
        jwks=jwks({**FIRST, "kid": KID}, {**own, "kid": "own"}, {**SECOND, "kid": "second"}),
        tokenEndpointAuthMethod="PRIVATE_KEY_JWT",
    )
    token = {"access_token": as_caller(), "token_type": "Bearer", "expires_in": 3600}
    service.mock.post(f"https://auth.example.com/{ENVIRONMENT}/as/token", json=token)
    signs_in = {
        "access_token": None,
        "auth_environment_id": ENVIRONMENT,
        "client_id": WORKER,
        "private_key": pem,
        "private_key_id": "own",
    }
    assert run(keys=[named(KID)], state="absent", **signs_in).changed
    own_key = {"keys": [named("own")], "state": "absent", "allow_self": allow_self}
    if allow_self:
        assert run(**own_key, **signs_in).changed
        return
    with pytest.raises(OptionError, match="^allow_self: .* its keys would be others"):
        run(**own_key, **signs_in)
    assert [key["kid"] for key in service.keys] == ["own", "second"]


def test_a_key_that_another_controller_took_away_is_published_again(make):
    service = make()
    theirs = jwks({**FOREIGN, "kid": "theirs"})
    # It had read the keys before ours was there.
    service.overwriting = [theirs]
    result = run(keys=[entry(FIRST)])
    assert [key["kid"] for key in service.keys] == ["theirs", KID]
    assert len(service.writes) == 2
    assert (result.changed, result.values["added"], result.values["removed"]) == (True, [KID], [])
    assert result.diff()["before"]["keys"] == [f"theirs ({thumbprint(FOREIGN)})"]


def test_a_key_that_others_take_away_again_and_again_is_a_conflict(make):
    service = make()
    service.overwriting = [jwks({**FOREIGN, "kid": f"theirs {number}"}) for number in range(9)]
    with pytest.raises(ConflictError, match="keys of worker 'ci' were changed from elsewhere 3 times in a row"):
        run(keys=[entry(FIRST)])
    assert len(service.writes) == 3


def test_a_key_that_is_read_late_is_published_once(make):
    service = make(jwks=jwks({**FOREIGN, "kid": "foreign"}))
    service.is_behind = True
    result = run(keys=[entry(FIRST)])
    assert len(service.writes) == 1
    assert (result.changed, result.values["added"]) == (True, [KID])


def test_what_another_controller_did_since_the_keys_were_read_is_not_done_again(make):
    service = make()
    ours = jwks({**FIRST, "use": "sig", "alg": "ES256", "kid": KID})
    service.after_reading = lambda: service.worker.update(jwks=ours)
    result = run(keys=[entry(FIRST)])
    assert (result.changed, result.values["added"], service.writes) == (False, [], [])
    assert [key["kid"] for key in result.values["keys"]] == [KID]
