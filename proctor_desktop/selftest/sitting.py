"""A made session that goes through the real journal: keys, exam, records, a violation, files."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from proctor_desktop.config import exam as exam_file
from proctor_desktop.config import keys
from proctor_desktop.config.exam import Exam, SignedExam
from proctor_desktop.core import media_type
from proctor_desktop.core.chain import EMPTY, Head, decode, follow
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Event
from proctor_desktop.core.frame import FRAMES_PER_S, Frame
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox, FacesSeen
from proctor_desktop.hosts.clock import boot_id
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.blobs import BlobStore
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from proctor_desktop.monitor.conductor import Conductor, Hands, Session
from proctor_desktop.monitor.evidence import Evidence
from proctor_desktop.monitor.recent_frames import RecentFrames
from proctor_desktop.monitor.segment_record import segment_data
from proctor_desktop.recording.segment import Segment
from proctor_desktop.selftest.pictures import Picture
from proctor_desktop.selftest.steps import StepFailed
from proctor_desktop.wire import rest
from proctor_desktop.wire.seal import Recipients

AWAY_S = 7.0
THERE_S = 2.0
SPAN_S = AWAY_S + 2 * THERE_S
RULE = "face_missing"
CANDIDATE: rest.Candidate = {"name": "Self Test", "email": "selftest@localhost"}

_FACE = FaceBox(0.4, 0.3, 0.2, 0.3, 1.0)


@dataclass(frozen=True, slots=True)
class Institution:
    """A throwaway key (private half in ``private``, public half in hex)."""

    private: Path
    public: str


@dataclass(frozen=True, slots=True)
class Written:
    """A complete session on disk."""

    folder: SessionFolder
    exam: SignedExam
    started: Moment
    head: Head


@dataclass(slots=True)
class PlayedClock:
    """A clock that is moved by hand, so that a session of seconds is written at once."""

    moment: Moment

    def now(self) -> Moment:
        """The moment it was moved to."""
        return self.moment


def found_institution(folder: Path) -> Institution:
    """Make a key pair as an institution does."""
    private = folder / "institution.key"
    return Institution(private, keys.create(private))


def sign_exam(folder: Path, institution: Institution, endpoint: str) -> SignedExam:
    """Sign an exam with the throwaway key and open it as a candidate does."""
    exam = Exam(
        id="selftest",
        title="Self-test",
        institution="This computer",
        endpoint=endpoint,
        notice="Nobody is recorded: all pictures are made.",
    )
    path = folder / "selftest.exam"
    path.write_bytes(exam_file.sign(exam, keys.load_private(institution.private)))
    return exam_file.load(path, [institution.public])


def write_session(
    data: Path, exam: SignedExam, started: Moment, picture: Picture, segment: Segment
) -> Written:
    """Play a session in which the candidate is away for seven seconds.

    The real engine decides on made observations; the real writer keeps what it decides.
    """
    with ExitStack() as stack:
        stack.enter_context(session_folder.exclusive(data))
        folder = session_folder.create(data, exam.envelope)
        writer = Writer(folder, boot_id())
        stack.callback(writer.close)
        blobs = BlobStore(folder.blobs, folder.incoming, Recipients(folder.session))
        clock = PlayedClock(started)
        frames = RecentFrames()
        evidence = Evidence(
            Engine(exam.exam.policy), writer, blobs, frames, lambda *_: None, lambda _: None
        )
        conductor = _conductor(folder, exam, evidence, clock)
        conductor.open()
        _play(evidence, clock, frames, picture)
        blob = blobs.adopt(segment.path, media_type.MP4)
        evidence.record(clock.now(), "segment", segment_data(segment), (blob,))
        return Written(folder, exam, started, conductor.close("the self-test is over"))


def check_session(written: Written) -> str:
    """Read the journal back and walk its chain; raises StepFailed or BrokenChain."""
    kinds: Counter[str] = Counter()
    rules: list[str] = []
    head = EMPTY
    with Reader(written.folder.path) as reader:
        for raw in reader.records():
            record = decode(raw)
            head = follow(head, record)
            kinds[record.kind] += 1
            if record.kind == "violation.start":
                rules.append(str(record.data["rule"]))
        lost = [name for name in reader.named_blobs() if reader.blob_path(name) is None]
        named = len(reader.named_blobs())
    if head != written.head or rules != [RULE] or kinds["violation.end"] != 1 or lost:
        raise StepFailed(
            f"the journal does not hold what was played: {dict(kinds)}, rules {rules}, "
            f"{len(lost)} files lost"
        )
    return f"{head.seq} records in one chain, one {RULE}, {named} files"


def _conductor(
    folder: SessionFolder, exam: SignedExam, evidence: Evidence, clock: PlayedClock
) -> Conductor:
    key = folder.session_key()
    return Conductor(
        Session(folder.session, key, exam, CANDIDATE, ()),
        evidence,
        clock,
        Hands(
            watch=_ignore,
            calibrate=_ignore,
            cancel=_ignore,
            use=_ignore,
            photo=_ignore,
            remember=lambda *_: {},
            recall=_ignore,
            say=_ignore,
            alarm=_ignore,
            stop=_ignore,
        ),
        unattended=True,
        skip_preparation=True,
    )


def _ignore(*_: object) -> None:
    """There is no kiosk and no device in this session."""


def _play(evidence: Evidence, clock: PlayedClock, frames: RecentFrames, picture: Picture) -> None:
    """There, away, and there again, at eight pictures a second."""
    start = clock.now()
    for number in range(1, round(SPAN_S * FRAMES_PER_S) + 1):
        at_s = number / FRAMES_PER_S
        clock.moment = start.later(at_s)
        frames.add(Frame(number, clock.now(), picture))
        faces = () if THERE_S < at_s <= THERE_S + AWAY_S else (_FACE,)
        evidence.observe(Event(clock.now(), FacesSeen(number, faces)))
