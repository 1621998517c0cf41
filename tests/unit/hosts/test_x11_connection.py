from __future__ import annotations

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.x11_connection import told_when_lost


def test_a_server_that_left_is_told_with_what_it_was_needed_for() -> None:
    with (
        pytest.raises(EnvironmentProblem, match=r"window focus.*X display :9 was lost"),
        told_when_lost("window focus", ":9"),
    ):
        raise OSError("gone")
