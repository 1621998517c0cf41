"""A few sessions over a bad network; ``python -m tests.chaos network`` holds hundreds."""

from __future__ import annotations

import random

import pytest

from tests.chaos import network
from tests.chaos.proxy import Fault, faults


@pytest.mark.slow
def test_a_few_sessions_arrive_whole_and_once_whatever_the_network_does() -> None:
    figures = network.measure(network.SHORT)
    assert figures["differences"] == []
    assert figures["sessions"] == network.SHORT
    assert sum(figures["faults"].values()) > 0.2 * figures["requests"]
    assert "manifests differ | **0**" in network.write(figures)


def test_faults_come_up_in_turn() -> None:
    draw = faults(random.Random(1), 1.0, network._WITH_TLS)
    drawn = [draw() for _ in range(2 * len(network._WITH_TLS))]
    assert {drawn.count(fault) for fault in network._WITH_TLS} == {2}
    assert Fault.NONE not in drawn
