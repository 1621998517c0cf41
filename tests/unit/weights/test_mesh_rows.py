from __future__ import annotations

import json
from pathlib import Path

import pytest

from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights import mesh_rows
from proctor_desktop.weights.mesh_rows import LANDMARKS, MESH_POINTS


def test_refined_points_come_from_their_region_and_others_from_the_mesh() -> None:
    rows = mesh_rows.load()
    xy = rows.xy_rows()
    assert len(xy) == LANDMARKS
    assert xy[rows.lips[0]] == MESH_POINTS
    assert xy[rows.left_eye[0]] == MESH_POINTS + 80
    assert xy[rows.right_eye[0]] == MESH_POINTS + 80 + 71
    assert xy[468:] == list(range(MESH_POINTS + 222, MESH_POINTS + 232))
    assert xy[1] == 1  # the tip of the nose is never refined
    assert len(set(xy)) == LANDMARKS


def test_only_an_iris_takes_its_depth_from_elsewhere() -> None:
    z = mesh_rows.load().z_rows()
    assert z[:MESH_POINTS] == list(range(MESH_POINTS))
    assert z[MESH_POINTS:] == [468] * 5 + [469] * 5


def test_the_contour_is_the_first_sixteen_points_of_an_eye() -> None:
    rows = mesh_rows.load()
    assert rows.contour("left_eye") == rows.left_eye[:16]
    assert {33, 133} <= set(rows.contour("left_eye"))


@pytest.mark.parametrize(
    ("region", "points"),
    [("lips", []), ("left_iris", [468, 469, 470, 471, 473]), ("left_eye", ["x"] * 71)],
)
def test_tables_that_cannot_be_right_are_refused(
    tmp_path: Path, region: str, points: list[object]
) -> None:
    tables = json.loads(resource("weights", "attention_mesh_indices.json").read_text("utf-8"))
    path = tmp_path / "indices.json"
    path.write_text(json.dumps(tables | {region: points}), encoding="utf-8")
    with pytest.raises(EnvironmentProblem, match=r"indices\.json"):
        mesh_rows.load(path)
