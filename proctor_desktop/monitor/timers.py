"""Named deadlines on the monotonic clock: pure bookkeeping for a loop that waits on a queue."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.core.moment import NS_PER_S


@dataclass
class Timers:
    """A deadline is set once, or repeats every so many seconds without drifting."""

    _due_ns: dict[str, int] = field(default_factory=dict)
    _period_ns: dict[str, int] = field(default_factory=dict)

    def at(self, name: str, due_ns: int) -> None:
        """Set (or move) the one deadline called ``name``."""
        self._due_ns[name] = due_ns

    def every(self, name: str, period_s: float, now_ns: int) -> None:
        """Let ``name`` come due each ``period_s`` from now on."""
        self._period_ns[name] = round(period_s * NS_PER_S)
        self._due_ns[name] = now_ns + self._period_ns[name]

    def cancel(self, name: str) -> None:
        """Forget ``name``; nothing happens if there is no such deadline."""
        self._due_ns.pop(name, None)
        self._period_ns.pop(name, None)

    def wait_s(self, now_ns: int, at_most_s: float) -> float:
        """Seconds until the next deadline, between zero and ``at_most_s``."""
        soonest = min(self._due_ns.values(), default=now_ns + round(at_most_s * NS_PER_S))
        return min(at_most_s, max(0.0, (soonest - now_ns) / NS_PER_S))

    def due(self, now_ns: int) -> list[str]:
        """What is due, in order; repeating ones are set again, past beats are not made up for."""
        names = sorted((due, name) for name, due in self._due_ns.items() if due <= now_ns)
        for due, name in names:
            period_ns = self._period_ns.get(name)
            if period_ns is None:
                del self._due_ns[name]
            else:
                missed = (now_ns - due) // period_ns
                self._due_ns[name] = due + (missed + 1) * period_ns
        return [name for _, name in names]
