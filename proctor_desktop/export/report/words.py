"""How figures and names are put for a reader."""

from __future__ import annotations

from proctor_desktop.core.scoring import Risk

_TITLES = {
    "face_missing": "No face in the picture",
    "multiple_faces": "More than one face",
    "head_turned": "Head turned away",
    "outside_zone": "Face at the edge of the picture",
    "looking_away": "Gaze away from the screen",
    "eyes_closed": "Eyes closed for long",
    "low_confidence": "Face hard to make out",
    "pictured_face": "A face that never moves (a picture?)",
    "suspicious_object": "An object the exam asks about",
    "identity_mismatch": "Face unlike the reference photo",
    "spoof_suspected": "Face looks like a print or a screen",
    "camera_covered": "Camera covered, or a flat picture",
    "frozen_camera": "Camera picture stands still",
    "camera_changed": "Another camera or another scene",
    "prolonged_silence": "Prolonged silence",
    "voice_detected": "Somebody speaks",
    "dead_microphone": "Nothing from the microphone",
    "clipping": "Microphone turned up too far",
    "focus_lost": "Exam window left",
    "app_switched": "Switched between other programs",
}

RISKS = {
    Risk.GREEN: "Little was observed.",
    Risk.YELLOW: "Some of what was observed deserves a look.",
    Risk.RED: "Much was observed, or it weighs a lot: look at all of it.",
}

DASH = "\N{EN DASH}"
_S_PER_MINUTE = 60
_S_PER_HOUR = 3600
_PERCENT = 100.0


def rule_title(rule: str) -> str:
    """A rule's name as a heading; rules this version does not know keep their own name."""
    return _TITLES.get(rule, rule.replace("_", " "))


def duration(seconds: float) -> str:
    """``4.2 s``, ``3 min 05 s`` or ``1 h 02 min``."""
    if seconds < _S_PER_MINUTE:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _S_PER_HOUR:
        return f"{whole // _S_PER_MINUTE} min {whole % _S_PER_MINUTE:02d} s"
    minutes = round(seconds / _S_PER_MINUTE)
    return f"{minutes // _S_PER_MINUTE} h {minutes % _S_PER_MINUTE:02d} min"


def offset(seconds: float) -> str:
    """A place on the session's time line: ``02:05``, ``1:02:05``, ``-00:10`` before its start."""
    whole = abs(round(seconds))
    sign = "-" if seconds < 0 and whole else ""
    minutes, rest = divmod(whole, _S_PER_MINUTE)
    hours, minutes = divmod(minutes, _S_PER_MINUTE)
    return f"{sign}{hours}:{minutes:02d}:{rest:02d}" if hours else f"{sign}{minutes:02d}:{rest:02d}"


def measure(value: float | None, unit: str) -> str:
    """A measured value or limit with its unit; a dash when there is none."""
    if value is None:
        return DASH
    if unit == "deg":
        return f"{value:.1f}°"
    if unit == "fraction":
        return f"{value * _PERCENT:.0f} %"
    if unit == "s":
        return duration(value)
    return f"{value:g} {unit}".strip()


def percent(value: float | None) -> str:
    """A confidence from 0 to 1 in percent; a dash when there is none."""
    return DASH if value is None else f"{value * _PERCENT:.0f} %"


def size(bytes_: int) -> str:
    """A file size: ``812 bytes``, ``1.4 MB``."""
    for factor, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if bytes_ >= factor:
            return f"{bytes_ / factor:.1f} {unit}"
    return f"{bytes_} bytes"
