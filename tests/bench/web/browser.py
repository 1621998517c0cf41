"""MediaPipe's own web build in a headless browser: the same frames, the same core as ours.

The core is shared only while it counts. The package is unpacked once; the browser then starts on
all cores, fetches the model and every frame, and has its graph warm before it says that it is
ready. Only then is each thread of each of its processes put on the measured core, on which nothing
else of ours runs: we sleep until the page has the times. So the browser has just what our own
contenders have while they are timed, one core to itself, and nothing that is not the landmarker's
work is timed. At the end it is checked that no thread has left the core, nor a new one begun
elsewhere.

Where there is no browser or no npm the comparison is left out, and says so.
"""

from __future__ import annotations

import queue
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from numpy.typing import NDArray

from tests.bench.not_measured import NotMeasured
from tests.bench.one_core import all_on, pin
from tests.bench.web.package import unpack
from tests.bench.web.server import Conversation, serving

STARTS_WITHIN_S = 120
MEASURES_WITHIN_S = 120
_ENDS_WITHIN_S = 10
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run")


@dataclass(frozen=True)
class WebBuild:
    """The web build with frames to work on, ready to be run any number of times."""

    browser: str
    folder: Path
    frames: int

    def frame_times_ms(self, core: int) -> list[float]:
        """Milliseconds of each ``detectForVideo`` in a fresh browser whose threads are on ``core``.

        Raises NotMeasured when the browser does not get there.
        """
        with serving(self.folder) as page, self._running(page.address) as process:
            _answer(page, STARTS_WITHIN_S)
            pin(process, core)
            page.go.set()
            result = _answer(page, MEASURES_WITHIN_S)
            if not all_on(process, core):
                raise NotMeasured("the browser did not stay on its core")
        if result["faces"] < self.frames / 2:
            raise NotMeasured(f"the web build found {result['faces']} faces in {self.frames}")
        return [float(time_ms) for time_ms in result["times"]]

    @contextmanager
    def _running(self, address: str) -> Iterator[psutil.Process]:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            process = subprocess.Popen(
                [
                    *(self.browser, *_FLAGS, f"--user-data-dir={profile}"),
                    f"{address}/page.html?frames={self.frames}",
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            tree = psutil.Process(process.pid)
            try:
                yield tree
            finally:
                _end(tree)
                process.wait(_ENDS_WITHIN_S)


@contextmanager
def web_build(frames: Sequence[NDArray[np.uint8]], model: Path) -> Iterator[WebBuild]:
    """The package, a model and the frames laid out for the page; raises NotMeasured."""
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise NotMeasured("no Chromium here (Debian, Ubuntu: apt install chromium)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        unpack(folder)
        shutil.copy(model, folder / "model.task")
        shutil.copy(Path(__file__).with_name("page.html"), folder / "page.html")
        (folder / "frames").mkdir()
        for number, image in enumerate(frames):
            rgba = cv2.cvtColor(image, cv2.COLOR_RGB2RGBA)
            (folder / "frames" / f"{number}.rgba").write_bytes(rgba.tobytes())
        yield WebBuild(browser, folder, len(frames))


def _answer(page: Conversation, within_s: float) -> dict[str, Any]:
    try:
        told = page.told.get(timeout=within_s)
    except queue.Empty:
        raise NotMeasured(f"the browser said nothing for {within_s} s") from None
    if "problem" in told:
        raise NotMeasured(f"the web build failed: {told['problem']}")
    return told


def _end(process: psutil.Process) -> None:
    """End the browser with all its processes."""
    family = [*process.children(recursive=True), process]
    for one in family:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family[:-1], _ENDS_WITHIN_S)
