from __future__ import annotations

from proctor_desktop.core.chain import digest
from tests.unit.endpoint.sitting import JPEG, Sitting


def test_the_reference_photo_is_marked(sitting: Sitting) -> None:
    sitting.put(JPEG)
    answer = sitting.post("verify-initial/", {"kind": "face", "blob": digest(JPEG)})
    assert answer.json() == {"kind": "face", "blob": digest(JPEG), "here": True}
    assert sitting.get().json()["reference"] == {"face": digest(JPEG), "id": ""}


def test_the_photo_may_come_after_its_name(sitting: Sitting) -> None:
    answer = sitting.post("verify-initial/", {"kind": "id", "blob": digest(JPEG)})
    assert (answer.status_code, answer.json()["here"]) == (200, False)
    assert sitting.get().json()["reference"]["id"] == digest(JPEG)


def test_only_a_hash_and_a_known_kind_are_taken(sitting: Sitting) -> None:
    for body in ({"kind": "face", "blob": "../x"}, {"kind": "dog", "blob": digest(JPEG)}, []):
        assert sitting.post("verify-initial/", body).status_code == 400
