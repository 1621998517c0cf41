"""A sealed exam on a desk with two monitors, its screen recorded five times a second."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.chain import Record
from proctor_desktop.export.opening import verify_opened
from proctor_desktop.export.verify import Outcome, Trust
from proctor_desktop.journal.session_folder import existing
from proctor_desktop.wire.unseal import BadSeal, open_sealed
from tests.fakes.footage import HERE, candidate, write_footage
from tests.fakes.institution import Institution
from tests.fakes.journals import chain, newest
from tests.fakes.media import tone, write_wav
from tests.fakes.program import monitor_words, run, running_endpoint
from tests.fakes.sealing import INSTITUTION, STRANGER, public
from tests.fakes.two_monitors import (
    HIGH,
    LEFT_RGB,
    PAINTER,
    POINTER,
    RIGHT_RGB,
    TITLE,
    WIDE,
    two_monitors,
)

FRAMES_PER_S = 5.0
Picture = NDArray[np.uint8]


def segments(data: Path) -> list[Record]:
    with newest(data) as reader:
        return [record for record in chain(reader) if record.kind == "segment"]


def opened(data: Path, segment: Record) -> tuple[list[Picture], list[float]]:
    """A segment's pictures and their times, after opening it with the institution's key."""
    file = (existing(data)[-1].blobs / segment.blobs[0].sha256).read_bytes()
    with pytest.raises(BadSeal):
        open_sealed(file, [STRANGER])
    content = open_sealed(file, [INSTITUTION]).content
    with av.open(io.BytesIO(content)) as video:
        pictures = list(video.decode(video=0))
    times = [float(one.time or 0.0) for one in pictures]
    return [one.to_ndarray(format="rgb24") for one in pictures], times


def error_from(picture: Picture, colour: tuple[int, int, int]) -> Picture:
    """How far each pixel is from a colour, in its worst channel."""
    return np.asarray(np.abs(picture.astype(int) - colour).max(axis=-1))


def shows_both_monitors(picture: Picture) -> bool:
    """Whether the upper middle of each monitor has its own colour."""
    left, right = picture[200:400, 300:780], picture[100:300, 820:1580]
    return bool(
        np.median(error_from(left, LEFT_RGB)) < 12 and np.median(error_from(right, RIGHT_RGB)) < 12
    )


def shows_pointer(picture: Picture) -> bool:
    """Whether there is something at the pointer's place, and nothing beside it."""
    x, y = POINTER
    pointer = error_from(picture[y - 4 : y + 20, x - 4 : x + 14], RIGHT_RGB)
    beside = error_from(picture[y - 4 : y + 20, x + 60 : x + 78], RIGHT_RGB)
    return bool((pointer > 60).sum() > 10 and (beside > 60).sum() == 0)


@pytest.mark.slow
@pytest.mark.x11
def test_both_monitors_are_in_the_sealed_video_with_pointer_and_active_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate()  # skips when the model files are not here
    camera = write_footage(tmp_path / "camera.mp4", [(12, HERE)])
    sound = write_wav(tmp_path / "sound.wav", tone(220, 30, 16_000))
    institution, data = Institution(tmp_path), tmp_path / "data"
    recording = {
        "screen_frames_per_s": FRAMES_PER_S,
        "segment_s": 3,
        "window_titles": True,
    }
    with (
        two_monitors() as display,
        running_endpoint(tmp_path / "endpoint", 0, institution.public_key) as endpoint,
    ):
        monkeypatch.setenv("DISPLAY", display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
        exam = institution.exam(endpoint.address, (public(INSTITUTION),), recording=recording)
        words = monitor_words(exam, camera, sound, data)
        words.remove("--no-desktop")
        done = run(*words, "--skip-preparation", "--duration", "8")
        assert done.returncode == 0, done.stderr
        trust = Trust((institution.public_key,), (endpoint.server_key,))
    (package,) = data.glob("*.evidence")
    verdict, opening = verify_opened(package, trust, [INSTITUTION])
    assert verdict.outcome is not Outcome.INVALID, verdict
    # A busy machine may leave pictures out, which the evidence states; nothing else may be missing.
    left_out = [gap for gap in verdict.gaps if gap.kind == "gap" and "screen" in gap.text]
    assert list(verdict.gaps) == left_out
    assert (opening.problems, opening.not_sealed) == ((), 0)
    found = segments(data)
    assert opening.compared >= len(found) > 0, [s.data for s in found]
    waits: list[float] = []
    for segment in found:
        assert (segment.data["width"], segment.data["height"]) == (WIDE, HIGH)
        assert segment.data["programs"] == [PAINTER]
        assert segment.data["titles"] == [TITLE]
        pictures, times = opened(data, segment)
        assert len(pictures) == segment.data["frames"]
        assert all(shows_both_monitors(one) and shows_pointer(one) for one in pictures)
        assert len(times) <= FRAMES_PER_S * (times[-1] - times[0]) + 2
        waits += [later - earlier for earlier, later in pairwise(times)]
    assert min(waits) < 0.5, "it was recorded as slowly as other exams are"
