"""The canary: pictures with known bytes go through a real monitor that is killed again and again.

Afterwards, and after every kill, nothing that is readable may lie in the data folder, the temporary
folder, the log or a core dump: no beginning of a picture, a video or a sound, in any place of any
file, and none of the known bytes, which camera and screen show. A session without sealing is
scanned in the same way: it must be found out, or the scan would prove nothing.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import av

from proctor_desktop.config.program import command
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.display import virtual_display
from proctor_desktop.demo.portrait import Picture
from proctor_desktop.demo.pose import ABSENT, AT_REST
from proctor_desktop.demo.sway import sway
from proctor_desktop.export.opening import verify_opened
from proctor_desktop.export.verify import Trust
from proctor_desktop.recording import still
from proctor_desktop.weights.sync import require
from proctor_desktop.wire.unseal import open_sealed
from tests.bench.not_measured import NotMeasured
from tests.chaos import known_chart
from tests.chaos.known_chart import KNOWN, SEED, known_bytes, shows_chart
from tests.fakes.institution import Institution
from tests.fakes.journals import head_seq
from tests.fakes.media import tone, write_wav
from tests.fakes.program import monitor_words, run, wait_until
from tests.fakes.sealing import ESCROW, SEAL_TO

KILLS, SHORT_KILLS = 50, 3
NOBODY_LISTENS = "http://127.0.0.1:9"
FPS, FILM_S = 8, 16
LONGEST_LIFE_S, LAST_LIFE_S = 6.0, 8.0
RECORDING = {"clips": True, "clip_s": 2, "segment_s": 4, "screen_frames_per_s": 2}
DEATHS = (signal.SIGKILL,) * 4 + (signal.SIGSEGV,)
"""Most are killed; where core dumps are written at all, a crash would write one."""

_CORES_ALLOWED = 'ulimit -c unlimited; cd "$0" && exec "$@"'
_STRETCH_S = 1.5
_PIECE_BYTES = 32

_BEGINNINGS = {
    "JPEG": rb"\xff\xd8\xff[\xdb\xe0\xe1\xee]..(?:JFIF|Exif|Adobe)",
    "JPEG tables": rb"\xff\xc4\x00\x1f\x00\x00\x01\x05\x01\x01\x01\x01\x01\x01",
    "JPEG in base64": rb"/9j/4AAQSkZJRg",
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "MP4": rb"ftyp(?:iso|mp4|avc|dash|M4V|qt)|moov....mvhd|moof....mfhd",
    "Ogg": rb"OggS\x00[\x00-\x07]",
}


def signs(stills: Iterable[bytes] = ()) -> dict[str, re.Pattern[bytes]]:
    """What to look for; ``stills`` are pictures of the film, encoded as the monitor does."""
    pieces = [one[len(one) // 2 :][:_PIECE_BYTES] for one in stills]
    known = {"known pixels": [*known_bytes()], "known stills": pieces}
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
    display: str

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
        """With the screen, and with the temporary folder and the caches in the cage."""
        inside = ("TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME")
        return {name: str(self.folder / "temporary") for name in inside} | {"DISPLAY": self.display}

    def start(self) -> subprocess.Popen[bytes]:
        """Start the monitor where a core dump, which nobody else forbids, lies in the cage."""
        words = ["sh", "-c", _CORES_ALLOWED, str(self.folder), *command(*self.words)]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                words,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **self.environment},
            )


def cage(folder: Path, film: Path, sound: Path, seal_to: tuple[str, ...], display: str) -> Cage:
    """A session of an exam in which much happens, and clips are kept."""
    (folder / "temporary").mkdir(parents=True)
    outside = folder.parent / f"{folder.name} exam"
    outside.mkdir()
    strict = {"face_missing": {"after_s": 0.0, "cooldown_s": 0.0}}
    exam = Institution(outside).exam(NOBODY_LISTENS, seal_to, rules=strict, recording=RECORDING)
    words = [*monitor_words(exam, film, sound, folder / "data"), "--skip-preparation"]
    words.remove("--no-desktop")
    return Cage(folder, tuple(words), display)


def live_and_die(one: Cage, draw: random.Random) -> None:
    """Start the monitor and kill it, or make it crash, some time after it has begun to record."""
    before = head_seq(one.data)
    process = one.start()
    try:
        wait_until(lambda: head_seq(one.data) > before, 60, "the monitor recorded nothing")
        time.sleep(draw.uniform(0.0, LONGEST_LIFE_S))
    finally:
        process.send_signal(draw.choice(DEATHS))
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
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="canary-")))
        display = stack.enter_context(_screen_with_chart())
        return _measure(SHORT_KILLS if short else KILLS, folder, here, away, display)


@contextmanager
def _screen_with_chart() -> Iterator[str]:
    """A screen of its own that shows the known pixels; raises NotMeasured without Xvfb."""
    try:
        with virtual_display("1024x600") as display:
            words = [sys.executable, "-m", known_chart.__name__]
            environment = {**os.environ, "DISPLAY": display}
            painter = subprocess.Popen(words, stdout=subprocess.PIPE, env=environment)
            try:
                assert painter.stdout is not None
                assert painter.stdout.readline() == b"ready\n", "nothing can be shown there"
                yield display
            finally:
                painter.kill()
                painter.communicate()
    except EnvironmentProblem as problem:
        raise NotMeasured(str(problem)) from problem


def _measure(
    kills: int, folder: Path, here: list[Picture], away: list[Picture], display: str
) -> dict[str, Any]:
    draw = random.Random(SEED)
    wanted = signs(still.jpeg(one) for one in (*here, *away))
    film = write_film(folder / "camera.mkv", here, away)
    sound = write_wav(folder / "sound.wav", tone(220, 60, 16_000))
    sealed = cage(folder / "sealed", film, sound, SEAL_TO, display)
    worst: Counter[str] = Counter()
    for _ in range(kills):
        live_and_die(sealed, draw)
        worst |= scan(sealed.folder, wanted).hits
    last = run(*sealed.words, "--duration", f"{LAST_LIFE_S:g}", **sealed.environment)
    found = scan(sealed.folder, wanted)
    (package,) = sealed.data.glob("*.evidence")
    verdict, opening = verify_opened(package, Trust(), [ESCROW])
    screens = list(_screen_videos(package))
    control = cage(folder / "control", film, sound, (), display)
    run(*control.words, "--duration", f"{LAST_LIFE_S:g}", **control.environment)
    hits, control_hits = worst | found.hits, scan(control.folder, wanted).hits
    proves_nothing = [not opening.compared, not control_hits["known stills"], not any(screens)]
    return {
        "failed": hits.total() + len(opening.problems) + opening.not_sealed + sum(proves_nothing),
        "kills": kills,
        "last_exit_code": last.returncode,
        "hits": dict(hits),
        "files": found.files,
        "megabytes": found.size_bytes / 1e6,
        "core_dumps": len(list(sealed.folder.glob("core*"))),
        "core_dump_of_another": _core_dump_is_found(folder / "another", wanted),
        "verdict": verdict.outcome.value,
        "opened": opening.opened,
        "compared": opening.compared,
        "not_sealed": opening.not_sealed,
        "problems": list(opening.problems),
        "screen_videos": len(screens),
        "with_the_chart": sum(screens),
        "control_hits": dict(control_hits),
    }


def _screen_videos(package: Path) -> Iterator[bool]:
    """For each piece of screen video in the export: whether it shows the known pixels."""
    with ZipFile(package) as archive:
        records = [json.loads(line) for line in archive.read("records.jsonl").splitlines()]
        for record in records:
            for blob in record["blobs"] if record["kind"] == "segment" else ():
                file = archive.read(f"blobs/{blob['sha256']}")
                content = open_sealed(file, [ESCROW]).content
                with av.open(io.BytesIO(content)) as video:
                    pictures = video.decode(video=0)
                    yield any(shows_chart(one.to_ndarray(format="rgb24")) for one in pictures)


def _core_dump_is_found(folder: Path, wanted: Mapping[str, re.Pattern[bytes]]) -> bool:
    """Whether a process that forbids nothing and holds the known bytes is found out."""
    folder.mkdir()
    crash = "from tests.chaos.known_chart import KNOWN; import os; os.abort()"
    words = ["sh", "-c", _CORES_ALLOWED, str(folder), sys.executable, "-c", crash]
    path = os.pathsep.join(one for one in sys.path if one)
    subprocess.run(words, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": path})
    return scan(folder, wanted).hits["known pixels"] > 0


def write(figures: dict[str, Any]) -> str:
    """The section of the report."""
    hits = ", ".join(f"{name} {n}" for name, n in sorted(figures["hits"].items())) or "0"
    control = ", ".join(f"{name} {n}" for name, n in sorted(figures["control_hits"].items()))
    cores = "yes" if figures["core_dump_of_another"] else "no, none is written to a folder here"
    return f"""## Canary: nothing readable on the candidate's disk

A real monitor watched a lossless film and a real screen (Xvfb) whose every picture has 144 known
bytes in it. It kept stills, stills with overlays, camera clips and screen video sealed to two keys,
and was ended {figures["kills"]} times at random moments (seed {SEED}), mostly with `kill -9`, now
and then by a fault of memory with core dumps allowed. After every end, and at last with the export
written, every byte of the data folder, the working and the temporary folder, the log and the core
dumps was searched for beginnings of JPEG (also in base64, and by its tables), PNG, MP4 and Ogg, for
the known pixels in the usual orders, and for pieces of the very stills that the monitor makes.

| what | figure |
|---|---|
| readable beginnings, known pixels or pieces of known stills found | {hits} |
| searched at the end | {figures["files"]} files, {figures["megabytes"]:.1f} MB |
| core dumps of the monitor | {figures["core_dumps"]} |
| a core dump of a program that does not forbid it was written and found out | {cores} |
| sealed files in the export that the escrow's key opened | {figures["opened"]} |
| of them compared with what their records say | {figures["compared"]} |
| pieces of screen video, and those in which the known chart is seen | \
{figures["screen_videos"]}, {figures["with_the_chart"]} |
| opened, and not what the records say | {len(figures["problems"])} |
| files that were not sealed | {figures["not_sealed"]} |
| the export | {figures["verdict"]} |
| the same search in a session *without* sealing, one life | {control} |

Not shown: sound clips (none was recorded here), memory that the system writes to its swap file, a
crash reporter that takes dumps over a pipe, and anything outside the places that were searched.
""".replace("\\\n", "")
