"""The canary's short run, and that its search finds what there is to find."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.recording import still
from tests.bench.not_measured import NotMeasured
from tests.chaos.canary import measure, scan, signs, write
from tests.chaos.known_chart import KNOWN, chart, shows_chart
from tests.fakes.footage import candidate

STILL = still.jpeg(np.random.default_rng(2).integers(0, 256, (48, 64, 3), np.uint8))


@pytest.mark.slow
def test_kills_leave_nothing_that_is_readable() -> None:
    candidate()  # skips when the model files are not here
    try:
        figures = measure(short=True)
    except NotMeasured as problem:
        pytest.skip(str(problem))
    assert figures["hits"] == {}
    assert figures["failed"] == 0
    assert figures["core_dumps"] == 0
    assert figures["with_the_chart"] > 0, "the screen's video does not show what was on it"
    assert figures["compared"] > 0, "nothing was sealed, so that nothing was shown"
    assert figures["control_hits"]["JPEG"] > 0, "the search would find nothing anywhere"
    assert figures["control_hits"]["MP4"] > 0
    assert figures["control_hits"]["known stills"] > 0
    assert "pieces of known stills found | 0 |" in write(figures)


@pytest.mark.parametrize(
    ("sign", "content"),
    [
        ("JPEG", still.jpeg(np.zeros((8, 8, 3), np.uint8))),
        ("JPEG in base64", b'{"jpeg":"/9j/4AAQSkZJRgABAQAAAQ"}'),
        ("PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("MP4", b"\0\0\0\x1cftypisom"),
        ("MP4", b"\0\0\0\x64moof\0\0\0\x10mfhd"),
        ("Ogg", b"OggS\0\x02"),
        ("known stills", STILL[100:]),
        ("known pixels", KNOWN.tobytes()),
        ("known pixels", KNOWN[:, ::-1].tobytes()),
        ("known pixels", KNOWN[:, 1].tobytes()),
        ("known pixels", np.insert(KNOWN[:, ::-1], 3, 255, axis=1).tobytes()),
    ],
)
def test_what_is_readable_is_found_wherever_it_stands(
    tmp_path: Path, sign: str, content: bytes
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"before " + content + b" behind")
    assert scan(tmp_path, signs([STILL])).hits[sign] == 1
    assert scan(tmp_path / "deep" / "file", signs([STILL])).hits[sign] == 1


def test_noise_is_taken_for_nothing(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, 4_000_000, np.uint8)
    (tmp_path / "file").write_bytes(noise.tobytes())
    assert scan(tmp_path, signs([STILL])).hits == {}


def test_the_chart_is_found_where_it_was_drawn_and_nowhere_else() -> None:
    screen = np.full((600, 1024, 3), 255, np.uint8)
    assert not shows_chart(screen)
    high, wide = chart().shape[:2]
    screen[40 : 40 + high, 40 : 40 + wide] = chart()
    assert shows_chart(screen)
    assert not shows_chart(np.roll(screen, 32, axis=1))
