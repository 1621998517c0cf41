"""A proctor can read all that decides: the standard library, ``cryptography`` and our own few."""

from __future__ import annotations

import json
import subprocess
import sys

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
    "proctor_desktop.export",
    "proctor_desktop.export.container",
    "proctor_desktop.export.manifest",
    "proctor_desktop.wire",
    "proctor_desktop.wire.dsse",
}


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
