"""The container has one form; every departure from it is INVALID and nothing makes it crash."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proctor_desktop.export import container
from proctor_desktop.export.verify import Outcome, Trust, Verdict, examine
from tests.fakes.evidence_forge import assembled, entries_of
from tests.unit.export.verify.conftest import TRUST

Judge = Callable[..., Verdict]


def judged(data: bytes) -> Verdict:
    return examine(io.BytesIO(data), TRUST)[0]


def test_putting_an_export_together_again_changes_nothing(honest: Path) -> None:
    """The control for the tests below."""
    data = assembled(entries_of(honest))
    assert data == honest.read_bytes()
    assert judged(data).outcome is Outcome.VALID


def test_no_byte_can_be_flipped_unnoticed(honest: Path) -> None:
    """Every seventh byte of the contents, and every byte of the directory and its end."""
    data = bytearray(honest.read_bytes())
    flip = random.Random(7)
    directory = container.END.unpack(data[-container.END.size :])[6]
    unnoticed = []
    for position in [*range(0, directory, 7), *range(directory, len(data))]:
        mask = flip.randrange(1, 256)
        data[position] ^= mask
        if judged(bytes(data)).outcome is not Outcome.INVALID:
            unnoticed.append(position)
        data[position] ^= mask
    assert unnoticed == []


def test_no_shorter_file_is_taken_for_the_whole(honest: Path) -> None:
    data = honest.read_bytes()
    for length in range(0, len(data), 7):
        assert judged(data[:length]).outcome is Outcome.INVALID


@pytest.mark.parametrize("added", [b"x", b"\0" * 22, b"PK\x05\x06" + bytes(18)])
def test_nothing_can_be_added_before_or_after(honest: Path, added: bytes) -> None:
    data = honest.read_bytes()
    assert judged(data + added).outcome is Outcome.INVALID
    assert judged(added + data).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    "name",
    [
        "../records.jsonl",
        "/etc/passwd",
        "blobs/../../x",
        "C:\\x",
        "blobs/" + "A" * 64,
        "blobs/",
        "checkpoints/1.dsse",
        "records.jsonl\n",
        "checkpoints/\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661.dsse",
        "notes.txt",
        "x" * 70,
        "x" * 5000,
        "",
    ],
)
def test_no_other_name_is_known(honest: Path, name: str) -> None:
    entries = entries_of(honest)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for known, content in [*entries.items(), (name, b"")]:
            archive.writestr(_plain(known), content)
    assert judged(packed.getvalue()).outcome is Outcome.INVALID
    if name.isascii() and len(name) < 5000:
        verdict = judged(assembled({**entries, name: b""}))
        assert verdict.outcome is Outcome.INVALID
        assert "name" in verdict.problems[0]


def test_a_compressed_entry_is_refused_unread(honest: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in entries_of(honest).items():
            archive.writestr(_plain(name), content, compress_type=zipfile.ZIP_DEFLATED)
    assert "compressed" in judged(packed.getvalue()).problems[0]


def test_a_link_is_refused(honest: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in entries_of(honest).items():
            archive.writestr(_plain(name, attributes=0o120777 << 16), content)
    assert "not of this format" in judged(packed.getvalue()).problems[0]


def test_the_standard_librarys_own_zip_of_the_same_entries_is_the_same_form(honest: Path) -> None:
    """Shows that the form is plain ZIP, and that the refusals above are about one thing each."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in entries_of(honest).items():
            archive.writestr(_plain(name), content)
    assert packed.getvalue() == honest.read_bytes()


def test_a_name_that_stands_twice_is_refused(honest: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in entries_of(honest).items():
            archive.writestr(_plain(name), content)
            archive.writestr(_plain(name), content)
    assert "stands twice" in judged(packed.getvalue()).problems[0]


def test_entries_in_another_order_are_refused(honest: Path) -> None:
    entries = dict(reversed(entries_of(honest).items()))
    assert "out of order" in judged(assembled(entries)).problems[0]


def test_two_entries_cannot_share_bytes(honest: Path) -> None:
    """One local header, two directory entries: what a ZIP bomb is made of."""
    entries = entries_of(honest)
    data = assembled(entries)
    first = container.Entry("checkpoints/0000000001.dsse", 9, 0, 0)
    end = container.END.unpack(data[-container.END.size :])
    directory = data[end[6] : -container.END.size] + container.central_header(first)
    bomb = data[: end[6]] + directory + container.end_record(end[4] + 1, len(directory), end[6])
    assert judged(bomb).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    ("field", "value"), [(4, 65535), (5, 0xFFFFFFFF), (6, 0xFFFFFFFF), (6, 0), (5, 0), (4, 0)]
)
def test_a_directory_that_lies_about_its_size_is_refused_before_it_is_read(
    honest: Path, field: int, value: int
) -> None:
    data = honest.read_bytes()
    end = list(container.END.unpack(data[-container.END.size :]))
    end[field] = value
    if field == 4:
        end[3] = value
    forged = data[: -container.END.size] + struct.pack("<4s4H2LH", *end)
    assert judged(forged).outcome is Outcome.INVALID


def test_entries_that_claim_gigabytes_cost_nothing(honest: Path) -> None:
    data = b"".join(
        container.central_header(container.Entry("records.jsonl", 0xFFFF0000, 0, 0))
        for _ in range(100)
    )
    assert judged(data + container.end_record(100, len(data), 0)).outcome is Outcome.INVALID


def test_an_empty_archive_is_invalid() -> None:
    assert "records.jsonl is not in it" in judged(container.end_record(0, 0, 0)).problems[0]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    assert judged(data).outcome is Outcome.INVALID


@settings(max_examples=150, deadline=None)
@given(records=st.binary(max_size=200), envelope=st.binary(max_size=200))
def test_any_content_gets_an_answer(records: bytes, envelope: bytes) -> None:
    entries = {
        "records.jsonl": records,
        "checkpoints/0000000001.dsse": envelope,
        "exam.dsse": envelope,
        "manifest.dsse": envelope,
    }
    assert judged(assembled(entries)).outcome is Outcome.INVALID


def _plain(name: str, attributes: int = 0o100600 << 16) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.external_attr, info.create_system = attributes, 3
    return info


def test_trust_in_nobody_never_makes_a_forgery_pass(honest: Path) -> None:
    data = bytearray(honest.read_bytes())
    data[len(data) // 2] ^= 1
    assert examine(io.BytesIO(bytes(data)), Trust())[0].outcome is Outcome.INVALID
