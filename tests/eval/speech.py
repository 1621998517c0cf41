"""How well speech is told from what is not: a second at a time, and in violations an hour.

    python -m tests.eval.speech MODEL [--shared ../shared]

Nobody has labelled these recordings by the second; see ``speech_truth`` for where the truth comes
from. It is always made from the clean recording; noise and gains are added afterwards. For all
other sounds the truth is that there is no speech.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from proctor_desktop.sound.hearing import Hearing
from proctor_desktop.sound.speech import SpeechDetector
from tests.eval import sounds
from tests.eval.sounds import RATE_HZ, Sound
from tests.eval.speech_score import Score, blocks, compare, heard, violations
from tests.eval.speech_truth import Labels, by_agreement, by_loudness

SHARED = Path(__file__).resolve().parents[3] / "shared"
QUIET_DB = -20
SNRS_DB = (20, 10, 5)
TAPE_S = 300.0
TURN_S = 4
BOUND_F1 = 0.95

_SHARES = ("precision", "recall", "f1")


def measure(shared: Path, model: Path) -> dict[str, Any]:
    """Everything, in numbers: ``others`` and ``recordings`` by name; half a minute's work."""
    media = shared / "media"
    clean = {Path(name).name: sounds.decoded(media / name) for name in sounds.SPEECH}
    truths = {name: by_agreement(sound, model) for name, sound in clean.items()}
    others = _others(media)
    speech = {name: _score(clean[name], truths[name], model) for name in clean}
    tapes = {name: _tape(sound, model) for name, sound in others.items()}
    no_speech = sum((tape.pop("score") for tape in tapes.values()), Score())
    spoken = sum(speech.values(), Score())
    return {
        "undecided_s": int(sum((t < 0).sum() for t in truths.values())),
        "recordings": {name: score.to_json() for name, score in speech.items()},
        "speech": spoken.to_json(),
        "by_loudness": _by_loudness(clean, model),
        "in_turn": _in_turn(clean, truths, others, model),
        "all": (spoken + no_speech).to_json(),
        "others": tapes,
        "violations_an_hour": _an_hour(tapes),
        "quiet": _altered(clean, truths, model, lambda s: sounds.louder(s, QUIET_DB)),
        "noise": _in_noise(clean, truths, others, model),
        "violations_in_speech": _violations_in_speech(clean, model),
        "cost": _cost(clean["silero_test.wav"], model),
    }


def _others(media: Path) -> dict[str, Sound]:
    recorded = {name: sounds.decoded(media / path) for name, path in sounds.RECORDED.items()}
    made = {
        "music (synthetic)": sounds.music(60),
        "coughs, knocks, clicks (synthetic)": sounds.bursts(60),
    }
    return {**recorded, **made}


def _score(sound: Sound, labels: Labels, model: Path) -> Score:
    return compare(heard(sound, model), labels)


def _tape(sound: Sound, model: Path) -> dict[str, Any]:
    spans = heard(sounds.looped(sound, TAPE_S), model)
    score = compare(spans, np.zeros(round(TAPE_S), np.int8))
    return {
        "material_s": round(len(sound) / RATE_HZ, 1),
        "tape_s": TAPE_S,
        "false_s": score.false,
        "surest": max(span.probability for span in spans),
        "violations": violations(spans),
        "score": score,
    }


def _an_hour(tapes: dict[str, dict[str, Any]]) -> float:
    hours = sum(float(tape["tape_s"]) for tape in tapes.values()) / 3600
    return round(sum(int(tape["violations"]) for tape in tapes.values()) / hours, 2)


def _altered(
    clean: dict[str, Sound],
    truths: dict[str, Labels],
    model: Path,
    alter: Callable[[Sound], Sound],
) -> dict[str, Any]:
    scores = (_score(alter(clean[name]), truths[name], model) for name in clean)
    return sum(scores, Score()).to_json()


def _by_loudness(clean: dict[str, Sound], model: Path) -> dict[str, Any]:
    """The same recordings against a truth that knows nothing of the network."""
    scores = (_score(sound, by_loudness(sound), model) for sound in clean.values())
    return sum(scores, Score()).to_json()


def _in_turn(
    clean: dict[str, Sound], truths: dict[str, Labels], others: dict[str, Sound], model: Path
) -> dict[str, Any]:
    """One tape: four seconds of every recording, then four of another sound, and so on."""
    pieces: list[Sound] = []
    labels: list[Labels] = []
    turns = [(name, at) for name in clean for at in range(0, len(truths[name]) - 1, TURN_S)]
    for number, (name, at) in enumerate(turns):
        other = list(others.values())[number % len(others)]
        spoken = truths[name][at : at + TURN_S]
        start = at * RATE_HZ
        pieces += [clean[name][start : start + len(spoken) * RATE_HZ]]
        pieces += [np.resize(other, TURN_S * RATE_HZ)]
        labels += [spoken, np.zeros(TURN_S, np.int8)]
    return _score(np.concatenate(pieces), np.concatenate(labels), model).to_json()


def _in_noise(
    clean: dict[str, Sound], truths: dict[str, Labels], others: dict[str, Sound], model: Path
) -> dict[str, dict[str, Any]]:
    """Without the long recording, which alone would take as long as all the rest."""
    short = {name: sound for name, sound in clean.items() if len(sound) < 30 * RATE_HZ}
    noises = [n for n in others if n not in {"silence", "a silent candidate's room", "cat"}]
    return {
        noise: {
            str(snr_db): _altered(short, truths, model, _under(others[noise], snr_db))
            for snr_db in SNRS_DB
        }
        for noise in noises
    }


def _under(noise: Sound, snr_db: float) -> Callable[[Sound], Sound]:
    return lambda speech: sounds.mixed(speech, noise, snr_db)


def _violations_in_speech(clean: dict[str, Sound], model: Path) -> dict[str, int]:
    long = {name: sound for name, sound in clean.items() if len(sound) > 5 * RATE_HZ}
    return {name: violations(heard(sound, model)) for name, sound in long.items()}


def _cost(sound: Sound, model: Path) -> dict[str, float]:
    """Processor time of the whole path, level and signal and speech, for a second of sound."""
    hearing = Hearing(lambda: SpeechDetector(model))
    began = process_time()
    for block in blocks(sound):
        hearing.hear(block)
    return {"percent_of_one_core": round(100 * (process_time() - began) * RATE_HZ / len(sound), 2)}


def write(result: dict[str, Any]) -> str:
    """The section for the report."""
    speech, turns = result["speech"], result["in_turn"]
    lines = [
        "## Speech and what is not speech",
        "",
        f"Seconds of {speech['speech_s'] + speech['other_s']} s in {len(result['recordings'])} "
        f"recordings of speech (few voices, so an indication only). Labels: a second counts as "
        "speech, or as none, where loudness and the network itself, run offline with a strict "
        f"threshold, agree; {result['undecided_s']} s were left out because they do not. The "
        "second line is against loudness alone, which knows nothing of the network. The third is "
        "one tape of speech and other sounds in turns of four seconds.",
        "",
        "| labels | s of speech | s of none | precision | recall | F1 |",
        "|---|---|---|---|---|---|",
        _row("agreement", speech),
        _row("loudness alone", result["by_loudness"]),
        _row("agreement, in turns with other sounds", turns),
        _row(f"agreement, {-QUIET_DB} dB quieter", result["quiet"]),
        *_noise_rows(result["noise"]),
        "",
        f"Aim: F1 at least {BOUND_F1:g}. Noise is added at the stated ratio of mean levels, to all "
        "recordings but the longest; music and coughs are synthetic, there are none in the media.",
        "",
        "| other sound | material | tape | s taken for speech | violations |",
        "|---|---|---|---|---|",
        *_tape_rows(result["others"]),
        "",
        f"False violations of the rule for voices: {result['violations_an_hour']:g} an hour over "
        "these tapes, which repeat short material at five loudnesses: no hour of real life. In the "
        "longer recordings of speech the rule found "
        + ", ".join(f"{n} in {name}" for name, n in result["violations_in_speech"].items())
        + ".",
    ]
    return "\n".join(lines) + "\n"


def cost(result: dict[str, Any]) -> str:
    """What it costs: true of this machine and this run only, so not part of the report."""
    return f"Sound: {result['cost']['percent_of_one_core']:g} % of one core for all of hearing.\n"


def _row(name: str, score: dict[str, Any]) -> str:
    shares = " | ".join("-" if score[k] is None else f"{score[k]:.3f}" for k in _SHARES)
    return f"| {name} | {score['speech_s']} | {score['other_s']} | {shares} |"


def _noise_rows(noise: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, ratios in noise.items():
        for snr_db, score in ratios.items():
            yield _row(f"agreement, under {name} at {snr_db} dB", score)


def _tape_rows(tapes: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, tape in tapes.items():
        yield (
            f"| {name} | {tape['material_s']:g} s | {tape['tape_s']:g} s "
            f"| {tape['false_s']} | {tape['violations']} |"
        )


def main() -> None:
    """Measure with the model that is named, and print the section."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--shared", type=Path, default=SHARED)
    words = parser.parse_args()
    result = measure(words.shared, words.model)
    print(write(result))
    print(cost(result))


if __name__ == "__main__":
    main()
