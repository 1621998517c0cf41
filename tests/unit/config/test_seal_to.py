"""Whom a draft may seal to."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.config import keys
from proctor_desktop.config.keys import Purpose
from proctor_desktop.config.seal_to import NotForSealing, refuse_signing_keys, unlabelled
from proctor_desktop.wire.curve25519 import may_be_x25519
from tests.fakes.sealing import SEAL_TO

SIGNER = "5a" * 32


def looks_like_one_for_sealing() -> str:
    """A key for signing that its bytes do not give away."""
    made = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(256))
    public = (one.public_key().public_bytes_raw() for one in made)
    return next(one for one in public if may_be_x25519(one)).hex()


def test_what_a_public_key_says_it_is_for_is_taken_off() -> None:
    first, second = SEAL_TO
    assert unlabelled([f"{first} sealing", f" {second.upper()}\n"]) == [first, second]


def test_a_key_that_says_it_is_for_signing_is_refused() -> None:
    with pytest.raises(NotForSealing, match="which is a key for signing"):
        unlabelled([f"{SIGNER} signing"])


@pytest.mark.parametrize("stated", ["abc", {}, ["abc", 3], [f"{SIGNER} cooking"], None])
def test_what_is_no_key_is_left_for_whoever_reads_the_exam(stated: object) -> None:
    assert unlabelled(stated) == stated


def test_keys_for_sealing_are_taken(tmp_path: Path) -> None:
    keys.create(tmp_path / "a.key", Purpose.SEALING)
    refuse_signing_keys(SEAL_TO, SIGNER, [tmp_path, tmp_path / "none"])


def test_the_signer_is_refused() -> None:
    with pytest.raises(NotForSealing, match="the key that signs the exam"):
        refuse_signing_keys([SIGNER], SIGNER, [])


def test_a_key_that_x25519_cannot_have_made_is_refused() -> None:
    with pytest.raises(NotForSealing, match="no key for sealing"):
        refuse_signing_keys([(2).to_bytes(32, "little").hex()], SIGNER, [])


@pytest.mark.parametrize("label", [" signing", ""])
def test_a_key_whose_own_file_is_there_is_refused(tmp_path: Path, label: str) -> None:
    signing = looks_like_one_for_sealing()
    refuse_signing_keys([signing], SIGNER, [tmp_path])
    keys.create(tmp_path / "exams.key")
    (tmp_path / "exams.pub").write_text(signing + label)
    with pytest.raises(NotForSealing, match=r"exams\.key, a key for signing"):
        refuse_signing_keys([signing], SIGNER, [tmp_path])


def test_a_public_key_alone_is_refused_if_it_says_that_it_signs(tmp_path: Path) -> None:
    signing = looks_like_one_for_sealing()
    (tmp_path / "others.pub").write_bytes(b"\xff")
    (tmp_path / "server.pub").write_text(f"{signing} signing\n")
    with pytest.raises(NotForSealing, match=r"server\.pub, a key for signing"):
        refuse_signing_keys([signing], SIGNER, [tmp_path])
