"""Whom files are sealed to, by their headers alone."""

from __future__ import annotations

import pytest

from proctor_desktop.export.recipients import RecipientCheck
from proctor_desktop.wire.fingerprint import fingerprint
from proctor_desktop.wire.seal import MAGIC, Recipients, sealed
from proctor_desktop.wire.unseal import MAX_HEADER_BYTES
from tests.fakes.sealing import ESCROW, INSTITUTION, SEAL_TO, STRANGER, public

NAME = "ab" * 32


def checked(seal_to: tuple[str, ...] | None, *files: bytes) -> RecipientCheck:
    check = RecipientCheck(seal_to)
    for file in files:
        check.take(NAME, file[:MAX_HEADER_BYTES])
    return check


def to(*keys: str) -> bytes:
    return sealed(b"a face", Recipients("a session", keys), "image/png")[0]


def test_a_file_to_just_the_keys_of_the_exam_is_right_in_any_order() -> None:
    check = checked(SEAL_TO, to(*SEAL_TO), to(*reversed(SEAL_TO)))
    assert (check.sealed, check.problems) == (2, [])


@pytest.mark.parametrize(
    "keys",
    [
        (public(STRANGER),),
        (*SEAL_TO, public(STRANGER)),
        (public(INSTITUTION),),
        (public(INSTITUTION), public(INSTITUTION)),
        (),
    ],
)
def test_other_keys_more_of_them_or_fewer_are_wrong(keys: tuple[str, ...]) -> None:
    check = checked(SEAL_TO, to(*keys))
    assert (check.sealed, check.strangers) == (0, 1)
    (problem,) = check.problems
    assert problem.startswith(f"{NAME}: it is sealed to ")
    assert all(fingerprint(key) in problem for key in (*keys, public(ESCROW)))


def test_a_file_that_is_not_sealed_is_wrong_only_where_the_exam_seals() -> None:
    assert checked((), b"a face").problems == []
    check = checked(SEAL_TO, b"a face")
    assert (check.not_sealed, len(check.problems)) == (1, 1)


def test_a_sealed_file_is_wrong_where_the_exam_seals_nothing() -> None:
    check = checked((), to(public(STRANGER)))
    assert "the exam names nobody to seal to" in check.problems[0]


def test_without_a_readable_exam_nothing_is_said() -> None:
    check = checked(None, b"a face", to(public(STRANGER)))
    assert (check.sealed, check.not_sealed, check.problems) == (1, 1, [])


def test_a_header_that_cannot_be_read_is_said() -> None:
    (problem,) = checked(SEAL_TO, MAGIC + b"{}\n").problems
    assert "header cannot be read" in problem


def test_a_hostile_header_makes_no_endless_line() -> None:
    many = b",".join(b'{"key":"\\u001b[2J%d","wrapped":""}' % number for number in range(100))
    header = b'{"session":"s","type":"t","commitment":"c","about":{},"to":[%s]}\n' % many
    (problem,) = checked(SEAL_TO, MAGIC + header).problems
    assert "and 92 more" in problem
    assert problem.isprintable()
