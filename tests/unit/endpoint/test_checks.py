from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import override_settings


def found(settings: dict[str, Any]) -> list[str | None]:
    with override_settings(PROCTOR_DESKTOP=settings):
        return [message.id for message in run_checks(tags=["proctor_desktop"])]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, ["proctor_desktop.E001"]),
        ({"DATA_FOLDER": "x", "INSTITUTION_KEYS": ["abc"]}, ["proctor_desktop.E002"]),
        ({"DATA_FOLDER": "x"}, ["proctor_desktop.W001"]),
        ({"DATA_FOLDER": Path("x"), "INSTITUTION_KEYS": ["0" * 64]}, []),
    ],
)
def test_what_the_check_says(settings: dict[str, Any], said: list[str]) -> None:
    assert found(settings) == said
