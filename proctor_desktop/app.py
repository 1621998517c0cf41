"""The composition root of monitor: builds the stages, starts them left to right, drains them.

camera ─ slot ─ vision ─┐
microphone ─ activity ──┼─ inbox ─ loop (engine, evidence) ─ journal ─ upload
focus ──────────────────┤
screen ─ segmenter ─────┘
"""

from __future__ import annotations

import shutil
import signal
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from proctor_desktop.config import exam as exam_file
from proctor_desktop.config.exam import SignedExam
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Event
from proctor_desktop.core.moment import rfc3339
from proctor_desktop.core.observation import Health, Source, SourceHealth
from proctor_desktop.hosts import this_host
from proctor_desktop.hosts.clock import SystemClock, boot_id
from proctor_desktop.hosts.core_dumps import forbid_core_dumps
from proctor_desktop.hosts.memory import keep_memory_compact
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.blobs import BlobStore
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.recover import LeftBehind
from proctor_desktop.journal.reserve import Reserve
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from proctor_desktop.monitor.abilities import abilities
from proctor_desktop.monitor.analysers import installed
from proctor_desktop.monitor.clips import Clips
from proctor_desktop.monitor.conductor import Conductor, Hands, Session
from proctor_desktop.monitor.delivery import deliver
from proctor_desktop.monitor.disk_watch import DiskWatch
from proctor_desktop.monitor.evidence import Evidence
from proctor_desktop.monitor.farewell import NOT_DELIVERED, farewell
from proctor_desktop.monitor.footage import footage, rings
from proctor_desktop.monitor.inbox import Inbox, StageCrashed
from proctor_desktop.monitor.kiosk_link import KioskLink, NoKiosk
from proctor_desktop.monitor.known_counts import KnownCounts
from proctor_desktop.monitor.loop import ORPHANED_REASON, PHOTO, UPLOAD, WAKE, Outlets, SessionLoop
from proctor_desktop.monitor.patient_writer import PatientWriter
from proctor_desktop.monitor.recent_frames import Picture, RecentFrames
from proctor_desktop.monitor.recovery import BrokenOff, find_unfinished, take_over
from proctor_desktop.monitor.reference_photo import ReferencePhoto
from proctor_desktop.monitor.stages import StageOptions, Stages
from proctor_desktop.monitor.status import Status
from proctor_desktop.monitor.stop_request import StopRequest
from proctor_desktop.monitor.timers import Timers
from proctor_desktop.recording import still
from proctor_desktop.upload.bandwidth import paced
from proctor_desktop.upload.client import Client
from proctor_desktop.upload.enrol import Identity
from proctor_desktop.upload.worker import UploadWorker
from proctor_desktop.wire import rest, stdio
from proctor_desktop.wire.seal import Recipients

LOCK_WAIT_S = 30.0
"""How long a restarted kiosk's monitor waits for the one before it to notice and let go."""


@dataclass(frozen=True, kw_only=True)
class MonitorOptions:
    """What ``proctor-desktop monitor`` was asked to do."""

    exam: Path
    data: Path
    stages: StageOptions
    candidate: rest.Candidate
    duration_s: float | None = None
    kiosk: bool = False
    skip_preparation: bool = False
    institution_keys: tuple[str, ...] = ()


_WINDOW_IS_HERE = SourceHealth(Source.KIOSK, Health.OK, "the exam window is here")


def run(options: MonitorOptions, lines_in: TextIO, lines_out: TextIO) -> int:
    """Watch one session from start to end; returns the exit code.

    Raises EnvironmentProblem for whatever a person has to put right; what was recorded by then
    stays, and the next run on the same data folder goes on with it.
    """
    keep_memory_compact()
    forbid_core_dumps()
    signed = exam_file.load(options.exam, options.institution_keys)
    with session_folder.exclusive(options.data, LOCK_WAIT_S if options.kiosk else 0.0):
        return Monitor(options, signed, lines_in, lines_out).run()


class Monitor:
    """One run of the monitor on one session."""

    def __init__(
        self, options: MonitorOptions, signed: SignedExam, lines_in: TextIO, lines_out: TextIO
    ) -> None:
        self._options = options
        self._signed = signed
        self._host = this_host()
        self._clock = SystemClock()
        self._boot = boot_id()
        self._inbox = Inbox()
        self._timers = Timers()
        self._status = Status()
        self._counts = KnownCounts()
        self._frames = RecentFrames()
        self._stop = StopRequest()
        self._wants_preview = False
        self._link: KioskLink | NoKiosk = NoKiosk(_tell)
        if options.kiosk:
            self._link = KioskLink(lines_in, lines_out, self._inbox, self._clock)
        self._analysers = installed()
        self._rings = rings(signed.exam.policy.recording)
        self._stages = Stages(
            options.stages,
            self._host,
            signed.exam.policy,
            self._analysers,
            self._rings,
            self._clock,
            self._inbox,
            self._frames,
            self._stop,
            self._show_preview,
        )

    def run(self) -> int:
        """Open or resume the session, watch it, close it, deliver what can be delivered."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda n, _: self._stop.ask(f"ended by {signal.Signals(n).name}"))
        there = reversed(session_folder.existing(self._options.data))
        found, broken = find_unfinished(there, self._signed.sha256, self._options.candidate)
        if not self._options.kiosk:
            self._stages.open()
        folder = found.folder if found else self._new_folder()
        left = found.left if found else LeftBehind()
        work = threading.Event()
        with ExitStack() as stack:
            # Every page was checked just now, or is new.
            writer = Writer(folder, self._boot, committed=work.set, check=False)
            stack.callback(writer.close)
            reader = stack.enter_context(Reader(folder.path, check=False))
            upload_reader = stack.enter_context(Reader(folder.path, check=False))
            reserve = Reserve(folder.path)
            stack.callback(reserve.give_up)
            to = self._recipients(folder)
            blobs = BlobStore(folder.blobs, folder.incoming, to, reserve.claim_still)
            if found:
                take_over(found, reader, writer, blobs, self._clock.now(), self._boot)
            worker = self._upload_worker(folder, upload_reader, writer, left, work)
            patient = PatientWriter(writer, lambda now: disk.full(now))  # noqa: PLW0108 - made below
            evidence = self._evidence(patient, blobs, left)
            disk = self._disk_watch(folder, reserve, evidence)
            photo = self._reference_photo(reader)
            conductor = self._conductor(folder, photo, evidence, worker)
            loop = self._loop(evidence, conductor, blobs, reader, worker, photo, disk)
            stack.callback(worker.stop, 2.0)
            stack.callback(self._stages.stop)
            self._link.start()
            self._enter(conductor, left, broken)
            return self._watch(folder, reader, worker, evidence, conductor, loop, patient, reserve)

    def _enter(self, conductor: Conductor, left: LeftBehind, broken: BrokenOff | None) -> None:
        if left.last is None:
            conductor.open(*([("gap", broken.to_json())] if broken else []))
        else:
            conductor.resume(left, self._boot)

    def _reference_photo(self, reader: Reader) -> ReferencePhoto:
        return ReferencePhoto(
            self._stages,
            self._frames,
            reader.blob_path,
            sealed=bool(self._signed.exam.seal_to),
            say=self._link.say if self._options.kiosk else None,
        )

    def _recipients(self, folder: SessionFolder) -> Recipients:
        return Recipients(folder.session, self._signed.exam.seal_to)

    def _watch(
        self,
        folder: SessionFolder,
        reader: Reader,
        worker: UploadWorker,
        evidence: Evidence,
        conductor: Conductor,
        loop: SessionLoop,
        journal: PatientWriter,
        reserve: Reserve,
    ) -> int:
        reason = loop.run(self._options.duration_s)
        self._stages.stop()
        loop.drain()
        evidence.finish_clips(self._clock.now())
        if reason == ORPHANED_REASON:
            evidence.flush()
            reserve.give_up()  # nothing more is recorded, and the database has to get all of it
            journal.settle()
            return NOT_DELIVERED
        conductor.close(reason)
        reserve.give_up()
        journal.settle()
        head, asked = reader.head(), self._stop.times
        if not conductor.agreed:
            return 0
        outcome = deliver(
            reader,
            worker,
            head,
            folder.path.with_suffix(".evidence"),
            self._clock.now().wall_utc,
            show=lambda: self._show(conductor, evidence, reader, worker),
            hurry=lambda: self._stop.times > asked,
            keep_local_days=self._signed.exam.policy.delivery.keep_local_days,
        )
        return farewell(
            outcome, self._link.say, _tell, self._signed.exam.endpoint, self._options.data
        )

    def _new_folder(self) -> SessionFolder:
        return session_folder.create(self._options.data, self._signed.envelope)

    def _upload_worker(
        self,
        folder: SessionFolder,
        reader: Reader,
        writer: Writer,
        left: LeftBehind,
        work: threading.Event,
    ) -> UploadWorker:
        now = rfc3339(self._clock.now().wall_utc)
        started = left.opened.wall if left.opened else now
        identity = Identity(
            folder.session,
            folder.credentials(),
            self._signed.envelope,
            self._options.candidate,
            started,
        )
        exam = self._signed.exam
        client = Client(exam.endpoint, folder.session, paced(exam.policy.delivery))
        return UploadWorker(
            client,
            reader,
            writer,
            identity,
            self._clock,
            lambda bug: self._inbox.put(StageCrashed(UPLOAD, bug)),
            work,
        )

    def _evidence(self, writer: PatientWriter, blobs: BlobStore, left: LeftBehind) -> Evidence:
        return Evidence(
            Engine(self._signed.exam.policy, left.next_violation),
            writer,
            blobs,
            self._frames,
            warn=lambda rule, text: self._link.say(stdio.Toast(rule, text)),
            wake=lambda mono_ns: self._timers.at(WAKE, mono_ns),
            clips=Clips(
                footage(self._rings),
                blobs.keep,
                lambda bug: self._inbox.put(StageCrashed("clips", bug)),
            ),
        )

    def _disk_watch(self, folder: SessionFolder, reserve: Reserve, evidence: Evidence) -> DiskWatch:
        return DiskWatch(
            lambda: shutil.disk_usage(folder.path).free,
            reserve,
            (self._stages, evidence),
            evidence.record,
            warn=lambda rule, text: self._link.say(stdio.Toast(rule, text)),
        )

    def _conductor(
        self,
        folder: SessionFolder,
        photo: ReferencePhoto,
        evidence: Evidence,
        worker: UploadWorker,
    ) -> Conductor:
        session = Session(
            folder.session,
            folder.session_key(),
            self._signed,
            self._options.candidate,
            abilities(self._host, self._options.stages, self._analysers, self._signed.exam.seal_to),
        )

        def watch() -> None:
            if self._options.kiosk:
                self._stages.open()
                self._inbox.put(Event(self._clock.now(), _WINDOW_IS_HERE))
            self._stages.start(folder.segments, self._recipients(folder))
            worker.start()

        hands = Hands(
            watch=watch,
            calibrate=self._stages.calibrate,
            cancel=self._stages.vision.cancel_calibration,
            use=self._stages.vision.use,
            photo=worker.photo,
            remember=photo.taken,
            recall=photo.recall,
            say=self._link.say,
            alarm=self._set_photo_alarm,
            stop=self._stop.ask,
        )
        return Conductor(
            session,
            evidence,
            self._clock,
            hands,
            unattended=not self._options.kiosk,
            skip_preparation=self._options.skip_preparation,
        )

    def _loop(
        self,
        evidence: Evidence,
        conductor: Conductor,
        blobs: BlobStore,
        reader: Reader,
        worker: UploadWorker,
        photo: ReferencePhoto,
        disk: DiskWatch,
    ) -> SessionLoop:
        def beat() -> int:
            counts = self._counts.read(reader)
            worker.beat(self._status.beat(self._clock.now(), conductor.phase, counts))
            return counts.pending

        outlets = Outlets(
            snapshot=lambda: self._show(conductor, evidence, reader, worker),
            beat=beat,
            preview=self._set_preview,
            wanted=lambda: session_folder.takeover_wanted(self._options.data),
            photo=photo.held,
            clocks=self._clock.reading,
            disk=disk.look,
        )
        return SessionLoop(
            self._inbox,
            self._timers,
            evidence,
            conductor,
            blobs,
            self._status,
            self._clock,
            outlets,
            self._stop,
        )

    def _show(
        self, conductor: Conductor, evidence: Evidence, reader: Reader, worker: UploadWorker
    ) -> None:
        if not self._options.kiosk:
            return
        self._link.say(
            self._status.snapshot(
                self._clock.now(),
                conductor.exam_started,
                self._counts.read(reader),
                worker.status.online,
                sorted(evidence.engine.open_violations.values()),
            )
        )

    def _set_preview(self, on: bool) -> None:
        self._wants_preview = on

    def _show_preview(self, frame: Picture) -> None:
        if self._wants_preview:
            self._link.preview(still.preview(frame.image))

    def _set_photo_alarm(self, after_s: float | None) -> None:
        if after_s is None:
            self._timers.cancel(PHOTO)
        else:
            self._timers.at(PHOTO, self._clock.now().later(after_s).mono_ns)


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
