"""The small movements of somebody who sits at ease: nobody is ever quite still."""

from __future__ import annotations

from math import pi, sin

from proctor_desktop.demo.pose import Pose

_Waves = tuple[tuple[float, float, float], ...]
"""Sine waves as (amplitude, period in seconds, phase in radians); periods share no multiple."""

_YAW_DEG: _Waves = ((4.4, 7.3, 0.0), (2.3, 3.1, 1.0), (0.5, 0.83, 2.0))
_PITCH_DEG: _Waves = ((1.6, 5.9, 0.5), (0.9, 2.3, 2.5))
_ROLL_DEG: _Waves = ((1.2, 8.7, 1.5), (0.5, 3.7, 0.2))
_SIDEWAYS_PX: _Waves = ((4.0, 9.1, 0.9), (1.2, 2.9, 0.0))
_BREATH_PX = 0.9
_BREATH_S = 3.9


def sway(time_s: float, liveliness: float) -> Pose:
    """How far somebody is from their pose at ``time_s``; yaw stays within 7.2° at liveliness 1.

    Breathing does not depend on ``liveliness``, and only ever lowers the picture: it has nothing to
    show below a torso's lower edge.
    """
    return Pose(
        yaw_deg=liveliness * _sum(_YAW_DEG, time_s),
        pitch_deg=liveliness * _sum(_PITCH_DEG, time_s),
        roll_deg=liveliness * _sum(_ROLL_DEG, time_s),
        shift_x_px=liveliness * _sum(_SIDEWAYS_PX, time_s),
        shift_y_px=_BREATH_PX * (1 + sin(2 * pi * time_s / _BREATH_S)),
    )


def _sum(waves: _Waves, time_s: float) -> float:
    return sum(size * sin(2 * pi * time_s / period + phase) for size, period, phase in waves)
