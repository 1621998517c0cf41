"""What is seen in one picture after the other: every model, in its turn, without a thread.

The vision worker feeds it in real time; evaluations feed it files. Both see the same.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from proctor_desktop.core.frame import Frame
from proctor_desktop.core.observation import (
    FaceBox,
    FaceCompared,
    FacesSeen,
    Health,
    LivenessChecked,
    ObjectsSeen,
    Observation,
    Source,
    SourceHealth,
)
from proctor_desktop.core.policy import Rules
from proctor_desktop.vision.analysis import FRACTION_DIGITS, Analysis, FaceReader
from proctor_desktop.vision.calibration import Calibration
from proctor_desktop.vision.faces import Faces, brightness
from proctor_desktop.vision.geometry import Fit, Mesh, fit
from proctor_desktop.vision.identity import comparable, similarity
from proctor_desktop.vision.liveness import checkable
from proctor_desktop.vision.loading import Models
from proctor_desktop.vision.models import Embedding, ObjectDetector
from proctor_desktop.vision.picture import PictureWatch
from proctor_desktop.vision.reference_face import ReferenceFace
from proctor_desktop.vision.schedule import Check, Load, Schedule
from proctor_desktop.vision.sight import RgbImage, Sight

DOUBTFUL = 0.5
"""A likeness below this is looked at again soon: it is either a bad picture or another person. As
many good comparisons follow it closely as the rule looks back on, so that a doubt that was wrong is
soon over."""

AGAIN_S = 3.0

OBJECT_AGAIN_S = 0.5
"""What may be a phone is looked at again that soon, until the rule's looks are made."""

_PHOTO_TRIES = 3
_STILL_DIGITS = 3
_NS_PER_MS = 1_000_000


class Analyst:
    """Analyses the pictures of one camera in the order in which they were taken.

    ``rules`` are the exam's, by default those of one that changes nothing: they say what keeps
    still, and how many comparisons count. ``calibration`` may be set at any time; without one there
    are no angles, eyes or gaze. Not thread-safe: the models belong to the thread that made them.
    """

    def __init__(
        self, models: Models, reference: ReferenceFace, rules: Rules | None = None
    ) -> None:
        rules = rules or Rules()
        self._models = models
        self._reference = reference
        self._faces = Faces(rules.multiple_faces.still_after_s)
        self._close_checks = rules.identity_mismatch.checks
        self._wanted = rules.suspicious_object
        self._sightings = 0
        self._reader = FaceReader()
        self._picture = PictureWatch()
        checks = {
            Check.OBJECTS: models.objects,
            Check.IDENTITY: models.identity,
            Check.LIVENESS: models.liveness,
        }
        there = frozenset(check for check, model in checks.items() if model is not None)
        self._schedule = Schedule(there)
        self._load = Load(there)
        self._photo: Embedding | None = None
        self._doubts = 0
        self._had_face = False
        self._timestamp_ms = 0
        self.calibration: Calibration | None = None

    @property
    def compares(self) -> bool:
        """Whether faces can be compared at all."""
        return self._models.identity is not None

    def analyse(self, frame: Frame[RgbImage]) -> tuple[Analysis, Sight]:
        """What is to be said about ``frame``, and what was seen in it."""
        began = perf_counter()
        sight = self._look(frame)
        seen: list[Observation] = [FacesSeen(frame.number, tuple(map(_rounded, sight.faces)))]
        seen.extend(self._reader.read(sight, self.calibration))
        picture = self._picture.see(frame.image, frame.moment, frame.number)
        if picture is not None:
            seen.append(picture)
        seen.extend(self._check(frame, sight))
        if self._load.analysed(frame.number, frame.moment):
            seen.append(self._strain())
        took_ms = round((perf_counter() - began) * 1000.0, 2)
        return Analysis(frame.number, frame.moment, tuple(seen), took_ms), sight

    def remember(self, photo: RgbImage) -> bool:
        """Compare faces with the one in ``photo`` from now on; False if that is not possible.

        It needs a face that is fit for it, as every face that it is compared with: with a photo in
        the dark or of a turned head, an honest candidate would look like somebody else. Also
        forgets an earlier photo, so that nobody is compared with a stranger's.
        """
        self._photo = None
        if self._models.identity is None:
            return False
        for _ in range(_PHOTO_TRIES):  # a face that was followed elsewhere is let go of first
            meshes = self._meshes(photo, self._timestamp_ms + 1)
            if meshes and self._fit_to_compare(photo, meshes[0]):
                self._photo = self._models.identity.embed(photo, meshes[0])
                self._schedule.hurry(Check.IDENTITY)
                return True
        return False

    def _look(self, frame: Frame[RgbImage]) -> Sight:
        image = frame.image
        meshes = self._meshes(image, frame.moment.mono_ns // _NS_PER_MS)
        mesh = meshes[0] if meshes else None
        laid = self._fit(image, mesh)
        sight = self._faces.see(frame, self._models.faces.detect(image), mesh, laid)
        if laid is not None and not self._had_face:
            self._schedule.hurry(Check.IDENTITY)  # somebody else may have sat down
        self._had_face = laid is not None
        return sight

    def _meshes(self, image: RgbImage, timestamp_ms: int) -> tuple[Mesh, ...]:
        # MediaPipe refuses two pictures in the same millisecond
        self._timestamp_ms = max(self._timestamp_ms + 1, timestamp_ms)
        return self._models.landmarker.detect(image, self._timestamp_ms)

    def _fit(self, image: RgbImage, mesh: Mesh | None) -> Fit | None:
        if mesh is None:
            return None
        height_px, width_px = image.shape[:2]
        return fit(mesh, self._reference, width_px, height_px)

    def _check(self, frame: Frame[RgbImage], sight: Sight) -> list[Observation]:
        idle = self._load.resting | self._pointless(frame.image, sight)
        match self._schedule.due(frame.moment, idle):
            case Check.OBJECTS if self._models.objects:
                return [self._look_for_objects(frame, self._models.objects)]
            case Check.LIVENESS if self._models.liveness and sight.fit:
                self._schedule.done(Check.LIVENESS, frame.moment)
                live = self._models.liveness.live(frame.image, sight.fit.box)
                return [LivenessChecked(frame.number, live)]
            case Check.IDENTITY if self._models.identity and sight.mesh is not None:
                return [self._compare(frame, sight.mesh)]
        return []

    def _look_for_objects(self, frame: Frame[RgbImage], detector: ObjectDetector) -> ObjectsSeen:
        found = detector.detect(frame.image)
        wanted = self._wanted
        seen = any(one.label in wanted.objects and one.score >= wanted.score for one in found)
        self._sightings = self._sightings + 1 if seen else 0
        again_in_s = OBJECT_AGAIN_S if 0 < self._sightings < wanted.checks else None
        self._schedule.done(Check.OBJECTS, frame.moment, again_in_s)
        return ObjectsSeen(frame.number, found)

    def _pointless(self, image: RgbImage, sight: Sight) -> frozenset[Check]:
        """The checks that this picture is not fit for: they wait for a better one."""
        if sight.fit is None or sight.mesh is None or sight.living > 1:
            return frozenset({Check.LIVENESS, Check.IDENTITY})
        height_px, width_px = image.shape[:2]
        size_px = (width_px, height_px)
        pointless = set()
        if not checkable(image, sight.fit, sight.brightness):
            pointless.add(Check.LIVENESS)
        if self._photo is None or not comparable(sight.fit, sight.mesh, sight.brightness, size_px):
            pointless.add(Check.IDENTITY)
        return frozenset(pointless)

    def _fit_to_compare(self, photo: RgbImage, mesh: Mesh) -> bool:
        height_px, width_px = photo.shape[:2]
        laid = fit(mesh, self._reference, width_px, height_px)
        light = brightness(photo, laid.box)
        return comparable(laid, mesh, light, (width_px, height_px))

    def _compare(self, frame: Frame[RgbImage], mesh: Mesh) -> FaceCompared:
        assert self._models.identity is not None  # noqa: S101 - what is not there is never due
        assert self._photo is not None  # noqa: S101
        alike = similarity(self._photo, self._models.identity.embed(frame.image, mesh))
        self._doubts = self._close_checks if alike < DOUBTFUL else max(0, self._doubts - 1)
        again_in_s = AGAIN_S if self._doubts else None
        self._schedule.done(Check.IDENTITY, frame.moment, again_in_s)
        return FaceCompared(frame.number, alike)

    def _strain(self) -> SourceHealth:
        resting = sorted(check.value for check in self._load.resting)
        if not resting:
            return SourceHealth(Source.VISION, Health.OK, "everything is looked at again")
        what = f"the computer cannot keep up: resting are {', '.join(resting)}"
        return SourceHealth(Source.VISION, Health.DEGRADED, what)


def _rounded(box: FaceBox) -> FaceBox:
    """The box as the records carry it, so that a replay decides on the very same numbers."""
    return replace(
        box,
        x=round(box.x, FRACTION_DIGITS),
        y=round(box.y, FRACTION_DIGITS),
        width=round(box.width, FRACTION_DIGITS),
        height=round(box.height, FRACTION_DIGITS),
        score=round(box.score, FRACTION_DIGITS),
        still_s=round(box.still_s, _STILL_DIGITS),
    )
