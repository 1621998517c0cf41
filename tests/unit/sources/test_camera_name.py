from __future__ import annotations

from pathlib import Path

import pytest

from proctor_desktop.sources.camera_name import camera_name, is_virtual


def test_linux_tells_the_name_that_the_device_gives_itself(tmp_path: Path) -> None:
    (tmp_path / "video2").mkdir()
    (tmp_path / "video2" / "name").write_text("HD Webcam: HD Webcam\n")
    assert camera_name(2, "linux", tmp_path) == "HD Webcam: HD Webcam"


def test_a_camera_without_a_name_has_an_empty_one(tmp_path: Path) -> None:
    assert camera_name(0, "linux", tmp_path) == ""


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_elsewhere_no_name_is_better_than_another_cameras(platform: str, tmp_path: Path) -> None:
    (tmp_path / "video0").mkdir()
    (tmp_path / "video0" / "name").write_text("HD Webcam")
    assert camera_name(0, platform, tmp_path) == ""


@pytest.mark.parametrize(
    "name",
    [
        "OBS Virtual Camera",
        "OBS-Camera",
        "Dummy video device (0x0000)",
        "v4l2loopback",
        "ManyCam Virtual Webcam",
        "Snap Camera",
        "XSplit VCam",
        "mmhmm Camera",
        "e2eSoft VCam",
        "CyberLink YouCam 9",
        "SplitCam Video Driver",
        "Unity Video Capture",
        "NDI Webcam Video 1",
    ],
)
def test_a_program_that_can_play_a_recording_is_known_by_its_name(name: str) -> None:
    assert is_virtual(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "video file",
        "Integrated Camera: Integrated C",
        "HD Pro Webcam C920",
        "FaceTime HD Camera",
        "Logitech BRIO",
        "Jobs Webcam",
        "DroidCam",
        "Iriun Webcam",
        "EpocCam Camera",
        "EOS Webcam Utility",
        "Surface Camera Front",
        "Laptop Camera with Manual Focus",
        "Virtuoso Camera",
        "Sandisk NDIS Camera",
    ],
)
def test_a_real_lens_is_not_accused(name: str) -> None:
    assert not is_virtual(name)
