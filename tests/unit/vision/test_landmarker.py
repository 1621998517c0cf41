from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.vision.landmarker import StillLandmarker, VideoLandmarker
from proctor_desktop.vision.sight import RgbImage


def weight(name: str) -> Path:
    try:
        return resource("weights", name)
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="module")
def model() -> Path:
    return weight("face_landmarker.task")


@pytest.fixture(scope="module")
def portrait() -> RgbImage:
    picture = cv2.imread(str(weight("astronaut.png")), cv2.IMREAD_COLOR_RGB)
    return np.asarray(picture, np.uint8)[:384]


def placed(portrait: RgbImage, *corners: tuple[int, int, float]) -> RgbImage:
    """A grey 640 x 480 picture with the portrait at each (x, y, scale)."""
    picture = np.full((480, 640, 3), 90, np.uint8)
    for x, y, scale in corners:
        small = cv2.resize(portrait, None, fx=scale, fy=scale)
        picture[y : y + small.shape[0], x : x + small.shape[1]] = small
    return picture


def test_a_face_is_found_and_followed(model: Path, portrait: RgbImage) -> None:
    with VideoLandmarker(model) as landmarker:
        for step in range(1, 4):
            (mesh,) = landmarker.detect(placed(portrait, (64 + 4 * step, 40, 1.0)), 125 * step)
    assert mesh.shape == (478, 3)
    assert mesh.dtype == np.float32
    assert 0.3 < mesh[1, 0] < 0.6


def test_an_empty_room_has_no_face(model: Path, portrait: RgbImage) -> None:
    with VideoLandmarker(model) as landmarker:
        assert landmarker.detect(placed(portrait), 100) == ()


def test_of_two_faces_the_larger_is_first(model: Path, portrait: RgbImage) -> None:
    head = np.ascontiguousarray(portrait[:300, 90:350])
    two = placed(head, (10, 100, 0.9), (300, 60, 1.25))
    with StillLandmarker(model, max_faces=2) as landmarker:
        larger, smaller = landmarker.detect(two)
    assert larger[1, 0] > 0.5 > smaller[1, 0]


def test_a_timestamp_that_does_not_grow_is_refused(model: Path, portrait: RgbImage) -> None:
    with VideoLandmarker(model) as landmarker:
        landmarker.detect(placed(portrait), 100)
        with pytest.raises(ValueError, match="monotonically increasing"):
            landmarker.detect(placed(portrait), 100)


def test_closing_twice_does_no_harm(model: Path) -> None:
    landmarker = StillLandmarker(model)
    landmarker.close()
    landmarker.close()


@pytest.mark.parametrize("content", [None, b"no model"])
def test_a_bad_model_is_named_with_its_remedy(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "face.task"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EnvironmentProblem, match=r"face\.task: .*weights sync"):
        VideoLandmarker(path)


def test_mediapipe_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys; import proctor_desktop.vision.worker, proctor_desktop.vision.landmarker; "
        "sys.exit('mediapipe' in sys.modules or 'onnxruntime' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_is_written_to_standard_error(model: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import numpy as np; "
        "from proctor_desktop.vision.landmarker import VideoLandmarker\n"
        "with VideoLandmarker(Path(sys.argv[1])) as landmarker:\n"
        "    landmarker.detect(np.zeros((480, 640, 3), np.uint8), 5)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(model)], check=True, capture_output=True, text=True
    )
    assert done.stderr == ""
