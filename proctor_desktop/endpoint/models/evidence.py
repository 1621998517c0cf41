"""Records as received, what they say, the files that they name, and the receipts for them."""

from __future__ import annotations

from django.db import models

from proctor_desktop.endpoint.models.people import HEX_DIGITS
from proctor_desktop.endpoint.models.session import WORD_CHARS, Session

MEDIA_TYPE_CHARS = 100
RULE_CHARS = 64
REASON_CHARS = 500


class StoredRecord(models.Model):
    """One record of a session's chain, byte for byte."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="records", help_text="Whose chain."
    )
    seq = models.BigIntegerField(help_text="Its number in the chain, from 1.")
    hash = models.CharField(max_length=HEX_DIGITS, help_text="SHA-256 of its bytes.")
    kind = models.CharField(max_length=RULE_CHARS, help_text="What it tells.")
    wall = models.DateTimeField(help_text="The client's clock; it orders nothing.")
    raw = models.BinaryField(help_text="The bytes as received.")
    received_at = models.DateTimeField(auto_now_add=True, help_text="When it arrived here.")

    class Meta:
        """Keys and indexes."""

        constraints = (
            models.UniqueConstraint(fields=["session", "seq"], name="pde_record_once_a_seq"),
        )
        indexes = (
            models.Index(fields=["session", "kind", "seq"], name="pde_record_kind"),
            models.Index(fields=["session", "wall"], name="pde_record_wall"),
        )

    def __str__(self) -> str:
        return f"{self.session_id} #{self.seq} {self.kind}"


class Checkpoint(models.Model):
    """The client's signature over its chain, by the key that was due."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="checkpoints", help_text="Whose chain."
    )
    seq = models.BigIntegerField(help_text="The last record that it covers.")
    envelope = models.BinaryField(help_text="The envelope as received.")

    class Meta:
        """Keys and indexes."""

        constraints = (
            models.UniqueConstraint(fields=["session", "seq"], name="pde_checkpoint_once_a_seq"),
        )

    def __str__(self) -> str:
        return f"{self.session_id} signed up to #{self.seq}"


class Receipt(models.Model):
    """The server's signature over the chain as it came to know it."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="receipts", help_text="Whose chain."
    )
    seq = models.BigIntegerField(help_text="The last record that it covers.")
    head = models.CharField(max_length=HEX_DIGITS, help_text="That record's hash.")
    receipt = models.BinaryField(help_text="The envelope signed by the server key.")
    created_at = models.DateTimeField(help_text="The time that the receipt states.")

    class Meta:
        """Keys and indexes."""

        constraints = (
            models.UniqueConstraint(fields=["session", "seq"], name="pde_receipt_once_a_seq"),
        )

    def __str__(self) -> str:
        return f"{self.session_id} up to #{self.seq}"


class NamedBlob(models.Model):
    """A file that a record names, whether it is here or not."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="named_blobs", help_text="Whose record."
    )
    sha256 = models.CharField(max_length=HEX_DIGITS, help_text="The file's hash.")
    type = models.CharField(max_length=MEDIA_TYPE_CHARS, help_text="Its type, as signed.")
    size_bytes = models.BigIntegerField(help_text="Its size, as signed.")
    seq = models.BigIntegerField(help_text="The first record that names it.")

    class Meta:
        """Keys and indexes."""

        constraints = (
            models.UniqueConstraint(fields=["session", "sha256"], name="pde_named_blob_once"),
        )

    def __str__(self) -> str:
        return self.sha256


class StoredBlob(models.Model):
    """A file that is here, complete and with the right hash."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="stored_blobs", help_text="Whose file."
    )
    sha256 = models.CharField(max_length=HEX_DIGITS, help_text="Its hash, checked on arrival.")
    type = models.CharField(max_length=MEDIA_TYPE_CHARS, help_text="Its type, as sent.")
    size_bytes = models.BigIntegerField(help_text="Its size.")
    received_at = models.DateTimeField(auto_now_add=True, help_text="When it was complete.")

    class Meta:
        """Keys and indexes."""

        constraints = (
            models.UniqueConstraint(fields=["session", "sha256"], name="pde_stored_blob_once"),
        )
        indexes = (models.Index(fields=["session", "received_at"], name="pde_blob_received"),)

    def __str__(self) -> str:
        return self.sha256


class Violation(models.Model):
    """What the records, or a simple client, say was observed; never a verdict."""

    class Source(models.TextChoices):
        """Whether the chain vouches for it."""

        RECORD = "record", "signed record"
        SIMPLE = "simple", "simple client, not signed"

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="violations", help_text="Whose session."
    )
    source = models.CharField(
        max_length=WORD_CHARS, choices=Source.choices, help_text="Who vouches for it."
    )
    number = models.BigIntegerField(help_text="The client's count, from 1; per source.")
    rule = models.CharField(max_length=RULE_CHARS, help_text="The rule that fired.")
    severity = models.CharField(max_length=WORD_CHARS, blank=True, help_text="As stated.")
    reason = models.CharField(max_length=REASON_CHARS, blank=True, help_text="In words.")
    measured = models.FloatField(null=True, help_text="The value that was measured.")
    threshold = models.FloatField(null=True, help_text="The limit that it passed.")
    unit = models.CharField(max_length=WORD_CHARS, blank=True, help_text="Of both.")
    duration_s = models.FloatField(null=True, help_text="From its onset, in seconds.")
    confidence = models.FloatField(null=True, help_text="From 0 to 1.")
    started_at = models.DateTimeField(help_text="Its onset, by the client's clock.")
    ended_at = models.DateTimeField(null=True, help_text="Its end; empty while it goes on.")
    still = models.CharField(max_length=HEX_DIGITS, blank=True, help_text="The blob that shows it.")
    details = models.JSONField(default=dict, help_text="What a simple client added.")
    received_at = models.DateTimeField(auto_now_add=True, help_text="When it was first told.")

    class Meta:
        """Keys and indexes."""

        constraints = (
            models.UniqueConstraint(
                fields=["session", "source", "number"], name="pde_violation_once"
            ),
        )
        indexes = (models.Index(fields=["session", "started_at"], name="pde_violation_started"),)

    def __str__(self) -> str:
        return f"{self.rule} #{self.number}"
