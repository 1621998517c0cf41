"""Tampering: what is changed in an export is detected, and no honest export is called forged."""

from __future__ import annotations

import io
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from proctor_desktop.export.verify import Outcome, Trust, Verdict, examine
from proctor_desktop.wire import dsse
from tests.chaos.honest import kind_of, write_honest
from tests.chaos.tampering import Reference, ways
from tests.fakes.sealed_session import INSTITUTION_KEY, SERVER_KEY
from tests.verifier.second_opinion import Opinion, judge

TRUST = Trust((dsse.public_hex(INSTITUTION_KEY),), (dsse.public_hex(SERVER_KEY),))
SHORT_STEP = 200
LEAST = 20
"""A sample has at least so many forgeries of each way, if there are so many."""

HONEST, SHORT_HONEST = 1000, 40
PROCESSES = 2


@dataclass
class Found:
    """What came of one process's share."""

    tried: Counter[str] = field(default_factory=Counter)
    detected: Counter[str] = field(default_factory=Counter)
    escaped: list[str] = field(default_factory=list)


def both(raw: bytes) -> tuple[Verdict, Opinion]:
    """What the two verifiers make of a file."""
    return examine(io.BytesIO(raw), TRUST)[0], judge(raw, TRUST.institution_keys, TRUST.server_keys)


def measure(*, short: bool = False) -> dict[str, Any]:
    """Run the campaign on two processes; figures by way of tampering and by kind of export."""
    began = time.monotonic()
    step = SHORT_STEP if short else 1
    honest = SHORT_HONEST if short else HONEST
    if short:
        shares = [_forged(0, step, 1)]
        told = [_honest(0, honest, 1)]
    else:
        with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
            forging = [pool.submit(_forged, n, step, PROCESSES) for n in range(PROCESSES)]
            telling = [pool.submit(_honest, n, honest, PROCESSES) for n in range(PROCESSES)]
            shares, told = [one.result() for one in forging], [one.result() for one in telling]
    return {
        "forgeries": _together(shares),
        "honest": _together(told),
        "seconds": round(time.monotonic() - began, 1),
    }


def _together(shares: list[Found]) -> dict[str, Any]:
    tried = sum((one.tried for one in shares), Counter[str]())
    detected = sum((one.detected for one in shares), Counter[str]())
    return {
        "tried": tried.total(),
        "as_due": detected.total(),
        "by_kind": {name: [tried[name], detected[name]] for name in tried},
        "escaped": [text for one in shares for text in one.escaped][:20],
    }


def _forged(first: int, step: int, shares: int) -> Found:
    """Each forgery must be INVALID to both verifiers."""
    found = Found()
    with tempfile.TemporaryDirectory() as folder:
        reference = Reference(Path(folder))
        ours, theirs = both(reference.raw)
        if (ours.outcome, theirs.outcome) != (Outcome.VALID, "VALID"):
            raise AssertionError(f"the reference is not valid: {ours.problems} {theirs.why}")
        for way in ways(reference):
            one_in = max(1, min(step, way.count // LEAST))
            for number in range(first * one_in, way.count, one_in * shares):
                found.tried[way.name] += 1
                verdicts = [one.outcome for one in both(way.forged(number))]
                if verdicts == [Outcome.INVALID, "INVALID"]:
                    found.detected[way.name] += 1
                else:
                    found.escaped.append(f"{way.name}, number {number}: {verdicts}")
    return found


def _honest(first: int, count: int, shares: int) -> Found:
    """No honest export may be INVALID to either, and both must name the same gaps."""
    found = Found()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, count, shares):
            ours, theirs = both(write_honest(number, Path(folder) / str(number)).read_bytes())
            kind = kind_of(number)
            found.tried[kind] += 1
            gaps = tuple(sorted(gap.kind for gap in ours.gaps))
            same = (ours.outcome.value, gaps) == (theirs.outcome, theirs.gaps)
            if ours.outcome is not Outcome.INVALID and same:
                found.detected[kind] += 1
            else:
                found.escaped.append(f"{kind} {number}: {ours.problems} {gaps} against {theirs}")
    return found


def write(figures: dict[str, Any]) -> str:
    """The section for the report."""
    return "\n".join(_lines(figures)) + "\n"


def _lines(figures: dict[str, Any]) -> Iterator[str]:
    forged, honest = figures["forgeries"], figures["honest"]
    yield "## Tampering"
    yield ""
    yield (
        "A small export (VALID, two checkpoints, two receipts, two files) is forged in every way "
        "below. Each forgery goes to two verifiers that share no code: the program's "
        "(`proctor_desktop/export/verify`, `cryptography`) and the one in `tests/verifier` "
        "(PyNaCl, its own ZIP, JSON and DSSE readers). Detected means INVALID to both."
    )
    yield ""
    yield "| forged | tried | detected |"
    yield "|---|---:|---:|"
    for name, (tried, detected) in forged["by_kind"].items():
        yield f"| {name} | {tried:,} | {detected:,} |"
    yield f"| **all** | **{forged['tried']:,}** | **{forged['as_due']:,}** |"
    yield ""
    yield (
        "Honest exports of varied content, as the exporter writes them. As due means: INVALID to "
        "neither, and both name the same gaps."
    )
    yield ""
    yield "| honest | tried | as due |"
    yield "|---|---:|---:|"
    for name, (tried, detected) in sorted(honest["by_kind"].items()):
        yield f"| {name} | {tried:,} | {detected:,} |"
    yield f"| **all** | **{honest['tried']:,}** | **{honest['as_due']:,}** |"
    yield ""
    for text in [*forged["escaped"], *honest["escaped"]]:
        yield f"- ESCAPED: {text}"
    yield (
        "Not shown: what somebody can do who holds the key that was due at the time. Such a person "
        "can go on from there with a history of their own; only the server's receipts tell (and "
        "without receipts the export says `unwitnessed`). Whoever holds the key that is left at "
        "the end can leave files or receipts out: that is VALID WITH GAPS, each gap named. "
        f"Took {figures['seconds']:.0f} s."
    )
