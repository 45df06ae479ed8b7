# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests are under way at once after the service refused some."""

from __future__ import annotations

import contextlib
import threading

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._client import retry
from ansible_collections.idops.pingone.plugins.module_utils._client.limiter import Allowance, Limiter
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import TOKEN_URL, token_answer

NOW = 1000.0
THREADS = 8
LATENCY = 50  # all times of the simulation are in milliseconds


def test_all_are_allowed_until_one_is_refused():
    assert Allowance(8).at(NOW) == 8


def test_one_fewer_is_allowed_until_the_time_that_the_service_asks_for_is_over():
    allowance = Allowance(8)
    allowance.refuse(NOW, 5.0)
    assert [allowance.at(NOW + later) for later in (0, 4.9, 5.9)] == [7, 7, 7]


def test_it_grows_back_one_a_second_up_to_the_most():
    allowance = Allowance(8)
    for _refusal in range(3):
        allowance.refuse(NOW, 5.0)
    assert [allowance.at(NOW + later) for later in (5.0, 6.0, 7.0, 8.0, 60.0)] == [5, 6, 7, 8, 8]


def test_one_is_always_allowed():
    allowance = Allowance(2)
    for _refusal in range(5):
        allowance.refuse(NOW, 5.0)
    assert allowance.at(NOW) == 1


def test_a_shorter_wait_does_not_end_a_longer_one():
    allowance = Allowance(8)
    allowance.refuse(NOW, 30.0)
    allowance.refuse(NOW, 1.0)
    assert allowance.at(NOW + 29) == 6


@pytest.mark.parametrize(("later", "seconds"), [(0.0, 6.0), (4.0, 2.0), (5.0, 1.0), (5.25, 0.75)])
def test_when_one_more_is_allowed_is_known(later, seconds):
    allowance = Allowance(8)
    allowance.refuse(NOW, 5.0)
    assert allowance.until_more(NOW + later) == seconds
    assert allowance.at(NOW + later + seconds) == 8


@pytest.mark.parametrize("rate", [10, 20, 50, 100])
def test_at_a_limit_of_the_service_at_most_a_tenth_is_refused(rate):
    accepted, refused = simulate(rate, 800)
    assert accepted == 800
    assert 0 < refused <= (accepted + refused) / 10


def test_the_simulation_sees_that_a_tenth_is_exceeded_without_an_allowance():
    class Unlimited(Allowance):
        def at(self, now):
            return THREADS

    accepted, refused = simulate(10, 800, Unlimited(THREADS))
    assert refused > (accepted + refused) / 10


def simulate(rate, wanted, allowance=None):
    """Return how many of the requests of eight threads a service accepts and refuses, which takes so many a second.

    Each takes LATENCY; who is refused keeps its place and sends again a second later.
    """
    allowance = allowance or Allowance(THREADS)
    seconds, accepted, refused, now = {}, 0, 0, 0
    # When the request under way of each place ends, or is sent again.
    places = []
    while accepted < wanted:
        for place in [place for place in places if place["at"] == now]:
            if place["waits"]:
                place.update(at=now + LATENCY, waits=False)
                continue
            seconds[now // 1000] = seconds.get(now // 1000, 0) + 1
            if seconds[now // 1000] > rate:
                refused += 1
                allowance.refuse(now / 1000, 1.0)
                place.update(at=now + 1000, waits=True)
            else:
                accepted += 1
                places.remove(place)
        while len(places) < min(allowance.at(now / 1000), wanted - accepted):
            places.append({"at": now + LATENCY, "waits": False})
        now += 1
    return accepted, refused


def test_a_place_is_free_again_after_its_request_even_when_that_fails():
    limiter = Limiter(1, Clock())
    with pytest.raises(ValueError, match="broken"), limiter.place():
        raise ValueError("broken")
    with limiter.place():
        pass


def test_who_holds_a_place_needs_no_other():
    limiter = Limiter(1, Clock())
    done = threading.Event()

    def request():
        with limiter.place():
            with limiter.place():
                pass
            done.set()

    for _time in range(2):
        threading.Thread(target=request, daemon=True).start()
        assert done.wait(timeout=10)
        done.clear()


def test_no_more_are_under_way_than_are_allowed():
    limiter = Limiter(3, Clock())
    limiter.refuse(60.0)
    under_way, most, mutex, both = [], [], threading.Lock(), threading.Barrier(2, timeout=10)

    def request():
        with limiter.place():
            with mutex:
                under_way.append(None)
                most.append(len(under_way))
            # Two of the three that were there at first, and so on: were there a third, the last would be left alone.
            both.wait()
            with mutex:
                under_way.pop()

    threads = [threading.Thread(target=request, daemon=True) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert not any(thread.is_alive() for thread in threads)
    assert max(most) == 2


def test_who_waits_for_a_place_gets_it_when_the_allowance_grows(monkeypatch):
    monkeypatch.setattr("ansible_collections.idops.pingone.plugins.module_utils._client.limiter.GROWTH", 0.05)
    limiter = Limiter(2, Clock())
    limiter.refuse(0.0)
    got = threading.Event()

    def request():
        with limiter.place():
            got.set()

    with limiter.place():
        threading.Thread(target=request, daemon=True).start()
        assert got.wait(timeout=10)


class Notes:
    """A limiter that notes what it is told."""

    def __init__(self):
        self.noted = []

    @contextlib.contextmanager
    def place(self):
        self.noted.append("taken")
        yield
        self.noted.append("given back")

    def refuse(self, seconds):
        self.noted.append(seconds)


@pytest.fixture
def noted(monkeypatch):
    """What the limiter of a client is told."""
    notes = Notes()
    monkeypatch.setattr(retry, "Limiter", lambda most, clock: notes)
    return notes.noted


def test_a_request_keeps_its_place_until_its_last_attempt_and_tells_of_each_429(service, make_client, noted):
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    refused = (429, {}, {"Retry-After": "7"})
    service.answers("GET", "/environments/e", refused, (503, {}), refused, (200, {"id": "e"}))
    make_client().get("/environments/e", operation="reading it")
    assert noted == ["taken", 7.0, 7.0, "given back"]


def test_a_token_is_asked_for_without_a_place(service, make_client, noted):
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    make_client().token()
    assert noted == []
