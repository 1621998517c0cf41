"""The report as one HTML page that needs nothing but itself: no script, no font, no network."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from proctor_desktop.config.exam import SignedExam
from proctor_desktop.config.paths import resource
from proctor_desktop.core.session import Phase
from proctor_desktop.export.report import words
from proctor_desktop.export.report.assessment import Assessment
from proctor_desktop.export.report.media import Media
from proctor_desktop.export.report.sitting import Sitting, mean_confidence, worst_calibration_deg
from proctor_desktop.export.report.timeline import timeline
from proctor_desktop.export.verify import Outcome, Trust, Verdict

_SAYS = {
    Outcome.VALID: "Everything in this export is authentic, and nothing is missing from it.",
    Outcome.GAPS: (
        "What is in this export is authentic. Something is not in it, or is not shown to be so; "
        "each such gap is listed."
    ),
    Outcome.INVALID: (
        "This export is not what it claims to be. Nothing below has been proven; do not decide "
        "anything by it."
    ),
}


def to_html(
    verdict: Verdict,
    trust: Trust,
    exam: SignedExam | None,
    told: Sitting,
    assessment: Assessment,
    media: Media,
) -> str:
    """Render the page. Everything that comes from the evidence is escaped."""
    page = _environment(resource("assets", "report")).get_template("report.html.j2")
    text = page.render(
        verdict=verdict,
        verdict_says=_SAYS[verdict.outcome],
        trust=trust,
        exam=exam,
        told=told,
        assessment=assessment,
        stills=media.stills,
        clips=media.clips,
        sealed=media.sealed,
        opened=media.opened,
        seal_problems=media.problems,
        timeline=timeline(told),
        risks=words.RISKS,
        never_ran=all(phase.name != Phase.RUNNING.value for phase in told.phases),
    )
    # A lone surrogate can be written in JSON and not in UTF-8; nothing else is changed by this.
    return text.encode("utf-8", "replace").decode("utf-8")


@cache
def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        duration=words.duration,
        offset=words.offset,
        measure=words.measure,
        percent=words.percent,
        size=words.size,
        rule_title=words.rule_title,
        mean_confidence=mean_confidence,
        worst_calibration_deg=worst_calibration_deg,
    )
    style = (folder / "report.css").read_text(encoding="utf-8")
    environment.globals["style"] = Markup(style)  # noqa: S704 - our own file, nothing in it varies
    return environment
