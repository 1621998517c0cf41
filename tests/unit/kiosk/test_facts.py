import pytest

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk.facts import clock, devices, facts
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.ui.status_strip import Tone
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
