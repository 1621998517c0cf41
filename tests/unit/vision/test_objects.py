from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.sources.video_device import as_picture
from proctor_desktop.vision.objects import (
    KINDS,
    YoloxNano,
    decode,
    distinct,
    found,
    letterbox,
    network_input,
    stretched,
)

PHONE, REMOTE, SCREEN = 67, 65, 62
ROWS = 52 * 52 + 26 * 26 + 13 * 13


def scored(*rows: dict[int, float]) -> NDArray[np.float32]:
    scores = np.zeros((len(rows), 80), np.float32)
    for number, row in enumerate(rows):
        for coco, score in row.items():
            scores[number, coco] = score
    return scores


def boxes(*rows: tuple[float, float, float, float]) -> NDArray[np.float32]:
    return np.array(rows, np.float32)


def test_a_picture_is_scaled_to_the_square_and_lies_at_its_top_left() -> None:
    canvas, scale = letterbox(np.full((480, 640, 3), 200, np.uint8))
    assert scale == pytest.approx(0.65)
    assert canvas.shape == (416, 416, 3)
    assert (canvas[:312] == 200).all()
    assert (canvas[312:] == 114).all()


def test_the_network_is_given_blue_first() -> None:
    canvas = np.zeros((416, 416, 3), np.uint8)
    canvas[:, :, 0] = 255  # red
    given = network_input(canvas)
    assert given.shape == (1, 3, 416, 416)
    assert given[0, :, 0, 0].tolist() == [0, 0, 255]


@pytest.mark.parametrize(
    ("row", "centre", "stride"),
    [
        (0, (0, 0), 8),
        (53, (8, 8), 8),
        (52 * 52 + 1, (16, 0), 16),
        (ROWS - 1, (12 * 32, 12 * 32), 32),
    ],
)
def test_each_row_belongs_to_a_cell(row: int, centre: tuple[int, int], stride: int) -> None:
    raw = np.zeros((ROWS, 85), np.float32)
    raw[row, 2:4] = np.log(2)  # two cells wide and high
    decoded, _ = decode(raw)
    x, y = centre
    assert decoded[row].tolist() == pytest.approx([x - stride, y - stride, x + stride, y + stride])


def test_a_score_is_that_of_the_kind_times_that_of_there_being_something() -> None:
    raw = np.zeros((ROWS, 85), np.float32)
    raw[0, 4], raw[0, 5 + PHONE] = 0.5, 0.8
    _, scores = decode(raw)
    assert scores[0, PHONE] == pytest.approx(0.4)


def test_a_box_within_a_surer_one_of_the_same_kind_goes() -> None:
    same = boxes((0, 0, 0.5, 0.5), (0.02, 0, 0.52, 0.5), (0.6, 0.6, 1, 1))
    assert distinct(same, np.array((0.6, 0.9, 0.7), np.float32)) == [1, 2]


def test_boxes_without_any_area_do_no_harm() -> None:
    nothing = boxes((1, 1, 1, 1), (1, 1, 1, 1))
    assert 0 in distinct(nothing, np.array((0.9, 0.8), np.float32))


def test_a_phone_on_a_screen_is_both() -> None:
    place = boxes((0.1, 0.1, 0.3, 0.3), (0.1, 0.1, 0.3, 0.3))
    seen = found(place, scored({PHONE: 0.9}, {SCREEN: 0.8}))
    assert [one.label for one in seen] == ["phone", "screen"]


CUP = 41


def test_what_is_rather_a_cup_is_no_phone() -> None:
    assert found(boxes((0, 0, 1, 1)), scored({PHONE: 0.5, CUP: 0.6})) == ()


def test_what_half_reads_as_a_remote_control_is_held_up_like_a_phone() -> None:
    """Seen from behind, a phone is taken for either; together they say that there is one."""
    (seen,) = found(boxes((0, 0, 1, 1)), scored({PHONE: 0.16, REMOTE: 0.17}))
    assert seen.label == "phone"
    assert seen.score > 0.5


def test_every_kind_is_believed_at_a_half() -> None:
    for kind in KINDS:
        (seen,) = found(boxes((0, 0, 1, 1)), scored({kind.coco[0]: kind.believed_from}))
        assert (seen.label, seen.score) == (kind.label, 0.5)


def test_stretched_scores_keep_their_order_and_their_ends() -> None:
    raw = np.linspace(0, 1, 50, dtype=np.float32)
    scores = stretched(raw, 0.35)
    assert (scores[0], scores[-1]) == (0, 1)
    assert (np.diff(scores) > 0).all()


def test_objects_come_surest_first_with_four_digits() -> None:
    seen = found(
        boxes((1 / 3, 0, 2 / 3, 1 / 7), (0, 0.5, 0.2, 1)), scored({PHONE: 0.61}, {SCREEN: 0.97})
    )
    assert [one.label for one in seen] == ["screen", "phone"]
    for one in seen:
        numbers = (one.x, one.y, one.width, one.height, one.score)
        assert all(number == round(number, 4) for number in numbers)
    assert (seen[1].x, seen[1].width) == (0.3333, 0.3334)


def test_a_missing_model_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="weights sync"):
        YoloxNano(tmp_path / "none.onnx")


def test_a_real_phone_is_found_where_it_is(shared: Path) -> None:
    detector = YoloxNano(shared / "weights" / "yolox_nano.onnx")
    photograph = cv2.imread(str(shared / "media/images/human/person-nicole.jpg"))
    (phone,) = detector.detect(as_picture(photograph))
    assert phone.label == "phone"
    assert phone.score >= 0.5
    assert 0.5 < phone.y + phone.height / 2 < 0.9


def test_an_empty_room_has_nothing_to_report(shared: Path) -> None:
    detector = YoloxNano(shared / "weights" / "yolox_nano.onnx")
    photograph = cv2.imread(str(shared / "media/images/human/background.jpg"))
    assert all(one.score < 0.5 for one in detector.detect(as_picture(photograph)))


def test_boxes_never_reach_beyond_the_picture(shared: Path) -> None:
    detector = YoloxNano(shared / "weights" / "yolox_nano.onnx")
    photograph = as_picture(cv2.imread(str(shared / "media/images/coco128/000000001503.jpg")))
    cropped = cv2.resize(photograph[60:420, 200:520], (640, 480))
    seen = detector.detect(np.asarray(cropped, np.uint8))
    assert seen
    for one in seen:
        assert min(one.x, one.y) >= 0
        assert max(one.x + one.width, one.y + one.height) <= 1.0001
