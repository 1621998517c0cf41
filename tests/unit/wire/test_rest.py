"""The constants of the REST calls, which two programs have to agree on."""

from __future__ import annotations

from proctor_desktop.wire import rest


def test_the_version_is_in_the_path_and_no_slash_ends_it() -> None:
    assert rest.PREFIX == "/api/proctor/v1"


def test_a_batch_has_room_for_many_checkpoints() -> None:
    from proctor_desktop.journal.checkpoints import CHECKPOINT_EVERY_RECORDS  # noqa: PLC0415

    assert rest.MAX_BATCH_RECORDS >= 2 * CHECKPOINT_EVERY_RECORDS


def test_a_blob_is_at_most_two_mebibytes() -> None:
    assert rest.MAX_BLOB_BYTES == 2 * 1024 * 1024
    assert rest.MAX_BATCH_BYTES >= rest.MAX_BLOB_BYTES
