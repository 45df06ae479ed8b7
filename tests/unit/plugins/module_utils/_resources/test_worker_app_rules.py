# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of a worker that do not go together, each in one sentence."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_rules import (
    check_given,
    check_whole,
    locks_out,
)

CODE = {"grant_types": ["AUTHORIZATION_CODE"], "response_types": ["CODE"], "redirect_uris": ["https://app.example.com"]}

REFUSED = [
    ({"grant_types": ["CLIENT_CREDENTIALS"], "token_endpoint_auth_method": "NONE"}, "token_endpoint_auth_method"),
    ({**CODE, "response_types": ["TOKEN"]}, "response_types must contain CODE"),
    ({**CODE, "redirect_uris": []}, "redirect_uris must name"),
    ({**CODE, "grant_types": ["IMPLICIT"]}, "response_types CODE requires grant_types AUTHORIZATION_CODE"),
    ({**CODE, "grant_types": ["IMPLICIT"], "response_types": []}, "response_types must contain TOKEN or ID_TOKEN"),
    ({"grant_types": ["CLIENT_CREDENTIALS", "REFRESH_TOKEN"]}, "REFRESH_TOKEN requires"),
    ({"jwks": "{}", "jwks_url": "https://example.com"}, "jwks and jwks_url are mutually exclusive"),
    ({"token_endpoint_auth_method": "PRIVATE_KEY_JWT", "jwks": "", "jwks_url": ""}, "jwks or jwks_url is needed"),
    ({"token_endpoint_auth_method": "PRIVATE_KEY_JWT", "jwks": '{"keys": []}'}, "jwks must hold at least one key"),
    ({"token_endpoint_auth_method": "PRIVATE_KEY_JWT", "jwks": "{}"}, "jwks must hold at least one key"),
    ({"token_endpoint_auth_method": "PRIVATE_KEY_JWT", "jwks": '{"keys": [{}]}'}, "jwks must hold at least one key"),
    ({"jwks_url": "http://example.com"}, "jwks_url must be an https:// address"),
    ({"jwks_url": "https://"}, "jwks_url must be an https:// address"),
    ({"jwks_url": "https://example.com/a b"}, "jwks_url must be an https:// address"),
    ({"redirect_uris": ["https://*.example.com"], "allow_wildcard_in_redirect_uris": False}, "wildcard"),
    ({"cors_settings": {"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": []}}, "at least one origin"),
    ({"cors_settings": {"behavior": "ALLOW_NO_ORIGINS", "origins": ["https://a.example.com"]}}, "must be left out"),
    (
        {"cors_settings": {"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": ["https://x.example"] * 41}},
        "40 origins at most, not 41",
    ),
    ({"require_signed_request_object": True, "support_unsigned_request_object": True}, "must not both be true"),
    ({"refresh_token_duration": 600, "refresh_token_rolling_duration": 60}, "must not exceed"),
    ({"description": "a > b ~ c"}, r"description must not contain > ~: PingOne refuses \$ \+ < = > \^ ` \| ~ in"),
    ({"device_path_id": "a b"}, "device_path_id must be 1 to 50"),
    ({"jwks_url": "https://user:pw@example.com/"}, "jwks_url must hold neither a user nor a password because"),
    ({"jwks_url": "http://user@example.com/"}, "jwks_url must hold neither"),
    ({"home_page_url": "https://user:pw@example.com"}, "home_page_url must hold neither"),
    ({"login_page_url": "https://:pw@example.com"}, "login_page_url must hold neither"),
    ({"initiate_login_uri": "https://u:p@example.com"}, "initiate_login_uri must hold neither"),
    ({"target_link_uri": "HTTPS://u:p@example.com"}, "target_link_uri must hold neither"),
    ({"device_custom_verification_uri": "https://u:p@example.com"}, "device_custom_verification_uri must hold neither"),
    ({"redirect_uris": ["https://a.example", "http://u:p@localhost"]}, "redirect_uris must hold neither"),
    ({"post_logout_redirect_uris": ["myapp://u:p@x"]}, "post_logout_redirect_uris must hold neither"),
    ({"icon": {"id": "1", "href": "https://u:p@example.com"}}, "icon.href must hold neither"),
    ({"home_page_url": "example.com"}, "home_page_url must be an https:// address"),
    ({"login_page_url": "http://example.com"}, "login_page_url must be an https:// address"),
    ({"initiate_login_uri": "https://["}, "initiate_login_uri must be an https:// address"),
    ({"login_page_url": "http://localhost.example.com"}, "login_page_url must be an https:// address"),
    ({"login_page_url": "https:///login"}, "login_page_url must be an https:// address"),
    ({"target_link_uri": "https://"}, "target_link_uri must be an https:// address"),
    ({"target_link_uri": "http://example.com"}, "target_link_uri must be an https:// address"),
    ({"redirect_uris": ["https://example.com", "nonsense"]}, "redirect_uris must hold .* not 'nonsense'"),
    ({"redirect_uris": [""]}, "redirect_uris must hold"),
    ({"post_logout_redirect_uris": ["nonsense"]}, "post_logout_redirect_uris must hold .* not 'nonsense'"),
    ({"jwks": "nonsense"}, "jwks must be a JWKS document"),
    ({"jwks": "[]"}, "jwks must be a JWKS document"),
    pytest.param({"jwks": "[" * 100_000}, "jwks must be a JWKS document", id="deep"),
    ({"jwks": '{"keys": [NaN]}'}, "jwks must be a JWKS document"),
    ({"jwks": '{"keys": [{"kty": "EC"}, {"kty": "RSA", "n": "AQ", "d": "Aw"}]}'}, "jwks must hold public keys alone"),
    ({"jwks": '{"keys": [{"kty": "oct", "k": "Aw"}]}'}, "jwks must hold public keys alone"),
    ({"access_control_group": {"type": "ANY_GROUP", "groups": []}}, "access_control_group.groups must name at least"),
    ({"access_control_group": {"type": "ANY_GROUP", "groups": ["Admins"]}}, "must hold ids of groups, .* not 'Admins'"),
    ({"cors_settings": {"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": ["foo"]}}, "must hold origins, .* not 'foo'"),
]

ACCEPTED = [
    {"jwks": '{"keys": []}'},
    {"jwks": '{"keys": {}}'},
    {"jwks": '{"keys": ["d", {"kty": "RSA", "n": "AQ", "e": "AQAB", "use": "sig"}]}'},
    {"token_endpoint_auth_method": "PRIVATE_KEY_JWT", "jwks": '{"keys": [{"kty": "EC"}]}'},
    {"description": 'For A & B\'s pipeline (100%): see #7, "dev"!'},
    {"home_page_url": "https://example.com/?a=b", "login_page_url": "http://localhost:8080/login"},
    {"initiate_login_uri": "HTTPS://[2001:db8::1]:8443/login", "home_page_url": "https://example.com:8443"},
    {"initiate_login_uri": "http://127.0.0.1/login", "target_link_uri": "com.example.app://home"},
    {"redirect_uris": ["myapp:/x", "https://*.example.com/*", "http://localhost"]},
    {"post_logout_redirect_uris": ["http://example.com", "myapp:/x", "mailto:user@example.com"]},
    {"jwks_url": "https://example.com/@user:pw?a=u:p@b#c@d", "icon": {"id": "1", "href": "https://example.com/@x"}},
    {"jwks": '{"keys": []}', "home_page_url": "", "login_page_url": "", "redirect_uris": []},
    {
        "cors_settings": {
            "behavior": "ALLOW_SPECIFIC_ORIGINS",
            "origins": ["http://localhost", "http://*.example.com", "https://192.0.2.1:8443"],
        }
    },
]


@pytest.mark.parametrize(("params", "sentence"), REFUSED)
def test_a_contradiction_is_refused_before_the_first_call(params, sentence):
    with pytest.raises(OptionError, match=sentence):
        check_given(params)


@pytest.mark.parametrize("params", ACCEPTED)
def test_what_pingone_takes_is_let_through(params):
    check_given(params)


def test_the_form_of_what_is_there_already_does_not_stand_in_the_way():
    check_whole({"login_page_url": "http://example.com", "jwks": "nonsense"})


@pytest.mark.parametrize(
    "params",
    [
        {"grant_types": ["AUTHORIZATION_CODE"]},
        {"token_endpoint_auth_method": "PRIVATE_KEY_JWT"},
        {"redirect_uris": ["https://*.example.com"]},
    ],
)
def test_what_the_existing_object_may_supply_is_judged_only_as_a_whole(params):
    check_given(params)
    with pytest.raises(OptionError):
        check_whole(params)


def test_a_plain_worker_is_accepted():
    check_whole({"grant_types": ["CLIENT_CREDENTIALS"], "token_endpoint_auth_method": "CLIENT_SECRET_BASIC"})
    check_whole(CODE)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"imported_client_secret": "long-enough"}, "imported_client_id is needed"),
        ({"imported_client_id": "short"}, "imported_client_id must have at least 8 characters"),
    ],
)
def test_an_import_is_whole(params, sentence):
    with pytest.raises(OptionError, match=sentence):
        check_given(params)


def test_a_worker_may_change_to_the_method_that_the_task_signs_in_by():
    before = {"enabled": True, "token_endpoint_auth_method": "CLIENT_SECRET_BASIC"}
    after = {**before, "token_endpoint_auth_method": "CLIENT_SECRET_POST"}
    assert locks_out(before, after, "client_secret_post") is None
    assert locks_out(before, after, "client_secret_basic") is not None
