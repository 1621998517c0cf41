"""What is only of interest while a session runs."""

from __future__ import annotations

from django.db import models

from proctor_desktop.endpoint.models.evidence import REASON_CHARS
from proctor_desktop.endpoint.models.session import WORD_CHARS, Session


class Heartbeat(models.Model):
    """A sign of life: how the client says it is doing."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="heartbeats", help_text="Whose."
    )
    received_at = models.DateTimeField(auto_now_add=True, help_text="When it arrived.")
    wall = models.DateTimeField(help_text="The client's clock.")
    phase = models.CharField(max_length=WORD_CHARS, help_text="Where the session stands.")
    face_status = models.CharField(max_length=WORD_CHARS, help_text="How many faces are seen.")
    sources = models.JSONField(help_text="Each source with ok, degraded or lost.")
    pending_records = models.BigIntegerField(help_text="Records that are still to be sent.")
    pending_blobs = models.BigIntegerField(help_text="Files that are still to be sent.")

    class Meta:
        """Keys and indexes."""

        indexes = (models.Index(fields=["session", "received_at"], name="pde_heartbeat_received"),)

    def __str__(self) -> str:
        return f"{self.session_id} {self.received_at}"


class Command(models.Model):
    """Something a proctor wants a client to do; it goes out with the next heartbeat's answer."""

    class Kind(models.TextChoices):
        """What a client understands."""

        WARN = "warn", "warn the candidate"
        MESSAGE = "message", "show a message"
        PAUSE = "pause", "pause"

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="commands", help_text="For whom."
    )
    kind = models.CharField(max_length=WORD_CHARS, choices=Kind.choices, help_text="What to do.")
    text = models.CharField(max_length=REASON_CHARS, blank=True, help_text="What to show.")
    created_at = models.DateTimeField(auto_now_add=True, help_text="When it was asked for.")
    sent_at = models.DateTimeField(null=True, editable=False, help_text="When it went out.")

    class Meta:
        """Keys and indexes."""

        indexes = (models.Index(fields=["session", "sent_at"], name="pde_command_unsent"),)

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"
