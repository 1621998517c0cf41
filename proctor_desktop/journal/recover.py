"""What a new monitor makes of a session that an old one left behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from proctor_desktop.core.chain import (
    EMPTY,
    Head,
    Record,
    decode,
    digest,
    follow,
    kind_at_a_glance,
)
from proctor_desktop.core.moment import NS_PER_S, Moment, from_rfc3339
from proctor_desktop.core.observation import Source
from proctor_desktop.core.policy import Rules
from proctor_desktop.core.rules import enabled_rules
from proctor_desktop.core.rules.voice_detected import VoiceDetected
from proctor_desktop.core.session import PHASE_OF_RECORD, Phase
from proctor_desktop.core.violation import Ending
from proctor_desktop.journal.writer import Entry

CLIP = "clip"
_RULES = {rule.name: rule for rule in enabled_rules(Rules())}
_TELL_NOTHING = frozenset({"observations", "heartbeat", "segment", "warning"})
_STOPPED = "the monitor stopped before it was recorded"
_NOT_ON_RECORD = (
    "nothing is on record until the monitor was started again; what the old one had observed and "
    "not yet written when it stopped is lost"
)


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Where a session stands according to its records.

    ``open_violations`` holds the last data of each violation without an end, by number;
    ``calibration`` the data of the last calibration that gave a pose, if there was one; ``photo``
    the hash of the reference photo, if one was kept, and ``identity`` the data of its record;
    ``damaged`` the databases that were put aside and told of;
    ``owed_clips`` the violations, with the source, for which the exam asks for a clip and no record
    tells what became of it.
    """

    head: Head = EMPTY
    phase: Phase = Phase.OPENED
    open_violations: tuple[tuple[int, dict[str, Any]], ...] = ()
    next_violation: int = 1
    owed_clips: tuple[tuple[int, Source], ...] = ()
    calibration: dict[str, Any] | None = None
    photo: str | None = None
    identity: Mapping[str, Any] = field(default_factory=dict)
    damaged: frozenset[str] = frozenset()
    opened: Record | None = None
    last: Record | None = None
    exam_started: Record | None = None

    def exam_s(self, now: Moment, boot: str) -> float:
        """How long ago the exam began; 0 if it has not."""
        return missing_s(self.exam_started, now, boot) if self.exam_started else 0.0


def read_back(raw_records: Iterable[bytes]) -> LeftBehind:
    """Walk the whole chain; raises BrokenChain if it does not hold.

    Records that tell nothing about where the session stands are not parsed but for the last one.
    """
    state, still_open, clips = LeftBehind(), dict[int, dict[str, Any]](), _Clips()
    head, raw, session = EMPTY, b"", ""
    for raw in raw_records:
        if kind_at_a_glance(session, head, raw) in _TELL_NOTHING:
            head = Head(head.seq + 1, digest(raw))
            continue
        record = decode(raw)
        head, session = follow(head, record), record.session
        state = _after(state, record)
        _follow_violation(still_open, record)
        clips.follow(record)
    return replace(
        state,
        head=head,
        last=decode(raw) if raw else None,
        open_violations=tuple(sorted(still_open.items())),
        owed_clips=tuple(clips.owed),
    )


def closing_entries(state: LeftBehind, now: Moment, boot: str, adopted: int) -> list[Entry]:
    """What a restart writes: that it happened, what open violations and clips came to, the gap."""
    if state.last is None:
        return []
    entries = [
        Entry(
            now,
            "restart",
            {
                "reason": "a new monitor took over from one that did not close the session",
                "after_seq": state.head.seq,
                "adopted": adopted,
            },
        )
    ]
    for _, data in state.open_violations:
        entries.append(Entry(now, "violation.end", {**data, "ended": Ending.RECOVERED.value}))
    for number, source in state.owed_clips:
        entries.append(Entry(now, "not_captured", missing_clip(number, source, _STOPPED)))
    gap = {
        "source": "monitor",
        "seconds": round(missing_s(state.last, now, boot), 3),
        "reason": _NOT_ON_RECORD,
    }
    entries.append(Entry(now, "gap", gap, urgent=True))
    return entries


def missing_clip(violation: int, source: Source, reason: str) -> dict[str, Any]:
    """The data of the record that says that a violation's clip is not there."""
    return {"what": CLIP, "for": violation, "source": source.value, "reason": reason}


def missing_s(last: Record, now: Moment, boot: str) -> float:
    """Seconds between a record and now: by the monotonic clock within one boot, else by UTC."""
    if last.boot == boot and now.mono_ns >= last.mono_ns:
        return (now.mono_ns - last.mono_ns) / NS_PER_S
    return max(0.0, (now.wall_utc - from_rfc3339(last.wall)).total_seconds())


def _after(state: LeftBehind, record: Record) -> LeftBehind:
    data, kind = record.data, record.kind
    if kind in PHASE_OF_RECORD:
        state = replace(state, phase=_later(state.phase, PHASE_OF_RECORD[kind]))
    match kind:
        case "consent" if data.get("given") is False:
            state = replace(state, phase=Phase.CLOSED)
        case "calibration" if data.get("outcome") == "done":
            state = replace(state, calibration=dict(data))
        case "identity" if data.get("outcome") == "kept":
            state = replace(state, photo=record.blobs[0].sha256, identity=record.data)
        case "restart" if "damaged" in data:
            state = replace(state, damaged=state.damaged.union(data["damaged"]))
        case "session.open":
            state = replace(state, opened=record)
        case "exam.start":
            state = replace(state, exam_started=record)
        case "violation.start":
            state = replace(state, next_violation=int(data["violation"]) + 1)
    return state


def _later(now: Phase, to: Phase) -> Phase:
    """A calibration in the middle of an exam does not take the session back."""
    order = list(Phase)
    return max(now, to, key=order.index)


def _follow_violation(still_open: dict[int, dict[str, Any]], record: Record) -> None:
    if record.kind in ("violation.start", "violation.update"):
        still_open[int(record.data["violation"])] = dict(record.data)
    elif record.kind == "violation.end":
        still_open.pop(int(record.data["violation"]), None)


@dataclass(slots=True)
class _Clips:
    """Which clips the exam asks for, by its policy record, and no record has settled.

    The engine asks for pictures where a rule keeps a still, and for sound where it heard a voice.
    """

    recording: Mapping[str, Any] = field(default_factory=dict)
    owed: dict[tuple[int, Source], None] = field(default_factory=dict)

    def follow(self, record: Record) -> None:
        data = record.data
        match record.kind:
            case "policy":
                self.recording = data.get("policy", {}).get("recording", {})
            case "violation.start":
                number, rule = int(data["violation"]), _RULES.get(data["rule"])
                if rule is not None and rule.keeps_still and self.recording.get("clips"):
                    self.owed[number, Source.CAMERA] = None
                if data["rule"] == VoiceDetected.name and self.recording.get("voice_clips"):
                    self.owed[number, Source.MICROPHONE] = None
            case "clip":
                for number in data["violations"]:
                    self.owed.pop((int(number), Source(data["source"])), None)
            case "not_captured" if data.get("what") == CLIP:
                self.owed.pop((int(data["for"]), Source(data["source"])), None)
