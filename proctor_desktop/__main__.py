"""``python -m proctor_desktop`` is the same program as ``proctor-desktop``."""

from proctor_desktop.cli import main

main()
