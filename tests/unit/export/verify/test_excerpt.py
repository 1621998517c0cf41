"""An excerpt proves that its files belong to the session, and says that it is one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from proctor_desktop.core.chain import digest
from proctor_desktop.export.package import write_package
from proctor_desktop.export.verify import Outcome, Verdict, verify
from proctor_desktop.wire import dsse
from tests.fakes.evidence_forge import assembled, entries_of
from tests.fakes.sealed_session import SealedSession, next_key
from tests.unit.export.verify.conftest import TRUST

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STILL = digest(b"\xff\xd8 a still \xff\xd9")
VIDEO = digest(b"moving pictures" * 20)


@pytest.fixture
def excerpt(sitting: SealedSession, tmp_path: Path) -> Path:
    path = tmp_path / "excerpt.evidence"
    write_package(sitting, path, NOW, only={STILL})
    return path


def judged(path: Path, entries: dict[str, bytes], withheld: object) -> Verdict:
    """The export with another list of what was withheld, signed by the right key."""
    body = dsse.peek(entries["manifest.dsse"]) | {"withheld": withheld}
    entries["manifest.dsse"] = dsse.sign_json(next_key(2), dsse.MANIFEST, body)
    path.write_bytes(assembled(entries))
    return verify(path, TRUST)


def test_an_excerpt_is_valid_but_for_what_it_withholds(excerpt: Path) -> None:
    verdict = verify(excerpt, TRUST)
    assert verdict.outcome is Outcome.GAPS
    ((kind, text),) = [(gap.kind, gap.text) for gap in verdict.gaps]
    assert kind == "withheld"
    assert text.startswith("excerpt: 1 files withheld")
    assert (verdict.facts.blobs, verdict.facts.withheld_blobs) == (1, 1)


def test_a_chosen_file_that_was_exchanged_is_invalid(excerpt: Path) -> None:
    entries = entries_of(excerpt)
    entries[f"blobs/{STILL}"] = b"\xff\xd8 another \xff\xd9"
    excerpt.write_bytes(assembled(entries))
    assert verify(excerpt, TRUST).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    "withheld", [[], None, [STILL], [VIDEO, VIDEO], [VIDEO, STILL], [VIDEO, 5], {VIDEO: 1}, VIDEO]
)
def test_the_list_of_what_is_withheld_is_exact(excerpt: Path, withheld: object) -> None:
    assert judged(excerpt, entries_of(excerpt), [VIDEO]).outcome is Outcome.GAPS
    assert judged(excerpt, entries_of(excerpt), withheld).outcome is Outcome.INVALID


def test_an_excerpt_of_an_erased_session_tells_both(
    sitting: SealedSession, folder: Path, tmp_path: Path
) -> None:
    (folder / STILL).unlink()
    path = tmp_path / "erased.evidence"
    write_package(sitting, path, NOW, only={STILL})
    assert [gap.kind for gap in verify(path, TRUST).gaps] == ["missing_blob", "withheld"]
