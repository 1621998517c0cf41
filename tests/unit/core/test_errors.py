"""Errors by what the caller can do about them."""

from __future__ import annotations

import pickle

import pytest

from proctor_desktop.core.errors import (
    EnvironmentProblem,
    PeerProblem,
    PeerRefused,
    PeerUnreachable,
    ProctorError,
)


def test_a_problem_for_a_person_says_what_why_and_how_to_mend_it() -> None:
    problem = EnvironmentProblem("camera 0", "it is busy", "Close the other program.")
    assert str(problem) == "camera 0: it is busy. Close the other program."
    assert (problem.what, problem.why, problem.remedy) == (
        "camera 0",
        "it is busy",
        "Close the other program.",
    )


def test_a_problem_comes_from_another_process_as_it_is() -> None:
    problem = EnvironmentProblem("a.exam", "it is not signed", "Ask for it again.")
    again = pickle.loads(pickle.dumps(problem))  # noqa: S301 - our own
    assert (str(again), again.remedy) == (str(problem), problem.remedy)


def test_a_refusal_names_its_status() -> None:
    assert str(PeerRefused(413, "too large")) == "HTTP 413: too large"


def test_a_server_may_say_how_long_to_wait() -> None:
    assert PeerUnreachable("busy", 3.0).retry_after_s == 3.0
    assert PeerUnreachable("away").retry_after_s is None


@pytest.mark.parametrize("problem", [PeerRefused(400, ""), PeerUnreachable("")])
def test_whatever_the_peer_does_is_one_kind_of_problem(problem: Exception) -> None:
    assert isinstance(problem, PeerProblem)
    assert isinstance(problem, ProctorError)
    assert not isinstance(problem, EnvironmentProblem)
