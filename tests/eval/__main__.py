"""``make eval``: measure everything anew and write REPORT.md."""

from __future__ import annotations

from pathlib import Path

from tests.eval import head_pose, rendered_candidate

HERE = Path(__file__).parent
SHARED = HERE.parent.parent.parent / "shared"
_INTRODUCTION = """# How right it is

Written by `make eval`; every figure below comes from the product's own landmarker, calibration and
geometry, run over the material anew. Numbers that rest on few samples say so.
"""


def main() -> None:
    """Run every evaluation whose material is here; say which one is left out, and why."""
    sections = [_INTRODUCTION, rendered_candidate.write(rendered_candidate.measure())]
    if (SHARED / "media").is_dir():
        sections.append(head_pose.write(head_pose.measure(SHARED)))
    else:
        sections.append(
            "## Head angles on labelled photographs\n\nNot measured: no test media here."
        )
    report = "\n".join(sections)
    (HERE / "REPORT.md").write_text(report, "utf-8")
    print(report)


if __name__ == "__main__":
    main()
