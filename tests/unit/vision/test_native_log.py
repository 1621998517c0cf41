from __future__ import annotations

import logging
import os
import sys

import pytest

from proctor_desktop.vision.native_log import native_log_routed


def test_native_lines_go_to_our_log(
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The endpoint's settings, once loaded, print our log to the very stream that is watched here.
    monkeypatch.setattr(logging.getLogger("proctor_desktop"), "handlers", [])
    monkeypatch.setattr(logging.getLogger(), "handlers", [caplog.handler])
    with caplog.at_level(logging.DEBUG), native_log_routed():
        os.write(2, b"W0000 00:00:17.1 1234 manager.cc:121] Feedback manager\n")
        os.write(2, b"INFO: Created delegate\n")
    assert capfd.readouterr().err == ""
    assert [r.getMessage() for r in caplog.records] == [
        "native: W0000 00:00:17.1 1234 manager.cc:121] Feedback manager",
        "native: INFO: Created delegate",
    ]


def test_other_lines_are_not_lost(capfd: pytest.CaptureFixture[str]) -> None:
    with native_log_routed():
        os.write(2, b"somebody else's message\n")
    assert capfd.readouterr().err == "somebody else's message\n"


def test_our_own_stderr_works_inside_and_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    with native_log_routed():
        sys.stderr.write("inside\n")
    sys.stderr.write("afterwards\n")
    assert capfd.readouterr().err == "inside\nafterwards\n"


def test_an_exception_passes_and_stderr_is_put_back(capfd: pytest.CaptureFixture[str]) -> None:
    def break_down() -> None:
        with native_log_routed():
            os.write(2, b"before it broke\n")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_down()
    os.write(2, b"direct\n")
    assert capfd.readouterr().err == "before it broke\ndirect\n"


def test_no_file_descriptor_is_left_open() -> None:
    before = len(os.listdir("/dev/fd"))
    for _ in range(3):
        with native_log_routed():
            pass
    assert len(os.listdir("/dev/fd")) == before


def test_a_program_without_standard_error_runs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with native_log_routed():
        passed = True
    assert passed
