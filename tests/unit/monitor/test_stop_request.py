"""Who asked the session to end."""

from __future__ import annotations

from proctor_desktop.monitor.stop_request import StopRequest


def test_the_first_reason_wins() -> None:
    stop = StopRequest()
    assert stop.reason is None
    stop.ask("finished by the candidate")
    stop.ask("ended by SIGTERM")
    assert stop.reason == "finished by the candidate"
