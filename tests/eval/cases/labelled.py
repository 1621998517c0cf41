"""Clips that show a misbehaviour as they are: nobody there, or two people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.eval.case import Case, Expected
from tests.eval.footage.clips import clip
from tests.eval.footage.film import grain, loop, then

_CARTOON = frozenset({"camera_changed", "frozen_camera", "camera_covered"})


def labelled_clips(media: Path) -> Iterator[Case]:
    """Every clip whose label is a violation."""
    videos = media / "videos"
    yield Case(
        "labelled: no face",
        "a cartoon's titles, to and fro; nobody is there",
        10,
        lambda: grain(loop(clip(videos / "pyfeat_no_face.mp4"))),
        must=(Expected("face_missing", 0.0, 10.0),),
        may=_CARTOON,
        calm_s=0.0,
    )
    yield Case(
        "labelled: face, then none",
        "a man for 2.5 s, then a cartoon, which is held to and fro",
        12,
        lambda: grain(
            then(
                (-99, loop(clip(videos / "pyfeat_face_noface.mov", 0.0, 2.25))),
                (2.5, loop(clip(videos / "pyfeat_face_noface.mov", 2.75, 6.0))),
            )
        ),
        must=(Expected("face_missing", 2.5, 12.0),),
        may=_CARTOON,
    )
    yield Case(
        "labelled: an empty room",
        "a room camera; somebody with a back to it comes and goes (no face for 26 s)",
        26,
        lambda: loop(clip(videos / "intel_one-by-one-person-detection.mp4", 0.0, 26.0)),
        must=(Expected("face_missing", 0.0, 26.0),),
        may=frozenset({"camera_changed", "frozen_camera"}),
        calm_s=0.0,
    )
    yield Case(
        "labelled: two girls",
        "two children; a sheet of paper half covers one face for four seconds",
        7,
        lambda: loop(clip(videos / "mpiigaze_demo_video02.mp4")),
        must=(Expected("multiple_faces", 0.0, 7.0),),
        may=frozenset({"outside_zone", "face_missing", "low_confidence", "suspicious_object"}),
        calm_s=0.0,
    )
