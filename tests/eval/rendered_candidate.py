"""How measured head angles follow the known ones of the rendered candidate.

The head is calibrated at rest, as in a session, and then turned slowly through the whole range and
back, so that every angle is measured on the way out and on the way home. Landmarker, calibration
and geometry are the product's own, following the face from picture to picture.

The rendered head knows its nominal angles exactly, but it is one face and a model of a head: this
shows that the chain from pixels to angles is in order, not how accurate it is on people (for that
see ``head_pose``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import HeadPose
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.pose import AT_REST, Pose
from proctor_desktop.vision.analysis import head_pose
from proctor_desktop.vision.calibration import CalibrationOutcome, Collector, Neutral
from proctor_desktop.vision.geometry import Fit, Mesh, fit
from proctor_desktop.vision.landmarker import VideoLandmarker
from proctor_desktop.vision.reference_face import ReferenceFace, load_reference_face
from proctor_desktop.vision.sight import Sight
from proctor_desktop.weights.installed import require

WIDEST_DEG = {"yaw": 45, "pitch": 20}
STEP_DEG = 5
TURN_DEG_PER_FRAME = 2.5
SETTLE_FRAMES = 3
"""After a movement the landmarker needs this many pictures to centre its window on the face."""
HOLD_FRAMES = 4
REST_FRAMES = 16

SLOPE_LOW, SLOPE_HIGH = 0.8, 1.1
ASYMMETRY_BOUND = 0.15
REST_BOUND_DEG = 1.0
SYMMETRY_FROM_DEG = 10
"""Closer to rest the bound on asymmetry would be narrower than the one on rest itself."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One axis: what was measured at each nominal angle, averaged over its visits."""

    axis: str
    nominal_deg: tuple[int, ...]
    measured_deg: tuple[float, ...]

    @property
    def slope(self) -> float:
        """Measured over nominal degrees: the least-squares line through all angles."""
        return float(np.polyfit(self.nominal_deg, self.measured_deg, 1)[0])

    @property
    def monotone(self) -> bool:
        """Whether every further step of the head was measured as a further step."""
        return bool((np.diff(self.measured_deg) > 0).all())

    @property
    def asymmetry(self) -> dict[int, float]:
        """For each angle the difference of its two sides, as a share of their mean size."""
        at = dict(zip(self.nominal_deg, self.measured_deg, strict=True))
        return {a: abs(at[a] + at[-a]) / ((at[a] - at[-a]) / 2) for a in at if a > 0}

    @property
    def worst_asymmetry(self) -> float:
        """The largest of :attr:`asymmetry` from SYMMETRY_FROM_DEG on."""
        return self.asymmetry[self.least_symmetric_deg]

    @property
    def least_symmetric_deg(self) -> int:
        """The angle where the two sides differ most, from SYMMETRY_FROM_DEG on."""
        counted = [angle for angle in self.asymmetry if angle >= SYMMETRY_FROM_DEG]
        return max(counted, key=lambda angle: self.asymmetry[angle])


@dataclass(frozen=True, slots=True)
class Result:
    """Both sweeps, the calibration, and the largest angle that was measured at rest."""

    yaw: Sweep
    pitch: Sweep
    neutral: Neutral
    worst_at_rest_deg: float
    lowest_confidence: float


class Session:
    """A camera that films the candidate at 8 FPS, and the product's way to their head's angles."""

    def __init__(
        self, candidate: Candidate, landmarker: VideoLandmarker, reference: ReferenceFace
    ) -> None:
        self._candidate = candidate
        self._landmarker = landmarker
        self._reference = reference
        self._moment = Moment(0, datetime(2026, 1, 1, tzinfo=UTC))
        self._frame = 0
        self.neutral = self._calibrated()

    def film(self, pose: Pose) -> HeadPose:
        """The angles in one picture of ``pose``."""
        return head_pose(self._frame, self._seen(pose), self.neutral)

    def hold(self, pose: Pose, frames: int) -> list[HeadPose]:
        """The angles in each of ``frames`` pictures, once the landmarker has settled on a pose."""
        for _ in range(SETTLE_FRAMES):
            self.film(pose)
        return [self.film(pose) for _ in range(frames)]

    def _seen(self, pose: Pose) -> Fit:
        return self._found(pose)[1]

    def _found(self, pose: Pose) -> tuple[Mesh, Fit]:
        self._frame += 1
        self._moment = self._moment.later(1.0 / FRAMES_PER_S)
        picture = self._candidate.render(pose, seed=self._frame)
        meshes = self._landmarker.detect(picture, self._moment.mono_ns // 1_000_000)
        if len(meshes) != 1:
            raise AssertionError(f"{len(meshes)} faces were found at {pose}")
        return meshes[0], fit(meshes[0], self._reference)

    def _calibrated(self) -> Neutral:
        collector = Collector(self._moment, gaze=False)
        while True:
            mesh, seen = self._found(AT_REST)
            sight = Sight(self._frame, self._moment, (seen.box,), 1, mesh, seen, brightness=0.5)
            step = collector.add(sight)
            if isinstance(step, CalibrationOutcome):
                assert step.calibration is not None, step.reason
                return step.calibration.neutral


def measure() -> Result:
    """Render, film and measure everything; about half a minute on one core."""
    model = require("face_landmarker")
    candidate = Candidate.from_portrait(require("demo_portrait"), model)
    with VideoLandmarker(model, max_faces=1) as landmarker:
        session = Session(candidate, landmarker, load_reference_face())
        rest = session.hold(AT_REST, REST_FRAMES)
        yaw = _sweep(session, "yaw")
        rest += session.hold(AT_REST, REST_FRAMES)
        pitch = _sweep(session, "pitch")
        rest += session.hold(AT_REST, REST_FRAMES)
    angles = [(one.yaw_deg, one.pitch_deg, one.roll_deg) for one in rest]
    return Result(
        yaw,
        pitch,
        session.neutral,
        float(np.abs(angles).max()),
        min(one.confidence for one in rest),
    )


def _sweep(session: Session, axis: str) -> Sweep:
    seen: dict[int, list[float]] = defaultdict(list)
    for angle in _way(WIDEST_DEG[axis]):
        pose = Pose(**{f"{axis}_deg": angle})
        if angle % STEP_DEG:
            session.film(pose)
            continue
        held = session.hold(pose, HOLD_FRAMES)
        seen[int(angle)] += [getattr(one, f"{axis}_deg") for one in held]
    nominal = tuple(sorted(seen))
    return Sweep(axis, nominal, tuple(round(float(np.mean(seen[a])), 2) for a in nominal))


def _way(widest_deg: float) -> Iterator[float]:
    """From rest to one side, through to the other, and back to rest, in small steps."""
    for start, end in ((0.0, widest_deg), (widest_deg, -widest_deg), (-widest_deg, 0.0)):
        steps = round(abs(end - start) / TURN_DEG_PER_FRAME)
        yield from np.linspace(start, end, steps, endpoint=False).tolist()


def write(result: Result) -> str:
    """The report's section."""
    rest_ok = result.worst_at_rest_deg <= REST_BOUND_DEG
    lines = [
        "## Head angles of the rendered candidate",
        "",
        "| axis | slope | monotone | largest difference of the two sides | at |",
        "|---|---|---|---|---|",
        *(_summary(sweep) for sweep in (result.yaw, result.pitch)),
        "",
        f"Aim: slope {SLOPE_LOW:g} to {SLOPE_HIGH:g}, monotone, both sides alike within "
        f"{ASYMMETRY_BOUND:.0%} at every angle from {SYMMETRY_FROM_DEG}° on. "
        "At rest the largest angle on any axis was "
        f"{result.worst_at_rest_deg:.2f}° ({'within' if rest_ok else 'OUTSIDE'} "
        f"±{REST_BOUND_DEG:g}°); the calibration's own spread was "
        f"{result.neutral.spread_deg:.2f}°.",
        "",
        "What this does not show: accuracy on people. It is one face, and the depth of the "
        "rendered head was chosen on this portrait so that left and right, up and down read "
        "alike; without that choice the two sides differ by up to 20 %. It shows that the chain "
        "from pixels to angles is in order.",
    ]
    for sweep in (result.yaw, result.pitch):
        pairs = zip(sweep.nominal_deg, sweep.measured_deg, strict=True)
        lines += [
            "",
            f"| nominal {sweep.axis} | measured | difference of the two sides |",
            "|---|---|---|",
        ]
        lines += [
            f"| {n:+d} | {m:+.1f} | {f'{sweep.asymmetry[n]:.0%}' if n > 0 else ''} |"
            for n, m in pairs
        ]
    return "\n".join(lines) + "\n"


def _summary(sweep: Sweep) -> str:
    monotone = "yes" if sweep.monotone else "NO"
    return (
        f"| {sweep.axis} | {sweep.slope:.3f} | {monotone} | {sweep.worst_asymmetry:.0%} "
        f"| ±{sweep.least_symmetric_deg}° |"
    )
