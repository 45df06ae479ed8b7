# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A product that an environment lacks is told before the first write, for a request an environment and run at most."""

from __future__ import annotations

import re

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import PermissionDeniedError, ReadOnlyError
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import reset
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.module_utils._core.readings import Readings
from ansible_collections.idops.pingone.plugins.modules import (
    pingone_environment,
    pingone_worker_app,
    pingone_worker_apps,
)
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    ORGANIZATION,
    PROD,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    serving,
    task_of,
    token,
)

BILL = f"{API}/environments/{DEV}/billOfMaterials"
LACKS = (
    "Environment 'dev' does not have the service SSO (PING_ONE_BASE) in its bill of materials (it has PING_ONE_MFA); "
    "add it by the option services of idops.pingone.pingone_environment."
)
MAY_REFUSE = "PingOne may refuse what this task writes"
CI = {"id": "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "ci", "type": "WORKER", "protocol": "OPENID_CONNECT"}


def bill(*types):
    return {"products": [{"type": type} for type in types]}


@pytest.fixture
def service():
    with serving(environment(DEV, "dev")) as mock:
        mock.get(f"{API}/environments/{DEV}", json=environment(DEV, "dev"))
        mock.get(f"{API}/environments/{DEV}/applications", json=embedded("applications"))
        mock.post(f"{API}/environments/{DEV}/applications", json={**CI, "enabled": True}, status=201)
        mock.get(BILL, json=bill("PING_ONE_MFA"))
        yield mock


@pytest.fixture
def play(tmp_path):
    """Run tasks of one run, each in a process of its own."""
    tmp_path.chmod(0o700)

    def run_task(module, check_mode=False, **options):
        reset()
        # Of a person nothing else is looked at.
        task = task_of(module, check_mode, access_token=token(sub="somebody"), **options)
        task.readings = Readings(str(tmp_path / "run.readings"))
        task.predictions = Predictions(str(tmp_path / "run.predictions")) if check_mode else None
        # Those of the last task.
        run_task.warnings = task.warnings
        return module.run(task)

    return run_task


def create(play, name="ci", **options):
    return play(pingone_worker_app, environment="dev", name=name, **options)


def bills_read(service):
    return asked(service).count(f"GET /environments/{DEV}/billOfMaterials")


def writes(service):
    return [request for request in asked(service) if not request.startswith("GET")]


@pytest.mark.parametrize("check_mode", [False, True])
def test_what_an_environment_lacks_fails_before_the_first_write(service, play, check_mode):
    with pytest.raises(ReadOnlyError) as raised:
        create(play, check_mode=check_mode, preflight="fail")
    assert str(raised.value) == f"{MAY_REFUSE}. {LACKS} It was not tried because preflight is fail."
    assert raised.value.facts() == {"kind": "permission"}
    assert writes(service) == []


def test_a_dry_run_warns_because_the_need_is_inferred(service, play):
    result = create(play, check_mode=True)
    assert (result.changed, play.warnings) == (True, [f"{MAY_REFUSE}. {LACKS}"])


def test_a_real_task_asks_no_more_than_it_did_because_the_refusal_itself_tells(service, play):
    create(play)
    assert bills_read(service) == 0


def test_with_off_nobody_looks(service, play):
    create(play, check_mode=True, preflight="off")
    assert bills_read(service) == 0


@pytest.mark.parametrize("shown", [{"json": bill("PING_ONE_BASE")}, {"json": REFUSED, "status": 403}])
def test_what_is_there_or_is_not_shown_is_asked_once_a_run(service, play, shown):
    service.upsert("GET", BILL, **shown)
    for task in range(3):
        create(play, check_mode=True, name=f"ci-{task}")
    assert bills_read(service) == 1


@pytest.mark.parametrize("failure", [{"json": REFUSED, "status": 503}, {"json": {}}])
def test_what_could_not_be_read_for_now_is_asked_by_the_next_task(service, play, failure):
    service.upsert("GET", BILL, **failure)
    create(play, check_mode=True)
    assert play.warnings == []
    service.upsert("GET", BILL, json=bill("PING_ONE_MFA"))
    create(play, check_mode=True, name="cd")
    assert play.warnings == [f"{MAY_REFUSE}. {LACKS}"]


def test_nothing_is_asked_when_nothing_changes(service, play):
    service.upsert("GET", f"{API}/environments/{DEV}/applications", json=embedded("applications", CI))
    create(play, check_mode=True)
    assert bills_read(service) == 0


def test_what_is_kept_and_lacks_it_is_read_again(service, play):
    create(play, check_mode=True)
    assert play.warnings
    service.upsert("GET", BILL, json=bill("PING_ONE_MFA", "PING_ONE_BASE"))
    create(play, check_mode=True)
    assert (bills_read(service), play.warnings) == (2, [])


def test_the_bill_that_another_task_read_is_enough_for_a_real_one(service, play):
    play(pingone_environment, name="dev")
    create(play)
    assert play.warnings == [f"{MAY_REFUSE}. {LACKS}"]
    service.upsert("GET", BILL, json=bill("PING_ONE_BASE"))
    play(pingone_environment, name="dev")
    service.calls.reset()
    create(play, preflight="fail")
    assert bills_read(service) == 0


def test_the_bill_that_another_task_wrote_is_known(service, play):
    service.put(BILL, json=bill("PING_ONE_MFA", "PING_ONE_BASE"))
    play(pingone_environment, name="dev", services=["SSO"])
    service.calls.reset()
    create(play, preflight="fail")
    assert bills_read(service) == 0


def test_the_bill_of_an_environment_that_was_created_is_known(service, play):
    service.upsert("GET", f"{API}/environments", json=embedded("environments"))
    license_ = {"id": "lic", "name": "L", "status": "ACTIVE"}
    service.get(f"{API}/organizations/{ORGANIZATION}/licenses", json=embedded("licenses", license_))
    made = environment(DEV, "dev", billOfMaterials=bill("PING_ONE_BASE"))
    service.post(f"{API}/environments", json=made, status=201)
    play(pingone_environment, name="dev", type="SANDBOX", region="EU", wait=False, preflight="off")
    service.upsert("GET", f"{API}/environments", json=embedded("environments", environment(DEV, "dev")))
    create(play, preflight="fail")
    assert bills_read(service) == 0


def test_what_an_earlier_task_of_the_dry_run_adds_is_seen(service, play):
    play(pingone_environment, name="dev", services=["SSO"], check_mode=True)
    assert create(play, check_mode=True).changed


def test_what_an_earlier_task_of_the_dry_run_takes_away_is_seen(service, play):
    service.upsert("GET", BILL, json=bill("PING_ONE_MFA", "PING_ONE_BASE"))
    play(pingone_environment, name="dev", services=["MFA"], exclusive_services=True, check_mode=True)
    create(play, check_mode=True)
    assert play.warnings == [f"{MAY_REFUSE}. {LACKS}"]


@pytest.mark.parametrize(("services", "is_lacking"), [(["MFA"], True), (["SSO", "MFA"], False), (None, False)])
def test_an_environment_of_the_dry_run_has_what_it_would_be_given(service, play, services, is_lacking):
    service.upsert("GET", f"{API}/environments", json=embedded("environments"))
    license_ = {"id": "lic", "name": "L", "status": "ACTIVE"}
    service.get(f"{API}/organizations/{ORGANIZATION}/licenses", json=embedded("licenses", license_))
    play(pingone_environment, name="dev", type="SANDBOX", region="EU", services=services, check_mode=True)
    create(play, check_mode=True)
    assert play.warnings == ([f"{MAY_REFUSE}. {LACKS}"] if is_lacking else [])


def test_what_a_later_task_of_the_dry_run_may_have_added_is_not_held_against_an_environment(service, play):
    service.upsert("GET", f"{API}/environments", json=embedded("environments"))
    license_ = {"id": "lic", "name": "L", "status": "ACTIVE"}
    service.get(f"{API}/organizations/{ORGANIZATION}/licenses", json=embedded("licenses", license_))
    play(pingone_environment, name="dev", type="SANDBOX", region="EU", services=["MFA"], check_mode=True)
    play(pingone_environment, name="dev", services=["SSO"], check_mode=True)
    assert create(play, check_mode=True).changed


def test_a_list_that_is_refused_for_it_keeps_all_other_workers_from_being_begun(service):
    service.upsert("GET", f"{API}/environments", json=embedded("environments", *places()))
    service.upsert("GET", f"{API}/environments/{DEV}/applications", json=REFUSED, status=403)
    service.get(f"{API}/environments/{PROD}/applications", json=embedded("applications"))
    workers = [{"name": name, "environment": place} for name, place in [("a", "dev"), ("b", "dev"), ("c", "prod")]]
    result, _task = run(pingone_worker_apps, workers=workers)
    assert result.failure.message == f"2 workers failed, of 3 in the list. {LACKS} This concerns dev/a, dev/b."
    assert result.values["workers"][2]["skipped_by"] == "dev/a"
    assert writes(service) == []


def test_a_list_that_is_refused_for_a_role_stays_what_it_was(service):
    service.upsert("GET", f"{API}/environments/{DEV}/applications", json=REFUSED, status=403)
    service.upsert("GET", BILL, json=bill("PING_ONE_BASE"))
    with pytest.raises(PermissionDeniedError):
        run(pingone_worker_app, environment="dev", name="ci")


def places():
    return environment(DEV, "dev"), environment(PROD, "prod")


def test_no_product_is_known_to_be_needed_for_roles_and_environments(service, play):
    service.get(re.compile(f"{API}/organizations/.*"), json=embedded("licenses"))
    play(pingone_environment, name="dev", description="new", check_mode=True)
    # That it was read is what the module does by itself.
    assert bills_read(service) == 1
