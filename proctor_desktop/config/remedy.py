"""What a person is told to run when a file that came with the program is missing or damaged."""

from __future__ import annotations

SYNC_WEIGHTS = "Run 'proctor-desktop weights sync'."
"""For model files, and for whatever else the manifest of the weights names."""

SYNC_OR_INSTALL = "Run 'proctor-desktop weights sync', or install the program again."
"""For what may be missing from the installation itself."""
