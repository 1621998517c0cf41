from __future__ import annotations

from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights.site_folder import FOLDER_VARIABLE, site_folder


@pytest.mark.parametrize("named", [None, ""])
def test_a_site_need_not_name_a_folder(named: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if named is None:
        monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    else:
        monkeypatch.setenv(FOLDER_VARIABLE, named)
    assert site_folder() is None


def test_a_folder_in_the_home_may_be_named_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv(FOLDER_VARIABLE, "~/models")
    assert site_folder() == tmp_path / "models"


def test_what_is_no_folder_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(EnvironmentProblem, match=f"{FOLDER_VARIABLE}=.*nowhere: .*not a folder"):
        site_folder()
