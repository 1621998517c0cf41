"""The bounds that the rendered candidate's measured angles must keep."""

from __future__ import annotations

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights.installed import require
from tests.eval.rendered_candidate import (
    ASYMMETRY_BOUND,
    REST_BOUND_DEG,
    SLOPE_HIGH,
    SLOPE_LOW,
    STEP_DEG,
    WIDEST_DEG,
    Result,
    Sweep,
    measure,
    write,
)


@pytest.fixture(scope="module")
def result() -> Result:
    try:
        require("face_landmarker")
        require("demo_portrait")
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))
    return measure()


@pytest.fixture(params=["yaw", "pitch"])
def sweep(request: pytest.FixtureRequest, result: Result) -> Sweep:
    return result.yaw if request.param == "yaw" else result.pitch


def test_the_whole_range_is_measured(sweep: Sweep) -> None:
    widest = WIDEST_DEG[sweep.axis]
    assert sweep.nominal_deg == tuple(range(-widest, widest + 1, STEP_DEG))


def test_a_further_turn_is_measured_as_a_further_turn(sweep: Sweep) -> None:
    assert sweep.monotone, sweep.measured_deg


def test_measured_degrees_are_about_nominal_degrees(sweep: Sweep) -> None:
    assert SLOPE_LOW <= sweep.slope <= SLOPE_HIGH


def test_both_sides_are_measured_alike(sweep: Sweep) -> None:
    assert sweep.worst_asymmetry <= ASYMMETRY_BOUND, sweep.asymmetry


def test_at_rest_the_angles_are_those_of_rest(result: Result) -> None:
    assert result.worst_at_rest_deg <= REST_BOUND_DEG


def test_the_calibration_is_narrower_than_what_it_is_for(result: Result) -> None:
    assert result.neutral.spread_deg < REST_BOUND_DEG


def test_the_report_has_every_angle(result: Result) -> None:
    section = write(result)
    rows = [line for line in section.splitlines() if line.startswith(("| +", "| -"))]
    assert len(rows) == len(result.yaw.nominal_deg) + len(result.pitch.nominal_deg)


def test_the_measures_can_tell_good_from_bad() -> None:
    good = Sweep("yaw", (-20, -10, 0, 10, 20), (-19.0, -9.5, 0.1, 9.5, 19.0))
    assert good.slope == pytest.approx(0.95, abs=0.01)
    assert good.monotone
    assert good.worst_asymmetry < 0.01
    lopsided = Sweep("yaw", (-20, -10, 0, 10, 20), (-12.0, -9.5, -9.5, 9.5, 19.0))
    assert not lopsided.monotone
    assert lopsided.worst_asymmetry == pytest.approx(7 / 15.5)
    assert lopsided.least_symmetric_deg == 20
