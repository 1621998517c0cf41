"""A WAV file as a microphone would have heard it."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.sources.resample import Blocks, Resampler, Samples

_FRAMES_AT_A_TIME = 8_192
_REMEDY = "Name a PCM WAV file, such as one made with 'ffmpeg -i SOUND -c:a pcm_s16le SOUND.wav'."
_UNSIGNED_WIDTH = 1


class SoundFile:
    """Blocks of 1600 mono ``float32`` samples at 16 kHz, whatever the file's own form is."""

    def __init__(self, path: Path) -> None:
        """Open ``path``; raises EnvironmentProblem for anything that is no PCM WAV with sound."""
        try:
            self._wave = wave.open(str(path), "rb")  # noqa: SIM115 - closed by close()
        except FileNotFoundError as problem:
            raise EnvironmentProblem(
                str(path), "there is no such file", "Check the path."
            ) from problem
        except (OSError, wave.Error, EOFError) as problem:
            reason = getattr(problem, "strerror", None) or str(problem) or "it breaks off"
            raise EnvironmentProblem(
                str(path), f"it cannot be read as a WAV file ({reason})", _REMEDY
            ) from problem
        if not self._wave.getnframes():
            self._wave.close()
            raise EnvironmentProblem(str(path), "there is no sound in it", _REMEDY)

    def blocks(self) -> Iterator[Samples]:
        """The whole file; its last block is filled up with silence."""
        blocks, resampler = Blocks(), Resampler(self._wave.getframerate())
        while raw := self._wave.readframes(_FRAMES_AT_A_TIME):
            yield from blocks.feed(resampler.feed(self._mono(raw)))
        rest = blocks.last()
        if rest is not None:
            yield rest

    def close(self) -> None:
        """Let go of the file."""
        self._wave.close()

    def _mono(self, raw: bytes) -> Samples:
        channels, width = self._wave.getnchannels(), self._wave.getsampwidth()
        whole = len(raw) - len(raw) % (channels * width)
        by_channel = as_float(raw[:whole], width).reshape(-1, channels)
        return np.asarray(by_channel.mean(axis=1), np.float32)


def as_float(raw: bytes, width_bytes: int) -> Samples:
    """PCM samples of 1 (unsigned) to 4 bytes, little-endian, as numbers from -1 to 1."""
    if width_bytes == _UNSIGNED_WIDTH:
        return np.asarray(np.frombuffer(raw, np.uint8) / 128.0 - 1.0, np.float32)
    samples = np.frombuffer(raw, np.uint8).reshape(-1, width_bytes)
    wide = np.zeros((len(samples), 4), np.uint8)
    wide[:, 4 - width_bytes :] = samples
    return np.asarray(wide.reshape(-1).view("<i4") / 2.0**31, np.float32)
