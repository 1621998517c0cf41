import pytest

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk.facts import accuracy, clock, devices, facts
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.ui.status_strip import Tone
from proctor_desktop.wire import stdio
from tests.fakes.kiosk_views import snapshot, view


def words(now: CandidateView) -> dict[str, str]:
    return {fact.key: fact.state for fact in facts(now)}


def running(**changes: object) -> CandidateView:
    return view(Phase.RUNNING, snapshot=snapshot(**changes))  # type: ignore[arg-type]


def test_all_is_well() -> None:
    assert words(running(elapsed_s=3723.9)) == {
        "recording": "on",
        "camera": "working",
        "microphone": "working",
        "face": "seen",
        "upload": "up to date",
        "network": "connected",
        "time": "1:02:03",
    }


@pytest.mark.parametrize(
    ("faces", "state"), [(None, "not checked"), (0, "not seen"), (1, "seen"), (2, "more than one")]
)
def test_faces_in_words(faces: int | None, state: str) -> None:
    assert words(running(faces=faces))["face"] == state


@pytest.mark.parametrize(
    ("health", "state"), [("ok", "working"), ("degraded", "not steady"), ("lost", "not available")]
)
def test_devices_in_words(health: str, state: str) -> None:
    both = devices(running(sources={"camera": health, "microphone": health}))
    assert [fact.state for fact in both] == [state, state]


def test_a_device_that_nobody_speaks_of_is_not_in_use() -> None:
    assert [fact.state for fact in devices(running(sources={}))] == ["not in use"] * 2


def test_what_needs_a_look_is_marked() -> None:
    now = running(faces=0, online=False, sources={"camera": "lost", "screen": "lost"})
    marked = {fact.key for fact in facts(now) if fact.tone is Tone.ATTENTION}
    assert marked == {"recording", "camera", "face", "network"}


def test_recording_says_when_monitor_is_being_started_again() -> None:
    now = view(Phase.RUNNING, link=Link.RESTARTING, snapshot=snapshot())
    told = words(now)
    assert told["recording"] == "starting again"
    assert {told[key] for key in ("camera", "microphone", "network")} == {"not known yet"}
    assert told["face"] == "not checked"


def test_the_keys_are_always_the_same() -> None:
    assert words(CandidateView()).keys() == words(running()).keys()


def test_the_clock_never_runs_below_nought() -> None:
    assert clock(-1.0) == "0:00:00"


def ended(error_deg: float | None, gaze_error_deg: float | None = None, reason: str = "") -> str:
    return accuracy(
        stdio.CalibrationStep(
            1.0, reason, done=True, error_deg=error_deg, gaze_error_deg=gaze_error_deg
        )
    )


def test_a_good_calibration_says_how_well_head_and_eyes_are_measured() -> None:
    assert ended(1.6, 3.6) == (
        "Calibration done. How you turn your head is measured to about 2°. "
        "Where you look is measured to about 4°."
    )


def test_nobody_is_promised_less_than_a_degree() -> None:
    assert "to about 1°" in ended(0.02, 5.0)


def test_without_eyes_nobody_is_told_that_the_gaze_is_estimated() -> None:
    end = stdio.CalibrationStep(
        1.0, "the eyes could not be made out", done=True, error_deg=1.0, eyes_found=False
    )
    assert accuracy(end).endswith(
        "Your eyes could not be made out, so where you look is not judged."
    )


def test_a_calibration_without_the_eyes_says_so_and_why() -> None:
    assert ended(1.0).endswith("Where you look is only estimated.")
    assert ended(1.0, reason="the eyes did not follow the dots").endswith(
        "Where you look is only estimated: the eyes did not follow the dots."
    )


@pytest.mark.parametrize(
    ("reason", "why"),
    [("no face was seen for long enough", "no face was seen for long enough"), ("", "no reason")],
)
def test_a_calibration_that_failed_says_why_and_bars_nobody(reason: str, why: str) -> None:
    words = ended(None, reason=reason)
    assert why in words
    assert words.endswith("You can go on all the same.")
