"""What a camera calls itself, and whether that is the name of a program instead of a camera.

A name is all there is to go by: who builds a driver can call it anything, so a name that is not
on this list proves nothing. What is on it are programs whose purpose it is to put another picture
in the place of the camera's, a recording among them. Not on it are tools that make a webcam of a
phone (DroidCam, Iriun, EpocCam, Camo, Continuity Camera) and a maker's own software for a real
camera (EOS Webcam Utility, GoPro Webcam): they show what a lens sees, and honest candidates who
have no other camera use them. NVIDIA Broadcast and other filters are on it, because what comes out
is not what the lens saw.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_NAMES = Path("/sys/class/video4linux")

_PROGRAMS = (
    r"\bobs\b",  # OBS Studio's own virtual camera, and obs-virtualcam
    r"virtual\s*cam",  # how most of them end: "... Virtual Camera", "VirtualCam"
    r"\bvcam\b",  # e2eSoft VCam
    r"e2esoft",
    r"v4l2[\s_-]*loopback",
    r"dummy video device",  # v4l2loopback's name for a device that nobody named
    r"\bloopback\b",
    r"many\s*cam",
    r"snap\s*camera",
    r"xsplit",
    r"\bmmhmm\b",
    r"split\s*cam",
    r"youcam",
    r"web\s*cam\s*max",
    r"\bcamtwist\b",
    r"\bsparkocam\b",
    r"\bchromacam\b",
    r"\bakvcam\b",
    r"\bakvirtualcamera\b",
    r"\bwebcamoid\b",
    r"unity\s*(video|capture)",
    r"\bndi\b",  # NDI Webcam: any picture of the network
    r"\bvmix\b",
    r"wirecast",
    r"nvidia broadcast",
    r"screen\s*capture",
    r"fake\s*(web)?cam",
    r"\bvivid\b",  # the Linux kernel's test picture
)
_VIRTUAL = re.compile("|".join(_PROGRAMS), re.IGNORECASE)


def camera_name(number: int, platform: str = sys.platform, names: Path = _NAMES) -> str:
    """The name of camera ``number`` as it gives it itself; "" where there is none to be had.

    Linux lists the names in sysfs. On Windows and macOS the order in which OpenCV numbers the
    cameras is not the order in which the system lists their names, so a name found there might be
    another camera's: none is better than a wrong one.
    """
    if not platform.startswith("linux"):
        return ""
    try:
        text = (names / f"video{number}" / "name").read_text("utf-8", errors="replace")
    except OSError:
        return ""  # a container without sysfs, or the camera is gone again
    return text.strip()


def is_virtual(name: str) -> bool:
    """Whether this is the name of a program that pretends to be a camera."""
    return _VIRTUAL.search(name) is not None
