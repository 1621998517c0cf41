"""A candidate's sitting of an exam, and the tokens that may add to it."""

from __future__ import annotations

from django.db import models

from proctor_desktop.core.chain import EMPTY, Head
from proctor_desktop.endpoint.models.people import HEX_DIGITS, NAME_CHARS, Candidate, ExamFile

WORD_CHARS = 32


class Session(models.Model):
    """One sitting. The client makes the id, so that an enrolment can be repeated."""

    id = models.UUIDField(primary_key=True, help_text="Made by the client.")
    exam = models.ForeignKey(
        ExamFile, on_delete=models.PROTECT, related_name="sessions", help_text="The signed exam."
    )
    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="sessions", help_text="Who sits it."
    )
    session_key = models.CharField(
        max_length=HEX_DIGITS, help_text="The public key (hex) that signs first in this session."
    )
    due_key = models.CharField(
        max_length=HEX_DIGITS, help_text="The only key (hex) that may sign the next checkpoint."
    )
    client = models.CharField(max_length=NAME_CHARS, help_text="The client's name and version.")
    started_at = models.DateTimeField(help_text="When the client says it began.")
    created_at = models.DateTimeField(auto_now_add=True, help_text="When it was enrolled here.")
    ended_at = models.DateTimeField(null=True, help_text="When it was closed here.")
    late_at = models.DateTimeField(
        null=True, help_text="When it was first brought as an export, not sent by its client."
    )

    head_seq = models.BigIntegerField(
        default=EMPTY.seq, help_text="The last record's number in the chain."
    )
    head_hash = models.CharField(
        max_length=HEX_DIGITS, default=EMPTY.hash, help_text="The last record's hash."
    )

    last_seen_at = models.DateTimeField(null=True, help_text="The last heartbeat.")
    phase = models.CharField(max_length=WORD_CHARS, blank=True, help_text="As last reported.")
    face_status = models.CharField(max_length=WORD_CHARS, blank=True, help_text="As last reported.")
    reference_face = models.CharField(
        max_length=HEX_DIGITS, blank=True, help_text="The blob that holds the reference photo."
    )
    reference_id = models.CharField(
        max_length=HEX_DIGITS, blank=True, help_text="The blob that holds the photo of an ID."
    )

    score = models.FloatField(null=True, help_text="Computed here from the records at the end.")
    risk = models.CharField(max_length=WORD_CHARS, blank=True, help_text="Follows from the score.")
    flagged = models.BooleanField(default=False, help_text="Whether a person should look at it.")

    class Meta:
        """Keys and indexes."""

        indexes = (
            models.Index(fields=["created_at"], name="pde_session_created"),
            models.Index(fields=["exam", "created_at"], name="pde_session_exam_created"),
            models.Index(fields=["flagged", "created_at"], name="pde_session_flagged_created"),
        )

    def __str__(self) -> str:
        return str(self.id)

    @property
    def head(self) -> Head:
        """The end of the chain as it is stored here."""
        return Head(self.head_seq, self.head_hash)


class Token(models.Model):
    """Lets one client add to one session. Only its hash is kept."""

    digest = models.CharField(
        max_length=HEX_DIGITS, primary_key=True, help_text="SHA-256 of the token."
    )
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="tokens", help_text="What it opens."
    )
    enrolment = models.CharField(
        max_length=HEX_DIGITS,
        help_text="SHA-256 of the signed enrolment: each gets one token.",
    )
    created_at = models.DateTimeField(auto_now_add=True, help_text="When it was given out.")
    expires_at = models.DateTimeField(help_text="From then on it is refused.")
    late = models.BooleanField(
        default=False, help_text="Given for an export: it can only deliver what is in it."
    )

    class Meta:
        """Keys and indexes."""

        constraints = (
            models.UniqueConstraint(
                fields=["session", "enrolment"], name="pde_token_once_an_enrolment"
            ),
        )

    def __str__(self) -> str:
        return f"token of {self.session_id}"
