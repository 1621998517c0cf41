"""What is said about one picture after the other, with models made of answers."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pytest

from proctor_desktop.core.frame import Frame
from proctor_desktop.core.observation import (
    FaceBox,
    FaceCompared,
    FacesSeen,
    HeadPose,
    Health,
    LivenessChecked,
    ObjectsSeen,
    PictureSeen,
    Source,
    SourceHealth,
)
from proctor_desktop.core.policy import IdentityMismatch, Rules, SuspiciousObject
from proctor_desktop.vision.analysis import Analysis
from proctor_desktop.vision.analyst import AGAIN_S, DOUBTFUL, Analyst
from proctor_desktop.vision.calibration import Calibration, Neutral
from proctor_desktop.vision.geometry import Mesh
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.vision.schedule import CALM_S, EVERY_S, MISSED_LIMIT, Check
from proctor_desktop.vision.sight import Detection, RgbImage
from tests.fakes.faces import FakeDetector, FakeLandmarker, detection, mesh, rotation
from tests.fakes.models import FakeModels, FakeObjects, seeing
from tests.playbook import moment

STRAIGHT = Calibration(Neutral((1, 0, 0, 0, 1, 0, 0, 0, 1), 0.5, 0.5, 0.3, 24))
ALL = ("objects", "identity", "liveness")
COSTLY = (ObjectsSeen, FaceCompared, LivenessChecked)
FACE = mesh()
TICK_S = 0.125
ALIVE_S = 1.0
"""Within this a face has moved: whatever never does is no living one, and is not compared."""

_Kind = TypeVar("_Kind")

PICTURES = 5
_GRAIN = np.random.default_rng(3).integers(-12, 13, (480, 640, 3))


@functools.cache
def picture(brightness: int = 120, seed: int = 0) -> RgbImage:
    """A picture with as much grain as a camera's, so that a face in it is sharp and alive."""
    grain = np.roll(_GRAIN, seed * 7, axis=(0, 1))
    return np.asarray(np.clip(brightness + grain, 0, 255), np.uint8)


class Watch:
    """An analyst, and all that it has said since it began; ``brightness`` is who sits there."""

    def __init__(self, models: FakeModels, rules: Rules | None = None) -> None:
        self.models = models
        self.analyst = Analyst(models.models(), load_reference_face(), rules)
        self.analyses: list[Analysis] = []
        self._number = 0
        self._at_s = 0.0

    def see(
        self, seconds: float = TICK_S, brightness: int = 120, missed: int = 0
    ) -> list[Analysis]:
        """Pictures for so long, with so many missed before each one."""
        made = []
        for _ in range(round(seconds / TICK_S)):
            self._number += 1 + missed
            self._at_s += TICK_S
            image = picture(brightness, self._number % PICTURES)
            analysis, _ = self.analyst.analyse(Frame(self._number, moment(self._at_s), image))
            made.append(analysis)
        self.analyses += made
        return made

    def said(self, kind: type[_Kind]) -> list[_Kind]:
        """All observations of this kind."""
        return said(self.analyses, kind)

    @property
    def at_s(self) -> float:
        return self._at_s


def said(analyses: Sequence[Analysis], kind: type[_Kind]) -> list[_Kind]:
    return [one for analysis in analyses for one in analysis.observations if isinstance(one, kind)]


# -- what is in every picture --------------------------------------------------------------------


def test_every_picture_has_its_faces_and_its_own_moment() -> None:
    watch = Watch(seeing([[FACE], [], [FACE]]))
    watch.see(3 * TICK_S)
    assert [len(faces.faces) for faces in watch.said(FacesSeen)] == [1, 0, 1]
    assert [(one.frame, one.moment) for one in watch.analyses] == [
        (number, moment(number * TICK_S)) for number in (1, 2, 3)
    ]


def test_what_the_picture_itself_shows_is_told_twice_a_second() -> None:
    watch = Watch(seeing([[]]))
    watch.see(3.0)
    assert len(watch.said(PictureSeen)) == 5


def test_angles_begin_and_end_with_the_calibration() -> None:
    watch = Watch(seeing([[mesh(rotation(25))]]))
    assert said(watch.see(), HeadPose) == []
    watch.analyst.calibration = STRAIGHT
    (pose,) = said(watch.see(), HeadPose)
    assert pose.yaw_deg == pytest.approx(25, abs=0.02)
    watch.analyst.calibration = None
    assert said(watch.see(), HeadPose) == []


def test_numbers_are_rounded_before_anybody_decides_on_them() -> None:
    third = detection(1 / 3, 1 / 7, 2 / 9, 0.87654321)
    watch = Watch(FakeModels(FakeLandmarker([[]]), FakeDetector([[third]])))
    watch.see(2.0)
    for seen in watch.said(FacesSeen):
        (face,) = seen.faces
        for value in (face.x, face.y, face.width, face.height, face.score):
            assert value == round(value, 4)
        assert face.still_s == round(face.still_s, 3)
    assert watch.said(FacesSeen)[-1].faces[0].x == 0.3333


def test_two_pictures_of_one_millisecond_do_not_confuse_the_landmarker() -> None:
    watch = Watch(seeing([[]]))
    for number, at_s in enumerate((1.0, 1.0, 1.0, 1.002)):
        watch.analyst.analyse(Frame(number, moment(at_s), picture()))
    stamps = watch.models.landmarker.timestamps_ms
    assert len(set(stamps)) == 4
    assert stamps == sorted(stamps)


def test_a_photo_does_not_take_the_landmarker_back_in_time() -> None:
    watch = Watch(seeing([[FACE]], ALL))
    watch.see(1.0)
    watch.analyst.remember(picture())
    watch.see(1.0)
    stamps = watch.models.landmarker.timestamps_ms
    assert stamps == sorted(set(stamps))


# -- the occasional checks -----------------------------------------------------------------------


def test_at_most_one_costly_check_falls_into_one_tick() -> None:
    watch = Watch(seeing([[FACE]], ALL))
    watch.analyst.remember(picture())
    watch.see(40.0)
    for analysis in watch.analyses:
        assert sum(isinstance(one, COSTLY) for one in analysis.observations) <= 1
    assert len(watch.said(ObjectsSeen)) == pytest.approx(40, abs=2)
    assert len(watch.said(LivenessChecked)) == pytest.approx(20, abs=2)
    assert len(watch.said(FaceCompared)) == 2


def test_a_check_says_what_its_model_says() -> None:
    watch = Watch(seeing([[FACE]], ALL))
    watch.see(1.0)
    assert watch.said(ObjectsSeen)[0].objects == (FakeObjects.PHONE,)
    assert watch.said(LivenessChecked)[0].live == 0.9


@pytest.mark.parametrize("missing", ALL)
def test_a_model_that_is_not_installed_never_reports(missing: str) -> None:
    watch = Watch(seeing([[FACE]], set(ALL) - {missing}))
    watch.analyst.remember(picture())
    watch.see(10.0)
    kinds = dict(zip(ALL, (ObjectsSeen, FaceCompared, LivenessChecked), strict=True))
    assert {name for name, kind in kinds.items() if watch.said(kind)} == set(ALL) - {missing}


def test_objects_are_looked_for_without_anybody_there() -> None:
    watch = Watch(seeing([[]], ALL))
    watch.analyst.remember(picture())
    watch.see(5.0)
    assert len(watch.said(ObjectsSeen)) >= 5
    assert watch.said(LivenessChecked) == []
    assert watch.said(FaceCompared) == []


def looked_at_s(watch: Watch) -> list[float]:
    return [one.frame * TICK_S for one in watch.said(ObjectsSeen)]


def test_what_may_be_a_phone_is_looked_at_again_soon_until_the_rule_can_tell() -> None:
    watch = Watch(seeing([[]], ["objects"]))
    watch.see(6.0)
    assert looked_at_s(watch) == [0.125, 0.625, 1.125, 1.625, 2.125, 3.125, 4.125, 5.125]


@pytest.mark.parametrize(
    "asked_about", [SuspiciousObject(objects=("book",)), SuspiciousObject(score=0.9)]
)
def test_what_the_exam_does_not_ask_about_is_looked_at_at_leisure(
    asked_about: SuspiciousObject,
) -> None:
    watch = Watch(seeing([[]], ["objects"]), Rules(suspicious_object=asked_about))
    watch.see(4.0)
    assert looked_at_s(watch) == [0.125, 1.125, 2.125, 3.125]


# -- comparing faces -----------------------------------------------------------------------------


def remembered(
    meshes: Sequence[Sequence[Mesh]], brightness: int = 120, rules: Rules | None = None
) -> Watch:
    """An analyst that was shown a photo first; the photo uses up the first of ``meshes``."""
    watch = Watch(seeing([[FACE], *meshes], ["identity"]), rules)
    assert watch.analyst.remember(picture(brightness))
    return watch


def test_without_a_photo_nobody_is_compared() -> None:
    watch = Watch(seeing([[FACE]], ALL))
    watch.see(5.0)
    assert watch.said(FaceCompared) == []
    assert watch.models.identity.looked == []


def test_the_face_after_the_photo_is_compared_at_once_and_then_now_and_again() -> None:
    watch = remembered([[FACE]])
    (compared,) = said(watch.see(ALIVE_S), FaceCompared)
    assert compared.similarity == pytest.approx(1.0, abs=1e-3)
    assert said(watch.see(EVERY_S[Check.IDENTITY] - ALIVE_S), FaceCompared) == []
    assert len(said(watch.see(ALIVE_S), FaceCompared)) == 1


def test_a_face_that_comes_back_is_compared_at_once() -> None:
    watch = remembered([*[[FACE]] * 8, *[[]] * 8, [FACE]])
    assert len(said(watch.see(ALIVE_S), FaceCompared)) == 1
    assert said(watch.see(1.0), FaceCompared) == []
    assert len(said(watch.see(ALIVE_S), FaceCompared)) == 1


def test_a_doubtful_likeness_is_looked_at_again_soon() -> None:
    watch = remembered([[FACE]], brightness=30)
    watch.see(ALIVE_S + 2 * AGAIN_S, brightness=230)
    compared = watch.said(FaceCompared)
    assert all(one.similarity < 0.5 for one in compared)
    assert len(compared) == 3


@pytest.mark.parametrize("checks", [2, 7])
def test_a_doubt_is_followed_up_for_as_long_as_the_rule_looks_back(checks: int) -> None:
    rules = Rules(identity_mismatch=IdentityMismatch(needed=1, checks=checks))
    watch = remembered([[FACE]], brightness=30, rules=rules)
    (doubtful,) = said(watch.see(ALIVE_S, brightness=230), FaceCompared)
    assert doubtful.similarity < DOUBTFUL
    good = said(watch.see((checks + 3) * AGAIN_S, brightness=30), FaceCompared)
    assert len(good) == checks


def without_comparison(meshes: Sequence[Sequence[Mesh]]) -> None:
    watch = remembered(meshes)
    watch.see(5.0)
    assert watch.said(FaceCompared) == []


def test_a_turned_head_is_not_compared() -> None:
    without_comparison([[mesh(rotation(45))]])


def test_a_face_far_away_is_not_compared() -> None:
    without_comparison([[mesh(px_per_mm=0.3)]])


def test_of_two_people_nobody_is_compared() -> None:
    two: tuple[Detection, ...] = (detection(0.1), detection(0.7))
    models = FakeModels(FakeLandmarker([[mesh(centre=(0.2, 0.5))]]), FakeDetector([two]))
    watch = Watch(models)
    watch.analyst.remember(picture())
    watch.see(3.0)  # until it is clear that both move
    watch.analyst.remember(picture())
    later = watch.see(5.0)
    assert all(len(seen.faces) == 2 for seen in said(later, FacesSeen))
    assert said(later, FaceCompared) == []
    assert said(later, LivenessChecked) == []


def test_a_new_photo_takes_the_place_of_the_old_one() -> None:
    watch = remembered([[FACE]], brightness=30)
    assert said(watch.see(ALIVE_S, brightness=230), FaceCompared)[0].similarity < 0.5
    assert watch.analyst.remember(picture(230))
    assert said(watch.see(brightness=230), FaceCompared)[0].similarity > 0.9


def test_a_photo_without_a_face_forgets_the_old_one_too() -> None:
    watch = remembered([[], [], [], [FACE]])
    assert not watch.analyst.remember(picture())
    watch.see(5.0)
    assert watch.said(FaceCompared) == []


@pytest.mark.parametrize(
    ("face", "brightness"),
    [(mesh(rotation(45)), 120), (mesh(px_per_mm=0.3), 120), (FACE, 15)],
    ids=["turned", "far away", "dark"],
)
def test_a_photo_that_is_not_fit_for_it_is_compared_with_nobody(
    face: Mesh, brightness: int
) -> None:
    """An honest candidate would look like somebody else beside it."""
    watch = Watch(seeing([[face]] * 3 + [[FACE]], ["identity"]))
    assert not watch.analyst.remember(picture(brightness))
    watch.see(5.0)
    assert watch.said(FaceCompared) == []


def test_a_face_in_the_photo_may_take_a_second_look() -> None:
    watch = Watch(seeing([[], [FACE]], ["identity"]))
    assert watch.analyst.remember(picture())


def test_without_its_model_nothing_is_remembered() -> None:
    watch = Watch(seeing([[FACE]], ["objects"]))
    assert not watch.analyst.compares
    assert not watch.analyst.remember(picture())
    assert watch.models.landmarker.timestamps_ms == []


def test_the_liveness_check_is_shown_the_followed_face() -> None:
    watch = Watch(seeing([[FACE]], ["liveness"]))
    watch.see(1.0)
    (box,) = watch.models.liveness.boxes
    assert isinstance(box, FaceBox)
    assert box.centre == pytest.approx((0.5, 0.5), abs=0.05)


# -- a computer that cannot keep up --------------------------------------------------------------


def told(analyses: Sequence[Analysis]) -> list[SourceHealth]:
    return said(analyses, SourceHealth)


def overloaded(installed: Sequence[str] = ALL) -> Watch:
    """An analyst that misses every second picture until a check rests."""
    watch = Watch(seeing([[FACE]], installed))
    watch.analyst.remember(picture())
    watch.see((MISSED_LIMIT + 1) * TICK_S + TICK_S, missed=1)
    return watch


def test_what_costs_most_rests_first_and_the_record_says_so() -> None:
    watch = overloaded()
    (strain,) = watch.said(SourceHealth)
    assert (strain.source, strain.state) == (Source.VISION, Health.DEGRADED)
    assert strain.reason == "the computer cannot keep up: resting are objects"
    calm = watch.see(10.0)
    assert said(calm, ObjectsSeen) == []
    assert said(calm, LivenessChecked)


def test_more_and_more_rests_and_faces_are_looked_at_all_the_same() -> None:
    watch = overloaded()
    later = watch.see(10.0, missed=1)
    reason = told(later)[-1].reason
    assert reason == "the computer cannot keep up: resting are identity, liveness, objects"
    end = watch.see(2.0, missed=1)
    assert not any(isinstance(one, COSTLY) for one in end[-1].observations)
    assert len(said(end, FacesSeen)) == len(end)


def test_once_all_is_calm_it_is_taken_back_and_told() -> None:
    watch = overloaded()
    calm = watch.see(CALM_S + 1.0)
    (relief,) = told(calm)
    assert (relief.source, relief.state) == (Source.VISION, Health.OK)
    assert said(watch.see(2.0), ObjectsSeen)


def test_a_picture_missed_now_and_then_costs_nothing() -> None:
    watch = Watch(seeing([[FACE]], ALL))
    for _ in range(10):
        watch.see(2.0)
        watch.see(missed=2)
    assert watch.said(SourceHealth) == []


def test_with_nothing_to_shed_nothing_is_said() -> None:
    assert overloaded(installed=()).said(SourceHealth) == []
