"""The kiosk as a program: the candidate's window and the monitor behind it."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Sequence

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from proctor_desktop.hosts.core_dumps import forbid_core_dumps
from proctor_desktop.hosts.qt_environment import drop_opencv_qt
from proctor_desktop.kiosk.display import require_display
from proctor_desktop.kiosk.options import KioskOptions
from proctor_desktop.kiosk.pictures import Pictures
from proctor_desktop.kiosk.sitting import Sitting
from proctor_desktop.kiosk.window import KioskWindow
from proctor_desktop.ui.icon import window_icon
from proctor_desktop.ui.theme import Theme, tokens_of


def run(
    command: Sequence[str], options: KioskOptions, clock: Callable[[], float] = time.monotonic
) -> int:
    """Show the window, drive the monitor that ``command`` starts, and return the exit code.

    ``--exam-pid`` with our process id is appended to ``command``, so that monitor knows the exam's
    windows. The code is 0 when the session ended or the candidate left before it began, and 1 when
    something stopped it. ``clock`` is what waits go by, in seconds. Raises EnvironmentProblem
    when there is no display.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    forbid_core_dumps()  # it shows the camera and may hold the reference photo
    drop_opencv_qt()
    require_display(os.environ)
    app = QApplication([])
    app.setApplicationName("proctor-desktop")
    app.setApplicationDisplayName("Proctor Desktop")
    app.setQuitOnLastWindowClosed(False)
    Theme(options.scheme, options.text_scale).apply(app)
    sitting = Sitting([*command, "--exam-pid", str(os.getpid())], options, clock)
    window = KioskWindow(sitting, options)
    app.setWindowIcon(QIcon(window_icon(tokens_of(window))))
    if options.screenshots is not None:
        Pictures(window, sitting, options.screenshots)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sitting.leave())
    sitting.left.connect(app.exit)
    window.show()
    sitting.start()
    return app.exec()
