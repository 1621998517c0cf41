"""A quiet row of facts: each an icon, its name and its state in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtWidgets import QHBoxLayout, QWidget

from proctor_desktop.ui.flow import FlowLayout
from proctor_desktop.ui.icon import Icon
from proctor_desktop.ui.text import label
from proctor_desktop.ui.theme import unit


class Tone(StrEnum):
    """How a fact is drawn; its words say the same without colour. Values are token names."""

    CALM = "muted"
    GOOD = "good"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry: ``key`` tells it from the others, ``icon`` is a drawing's name."""

    key: str
    icon: str
    name: str
    state: str
    tone: Tone = Tone.CALM

    @property
    def in_words(self) -> str:
        """What a screen reader says."""
        return f"{self.name}: {self.state}"


class Indicator(QWidget):
    """One fact on screen; what needs a look has another icon too, not just another colour."""

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        step = unit(self)
        self._icon = Icon(fact.icon, fact.tone, lines=0.95)
        self._name = label(role="small", wrap=False)
        self._state = label(role="fact", wrap=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(step // 2)
        for part in (self._icon, self._name, self._state):
            row.addWidget(part)
        self.show_fact(fact)

    def show_fact(self, fact: Fact) -> None:
        """Show ``fact``."""
        icon = "attention" if fact.tone is Tone.ATTENTION else fact.icon
        self._icon.show_icon(icon, fact.tone)
        self._name.setText(fact.name)
        self._state.setText(fact.state)
        self.setAccessibleName(fact.in_words)


class StatusStrip(QWidget):
    """Facts side by side, in a second row where one is too narrow."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._facts: dict[str, Fact] = {}
        self._indicators: dict[str, Indicator] = {}
        self._row = FlowLayout(unit(self) * 2)
        self.setLayout(self._row)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is shown."""
        return tuple(self._facts.values())

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these; the keys stay the same from call to call."""
        for fact in facts:
            if fact.key not in self._indicators:
                self._indicators[fact.key] = Indicator(fact)
                self._row.addWidget(self._indicators[fact.key])
            elif self._facts[fact.key] != fact:
                self._indicators[fact.key].show_fact(fact)
            self._facts[fact.key] = fact
