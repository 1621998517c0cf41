from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from proctor_desktop.ui.flow import FlowLayout

GAP = 10


def box(qtbot: QtBot, count: int, *, right: bool = False) -> tuple[QWidget, FlowLayout]:
    host = QWidget()
    qtbot.addWidget(host)
    layout = FlowLayout(GAP, right=right)
    host.setLayout(layout)
    for _ in range(count):
        part = QWidget()
        part.setFixedSize(100, 20)
        layout.addWidget(part)
        part.show()
    return host, layout


def places(layout: FlowLayout) -> list[tuple[int, int]]:
    found = (layout.itemAt(at) for at in range(layout.count()))
    return [(item.geometry().x(), item.geometry().y()) for item in found if item]


def test_what_fits_stands_in_one_row(qtbot: QtBot) -> None:
    _host, layout = box(qtbot, 3)
    layout.setGeometry(QRect(0, 0, 320, 20))
    assert places(layout) == [(0, 0), (110, 0), (220, 0)]
    assert layout.sizeHint() == QSize(320, 20)


def test_what_does_not_fit_goes_on_in_the_next_row(qtbot: QtBot) -> None:
    _host, layout = box(qtbot, 3)
    layout.setGeometry(QRect(0, 0, 319, 50))
    assert places(layout) == [(0, 0), (110, 0), (0, 30)]
    assert layout.heightForWidth(319) == 50
    assert layout.minimumSize() == QSize(100, 20)


def test_rows_can_end_at_the_right_edge(qtbot: QtBot) -> None:
    _host, layout = box(qtbot, 2, right=True)
    layout.setGeometry(QRect(0, 0, 400, 20))
    assert places(layout) == [(190, 0), (300, 0)]


def test_hidden_parts_take_no_room(qtbot: QtBot) -> None:
    _host, layout = box(qtbot, 2)
    first = layout.itemAt(0)
    assert first is not None
    first.widget().hide()
    layout.setGeometry(QRect(0, 0, 400, 20))
    assert places(layout)[1] == (0, 0)
    assert layout.takeAt(5) is None
