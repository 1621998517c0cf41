from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.sources.sound_file import SoundFile
from tests.fakes.media import tone, write_wav


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize(("rate_hz", "channels"), [(16_000, 1), (44_100, 2), (8_000, 1)])
def test_any_pcm_file_is_heard_alike(
    tmp_path: Path, width: int, rate_hz: int, channels: int
) -> None:
    sound = tone(440, 0.75, rate_hz)
    file = SoundFile(write_wav(tmp_path / "s.wav", sound, rate_hz, width, channels))
    blocks = list(file.blocks())
    file.close()

    assert {(len(block), block.dtype.name) for block in blocks} == {(1600, "float32")}
    assert len(blocks) == 8
    middle = np.concatenate(blocks[2:6])
    assert float(np.sqrt(np.mean(middle**2))) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)
    assert abs(float(middle.mean())) < 0.01


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "no such file"),
        (b"", "cannot be read"),
        (b"RIFF\x00\x00\x00\x00WAVE", "cannot be read"),
        (b"OggS" * 50, "cannot be read"),
    ],
)
def test_what_is_no_wav_file_is_named_with_a_remedy(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    path = tmp_path / "s.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EnvironmentProblem, match=why) as caught:
        SoundFile(path)
    assert caught.value.what == str(path)
    assert caught.value.remedy


def test_a_file_without_a_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="no sound"):
        SoundFile(write_wav(tmp_path / "s.wav", np.zeros(0)))
