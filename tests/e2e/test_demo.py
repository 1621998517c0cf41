"""The demo is the product's main job: it must end as scripted on a machine without a display."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.footage import candidate
from tests.fakes.program import run


@pytest.mark.slow
@pytest.mark.x11
def test_the_demo_ends_as_scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    candidate()  # skips when the model files are not here
    monkeypatch.delenv("DISPLAY", raising=False)
    done = run("demo", "--output", str(tmp_path), timeout_s=400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verify: VALID\n" in done.stdout
    assert "all as scripted" in done.stdout
    (folder,) = tmp_path.iterdir()
    assert "data:image/jpeg;base64," in (folder / "report.html").read_text()
    assert len(list((folder / "screens").glob("*.png"))) >= 6
