"""All faces from picture to picture: which are the same, which are new, which never move.

A detector has no memory; this is it. It takes what the detector and the landmarker found in one
picture and tells what is to be said of it. It has no thread and no clock of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.core.rules.stillness import STILL_AFTER_S
from proctor_desktop.hosts.opencv import importing_opencv
from proctor_desktop.vision.coarse_pose import coarse_yaw_deg
from proctor_desktop.vision.face_detector import same_face
from proctor_desktop.vision.geometry import Fit, Mesh, angles
from proctor_desktop.vision.sight import Detection, RgbImage, Sight
from proctor_desktop.vision.stillness import Stillness

with importing_opencv():
    import cv2

BEGINS_SCORE = 0.35
"""The score from which on something new is a face."""

STAYS_SCORE = 0.17
"""The score from which on a face that was there is still there."""

ESTABLISHED = 3
"""A face found in that many analyses is also told of in the first one that misses it. One that is
not, is not: a single mistake of the detector must not look like two in a row."""

FORGOTTEN_S = 1.0
"""For how long a face that is not found is remembered, should it come back."""

MESH_ALONE = 0.55
"""What the mesh's confidence is worth when the detector sees no face there."""

NEAR = 0.45
"""Share of the picture's width from which on a face may be too close for the detector."""

TURNING_DEG = 15.0
"""By how much the last mesh must have been turned to a side for a face without one to be turned
there: a face that is lost looking ahead has been covered."""

_AWAY = 0.5
_ALIKE = 2.0
_EVERY_PX = 4


@dataclass(slots=True)
class _Track:
    """One face over time; ``misses`` counts the analyses since the detector last found it."""

    box: FaceBox
    seen_at: Moment
    found: bool
    hits: int = 1
    misses: int = 0
    stillness: Stillness = field(default_factory=Stillness)

    def shown(self) -> bool:
        return self.misses == 0 or (self.misses == 1 and self.hits >= ESTABLISHED)


class Faces:
    """Follows the faces of one camera; use it from one thread, with pictures in order.

    A face in which nothing has moved for ``still_after_s`` does not count as living. That time is
    the rules' own: head and eyes go unread for as long as they count a second face as a person.
    """

    def __init__(self, still_after_s: float = STILL_AFTER_S) -> None:
        self._still_after_s = still_after_s
        self._tracks: list[_Track] = []
        self._last_yaw_deg = 0.0

    def see(
        self,
        frame: Frame[RgbImage],
        detections: Sequence[Detection],
        mesh: Mesh | None,
        fit: Fit | None,
    ) -> Sight:
        """What ``frame`` showed: ``mesh`` and ``fit`` belong to the face that is followed."""
        now = frame.moment
        self._associate([detection.box for detection in detections], now)
        if fit is not None:
            self._follow(fit.box, now)
        self._tracks = [one for one in self._tracks if now.since_s(one.seen_at) <= FORGOTTEN_S]
        shown = self._watched(frame)
        return Sight(
            frame.number,
            now,
            tuple(one.box for one in shown),
            sum(one.stillness.moved and one.box.still_s < self._still_after_s for one in shown),
            mesh,
            fit,
            brightness(frame.image, fit.box if fit else None),
            self._turned_away(detections, fit),
        )

    def _turned_away(self, detections: Sequence[Detection], fit: Fit | None) -> float | None:
        """The largest face's coarse yaw, if the followed one was lost while it turned that way."""
        if fit is not None:
            self._last_yaw_deg = angles(fit.rotation).yaw_deg
            return None
        if not self._tracks:
            self._last_yaw_deg = 0.0
        if abs(self._last_yaw_deg) < TURNING_DEG or not detections:
            return None
        turned_deg = coarse_yaw_deg(detections[0])
        same_side = turned_deg is not None and turned_deg * self._last_yaw_deg > 0
        return turned_deg if same_side else None

    def _associate(self, boxes: Iterable[FaceBox], now: Moment) -> None:
        """Give each box to the face that was nearest to it; what is left over is new or lost."""
        waiting = list(self._tracks)
        for box in sorted(boxes, key=lambda box: box.score, reverse=True):
            track = _nearest(box, waiting)
            if track is not None and box.score >= STAYS_SCORE:
                waiting.remove(track)
                _found(track, box, now, by_detector=True)
            elif box.score >= BEGINS_SCORE:
                self._tracks.append(_Track(box, now, found=True))
        for track in waiting:
            track.misses += 1

    def _follow(self, box: FaceBox, now: Moment) -> None:
        """Add the face that the landmarker follows, unless the detector has it already."""
        track = _nearest(box, self._tracks)
        if track is not None and track.misses == 0:
            return
        others = any(one.misses == 0 for one in self._tracks)
        if others and box.width < NEAR:  # the detector sees faces, and none where the mesh is
            return
        worth = box.score * (1.0 if box.width >= NEAR else MESH_ALONE)
        if track is not None:
            _found(track, replace(box, score=worth), now, by_detector=False)
        else:
            self._tracks.append(_Track(replace(box, score=worth), now, found=False))

    def _watched(self, frame: Frame[RgbImage]) -> list[_Track]:
        """The faces to tell of, largest first, with how long each has been still."""
        shown = [one for one in self._tracks if one.shown()]
        grey = _grey(frame.image) if shown else None
        for one in shown:
            if grey is not None and one.misses == 0:
                still_s = one.stillness.see(grey, one.box, frame.moment)
                one.box = replace(one.box, still_s=still_s)
        return sorted(shown, key=lambda one: one.box.width * one.box.height, reverse=True)


def brightness(image: RgbImage, box: FaceBox | None) -> float:
    """The mean brightness (0-1) of the picture, or of the part of it that ``box`` is around."""
    part = image
    if box is not None:
        height_px, width_px = image.shape[:2]
        top, bottom = _span(box.y, box.height, height_px)
        left, right = _span(box.x, box.width, width_px)
        part = image[top:bottom, left:right]
    return float(part[::_EVERY_PX, ::_EVERY_PX].mean() / 255.0) if part.size else 0.0


def _span(start: float, length: float, whole_px: int) -> tuple[int, int]:
    first, last = round(start * whole_px), round((start + length) * whole_px)
    return max(0, first), min(whole_px, last)


def _grey(image: RgbImage) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def _found(track: _Track, box: FaceBox, now: Moment, *, by_detector: bool) -> None:
    """The face is in ``box`` now; the two finders draw boxes too unlike to compare what is in."""
    track.box, track.seen_at, track.misses = box, now, 0
    track.hits += 1
    if track.found != by_detector:
        track.found = by_detector
        track.stillness.restart()


def _nearest(box: FaceBox, tracks: Sequence[_Track]) -> _Track | None:
    """The track that ``box`` continues: about there and about as large."""
    near = [one for one in tracks if same_face(box, one.box) or _could_be(box, one.box)]
    return min(near, key=lambda one: _apart(box, one.box), default=None)


def _could_be(box: FaceBox, before: FaceBox) -> bool:
    """Whether a quick movement can have led from one box to the other."""
    alike = 1 / _ALIKE <= box.width / max(before.width, 1e-6) <= _ALIKE
    return alike and _apart(box, before) <= _AWAY


def _apart(one: FaceBox, other: FaceBox) -> float:
    """The distance of two boxes' centres, in widths and heights of the larger one."""
    across = abs(one.centre[0] - other.centre[0]) / max(one.width, other.width, 1e-6)
    down = abs(one.centre[1] - other.centre[1]) / max(one.height, other.height, 1e-6)
    return float(np.hypot(across, down))
