from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from proctor_desktop.endpoint.models import Command, Session, StoredRecord
from tests.unit.endpoint.sitting import JPEG, Sitting
from tests.unit.endpoint.test_live import BEAT

ADMIN = "/admin/proctor_desktop_endpoint/"
EVIDENCE = [
    "candidate", "examfile", "heartbeat", "namedblob", "receipt", "session", "storedblob",
    "storedrecord", "violation",
]  # fmt: skip


@pytest.fixture
def admin(sitting: Sitting) -> Client:
    """An administrator's browser, with one of everything stored."""
    sitting.violation("start", 1, sitting.journal.blob(JPEG))
    sitting.send()
    sitting.put(JPEG)
    sitting.post("heartbeat/", BEAT)
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    return client


@pytest.mark.parametrize("table", [*EVIDENCE, "command"])
def test_every_table_can_be_looked_at(admin: Client, table: str) -> None:
    assert admin.get(f"{ADMIN}{table}/").status_code == 200


@pytest.mark.parametrize("table", EVIDENCE)
def test_evidence_cannot_be_added_by_hand(admin: Client, table: str) -> None:
    assert admin.get(f"{ADMIN}{table}/add/").status_code == 403


def test_a_record_is_shown_and_can_be_neither_changed_nor_deleted(admin: Client) -> None:
    row = StoredRecord.objects.get()
    page = f"{ADMIN}storedrecord/{row.pk}/"
    assert "face_missing" in admin.get(f"{page}change/").content.decode()
    assert admin.post(f"{page}change/", {"kind": "forged"}).status_code == 403
    assert admin.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert StoredRecord.objects.get().kind == row.kind


def test_a_proctor_can_send_a_command(admin: Client, sitting: Sitting) -> None:
    form = {"session": Session.objects.get().pk, "kind": "warn", "text": "Please sit upright"}
    assert admin.post(f"{ADMIN}command/add/", form).status_code == 302
    assert Command.objects.get().text == "Please sit upright"
    assert len(sitting.post("heartbeat/", BEAT).json()["commands"]) == 1
