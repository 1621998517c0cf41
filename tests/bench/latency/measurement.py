"""All films played to the real monitor, and all figures together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.figures import percentiles
from tests.bench.latency.lateness import Lateness, figures, latenesses
from tests.bench.latency.reels import Reel, missing, reels
from tests.bench.latency.sitting import sit
from tests.bench.latency.soundtrack import Sound, record, voice_of
from tests.bench.not_measured import NotMeasured
from tests.fakes.institution import Institution
from tests.fakes.program import running_endpoint

_TOGETHER = 2
_SPEECH = "silero_test.wav"
_VOICE_S = 3.0
_SOON_AGAIN = {rule: {"cooldown_s": 1.0} for rule in ("eyes_closed", "looking_away")}
"""How soon a rule may fire again has no part in how late it does; these two make a long film."""


@dataclass(frozen=True, slots=True)
class _Watched:
    """What came of one film."""

    found: list[Lateness]
    missed: list[str]
    capture_ms: tuple[float, ...] = ()
    left_out: str = ""


def measure(folder: Path, media: Path) -> dict[str, Any]:
    """The lateness of every rule that footage can make fire.

    ``media`` are the shared test media; what needs some that are not there is left out and named.
    Two sittings go on at a time, which is less than half of what two cores can do.
    """
    folder.mkdir()
    made = reels(folder, media)
    voice, left_out = _voice(media / "audio" / _SPEECH)
    for reel in made:
        left_out |= reel.left_out
    shown = [reel for reel in made if reel.seconds]
    with running_endpoint(folder / "endpoint") as endpoint:
        exam = Institution(folder).exam(endpoint.address, rules=_SOON_AGAIN)
        with ThreadPoolExecutor(_TOGETHER) as pool:
            watched = list(pool.map(lambda reel: _watched(exam, reel, voice), shown))
    left_out |= {r.path.stem: w.left_out for r, w in zip(shown, watched, strict=True) if w.left_out}
    return {
        **figures(
            [one for some in watched for one in some.found],
            [rule for some in watched for rule in some.missed],
        ),
        "capture": percentiles([ms for some in watched for ms in some.capture_ms]),
        "not_measured": left_out,
    }


def _watched(exam: Path, reel: Reel, voice: Sound | None) -> _Watched:
    track = record(reel.path.with_suffix(".wav"), reel.seconds, voice)
    heard = [one for one in track.episodes if one.to_s < reel.seconds]
    try:
        sitting = sit(exam, reel.path, track.path, reel.path.with_suffix(""), reel.seconds)
    except NotMeasured as problem:
        return _Watched([], [], left_out=str(problem))
    found, missed = latenesses(sitting, [*reel.episodes, *heard])
    return _Watched(found, missed, sitting.capture_ms)


def _voice(recording: Path) -> tuple[Sound | None, dict[str, str]]:
    if not recording.is_file():
        return None, {"voice_detected": missing(recording.name)}
    try:
        return voice_of(recording, _VOICE_S), {}
    except NotMeasured as problem:
        return None, {"voice_detected": str(problem)}
