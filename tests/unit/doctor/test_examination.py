from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from proctor_desktop.doctor import Finding, devices, examination, exit_code, missing, render
from proctor_desktop.doctor.probe import Probe, works
from tests.fakes import program


@pytest.fixture
def working_devices(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Camera and microphone that are there, on any machine."""
    probes = [
        Probe(name, True, lambda name=name: works(name, "It is there."))  # type: ignore[misc]
        for name in ("camera", "microphone")
    ]
    monkeypatch.setattr(devices, "probes", lambda: tuple(probes))
    return iter(())


def _by_name(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.capability.name: finding for finding in findings}


@pytest.mark.usefixtures("working_devices")
def test_without_a_display_focus_and_screen_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    findings = examination.examine(tmp_path / "sessions")
    assert {"focus", "screen"} <= set(missing(findings))
    assert exit_code(findings) == 1


@pytest.mark.x11
@pytest.mark.usefixtures("working_devices", "x_server")
def test_on_a_desktop_with_devices_an_exam_can_be_watched(tmp_path: Path) -> None:
    findings = examination.examine(tmp_path / "sessions")
    assert missing(findings) == ()
    assert "1280 x 720" in _by_name(findings)["screen"].capability.reason
    assert render(findings).endswith("Ready: an exam can be watched on this computer.")


@pytest.mark.usefixtures("working_devices")
def test_what_this_version_does_not_do_is_said_and_stops_nobody(tmp_path: Path) -> None:
    rows = _by_name(examination.examine(tmp_path / "sessions"))
    for name in ("keyboard and mouse", "sealed evidence", "keyring"):
        assert not rows[name].works
        assert not rows[name].required
        assert rows[name].capability.reason


@pytest.mark.usefixtures("working_devices")
def test_one_probe_that_breaks_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug in the matrix")

    monkeypatch.setattr(examination, "abilities", broken)
    rows = _by_name(examination.examine(tmp_path / "sessions"))
    assert "RuntimeError: a bug in the matrix" in rows["desktop"].capability.reason
    assert rows["desktop"].required
    assert rows["clock"].works


def test_the_command_prints_json_and_ends_with_its_exit_code(tmp_path: Path) -> None:
    answer = program.run("doctor", "--json", "--data", str(tmp_path))
    body = json.loads(answer.stdout)
    assert answer.returncode == body["exit_code"] == (1 if body["missing"] else 0)
    assert {"camera", "microphone", "face landmarker", "clock"} <= {
        row["name"] for row in body["findings"]
    }
