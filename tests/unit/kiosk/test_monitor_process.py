from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk import monitor_process
from proctor_desktop.kiosk.monitor_process import MonitorProcess
from proctor_desktop.kiosk.supervision import Exit
from proctor_desktop.wire import stdio
from tests.fakes.kiosk_views import NOTICE

Command = Callable[..., list[str]]


def collected(monitor: MonitorProcess) -> list[stdio.Downward]:
    messages: list[stdio.Downward] = []
    monitor.said.connect(messages.extend)
    return messages


def test_messages_go_both_ways_and_the_end_of_input_ends_it(
    qtbot: QtBot, fake_monitor: Command, heard: Callable[[], str]
) -> None:
    monitor = MonitorProcess(fake_monitor())
    messages = collected(monitor)
    monitor.start()
    qtbot.waitUntil(lambda: any(isinstance(m, stdio.Notice) for m in messages))
    assert messages[0] == stdio.PhaseIs(Phase.OPENED)
    assert monitor.send(stdio.Consent(True, NOTICE.sha256, "en"))
    qtbot.waitUntil(lambda: stdio.PhaseIs(Phase.CONSENTED) in messages)
    with qtbot.waitSignal(monitor.gone) as gone:
        monitor.stop()
    assert gone.args == [Exit(code=0, crashed=False)]
    assert not monitor.running
    assert '"type":"consent"' in heard()


def test_how_it_died_and_its_last_words_are_told(qtbot: QtBot, fake_monitor: Command) -> None:
    monitor = MonitorProcess(fake_monitor("mute"))
    with qtbot.waitSignal(monitor.gone) as gone:
        monitor.start()
    assert gone.args == [Exit(3, False, ("RuntimeError: no words",))]


def test_a_second_life_can_follow_the_first(qtbot: QtBot, fake_monitor: Command) -> None:
    monitor = MonitorProcess(fake_monitor("mute"))
    for _ in range(2):
        with qtbot.waitSignal(monitor.gone):
            monitor.start()


def test_a_second_monitor_beside_the_first_is_refused(qtbot: QtBot, fake_monitor: Command) -> None:
    monitor = MonitorProcess(fake_monitor())
    monitor.start()
    with pytest.raises(RuntimeError, match="runs already"):
        monitor.start()
    with qtbot.waitSignal(monitor.gone):
        monitor.stop()


def test_a_bad_line_is_reported_and_the_rest_is_heard(qtbot: QtBot, fake_monitor: Command) -> None:
    monitor = MonitorProcess(fake_monitor("garbles"))
    messages = collected(monitor)
    with qtbot.waitSignal(monitor.garbled) as garbled:
        monitor.start()
    assert "this is no message" in garbled.args[0]
    qtbot.waitUntil(lambda: any(isinstance(m, stdio.Snapshot) for m in messages))
    with qtbot.waitSignal(monitor.gone):
        monitor.stop()


def test_a_program_that_is_not_there_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    monitor = MonitorProcess([str(tmp_path / "missing")])
    with qtbot.waitSignal(monitor.not_started) as told:
        monitor.start()
    assert told.args[0]
    assert not monitor.running


def test_nobody_hears_what_is_said_to_a_monitor_that_is_gone(qtbot: QtBot) -> None:
    assert not MonitorProcess(["x"]).send(stdio.StartExam())


def test_one_that_does_not_end_is_ended_by_force(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "deaf.sh"
    script.write_text(
        'trap \'\' TERM\necho \'{"type":"phase","phase":"opened"}\'\nwhile :; do sleep 0.05; done\n'
    )
    monkeypatch.setattr(monitor_process, "EOF_PATIENCE_MS", 10)
    monkeypatch.setattr(monitor_process, "TERMINATE_PATIENCE_MS", 10)
    monitor = MonitorProcess(["/bin/sh", str(script)])
    with qtbot.waitSignal(monitor.said):
        monitor.start()
    with qtbot.waitSignal(monitor.gone) as gone:
        monitor.stop()
    assert gone.args[0].crashed
