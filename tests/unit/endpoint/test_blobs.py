from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from proctor_desktop.core.chain import digest
from proctor_desktop.core.moment import from_rfc3339
from proctor_desktop.endpoint import blobs
from proctor_desktop.endpoint.models import StoredBlob
from proctor_desktop.wire import rest
from tests.unit.endpoint.sitting import JPEG, Sitting


def on_disk(data_folder: Path) -> list[Path]:
    return [path for path in (data_folder / "media").rglob("*") if path.is_file()]


def test_a_blob_is_new_once(sitting: Sitting, data_folder: Path) -> None:
    first, second = sitting.put(JPEG), sitting.put(JPEG)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json() == {"sha256": digest(JPEG), "size": len(JPEG)}
    assert [path.read_bytes() for path in on_disk(data_folder)] == [JPEG]
    row = StoredBlob.objects.get()
    assert (row.sha256, row.type, row.size_bytes) == (digest(JPEG), "image/jpeg", len(JPEG))


def test_a_file_that_vanished_is_taken_again(sitting: Sitting, data_folder: Path) -> None:
    sitting.put(JPEG)
    on_disk(data_folder)[0].unlink()
    assert sitting.put(JPEG).status_code == 200
    assert on_disk(data_folder)[0].read_bytes() == JPEG


def test_another_hash_is_refused(sitting: Sitting, data_folder: Path) -> None:
    assert sitting.put(JPEG, sha256=digest(b"other")).status_code == 422
    assert on_disk(data_folder) == []
    assert not StoredBlob.objects.exists()


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "multipart/form-data", "/"])
def test_other_types_are_refused(sitting: Sitting, media_type: str) -> None:
    assert sitting.put(JPEG, media_type=media_type).status_code == 415


def test_a_types_parameters_do_not_matter(sitting: Sitting) -> None:
    assert sitting.put(b"sound", media_type="Audio/OGG; codecs=opus").status_code == 201
    assert StoredBlob.objects.get().type == "audio/ogg"


def test_the_largest_blob_is_taken_and_a_larger_one_is_not(sitting: Sitting) -> None:
    largest = bytes(rest.MAX_BLOB_BYTES)
    assert sitting.put(largest, media_type="video/mp4").status_code == 201
    assert sitting.put(largest + b"x", media_type="video/mp4").status_code == 413


@pytest.mark.parametrize(("stated", "status"), [("9" * 5000, 413), ("-1", 411), ("x", 411)])
def test_a_stated_length_is_not_believed_blindly(
    sitting: Sitting, data_folder: Path, stated: str, status: int
) -> None:
    client = Client(headers={"authorization": f"Bearer {sitting.token}"})
    answer = client.put(
        f"{sitting.base}blobs/{digest(JPEG)}/",
        data=JPEG,
        content_type="image/jpeg",
        CONTENT_LENGTH=stated,
    )
    assert answer.status_code == status
    assert on_disk(data_folder) == []


def test_an_empty_blob_is_refused(sitting: Sitting) -> None:
    assert sitting.put(b"").status_code in {411, 422}


@pytest.mark.parametrize("name", ["..", "%2e%2e", "x", "A" * 64, "0" * 63, "0" * 64 + "%0a"])
def test_only_a_hash_is_a_name(sitting: Sitting, data_folder: Path, name: str) -> None:
    assert sitting.put(JPEG, sha256=name).status_code == 404
    assert on_disk(data_folder) == []


def test_what_is_missing_is_listed_in_order(sitting: Sitting) -> None:
    stills = [sitting.journal.blob(JPEG + bytes([n])) for n in range(3)]
    for still in stills:
        sitting.journal.record("warning", {}, still)
    sitting.send()
    assert sitting.get("missing/").json()["missing"] == [still.sha256 for still in stills]
    sitting.put(JPEG + b"\x01")
    assert sitting.get("missing/").json()["missing"] == [stills[0].sha256, stills[2].sha256]


def test_with_what_is_missing_comes_the_servers_health_and_time(sitting: Sitting) -> None:
    answer = sitting.get("missing/").json()
    assert answer["health"] in range(11)
    assert from_rfc3339(answer["server_time"]).tzinfo is not None


def test_the_same_bytes_in_two_sessions_are_two_files(
    sitting: Sitting, tmp_path: Path, data_folder: Path
) -> None:
    other = Sitting(tmp_path / "other")
    other.enrol()
    assert (sitting.put(JPEG).status_code, other.put(JPEG).status_code) == (201, 201)
    assert len(on_disk(data_folder)) == 2
    assert blobs.missing(StoredBlob.objects.all()[0].session_id) == []
