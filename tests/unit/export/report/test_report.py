"""What the page and the table say, and that hostile evidence cannot speak through them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proctor_desktop.config.exam import Exam, open_envelope
from proctor_desktop.core.chain import decode, digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import rfc3339
from proctor_desktop.core.policy import AppSwitched, Calibration, Policy, Preset, Rules
from proctor_desktop.core.rules.identity_mismatch import NOT_COMPARED
from proctor_desktop.export.report import Report, report, report_from_package
from proctor_desktop.export.verify import Facts, Outcome, Trust, Verdict
from tests.fakes.sealed_session import SealedSession
from tests.unit.export.report.conftest import TRUST, png, violation

Told = Callable[..., Report]
VOID = {"meta", "img", "br", "rect", "line", "path", "circle"}


class Page(HTMLParser):
    """Reads a page: its words, its elements, and whether they are properly nested."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


# -- the page -----------------------------------------------------------------------------------


def test_the_page_says_the_verdict_before_anything_that_depends_on_it(told: Told) -> None:
    text = Page(told().html()).text
    start = text.index("Proctoring report")
    places = [
        text.index(word, start) for word in ("VALID", "Checked against", "Score", "Time line")
    ]
    assert places == sorted(places)


def test_the_page_tells_who_sat_what_and_where(told: Told) -> None:
    text = Page(told().html()).text
    for word in ("Ada Example", "ada@example.edu", "Algebra I", "Example University"):
        assert word in text


def test_the_page_tells_each_violation_by_its_last_figures(told: Told) -> None:
    text = Page(told().html()).text
    for word in ("Head turned 44° (limit 30°)", "6.0 s", "cleared", "41.2°", "30.0°", "90 %"):
        assert word in text
    assert "± 0.8°" in text
    assert "00:10 09:00:40 UTC" in text


def test_the_score_follows_the_signed_exam_and_not_the_record(told: Told) -> None:
    made = told()
    assert made.assessment.score is not None
    assert made.assessment.score.score == 98.0
    assert "98 of 100" in Page(made.html()).text


def test_the_page_says_how_soon_the_records_were_witnessed(told: Told) -> None:
    assert "Every record from consent on was witnessed within" in Page(told().html()).text
    assert "was witnessed within" not in Page(told(Trust()).html()).text


def test_every_gap_is_on_the_page_with_its_reason(told: Told, sitting: SealedSession) -> None:
    sitting.record("gap", {"source": "camera", "seconds": 4.0, "reason": "unplugged"})
    made = told(Trust())
    text = Page(made.html()).text
    assert "VALID WITH GAPS" in text
    assert len(made.verdict.gaps) == 3
    assert all(gap.text in text for gap in made.verdict.gaps)
    assert "no institution's key" in text


def test_an_invalid_export_is_reported_without_a_score(told: Told) -> None:
    made = told(change=lambda data: data.replace(b"cleared", b"Cleared"))
    text = Page(made.html()).text
    assert made.verdict.outcome is Outcome.INVALID
    assert made.verdict.problems[0] in text
    assert "None of it is proven" in text
    assert made.assessment.score is None
    assert "of 100" not in text


def test_a_file_that_is_no_export_is_reported_as_such(tmp_path: Path) -> None:
    path = tmp_path / "x.evidence"
    path.write_bytes(b"not an export")
    made = report_from_package(path, TRUST)
    assert "INVALID" in Page(made.html()).text
    assert rows(made.csv()) == []


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot be read"):
        report_from_package(tmp_path / "none", TRUST)


def test_the_page_says_aloud_that_the_evidence_is_not_sealed(told: Told) -> None:
    assert "not sealed: the exam names no key to seal to" in Page(told().html()).text


def test_abilities_come_with_level_and_reason(told: Told) -> None:
    text = Page(told().html()).text
    assert "clipboard not possible Not built." in text


UNCOMPARED = "Face unlike the reference photo"
NO_PHOTO = "No reference photo was kept, so there was nothing to compare the face with."


def test_rules_that_were_not_evaluated_are_named_with_the_reason(tmp_path: Path) -> None:
    rules = Rules(app_switched=AppSwitched(enabled=False))
    sitting = SealedSession(tmp_path, exam=_exam(Policy(preset=Preset.EXAM, rules=rules)))
    sitting.open()
    matrix = [
        {"name": "microphone", "level": "not possible", "reason": "None.", "fix": ""},
        {"name": "objects", "level": "not possible", "reason": "Weights missing.", "fix": ""},
        {"name": "identity", "level": "detected", "reason": "", "fix": ""},
    ]
    sitting.record("capabilities", {"capabilities": matrix})
    sitting.record("calibration", {"outcome": "skipped", "reason": "no time"})
    sitting.record("exam.start")
    made = _report_on(sitting)
    told = {one.title: one.reason for one in made.assessment.not_evaluated}
    uncalibrated = "It needs a calibration; the calibration was skipped: no time."
    assert told == {
        "Switched between other programs": "The exam switched it off.",
        "Head turned away": uncalibrated,
        "Gaze away from the screen": uncalibrated,
        "Eyes closed for long": uncalibrated,
        "An object the exam asks about": "Weights missing.",
        UNCOMPARED: NO_PHOTO,
        "Prolonged silence": "No microphone: None.",
        "Somebody speaks": "No microphone: None.",
        "Nothing from the microphone": "No microphone: None.",
        "Microphone turned up too far": "No microphone: None.",
    }
    assert all(title in Page(made.html()).text for title in told)


def _calibrated(eyes: object = None, error_deg: float = 0.4) -> dict[str, Any]:
    return {"outcome": "done", "error_deg": error_deg, "calibration": {"eyes": eyes}}


def test_what_a_calibration_in_mid_exam_changes_is_told(tmp_path: Path) -> None:
    sitting = SealedSession(tmp_path)
    sitting.open()
    sitting.record("calibration", {"outcome": "skipped", "reason": "not now"})
    sitting.record("exam.start")
    sitting.record("calibration", _calibrated(eyes={}), after_s=23)
    sitting.record("calibration", {"outcome": "failed", "reason": "nobody was seen"}, after_s=7)
    made = _report_on(sitting)
    told = {one.title: one.reason for one in made.assessment.not_evaluated}
    why = "Only from 00:23 on: it was not calibrated before."
    assert told["Head turned away"] == told["Eyes closed for long"] == why
    again = [one for one in made.assessment.notes if "another calibration ended" in one]
    assert [one.partition(" of the exam")[0] for one in again] == ["At 00:23", "At 00:30"]
    assert [phase.name for phase in made.told.phases][-1] == "running"
    assert "done" in Page(made.html()).text


def test_eyes_that_were_made_out_late_are_told_as_such(tmp_path: Path) -> None:
    sitting = SealedSession(tmp_path)
    sitting.open()
    sitting.record("calibration", _calibrated(eyes=None))
    sitting.record("exam.start")
    sitting.record("calibration", _calibrated(eyes={}), after_s=15)
    told = {one.title: one.reason for one in _report_on(sitting).assessment.not_evaluated}
    assert told["Eyes closed for long"] == "Only from 00:15 on: the eyes had not been made out."
    assert "Head turned away" not in told


def test_eyes_once_made_out_stay_judged_when_another_calibration_has_none(tmp_path: Path) -> None:
    sitting = SealedSession(tmp_path)
    sitting.open()
    sitting.record("calibration", _calibrated(eyes={}))
    sitting.record("exam.start")
    sitting.record("calibration", _calibrated(eyes=None), after_s=23)
    told = {one.title for one in _report_on(sitting).assessment.not_evaluated}
    assert "Eyes closed for long" not in told


def test_eyes_that_were_not_made_out_are_told_with_the_rules_that_need_them(
    tmp_path: Path,
) -> None:
    sitting = SealedSession(tmp_path)
    sitting.open()
    done = {"outcome": "done", "error_deg": 0.5, "calibration": {"eyes": None}}
    sitting.record("calibration", done)
    sitting.record("exam.start")
    told = {one.title: one.reason for one in _report_on(sitting).assessment.not_evaluated}
    why = "The eyes could not be made out in the calibration."
    assert told["Gaze away from the screen"] == told["Eyes closed for long"] == why
    assert "Head turned away" not in told


def test_what_gave_less_for_a_while_is_told(tmp_path: Path) -> None:
    sitting = SealedSession(tmp_path)
    sitting.open()
    sitting.record("exam.start")
    rested = {"source": "vision", "state": "degraded", "reason": "objects rest", "skipped": 0}
    sitting.record("source", rested, after_s=61)
    sitting.record("source", {**rested, "state": "ok", "reason": "all is looked at"})
    notes = _report_on(sitting).assessment.notes
    assert [one for one in notes if "objects rest" in one] == [
        "From 01:01 on, until 01:02, the vision gave less: objects rest."
    ]


def _resting(what: str, state: str = "degraded", source: str = "vision") -> dict[str, Any]:
    return {"source": source, "state": state, "reason": what, "skipped": 0}


def test_each_thing_that_gave_less_ends_when_the_next_is_told_of_the_same_source(
    tmp_path: Path,
) -> None:
    sitting = SealedSession(tmp_path)
    sitting.open()
    sitting.record("exam.start")
    for told in (
        _resting(f"{NOT_COMPARED}: the photo is unfit"),
        _resting("resting are objects"),
        _resting("the disk is full", source="screen"),
        _resting("resting are liveness, objects"),
        _resting("everything is looked at again", "ok"),
        _resting("there is room again", "ok", source="screen"),
    ):
        sitting.record("source", told, after_s=10)
    notes = _report_on(sitting).assessment.notes
    assert [one.partition(" gave less")[0] for one in notes if "gave less" in one] == [
        "From 00:10 on, the vision",
        "From 00:20 on, until 00:40, the vision",
        "From 00:30 on, until 01:00, the screen",
        "From 00:40 on, until 00:50, the vision",
    ]


def test_pictures_that_nobody_had_time_for_are_told(tmp_path: Path) -> None:
    sitting = SealedSession(tmp_path)
    sitting.open()
    skipped = {**_resting("40 pictures were not analysed in time", "ok", "camera"), "skipped": 40}
    sitting.record("source", skipped)  # before the exam
    sitting.record("exam.start")
    sitting.record("source", skipped, after_s=40)
    sitting.close()
    told = [one for one in _report_on(sitting).assessment.notes if "analyse" in one]
    assert len(told) == 1
    assert "40 of the camera's pictures, about 12% of" in told[0]


def test_a_check_that_was_hardly_ever_made_is_told_with_its_rule(tmp_path: Path) -> None:
    sitting = SealedSession(tmp_path)
    sitting.open()
    sitting.record("exam.start")
    began_ns = sitting.now.mono_ns
    looked = [[began_ns + n * 10**9, "ObjectsSeen", 7, []] for n in range(70)]
    looked += [[began_ns + n * 10**8, "LivenessChecked", 7, 1] for n in range(9)]  # in doubt
    before = [[began_ns - 1, "LivenessChecked", 7, 0.9]] * 60
    odd = [None, [], ["now", "ObjectsSeen"], 7]
    sitting.record("observations", {"events": [*before, *odd, *looked]}, after_s=60)
    sitting.record("observations", {"events": "none"}, after_s=60)
    sitting.close()
    told = {one.title: one.reason for one in _report_on(sitting).assessment.not_evaluated}
    assert told["Face looks like a print or a screen"].startswith(
        "It was checked once in 02:01, where 60 times are usual"
    )
    assert "An object the exam asks about" not in told


def test_a_photo_that_faces_cannot_be_compared_with_is_told_with_the_rule(tmp_path: Path) -> None:
    sitting = SealedSession(tmp_path)
    sitting.open()
    sitting.record("identity", {"kind": "face"}, sitting.blob(png(5), "image/png"))
    unfit = f"{NOT_COMPARED}: the reference photo shows no face fit for it"
    health = {"source": "vision", "state": "degraded", "reason": unfit, "skipped": 0}
    sitting.record("exam.start")
    sitting.record("source", health, after_s=2)
    told = {one.title: one.reason for one in _report_on(sitting).assessment.not_evaluated}
    assert told[UNCOMPARED] == f"From 00:02 on, {unfit}."


def test_an_exam_without_calibration_says_so_for_every_rule_that_needs_one(tmp_path: Path) -> None:
    sitting = SealedSession(tmp_path, exam=_exam(Policy(calibration=Calibration(offered=False))))
    sitting.open()
    sitting.record("exam.start")
    told = {one.title: one.reason for one in _report_on(sitting).assessment.not_evaluated}
    why = "The exam offers no calibration (an accommodation)."
    titles = ("Head turned away", "Gaze away from the screen", "Eyes closed for long")
    assert told == {**dict.fromkeys(titles, why), UNCOMPARED: NO_PHOTO}


def test_other_settings_in_the_records_than_in_the_exam_are_noted(
    sitting: SealedSession,
) -> None:
    said = "differ from those of the signed exam"
    assert said not in _report_on(sitting).html()
    softened = [raw.replace(b'"penalty":10.0', b'"penalty":0.0') for raw in sitting.log]
    assert said in _report_on(sitting, softened).html()
    nonsense = [raw.replace(b'"penalty":10.0', b'"penalty":"x"') for raw in sitting.log]
    assert said in _report_on(sitting, nonsense).html()


def test_stills_are_in_the_page_itself(told: Told) -> None:
    html = told().html()
    images = Page(html).all("img")
    assert len(images) == 2
    assert all((one["src"] or "").startswith("data:image/png;base64,") for one in images)


def test_a_still_that_is_missing_is_said(told: Told, sitting: SealedSession) -> None:
    path = sitting.blob_path(digest(png(6)))
    assert path
    path.unlink()
    text = Page(told().html()).text
    assert "The picture is not shown here" in text
    assert digest(png(6)) in text


def with_overlay(sitting: SealedSession, number: int = 2, **more: Any) -> None:
    """A violation with both its pictures; the one with overlays is named first."""
    drawn, taken = sitting.blob(png(9), "image/png"), sitting.blob(png(8), "image/png")
    names = {"untouched": taken.sha256, "overlay": drawn.sha256}
    data = violation(number, "looking_away", pictures=names, onset_mono_ns=None, **more)
    sitting.record("violation.start", data, drawn, taken)


def test_the_overlay_stands_beside_the_untouched_picture(
    told: Told, sitting: SealedSession
) -> None:
    with_overlay(sitting)
    made = told()
    one = made.told.violations[2]
    assert one.still is not None
    assert one.overlay is not None
    assert (one.still.sha256, one.overlay.sha256) == (digest(png(8)), digest(png(9)))
    page = Page(made.html())
    assert [image.get("width") for image in page.all("img")] == [None, "6", "8", "9"]
    taken, drawn = (page.text.rindex(words) for words in ("As the camera took it", "With what the"))
    assert taken < drawn


def test_names_of_pictures_that_the_record_does_not_hold_mean_nothing(
    told: Told, sitting: SealedSession
) -> None:
    still = sitting.blob(png(8), "image/png")
    names = {"untouched": digest(b"another"), "overlay": digest(png(6))}
    sitting.record("violation.start", violation(2, "x", pictures=names), still)
    one = told().told.violations[2]
    assert one.still == still
    assert one.overlay is None


def clip(
    sitting: SealedSession, *violations: Any, content: bytes = b"moving pictures", **more: Any
) -> str:
    """Ten seconds of video that ended two seconds ago; its hash."""
    blob = sitting.blob(content, "video/mp4")
    started, ended = (rfc3339(sitting.now.later(-s).wall_utc) for s in (12, 2))
    data = {"violations": list(violations), "source": "camera", "frames": 80}
    sitting.record("clip", {**data, "started": started, "ended": ended, **more}, blob, after_s=0)
    return blob.sha256


def test_clips_are_told_with_their_length_and_whether_they_are_there(
    told: Told, sitting: SealedSession
) -> None:
    with_overlay(sitting)
    sha256 = clip(sitting, 1, 2)
    made = told()
    assert made.media.clips == {sha256}
    text = Page(made.html()).text
    assert "camera video, 80 pictures, 10.0 s its file is with the evidence" in text
    assert "shared with no. 2" in text
    assert text.count(sha256) == 2
    assert "1 clip around violations" in text


def test_a_clip_that_is_missing_from_the_export_is_said(told: Told, sitting: SealedSession) -> None:
    path = sitting.blob_path(clip(sitting, 1))
    assert path
    path.unlink()
    made = told()
    assert made.media.clips == frozenset()
    assert "its file is not here" in Page(made.html()).text


def test_a_clip_is_on_the_time_line_where_it_was_taken(told: Told, sitting: SealedSession) -> None:
    clip(sitting, 1)
    (kept,) = told().told.clips
    assert (kept.span.end_s, kept.span.start_s) == (pytest.approx(44.0), pytest.approx(34.0))


def test_how_sure_a_rule_was_and_how_well_it_was_calibrated_is_told(
    told: Told, sitting: SealedSession
) -> None:
    with_overlay(sitting, 2, confidence=0.8, calibration_error_deg=2.14)
    with_overlay(sitting, 3, confidence=0.5, calibration_error_deg=1.0)
    text = Page(told().html()).text
    assert "65 % ± 2.1°" in text


def test_the_calibration_of_head_and_gaze_is_told(told: Told, sitting: SealedSession) -> None:
    sitting.record("calibration", {"outcome": "done", "error_deg": 0.94, "gaze_error_deg": 2.14})
    assert "done head ± 0.9°, gaze ± 2.1°" in Page(told().html()).text


def test_the_page_needs_nothing_from_outside(told: Told) -> None:
    page = Page(told().html())
    assert page.all("script") == page.all("link") == []
    addresses = [one.get("src") or one.get("href") or "data:" for _, one in page.elements]
    assert all(address.startswith("data:") for address in addresses)
    assert "url(http" not in told().html()


def test_the_page_can_be_read_without_seeing_it(told: Told) -> None:
    page = Page(told().html())
    assert page.all("html")[0]["lang"] == "en"
    assert all(image["alt"] for image in page.all("img"))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(cell.get("scope") for cell in page.all("th"))
    headings = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(headings))
    pictures = [svg for svg in page.all("svg") if svg.get("aria-hidden") != "true"]
    assert all(svg["role"] == "img" and svg["aria-labelledby"] for svg in pictures)


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\x00\u202e'


def test_markup_in_the_evidence_stays_text(told: Told, sitting: SealedSession) -> None:
    bad = violation(2, HOSTILE, reason=HOSTILE, severity=HOSTILE, unit=HOSTILE)
    sitting.record("violation.start", bad)
    sitting.record("capabilities", {"capabilities": [{"name": HOSTILE, "level": HOSTILE}]})
    sitting.record("calibration", {"outcome": HOSTILE, "reason": HOSTILE})
    sitting.record("gap", {"source": HOSTILE, "reason": HOSTILE})
    clip(sitting, HOSTILE, 2, source=HOSTILE, frames=HOSTILE, started=HOSTILE)
    sitting.record("session.close", {"reason": HOSTILE})
    html = told().html()
    page = Page(html)
    assert page.all("script") == []
    assert len(page.all("img")) == 2
    assert not any("onerror" in attributes for _, attributes in page.elements)
    assert "\x00" not in html
    assert "\u202e" not in html


def test_a_name_with_a_lone_surrogate_can_still_be_written(tmp_path: Path) -> None:
    sitting = SealedSession(tmp_path)
    sitting.open(candidate={"name": "SURROGATE", "email": "x"})
    sitting.log[0] = sitting.log[0].replace(b"SURROGATE", rb"a\ud800b")
    made = _report_on(sitting, [sitting.log[0]])
    assert made.html().encode("utf-8")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
NAMES = [
    "violation",
    "rule",
    "severity",
    "reason",
    "measured",
    "threshold",
    "unit",
    "duration_s",
    "confidence",
    "penalty",
    "onset_mono_ns",
    "calibration_error_deg",
    "capabilities",
    "outcome",
    "error_deg",
    "source",
    "seconds",
    "candidate",
    "exam",
    "what",
    "policy",
    "given",
    "client",
    "ended",
    "started",
    "violations",
    "pictures",
    "frames",
]
KINDS = [
    "violation.start",
    "violation.update",
    "violation.end",
    "capabilities",
    "calibration",
    "gap",
    "not_captured",
    "restart",
    "identity",
    "consent",
    "exam.start",
    "session.open",
    "session.close",
    "policy",
    "segment",
    "clip",
    "unheard.of",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(NAMES), JSON)),
        max_size=6,
    )
)
def test_records_that_make_no_sense_are_still_reported(
    entries: list[tuple[str, dict[str, Any]]],
) -> None:
    sitting = SealedSession(Path())
    sitting.open()
    for kind, data in entries:
        sitting.record(kind, data)
    made = _report_on(sitting)
    Page(made.html().encode("utf-8").decode())
    assert len(rows(made.csv())) == len(made.told.violations)


# -- the table ----------------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_violation(told: Told, sitting: SealedSession) -> None:
    sitting.record("violation.start", violation(2, "face_missing", onset_mono_ns=None))
    first, second = rows(told().csv())
    assert first == {
        "session": sitting.session,
        "number": "1",
        "rule": "head_turned",
        "start_wall": "2026-11-20T09:00:40.000000Z",
        "offset_s": "10.0",
        "duration_s": "6.0",
        "severity": "low",
        "measured": "41.2",
        "threshold": "30.0",
        "unit": "deg",
        "confidence": "0.9",
        "calibration_error_deg": "0.8",
        "penalty": "2.0",
        "reason": "Head turned 44° (limit 30°)",
        "still_sha256": digest(png(6)),
        "overlay_sha256": "",
        "clip_sha256": "",
    }
    assert (second["number"], second["penalty"], second["still_sha256"]) == ("2", "5.0", "")


def test_the_table_names_the_pictures_and_the_clips(told: Told, sitting: SealedSession) -> None:
    with_overlay(sitting)
    shared, alone = clip(sitting, 1, 2), clip(sitting, 2, content=b"other pictures")
    first, second = rows(told().csv())
    assert (first["overlay_sha256"], first["clip_sha256"]) == ("", shared)
    assert (second["still_sha256"], second["overlay_sha256"]) == (digest(png(8)), digest(png(9)))
    assert second["clip_sha256"] == f"{shared} {alone}"


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@x"])
def test_the_table_holds_no_formulas(told: Told, sitting: SealedSession, formula: str) -> None:
    sitting.record("violation.start", violation(2, "x", reason=formula, measured=-3.5))
    row = rows(told().csv())[1]
    assert row["reason"] == "'" + formula
    assert row["measured"] == "-3.5"


# -- from records alone -------------------------------------------------------------------------


def _exam(policy: Policy) -> Exam:
    return Exam(
        id="e", title="T", institution="I", endpoint="https://x.example", notice="n", policy=policy
    )


def _report_on(sitting: SealedSession, log: list[bytes] | None = None) -> Report:
    """A report over records from anywhere, as a server would make it."""
    exam = open_envelope(sitting.exam, "exam.dsse")
    verdict = Verdict(Outcome.VALID, (), (), Facts(session=sitting.session))
    return report(verdict, TRUST, map(decode, log or sitting.log), exam, lambda _: None)
