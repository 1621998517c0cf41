from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from proctor_desktop.endpoint import conf


def test_the_folder_is_all_that_must_be_said(data_folder: Path) -> None:
    found = conf.current()
    assert found.data_folder == data_folder
    assert found.media_folder == data_folder / "media"
    assert found.institution_keys == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "DATA_FOLDER"), ({"DATA_FOLDER": "x", "INSTITUTION_KEY": "y"}, "INSTITUTION_KEY")],
)
def test_what_is_wrong_is_named(given: dict[str, Any], said: str) -> None:
    with override_settings(PROCTOR_DESKTOP=given), pytest.raises(ImproperlyConfigured, match=said):
        conf.current()
