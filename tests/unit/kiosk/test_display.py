import sys

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.kiosk.display import require_display

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can lack a display")


@pytest.mark.parametrize(
    ("environment", "reason"),
    [({}, "neither DISPLAY"), ({"DISPLAY": ":7654"}, "no X server answers at DISPLAY=:7654")],
)
def test_no_display_is_said_before_qt_ends_the_process(
    environment: dict[str, str], reason: str
) -> None:
    with pytest.raises(EnvironmentProblem, match=reason) as told:
        require_display(environment)
    assert "desktop session" in told.value.remedy


@pytest.mark.parametrize(
    "environment", [{"QT_QPA_PLATFORM": "offscreen"}, {"WAYLAND_DISPLAY": "wayland-0"}]
)
def test_other_ways_to_show_a_window_are_left_to_qt(environment: dict[str, str]) -> None:
    require_display(environment)
