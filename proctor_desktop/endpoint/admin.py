"""The admin: everything can be seen, evidence cannot be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from proctor_desktop.endpoint.models import (
    Candidate,
    Checkpoint,
    Command,
    ExamFile,
    Heartbeat,
    NamedBlob,
    Receipt,
    Session,
    StoredBlob,
    StoredRecord,
    Violation,
)

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin  # cannot be subscripted at run time


class ReadOnly(_Admin):
    """Shown, never edited: erasure has its own call, with a receipt."""

    show_full_result_count = False

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Evidence comes from clients."""
        return False

    def has_change_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        """Evidence does not change."""
        return False

    def has_delete_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        """Evidence is not deleted by hand."""
        return False


@admin.register(Session)
class SessionAdmin(ReadOnly):
    """Sittings, the newest first."""

    list_display = ("id", "candidate", "exam", "created_at", "ended_at", "score", "risk", "flagged")
    list_filter = ("flagged", "risk", "created_at")
    list_select_related = ("candidate", "exam")
    search_fields = ("id", "candidate__email", "exam__exam_id")
    ordering = ("-created_at",)


@admin.register(Violation)
class ViolationAdmin(ReadOnly):
    """What was observed."""

    list_display = ("rule", "session", "source", "started_at", "duration_s", "measured", "reason")
    list_filter = ("rule", "source", "severity")
    ordering = ("-started_at",)


@admin.register(StoredRecord)
class StoredRecordAdmin(ReadOnly):
    """The chain, with each record's text."""

    list_display = ("session", "seq", "kind", "wall", "received_at")
    list_filter = ("kind",)
    ordering = ("-id",)
    exclude = ("raw",)
    readonly_fields = ("text",)

    @admin.display(description="record")
    def text(self, record: StoredRecord) -> str:
        """The record's bytes as text."""
        return bytes(record.raw).decode("utf-8")


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnly):
    """What the client has signed."""

    list_display = ("session", "seq")
    ordering = ("-id",)


@admin.register(Receipt)
class ReceiptAdmin(ReadOnly):
    """What the server has countersigned."""

    list_display = ("session", "seq", "head", "created_at")
    ordering = ("-id",)


@admin.register(StoredBlob)
class StoredBlobAdmin(ReadOnly):
    """Files that are here."""

    list_display = ("sha256", "session", "type", "size_bytes", "received_at")
    ordering = ("-id",)


@admin.register(NamedBlob)
class NamedBlobAdmin(ReadOnly):
    """Files that records name."""

    list_display = ("sha256", "session", "type", "size_bytes", "seq")
    ordering = ("-id",)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnly):
    """Signs of life."""

    list_display = ("session", "received_at", "phase", "face_status")
    ordering = ("-id",)


@admin.register(Candidate)
class CandidateAdmin(ReadOnly):
    """People who sat exams."""

    list_display = ("name", "email", "created_at")
    search_fields = ("name", "email")


@admin.register(ExamFile)
class ExamFileAdmin(ReadOnly):
    """Signed exams."""

    list_display = ("title", "exam_id", "institution", "signer", "created_at")


@admin.register(Command)
class CommandAdmin(_Admin):
    """The one thing that is written here: what a proctor wants of a client."""

    list_display = ("kind", "session", "text", "created_at", "sent_at")
    raw_id_fields: ClassVar[tuple[str, ...]] = ("session",)

    def has_change_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        """What went out is not rewritten."""
        return False
