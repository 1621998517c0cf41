"""The lateness of every rule as a table, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.bench.latency.lateness import AIM_MS, HEARD, SHOWN

_HEAD = (
    f"{'rule':18} {'hold':>6} {'n':>3} {'p50':>6} {'p95':>6}  {'aim':7}"
    f" {'noticed':>8} {'waited':>7} {'recorded':>9}"
)
_STAGES = (
    "The last three are the p95 of its parts: until the matter had begun for the rule, from when "
    "it had\nlasted long enough until the next look, and from that picture or sound to the record."
)


def lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """How late each rule decides beyond its own time, in ms, and what of it is which stage's."""
    yield f"Decided so many ms after the rule's own time (aim: p95 at most {AIM_MS:g})"
    yield from (_STAGES, "", _HEAD)
    for name, rule in figures["by_rule"].items():
        yield _line(name, rule)
    for name in (SHOWN, HEARD):
        some = figures[name]
        if some["n"]:
            yield f"{name.replace('_', ' ')}: p95 {some['p95_ms']:.0f} ms, n {some['n']}"
    for what, why in figures["not_measured"].items():
        yield f"not measured: {what} ({why})"
    yield ""


def _line(name: str, rule: Mapping[str, Any]) -> str:
    missed = f"  {rule['missed']} MISSED" if rule["missed"] else ""
    start = f"{name:18} {rule['hold_s']:5.3g}s {rule['n']:3}"
    if not rule["n"]:
        return f"{start} {missed}"
    noticed, waited, recorded = (rule[key]["p95_ms"] for key in ("noticed", "waited", "recorded"))
    looks = f"  {rule['looks_a_second']:g} looks a second" if rule["looks_a_second"] else ""
    return (
        f"{start} {rule['p50_ms']:6.0f} {rule['p95_ms']:6.0f}  "
        f"{'met' if rule['met'] else 'NOT MET':7}"
        f" {noticed:8.0f} {waited:7.0f} {recorded:9.0f}{looks}{missed}"
    )
