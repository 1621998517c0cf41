"""The films that are played, made on the spot; what there is no footage for is named."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from proctor_desktop.core.errors import EnvironmentProblem
from tests.bench.latency.candidate_film import candidate_film
from tests.bench.latency.clip_films import closing_eyes, glancing
from tests.bench.latency.episode import Episode, episodes
from tests.bench.latency.shots import SHOT_S, Shot, shoot
from tests.eval.footage.cutout import cut

PROCESSES = 2

_CANDIDATE = ("candidate 0", "candidate 1")
_CLIPS = {
    "closing eyes": ("liveportrait_d9.mp4", closing_eyes, "eyes_closed"),
    "glancing": ("proctoringai_center_left_center.mp4", glancing, "looking_away with the eyes"),
}
_PHONE_FILE = "000000001296.jpg"
_PHONE = (
    *((300, 148), (364, 148), (373, 214), (385, 225), (387, 286), (412, 392)),
    *((410, 426), (350, 432), (337, 300), (283, 263), (298, 222)),
)
"""A hand that holds a phone up."""


@dataclass(frozen=True, slots=True)
class Reel:
    """A film on disk, or none; ``left_out`` says what is missing from it, and why."""

    path: Path
    seconds: float
    episodes: tuple[Episode, ...]
    left_out: dict[str, str]


def reels(folder: Path, media: Path) -> list[Reel]:
    """Every film, those of equal length side by side; without its material one has no seconds."""
    jobs = [(name, folder, media) for name in (*_CANDIDATE, *_CLIPS)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_reel, jobs))


def missing(file: str) -> str:
    """Why something is left out for which this file would be needed."""
    return f"there is no {file} in the shared media"


def _reel(job: tuple[str, Path, Path]) -> Reel:
    name, folder, media = job
    shots, left_out = _candidate(name, media) if name in _CANDIDATE else _clip(name, media)
    path = folder / f"{name}.mkv"
    if not shots:
        return Reel(path, 0.0, (), left_out)
    told = episodes([shot.shows for shot in shots], SHOT_S)
    return Reel(shoot(path, shots), len(shots) * SHOT_S, told, left_out)


def _candidate(name: str, media: Path) -> tuple[list[Shot], dict[str, str]]:
    photo = media / "images" / "coco128" / _PHONE_FILE
    phone = cut(photo, _PHONE) if photo.is_file() else None
    left_out = {} if phone is not None else {"suspicious_object": missing(_PHONE_FILE)}
    try:
        return candidate_film(_CANDIDATE.index(name), phone), left_out
    except EnvironmentProblem as problem:
        return [], {"what the rendered candidate does": str(problem)}


def _clip(name: str, media: Path) -> tuple[list[Shot], dict[str, str]]:
    file, film, what = _CLIPS[name]
    if not (media / "videos" / file).is_file():
        return [], {what: missing(file)}
    return film(media / "videos"), {}
