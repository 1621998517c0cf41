from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from proctor_desktop.core.chain import digest
from proctor_desktop.endpoint import simple
from proctor_desktop.endpoint.models import StoredBlob, Violation
from proctor_desktop.endpoint.refusal import Refusal
from proctor_desktop.wire import rest
from tests.unit.endpoint.sitting import JPEG, Sitting

IMAGE = base64.b64encode(JPEG).decode()


def test_a_picture_and_its_violation_are_stored(sitting: Sitting) -> None:
    answer = sitting.simple(
        image=IMAGE, timestamp="2026-11-20T10:00:00.5+01:00", details={"yaw": 41.5, "faces": 0}
    )
    assert answer.status_code == 201
    assert answer.json() == {"number": 1, "still": digest(JPEG), "source": "simple"}
    shown = sitting.get().json()
    assert shown["violation_list"][0]["started"] == "2026-11-20T09:00:00.500000Z"
    assert shown["violation_list"][0]["details"] == {"yaw": 41.5, "faces": 0}
    assert StoredBlob.objects.get().sha256 == digest(JPEG)


def test_what_no_chain_vouches_for_is_not_scored(sitting: Sitting) -> None:
    sitting.simple(image=IMAGE)
    shown = sitting.get().json()
    assert (shown["score"], shown["violations"]) == (100.0, {})
    assert shown["violation_list"][0]["source"] == "simple"


def test_one_a_second_is_enough(sitting: Sitting, data_folder: Path) -> None:
    assert sitting.simple(image=IMAGE).status_code == 201
    answer = sitting.simple(image=IMAGE)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
    with override_settings(PROCTOR_DESKTOP={"DATA_FOLDER": data_folder, "SIMPLE_INTERVAL_S": 0.0}):
        assert sitting.simple(image=IMAGE).json()["number"] == 2


def test_simple_and_signed_violations_count_apart(sitting: Sitting) -> None:
    sitting.violation("start", 1)
    sitting.send()
    assert sitting.simple(image=IMAGE).json()["number"] == 1
    assert Violation.objects.count() == 2


@pytest.mark.parametrize(
    ("image", "status"),
    [
        (None, 400),
        (5, 400),
        ("", 422),
        ("not base64!", 422),
        ("é", 422),
        (base64.b64encode(b"\x89PNG\r\n").decode(), 422),
        (base64.b64encode(b"<svg/>").decode(), 422),
        ("data:image/svg+xml;base64," + IMAGE, 422),
        ("data:image/jpeg;base64", 422),
        (base64.b64encode(JPEG + bytes(rest.MAX_BLOB_BYTES)).decode(), 413),
        ("A" * (3 * rest.MAX_BLOB_BYTES), 413),
    ],
)
def test_what_is_no_small_jpeg_is_refused(sitting: Sitting, image: Any, status: int) -> None:
    assert sitting.simple(image=image).status_code == status
    assert not Violation.objects.exists()
    assert not StoredBlob.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"violation_type": "No Face"},
        {"violation_type": "x" * 65},
        {"timestamp": "soon"},
        {"timestamp": "9999-12-31T23:59:59-23:59"},
        {"details": {"a": "\x00"}},
        {"details": {"a": "\ud800"}},
        {"details": {"a": "x" * 9000}},
        {"details": [1]},
        {"session_id": "x"},
    ],
)
def test_a_wrong_field_is_refused(sitting: Sitting, change: dict[str, Any]) -> None:
    assert sitting.simple(image=IMAGE, **change).status_code == 400
    assert not Violation.objects.exists()


def test_a_token_writes_to_its_own_session_only(sitting: Sitting, tmp_path: Path) -> None:
    other = Sitting(tmp_path / "other")
    other.enrol()
    answer = sitting.simple(image=IMAGE, session_id=other.journal.session)
    assert answer.status_code == 404
    sitting.token = ""
    assert sitting.simple(image=IMAGE).status_code == 401


def test_a_data_address_is_the_same_picture() -> None:
    assert simple.decode_image("data:image/jpeg;base64," + IMAGE) == JPEG
    assert simple.decode_image(IMAGE) == JPEG
    with pytest.raises(Refusal):
        simple.decode_image("data:text/plain;base64," + IMAGE)
