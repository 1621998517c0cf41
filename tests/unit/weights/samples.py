"""A made-up package with one model in it, and manifests that name it."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from proctor_desktop.weights.manifest import WheelSource, parse

PAYLOAD = b"the bytes of a small model"
VENDOR_PAYLOAD = b"the bytes of the vendor's model"
_DIST_INFO = "small_model-1.0.dist-info"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def entry(name: str = "small", file: str = "small.bin", extra: str = "") -> str:
    return f"""
[[weights]]
name = "{name}"
file = "{file}"
sha256 = "{sha256(PAYLOAD)}"
size_bytes = {len(PAYLOAD)}
licence = "MIT"
without = "nothing small is seen"
{extra}
[[weights.alternatives]]
sha256 = "{sha256(VENDOR_PAYLOAD)}"
size_bytes = {len(VENDOR_PAYLOAD)}
what = "the vendor's"

[[weights.sources]]
kind = "folder"

[[weights.sources]]
kind = "wheel"
requirement = "small-model==1.0"
python = "3.11"
platforms = ["manylinux_2_28_x86_64"]
recipe = "copy"
members = [{{ role = "model", path = "small_model/model.bin", sha256 = "{sha256(PAYLOAD)}" }}]
"""


def published_entry(url: str = "https://example.org/small.bin", extra: str = "") -> str:
    """A model that its publisher offers, with no alternative and no wheel."""
    return f"""
[[weights]]
name = "small"
file = "small.bin"
sha256 = "{sha256(PAYLOAD)}"
size_bytes = {len(PAYLOAD)}
licence = "MIT"
without = "nothing small is seen"
publisher = "Small Models, https://example.org/"
{extra}
[[weights.sources]]
kind = "folder"

[[weights.sources]]
kind = "url"
url = "{url}"
"""


def manifest_text(*entries: str) -> str:
    return "version = 1\n" + "".join(entries or (entry(),))


def wheel_source() -> WheelSource:
    source = parse(manifest_text()).weight("small").sources[1]
    assert isinstance(source, WheelSource)
    return source


def make_wheel(folder: Path, payload: bytes = PAYLOAD) -> Path:
    """A wheel that pip itself accepts, for the platform that the manifest names."""
    path = folder / "small_model-1.0-cp311-cp311-manylinux_2_28_x86_64.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("small_model/model.bin", payload)
        archive.writestr(
            f"{_DIST_INFO}/METADATA", "Metadata-Version: 2.1\nName: small-model\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{_DIST_INFO}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\n"
            "Tag: cp311-cp311-manylinux_2_28_x86_64\n",
        )
        archive.writestr(f"{_DIST_INFO}/RECORD", "")
    return path
