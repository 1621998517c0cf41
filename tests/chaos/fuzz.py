"""Fuzzing: whatever bytes come, a parser answers soon, or refuses as its docstring says."""

from __future__ import annotations

import json
import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.chaos.parsers import Parser, parsers

INPUTS, SHORT_INPUTS = 5_000, 150
HANG_S = 1.0
"""Of processor time: on a busy machine a parser waits for its turn, which is no hang."""

_JSON = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=20)
    | some.sampled_from(["0" * 64, "2026-01-01T00:00:00.000000Z", "image/jpeg", "session.open"]),
    lambda inner: (
        some.lists(inner, max_size=5) | some.dictionaries(some.text(max_size=12), inner, max_size=5)
    ),
    max_leaves=12,
)


class Hung(Exception):
    """A parser worked longer than it may."""


@dataclass
class Fuzzed:
    """What came of one parser."""

    inputs: int = 0
    refused: int = 0
    longest_s: float = 0.0
    fault: str = ""


@some.composite
def mutated(draw: some.DrawFn, samples: tuple[bytes, ...]) -> bytes:
    """A sample with a few cuts, flips, copies or insertions: close enough to get far."""
    data = bytearray(draw(some.sampled_from(samples)))
    for _ in range(draw(some.integers(1, 4))):
        at = draw(some.integers(0, len(data)))
        length = draw(some.integers(0, 64))
        match draw(some.sampled_from(["flip", "cut", "copy", "insert", "nest", "number", "tail"])):
            case "flip" if at < len(data):
                data[at] ^= draw(some.integers(1, 255))
            case "cut":
                del data[at : at + length]
            case "copy":
                data[at:at] = data[at : at + length]
            case "insert":
                data[at:at] = draw(some.binary(max_size=16))
            case "nest":
                data[at:at] = draw(some.sampled_from([b"[", b'{"a":', b'"'])) * 2000
            case "number":
                data[at:at] = draw(some.sampled_from([b"9" * 5000, b"1e999", b"-0", b"NaN"]))
            case "tail":
                del data[at:]
    return bytes(data)


@some.composite
def retold(draw: some.DrawFn, samples: tuple[bytes, ...]) -> bytes:
    """A JSON sample in which one value is another one, at any depth."""
    try:
        body = json.loads(draw(some.sampled_from(samples)))
    except ValueError:
        return draw(mutated(samples))
    spot: Any = body
    while isinstance(spot, dict | list) and spot:
        key = draw(some.sampled_from(sorted(spot) if isinstance(spot, dict) else range(len(spot))))
        if not isinstance(spot[key], dict | list) or draw(some.booleans()):
            spot[key] = draw(_JSON)
            break
        spot = spot[key]
    return json.dumps(body).encode("utf-8", "surrogatepass")


def inputs(parser: Parser) -> some.SearchStrategy[bytes]:
    """Inputs from near to far."""
    return some.one_of(
        mutated(parser.samples),
        retold(parser.samples),
        _JSON.map(lambda value: json.dumps(value).encode()),
        some.binary(max_size=300),
    )


def fuzz(parser: Parser, count: int) -> Fuzzed:
    """Feed a parser with ``count`` inputs; the first one that it does not stand is the fault."""
    found = Fuzzed()

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(parser))
    def feed(raw: bytes) -> None:
        found.inputs += 1
        began = time.process_time()
        try:
            with _within(HANG_S):
                parser.feed(raw)
        except parser.raises:
            found.refused += 1
        finally:
            found.longest_s = max(found.longest_s, time.process_time() - began)

    try:
        feed()
    except Exception as fault:
        found.fault = f"{type(fault).__name__}: {str(fault)[:300]}"
    return found


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    def hung(_number: int, _frame: FrameType | None) -> None:
        raise Hung(f"longer than {seconds} s")

    signal.signal(signal.SIGPROF, hung)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        # A system may deliver it late, and nobody's handler would end the whole run.
        signal.signal(signal.SIGPROF, signal.SIG_IGN)


def measure(*, short: bool = False, only: str = "") -> dict[str, Any]:
    """Fuzz every parser (or those whose name holds ``only``)."""
    logging.disable(logging.WARNING)  # a refused batch is worth a line, not a million
    try:
        count = SHORT_INPUTS if short else INPUTS
        chosen = [parser for parser in parsers() if only in parser.name]
        found = {parser.name: fuzz(parser, count) for parser in chosen}
    finally:
        logging.disable(logging.NOTSET)
    return {
        name: {
            "inputs": one.inputs,
            "refused": one.refused,
            "longest_ms": round(one.longest_s * 1000, 1),
            "fault": one.fault,
        }
        for name, one in found.items()
    }


def write(figures: dict[str, Any]) -> str:
    """The section for the report."""
    lines = [
        "## Fuzzing",
        "",
        "Hypothesis makes the inputs: good samples with flips, cuts, copies, insertions, deep "
        "nesting and endless numbers; JSON with one value exchanged; other JSON; other bytes. A "
        f"fault is any exception that is not documented, or more than {HANG_S:.0f} s of work.",
        "",
        "| parser | inputs | refused | longest (ms) | fault |",
        "|---|---:|---:|---:|---|",
    ]
    for name, one in figures.items():
        fault = one["fault"].replace("|", "\\|").replace("\n", " ") or "none"
        counts = f"{one['inputs']:,} | {one['refused']:,} | {one['longest_ms']}"
        lines.append(f"| {name} | {counts} | {fault} |")
    lines += [
        "",
        "Not shown: coverage is not measured, so nothing is said about paths that were not "
        "reached; the parsers of pictures, video and sound are the libraries' own.",
    ]
    return "\n".join(lines) + "\n"
