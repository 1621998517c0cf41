"""Opening what an export holds sealed, and comparing it with the records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core.chain import BlobRef
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export.opening import Keyholder, Opening, verify_opened
from proctor_desktop.export.package import write_package
from proctor_desktop.export.verify import Outcome, Trust, Verdict
from proctor_desktop.wire import dsse
from proctor_desktop.wire.fingerprint import fingerprint
from proctor_desktop.wire.seal import MAGIC
from tests.fakes.sealed_session import INSTITUTION_KEY, SERVER_KEY
from tests.fakes.sealing import (
    ESCROW,
    INSTITUTION,
    SEAL_TO,
    STRANGER,
    WRONG,
    SealingSession,
    public,
)

TRUST = Trust((dsse.public_hex(INSTITUTION_KEY),), (dsse.public_hex(SERVER_KEY),))
NOW = datetime(2026, 11, 21, tzinfo=UTC)
Opened = Callable[..., tuple[Verdict, Opening]]


@pytest.fixture
def sitting(tmp_path: Path) -> SealingSession:
    (tmp_path / "blobs").mkdir()
    sitting = SealingSession(tmp_path / "blobs")
    sitting.open()
    sitting.record("exam.start")
    return sitting


@pytest.fixture
def opened(sitting: SealingSession, tmp_path: Path) -> Opened:
    """The finished session's export, opened with these keys."""

    def open_with(*keys: object) -> tuple[Verdict, Opening]:
        sitting.close()
        path = tmp_path / "x.evidence"
        write_package(sitting, path, NOW)
        return verify_opened(path, TRUST, keys)  # type: ignore[arg-type]

    return open_with


def held(sitting: SealingSession, blob: BlobRef) -> bytes:
    path = sitting.blob_path(blob.sha256)
    assert path
    return path.read_bytes()


@pytest.mark.parametrize("key", [INSTITUTION, ESCROW])
def test_either_recipient_opens_a_file(sitting: SealingSession, key: object) -> None:
    blob = sitting.seal(b"a face")
    look = Keyholder([STRANGER, key]).look(blob, held(sitting, blob), sitting.session)  # type: ignore[list-item]
    assert (look.content, look.compared, look.problem) == (b"a face", True, "")


def test_nobody_else_does_and_learns_whose_it_is(sitting: SealingSession) -> None:
    blob = sitting.seal(b"a face")
    for keyholder in (Keyholder(), Keyholder([STRANGER])):
        look = keyholder.look(blob, held(sitting, blob), sitting.session)
        assert (look.content, look.problem) == (None, "")
        assert look.sealed_to == tuple(map(fingerprint, SEAL_TO))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seals": WRONG}, "what it seals is not what its record says"),
        ({"session": "another"}, "sealed in another session"),
        ({"cut_bytes": 10}, "its end is missing"),
    ],
)
def test_a_file_that_is_not_what_its_record_says_is_not_shown(
    sitting: SealingSession, change: dict[str, object], words: str
) -> None:
    blob = sitting.seal(b"a face", **change)  # type: ignore[arg-type]
    look = Keyholder([INSTITUTION]).look(blob, held(sitting, blob), sitting.session)
    assert look.content is None
    assert words in look.problem


def test_a_file_of_another_type_is_not_what_its_record_says(sitting: SealingSession) -> None:
    blob = sitting.seal(b"a face", "image/png")
    other = BlobRef(blob.sha256, "video/mp4", blob.size, blob.seals)
    look = Keyholder([INSTITUTION]).look(other, held(sitting, blob), sitting.session)
    assert "sealed as image/png, not as video/mp4" in look.problem


def test_what_is_said_to_be_sealed_and_is_not_is_found_without_a_key() -> None:
    blob = BlobRef(WRONG, "image/png", 6, seals=WRONG)
    assert "it is not" in Keyholder().look(blob, b"a face", "a session").problem
    assert "header" in Keyholder().look(blob, MAGIC + b"{}\n", "a session").problem


def test_a_prefix_that_a_crash_left_opens_without_anything_to_compare(
    sitting: SealingSession,
) -> None:
    blob = sitting.seal(b"a face", seals="")
    look = Keyholder([INSTITUTION]).look(blob, held(sitting, blob), sitting.session)
    assert (look.content, look.compared, look.problem) == (b"a face", False, "")


def test_every_file_of_an_export_is_opened_and_counted(
    sitting: SealingSession, opened: Opened
) -> None:
    sitting.record("identity", {}, sitting.seal(b"a face"))
    sitting.record("restart", {}, sitting.seal(b"left by a crash", seals=""))
    verdict, opening = opened(ESCROW)
    assert opening == Opening(2, 1, 0, 0, (), keys=1)
    assert "opened: 2 sealed files, 1 of them compared" in opening.lines()[0]
    assert opening.exit_code(verdict) == verdict.exit_code == 2


@pytest.mark.parametrize("keys", [(), (INSTITUTION,)])
def test_what_is_not_sealed_or_to_strangers_is_found_with_a_key_and_without(
    sitting: SealingSession, opened: Opened, keys: tuple[object, ...]
) -> None:
    sitting.record("identity", {}, sitting.seal(b"a face"))
    plain = sitting.blob(b"not sealed", "video/mp4")
    stranger = sitting.seal(b"a screen", to=(public(STRANGER),))
    sitting.record("segment", {}, plain, stranger)
    verdict, opening = opened(*keys)
    assert verdict.outcome is Outcome.VALID
    assert opening.exit_code(verdict) == 1
    assert {one.partition(":")[0] for one in opening.problems} == {plain.sha256, stranger.sha256}
    assert (opening.opened + opening.closed, opening.not_sealed) == (2, 1)
    assert "2 not what they should be" in opening.lines()[-1]


def test_without_a_key_a_sealed_export_says_that_nothing_was_opened(
    sitting: SealingSession, opened: Opened
) -> None:
    sitting.record("identity", {}, sitting.seal(b"a face"))
    verdict, opening = opened()
    assert (verdict.outcome, opening) == (Outcome.VALID, Opening(closed=1))
    assert opening.lines()[0].startswith("opened: none of 1 sealed files (no --key); 0 not")
    assert opening.exit_code(verdict) == 0


def test_what_is_no_file_is_left_to_the_verdict(tmp_path: Path) -> None:
    verdict, opening = verify_opened(tmp_path, TRUST)
    assert verdict.problems == ("it is not a regular file",)
    assert (opening.lines(), opening.exit_code(verdict)) == ((), 1)


def test_a_strangers_key_opens_nothing(sitting: SealingSession, opened: Opened) -> None:
    sitting.record("identity", {}, sitting.seal(b"a face"))
    assert opened(STRANGER)[1] == Opening(0, 0, 1, 0, (), keys=1)


def test_a_wrong_seal_is_a_problem_of_its_own_and_no_matter_of_the_verdict(
    sitting: SealingSession, opened: Opened
) -> None:
    blob = sitting.seal(b"a face", seals=WRONG)
    sitting.record("identity", {}, blob)
    verdict, opening = opened(INSTITUTION)
    assert verdict.outcome is Outcome.VALID
    assert opening.problems == (f"{blob.sha256}: what it seals is not what its record says",)
    assert opening.lines()[0].startswith("problem: ")
    assert opening.to_json()["problems"] == list(opening.problems)


def test_what_is_no_export_has_nothing_to_open(tmp_path: Path) -> None:
    path = tmp_path / "x.evidence"
    path.write_bytes(b"no export")
    verdict, opening = verify_opened(path, TRUST, [INSTITUTION])
    assert verdict.outcome is Outcome.INVALID
    assert opening == Opening(keys=1)
    with pytest.raises(EnvironmentProblem, match="no such file"):
        verify_opened(tmp_path / "none", TRUST, [INSTITUTION])


def test_no_changed_byte_goes_unnoticed_by_a_key(sitting: SealingSession) -> None:
    blob = sitting.seal(b"a face")
    file = held(sitting, blob)
    keyholder = Keyholder([INSTITUTION])
    for place in range(len(file)):
        changed = bytearray(file)
        changed[place] ^= 1
        look = keyholder.look(blob, bytes(changed), sitting.session)
        assert look.content is None, f"byte {place}"


@given(st.binary(max_size=400))
def test_whatever_stands_behind_the_magic_is_no_crash(rest: bytes) -> None:
    blob = BlobRef(WRONG, "image/png", 1)
    assert Keyholder([INSTITUTION]).look(blob, MAGIC + rest, "a session").content is None
