import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

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


@pytest.fixture(autouse=True)
def _deleted_windows() -> Iterator[None]:
    """Closed windows are deleted at once, so that later tests do not dress them again."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # type: ignore[call-overload]
