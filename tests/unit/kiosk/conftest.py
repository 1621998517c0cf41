import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).parents[3]


@pytest.fixture
def fake_monitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The command line of a monitor that only talks; its folder is ``tmp_path / "monitor"``."""
    path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path))

    def command(scenario: str = "calm") -> list[str]:
        script = ROOT / "tests" / "fakes" / "monitor_script.py"
        data = tmp_path / "monitor"
        return [sys.executable, str(script), "--data", str(data), "--scenario", scenario]

    return command


@pytest.fixture
def heard(tmp_path: Path) -> Callable[[], str]:
    """What the fake monitor has heard so far, as the lines it got."""
    return (tmp_path / "monitor" / "heard").read_text
