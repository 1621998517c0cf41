"""The canary: pictures with known bytes go through a real monitor that is killed again and again.

Afterwards, and after every kill, nothing that is readable may lie in the data folder, the temporary
folder or the log: no beginning of a picture, a video or a sound, in any place of any file, and none
of the known bytes. A session without sealing is scanned in the same way: it must be found out, or
the scan would prove nothing.
"""

from __future__ import annotations

import random
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.portrait import Picture
from proctor_desktop.demo.pose import ABSENT, AT_REST
from proctor_desktop.demo.sway import sway
from proctor_desktop.export.opening import verify_opened
from proctor_desktop.export.verify import Trust
from proctor_desktop.recording import still
from proctor_desktop.weights.sync import require
from tests.bench.not_measured import NotMeasured
from tests.fakes.institution import Institution
from tests.fakes.journals import head_seq
from tests.fakes.media import tone, write_wav
from tests.fakes.program import monitor_words, run, start, wait_until
from tests.fakes.sealing import ESCROW, SEAL_TO

KILLS, SHORT_KILLS = 50, 3
SEED = 20261121
NOBODY_LISTENS = "http://127.0.0.1:9"
FPS, FILM_S = 8, 16
LONGEST_LIFE_S, LAST_LIFE_S = 6.0, 8.0
_STRETCH_S = 1.5
_PIECE_BYTES = 32

KNOWN = np.random.default_rng(SEED).integers(0, 256, (48, 3), np.uint8)
"""Pixels that stand in every picture, from one edge of it on."""

_BEGINNINGS = {
    "JPEG": rb"\xff\xd8\xff[\xdb\xe0\xe1\xee]..(?:JFIF|Exif|Adobe)",
    "JPEG tables": rb"\xff\xc4\x00\x1f\x00\x00\x01\x05\x01\x01\x01\x01\x01\x01",
    "JPEG in base64": rb"/9j/4AAQSkZJRg",
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "MP4": rb"ftyp(?:iso|mp4|avc|dash|M4V|qt)|moov....mvhd|moof....mfhd",
    "Ogg": rb"OggS\x00[\x00-\x07]",
}


def _known_bytes() -> Iterator[bytes]:
    """The known pixels in the orders in which programs keep pictures, a good part of each."""
    middle = KNOWN[8:40]
    yield middle.tobytes()
    yield middle[:, ::-1].tobytes()
    for plane in range(3):
        yield np.ascontiguousarray(middle[:, plane]).tobytes()


def signs(stills: Iterable[bytes] = ()) -> dict[str, re.Pattern[bytes]]:
    """What to look for; ``stills`` are pictures of the film, encoded as the monitor does."""
    pieces = [one[len(one) // 2 :][:_PIECE_BYTES] for one in stills]
    known = {"known pixels": [*_known_bytes()], "known stills": pieces}
    return {
        **{name: re.compile(sign, re.DOTALL) for name, sign in _BEGINNINGS.items()},
        **{name: re.compile(b"|".join(map(re.escape, of))) for name, of in known.items() if of},
    }


@dataclass(frozen=True, slots=True)
class Scan:
    """What was looked through, and how often each sign was found."""

    files: int
    size_bytes: int
    hits: Counter[str]


def scan(place: Path, wanted: Mapping[str, re.Pattern[bytes]]) -> Scan:
    """Look for signs in every byte of every file there."""
    files = [path for path in (place, *place.rglob("*")) if path.is_file()]
    hits: Counter[str] = Counter()
    size_bytes = 0
    for path in files:
        content = path.read_bytes()
        size_bytes += len(content)
        for name, sign in wanted.items():
            hits[name] += len(sign.findall(content))
    return Scan(len(files), size_bytes, +hits)


def pictures() -> tuple[list[Picture], list[Picture]]:
    """The candidate there and gone, with the known bytes in each picture."""
    who = Candidate.from_portrait(require("demo_portrait"), require("face_landmarker"))
    here = [who.render(AT_REST.plus(sway(n / FPS, 0.5)), seed=n) for n in range(4 * FPS)]
    away = [who.render(ABSENT, seed=n) for n in range(4)]
    for picture in (*here, *away):
        picture[-1, : len(KNOWN)] = KNOWN
    return here, away


def write_film(path: Path, here: list[Picture], away: list[Picture]) -> Path:
    """A lossless film of a candidate who comes and goes."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "bgr0"
        stream.codec_context.time_base = Fraction(1, FPS)
        for number in range(FILM_S * FPS):
            shown = away if int(number / FPS / _STRETCH_S) % 2 else here
            frame = av.VideoFrame.from_ndarray(shown[number % len(shown)], format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@dataclass(frozen=True, slots=True)
class Cage:
    """Where one session is kept, and all that it may leave behind."""

    folder: Path
    words: tuple[str, ...]

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the monitor says."""
        return self.folder / "monitor.log"

    @property
    def environment(self) -> dict[str, str]:
        """With the temporary folder in the cage."""
        return {name: str(self.folder / "temporary") for name in ("TMPDIR", "TEMP", "TMP")}


def cage(folder: Path, film: Path, sound: Path, seal_to: tuple[str, ...]) -> Cage:
    """A session of an exam in which much happens, and clips are kept."""
    (folder / "temporary").mkdir(parents=True)
    outside = folder.parent / f"{folder.name} exam"
    outside.mkdir()
    strict = {"face_missing": {"after_s": 0.0, "cooldown_s": 0.0}}
    exam = Institution(outside).exam(
        NOBODY_LISTENS, seal_to, rules=strict, recording={"clips": True, "clip_s": 2}
    )
    words = monitor_words(exam, film, sound, folder / "data")
    return Cage(folder, (*words, "--skip-preparation"))


def live_and_die(one: Cage, draw: random.Random) -> None:
    """Start the monitor and kill it some time after it has begun to record."""
    before = head_seq(one.data)
    process = start(one.words, one.log, one.environment)
    try:
        wait_until(lambda: head_seq(one.data) > before, 60, "the monitor recorded nothing")
        time.sleep(draw.uniform(0.0, LONGEST_LIFE_S))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def measure(*, short: bool) -> dict[str, Any]:
    """Run both sessions; see :func:`write` for what the figures say.

    ``failed`` counts what was found readable or is not what the records say, and what would make
    the search prove nothing. Raises NotMeasured where there is no candidate to film.
    """
    try:
        here, away = pictures()
    except EnvironmentProblem as problem:
        raise NotMeasured(str(problem)) from problem
    with tempfile.TemporaryDirectory(prefix="canary-") as folder:
        return _measure(SHORT_KILLS if short else KILLS, Path(folder), here, away)


def _measure(kills: int, folder: Path, here: list[Picture], away: list[Picture]) -> dict[str, Any]:
    draw = random.Random(SEED)
    wanted = signs(still.jpeg(one) for one in (*here, *away))
    film = write_film(folder / "camera.mkv", here, away)
    sound = write_wav(folder / "sound.wav", tone(220, 60, 16_000))
    sealed = cage(folder / "sealed", film, sound, SEAL_TO)
    worst: Counter[str] = Counter()
    for _ in range(kills):
        live_and_die(sealed, draw)
        worst |= scan(sealed.folder, wanted).hits
    last = run(*sealed.words, "--duration", f"{LAST_LIFE_S:g}", **sealed.environment)
    found = scan(sealed.folder, wanted)
    (package,) = sealed.data.glob("*.evidence")
    verdict, opening = verify_opened(package, Trust(), [ESCROW])
    control = cage(folder / "control", film, sound, ())
    run(*control.words, "--duration", f"{LAST_LIFE_S:g}", **control.environment)
    hits, control_hits = worst | found.hits, scan(control.folder, wanted).hits
    proves_nothing = [not opening.compared, not control_hits["known stills"]]
    return {
        "failed": hits.total() + len(opening.problems) + opening.not_sealed + sum(proves_nothing),
        "kills": kills,
        "last_exit_code": last.returncode,
        "hits": dict(hits),
        "files": found.files,
        "megabytes": found.size_bytes / 1e6,
        "verdict": verdict.outcome.value,
        "opened": opening.opened,
        "compared": opening.compared,
        "not_sealed": opening.not_sealed,
        "problems": list(opening.problems),
        "control_hits": dict(control_hits),
    }


def write(figures: dict[str, Any]) -> str:
    """The section of the report."""
    hits = ", ".join(f"{name} {n}" for name, n in sorted(figures["hits"].items())) or "0"
    control = ", ".join(f"{name} {n}" for name, n in sorted(figures["control_hits"].items()))
    return f"""## Canary: nothing readable on the candidate's disk

A real monitor watched a lossless film whose every picture has 144 known bytes in it, kept stills,
stills with overlays and camera clips sealed to two keys, and was killed with `kill -9`
{figures["kills"]} times at random moments (seed {SEED}). After every kill, and at the end with the
export written, every byte of the data folder, the temporary folder and the log was searched for
beginnings of JPEG (also in base64, and by its tables), PNG, MP4 and Ogg, for the known pixels, and
for pieces of the very stills that the monitor makes of these pictures.

| what | figure |
|---|---|
| readable beginnings, known pixels or pieces of known stills found | {hits} |
| searched at the end | {figures["files"]} files, {figures["megabytes"]:.1f} MB |
| sealed files in the export that the escrow's key opened | {figures["opened"]} |
| of them compared with what their records say | {figures["compared"]} |
| opened, and not what the records say | {len(figures["problems"])} |
| files that were not sealed | {figures["not_sealed"]} |
| the export | {figures["verdict"]} |
| the same search in a session *without* sealing, one life | {control} |

Not shown: screen video and sound clips (none was recorded here), memory that the system writes to
its swap file or into a core dump, and anything outside the three places that were searched.
"""
