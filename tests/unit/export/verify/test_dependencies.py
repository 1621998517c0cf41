"""A proctor can read all that decides: the standard library, ``cryptography`` and our own few."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import proctor_desktop.export.verify

_LIST_MODULES = """
import json, sys
before = set(sys.modules)
import proctor_desktop.export.verify
print(json.dumps(sorted(set(sys.modules) - before)))
"""
OURS = {
    "proctor_desktop",
    "proctor_desktop.core",
    "proctor_desktop.core.chain",
    "proctor_desktop.core.errors",
    "proctor_desktop.core.moment",
    "proctor_desktop.core.record_text",
    "proctor_desktop.core.strict_json",
    "proctor_desktop.export",
    "proctor_desktop.export.container",
    "proctor_desktop.export.manifest",
    "proctor_desktop.export.told_gaps",
    "proctor_desktop.export.verdict",
    "proctor_desktop.wire",
    "proctor_desktop.wire.dsse",
    "proctor_desktop.wire.weak_point",
}


def test_the_verifier_is_short_enough_to_be_read() -> None:
    folder = Path(proctor_desktop.export.verify.__file__).parent
    assert sum(len(path.read_text().splitlines()) for path in folder.glob("*.py")) <= 800


def test_the_verifier_needs_only_the_standard_library_and_cryptography() -> None:
    listed = subprocess.run(
        [sys.executable, "-c", _LIST_MODULES], capture_output=True, check=True, text=True
    )
    loaded = set(json.loads(listed.stdout))
    roots = {name.partition(".")[0] for name in loaded}
    others = {root for root in roots - sys.stdlib_module_names if not root.startswith("_")}
    assert others <= {"cryptography", "proctor_desktop"}
    ours = {name for name in loaded if name.startswith("proctor_desktop")}
    assert {name for name in ours if ".verify" not in name} == OURS
