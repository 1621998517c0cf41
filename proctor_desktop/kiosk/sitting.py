"""One candidate's sitting: joins monitor, the view and whoever presses the buttons."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk import state, supervision
from proctor_desktop.kiosk.autopilot import Leave, next_move
from proctor_desktop.kiosk.monitor_process import MonitorProcess
from proctor_desktop.kiosk.options import KioskOptions
from proctor_desktop.kiosk.state import CandidateView, Link, stage
from proctor_desktop.wire import stdio

TICK_MS = 250
RESTART_DELAY_MS = 500
LEAVE_PATIENCE_S = 5.0
"""How long monitor has to answer a candidate who leaves before the exam began."""

log = logging.getLogger(__name__)


class Sitting(QObject):
    """Holds the present :class:`CandidateView` and is the only one who changes it.

    ``changed`` carries the view before and after; ``left`` comes once, with the exit code, when
    nothing runs any more (``has_left`` then stays true). ``clock`` is monotonic seconds. The
    reference photo is held here for a monitor that is started again, in memory only.
    """

    changed = Signal(object, object)
    left = Signal(int)

    def __init__(
        self,
        command: Sequence[str],
        options: KioskOptions,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.view = CandidateView()
        self.last_words: tuple[str, ...] = ()
        self._options = options
        self._clock = clock
        self._restarts_s: list[float] = []
        self._stage_since_s = self._clock()
        self._exam_since_s: float | None = None
        self._leave_since_s: float | None = None
        self.has_left = False
        self._preview_wanted = False
        self._photo = stdio.HeldPhoto()
        self._monitor = MonitorProcess(command, self)
        self._monitor.started.connect(self._hand_back_photo)
        self._monitor.said.connect(self._hear)
        self._monitor.garbled.connect(self._garbled)
        self._monitor.gone.connect(self._gone)
        self._monitor.not_started.connect(self._not_started)
        self._restart = QTimer(self, singleShot=True, interval=RESTART_DELAY_MS)
        self._restart.timeout.connect(self._monitor.start)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._on_tick)

    @property
    def leaving(self) -> bool:
        """Whether the candidate is on the way out."""
        return self._leave_since_s is not None

    def start(self) -> None:
        """Start monitor and the clock of the unattended candidate."""
        self._tick.start()
        self._monitor.start()

    def ask(self, message: stdio.Upward) -> None:
        """Send what the candidate did; nothing changes if monitor is not there to hear it."""
        if self._monitor.send(message):
            self._show(state.sent(self.view, message))

    def dismiss(self) -> None:
        """The candidate has read the trouble above the screen."""
        self._show(state.dismissed(self.view))

    def retry(self) -> None:
        """Start afresh after a trouble that stopped everything."""
        if not self._monitor.running:
            self._restarts_s.clear()
            self._show(CandidateView(messages=self.view.messages))
            self._monitor.start()

    def leave(self) -> None:
        """Finish what runs, let monitor go, then tell ``left``; a second call does not wait."""
        if self.leaving:
            self._monitor.stop()
        self._leave_since_s = self._clock()
        if self._may_go_now():
            self._restart.stop()
        self._go_on_leaving()

    def _hear(self, messages: Sequence[stdio.Downward]) -> None:
        view = self.view
        for message in messages:
            if isinstance(message, stdio.HoldPhoto):
                self._photo = stdio.HeldPhoto(message.blob, message.jpeg)
            view = state.reduce(view, message, self._clock())
        self._show(view)

    def _hand_back_photo(self) -> None:
        """Give a new monitor the reference photo; on disk it is sealed and cannot be read."""
        self._monitor.send(self._photo)

    def _garbled(self, fault: str) -> None:
        self._show(state.troubled(self.view, supervision.not_understood(fault)))

    def _not_started(self, why: str) -> None:
        trouble = supervision.not_started("proctor-desktop monitor", why)
        self._show(state.troubled(state.silenced(self.view, Link.STOPPED), trouble))
        self._go_on_leaving()

    def _gone(self, end: supervision.Exit) -> None:
        self.last_words = end.last_words
        now_s = self._clock()
        self._preview_wanted = False
        after = supervision.after_exit(self.view, end, self._restarts_s, now_s)
        if after is supervision.After.RESTART and not self._may_go_now():
            log.warning("monitor is started again: %s", end.in_words)
            self._restarts_s.append(now_s)
            view = state.silenced(self.view, Link.RESTARTING)
            words = self.tr("The recorder stopped and is started again. You can go on.")
            self._show(state.told(view, "monitor", words, now_s))
            self._restart.start()
            return
        view = state.silenced(self.view, Link.STOPPED)
        if after is supervision.After.GIVE_UP:
            view = state.troubled(view, supervision.gave_up(end))
        self._show(view)
        self._go_on_leaving()

    def _show(self, view: CandidateView) -> None:
        before, self.view = self.view, view
        if stage(before) is not stage(view) or (view.ended and not before.ended):
            self._stage_since_s = self._clock()
        if view.phase is Phase.RUNNING and self._exam_since_s is None:
            self._exam_since_s = self._clock()
        self.changed.emit(before, view)
        self._ask_for_preview()

    def _ask_for_preview(self) -> None:
        wanted = state.wants_preview(self.view)
        talking = self.view.link is Link.TALKING
        if wanted is not self._preview_wanted and talking:
            self._preview_wanted = wanted
            self._monitor.send(stdio.WantPreview(wanted))

    def _on_tick(self) -> None:
        if self.leaving:
            self._go_on_leaving()
        elif self.view.declined:
            self._stop_when_answered(self._stage_since_s)
        elif self._options.unattended:
            self._unattended_move()

    def _unattended_move(self) -> None:
        now_s = self._clock()
        exam_s = now_s - self._exam_since_s if self._exam_since_s is not None else 0.0
        waited_s = now_s - self._stage_since_s
        move = next_move(self.view, waited_s, exam_s, self._options.duration_s)
        if isinstance(move, Leave):
            self.leave()
        elif move is not None:
            self.ask(move)

    def _may_go_now(self) -> bool:
        """Whether nothing is lost if monitor is not started again while leaving."""
        return self.leaving and self._exam_since_s is None

    def _go_on_leaving(self) -> None:
        if self._leave_since_s is None or self.has_left:
            return
        if not self._monitor.running and not self._restart.isActive():
            self.has_left = True
            self._tick.stop()
            self.left.emit(1 if self.view.fatal and not self.view.ended else 0)
        elif self.view.ended is not None or self.view.fatal is not None:
            self._monitor.stop()
        elif self._exam_since_s is None:
            self._request_finish()
            self._stop_when_answered(self._leave_since_s)
        else:
            self._request_finish()

    def _request_finish(self) -> None:
        done = self.view.declined or self.view.phase is Phase.CLOSED
        if not done and stdio.FinishExam.type not in self.view.asked:
            self.ask(stdio.FinishExam())

    def _stop_when_answered(self, since_s: float) -> None:
        answered = self.view.phase is Phase.CLOSED or self.view.ended is not None
        if answered or self._clock() - since_s > LEAVE_PATIENCE_S:
            self._monitor.stop()
