"""The course that the self-test runs: each step goes on with what the ones before it made."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Generic, TypeVar

from proctor_desktop import __version__
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.recording.segment import Segment
from proctor_desktop.selftest import pictures, proof, server, sitting
from proctor_desktop.selftest.pictures import Picture
from proctor_desktop.selftest.sitting import Institution, Written
from proctor_desktop.selftest.steps import Outcome, Say, Step, StepFailed, carry_out
from proctor_desktop.ui.probe import paints

_FACES, _STILL, _VIDEO = "faces in pictures", "still as JPEG", "screen video"
_ENDPOINT, _JOURNAL, _DELIVERY = "endpoint", "session journal", "delivery"
_EXPORT, _VERIFY, _WINDOW = "export", "verification", "window"
_KILLED_BY = 128

T = TypeVar("T")


def run(say: Say) -> int:
    """Run every step; 0 when all went well, 1 when not.

    Everything is made in a temporary folder that is gone afterwards; the endpoint listens on this
    computer only. Raises EnvironmentProblem when there is no room for that folder.
    """
    say(f"Proctor Desktop {__version__}: self-test")
    with _cleaned_up_on_sigterm(), ExitStack() as stack:
        outcomes = carry_out(Course(_temporary_folder(stack), stack).steps(), say)
    bad = [name for name, outcome in outcomes.items() if outcome is not Outcome.OK]
    say(f"All {len(outcomes)} steps went well." if not bad else f"Not proven: {', '.join(bad)}.")
    return 1 if bad else 0


def _temporary_folder(stack: ExitStack) -> Path:
    try:
        folder = tempfile.TemporaryDirectory(prefix="proctor-desktop-selftest-")
    except OSError as problem:
        raise EnvironmentProblem(
            "the folder for temporary files",
            f"nothing can be made there ({problem.strerror or problem})",
            "Free some space, or name another folder in TMPDIR.",
        ) from problem
    return Path(stack.enter_context(folder))


@contextmanager
def _cleaned_up_on_sigterm() -> Iterator[None]:
    """Let SIGTERM end the program in an orderly way, so that no endpoint is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(_KILLED_BY + number)


class _Handed(Generic[T]):
    """What one step hands on to those that need it; asked for too early it raises LookupError."""

    def __init__(self) -> None:
        self._values: list[T] = []

    def put(self, value: T) -> None:
        self._values = [value]

    def get(self) -> T:
        if not self._values:
            raise LookupError("a step asks for what no step before it has made")
        return self._values[0]


class Course:
    """The steps and what they hand on; ``stack`` closes what has to outlive its step."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._clock = SystemClock()
        self._started = self._clock.now()
        self._picture: Picture = pictures.blank()
        self._segment = _Handed[Segment]()
        self._institution = _Handed[Institution]()
        self._address = _Handed[str]()
        self._written = _Handed[Written]()
        self._server_key = _Handed[str]()

    def steps(self) -> tuple[Step, ...]:
        """All steps in their order."""
        return (
            Step(_FACES, self._faces),
            Step(_STILL, self._still),
            Step(_ENDPOINT, self._endpoint),
            Step(_VIDEO, self._video),
            Step(_JOURNAL, self._journal, (_VIDEO, _ENDPOINT)),
            Step(_DELIVERY, self._delivery, (_JOURNAL,)),
            Step(_EXPORT, self._export, (_DELIVERY,)),
            Step(_VERIFY, self._verify, (_EXPORT,)),
            Step(_WINDOW, self._window),
        )

    def _faces(self) -> str:
        found = pictures.portrait()
        if found is not None:
            self._picture = found
        return pictures.analyse(found)

    def _still(self) -> str:
        return pictures.check_still(self._picture, self._folder)

    def _video(self) -> str:
        # What is played ends now: a computer that is slow up to here must not look late.
        self._started = self._clock.now().later(-(sitting.SPAN_S + 1.0))
        folder = self._folder / "segments"
        segment, seen = pictures.record_screen(folder, self._clock, self._started)
        self._segment.put(segment)
        return seen

    def _endpoint(self) -> str:
        institution = sitting.found_institution(self._folder)
        child = server.endpoint(self._endpoint_data, institution.public)
        address = self._stack.enter_context(child)
        self._institution.put(institution)
        self._address.put(address)
        return f"answers at {address}"

    def _journal(self) -> str:
        exam = sitting.sign_exam(self._folder, self._institution.get(), self._address.get())
        written = sitting.write_session(
            self._folder / "sessions", exam, self._started, self._picture, self._segment.get()
        )
        self._written.put(written)
        return sitting.check_session(written)

    def _delivery(self) -> str:
        server_key, seen = proof.deliver(self._written.get(), self._endpoint_data, self._clock)
        self._server_key.put(server_key)
        return seen

    def _export(self) -> str:
        return proof.export(self._written.get(), self._evidence, self._clock)

    def _verify(self) -> str:
        institution_key = self._institution.get().public
        return proof.check_export(self._evidence, institution_key, self._server_key.get())

    def _window(self) -> str:
        if not paints():
            raise StepFailed("a window was opened, and what it shows is not what was painted")
        return "opened without a display, painted, and closed"

    @property
    def _endpoint_data(self) -> Path:
        return self._folder / "endpoint"

    @property
    def _evidence(self) -> Path:
        return self._folder / "selftest.evidence"
