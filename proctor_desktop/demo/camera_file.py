"""The script as a film: what the demo's camera is going to see."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import av.error

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.portrait import Picture
from proctor_desktop.demo.script import Script

PICTURES_PER_S = 16

_CODEC: Final = "mpeg4"
_BITS_PER_S = 6_000_000


def write_camera_file(script: Script, candidate: Candidate, path: Path) -> None:
    """Render ``script`` and encode it as ``path`` (MPEG-4 video; MP4, MKV or AVI by its suffix).

    Takes about a quarter of the film's own length on one core. Raises EnvironmentProblem if the
    file cannot be written.
    """
    try:
        with av.open(str(path), "w") as container:
            stream = container.add_stream(_CODEC, rate=PICTURES_PER_S)
            stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
            stream.bit_rate = _BITS_PER_S
            stream.time_base = Fraction(1, PICTURES_PER_S)
            for number, picture in enumerate(pictures(script, candidate)):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts = number
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    except (av.error.FFmpegError, OSError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise EnvironmentProblem(
            str(path), f"the film cannot be written ({reason})", "Choose another folder."
        ) from problem


def pictures(
    script: Script, candidate: Candidate, per_s: float = PICTURES_PER_S
) -> Iterator[Picture]:
    """Every picture of the film, ``per_s`` of them a second, from time 0 to the script's end."""
    for number in range(round(script.duration_s * per_s)):
        shot = script.shot(number / per_s)
        yield candidate.render(shot.candidate, shot.visitor, seed=number)
