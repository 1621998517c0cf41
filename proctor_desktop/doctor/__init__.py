"""What works on this computer, at which level and why, and how each gap is closed."""

from proctor_desktop.doctor.examination import examine
from proctor_desktop.doctor.finding import Finding, exit_code, missing, render, to_json

__all__ = ["Finding", "examine", "exit_code", "missing", "render", "to_json"]
