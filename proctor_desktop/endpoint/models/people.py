"""Who sits which exam."""

from __future__ import annotations

import uuid

from django.db import models

from proctor_desktop.config.exam import policy_from_json
from proctor_desktop.core.policy import Policy

HEX_DIGITS = 64
NAME_CHARS = 200
EMAIL_CHARS = 254


class Candidate(models.Model):
    """A person who sits exams, known by e-mail address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.CharField(
        max_length=EMAIL_CHARS,
        unique=True,
        help_text="In lower case; two spellings of one address are one candidate.",
    )
    name = models.CharField(max_length=NAME_CHARS, help_text="As first given at an enrolment.")
    created_at = models.DateTimeField(auto_now_add=True, help_text="The first enrolment.")

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class ExamFile(models.Model):
    """A signed exam, kept as the bytes that were signed."""

    sha256 = models.CharField(
        max_length=HEX_DIGITS,
        primary_key=True,
        help_text="The envelope's hash: how the evidence names this exam.",
    )
    envelope = models.BinaryField(help_text="The signed envelope's exact bytes.")
    signer = models.CharField(
        max_length=HEX_DIGITS, help_text="The public key (hex) of the institution that signed it."
    )
    exam_id = models.CharField(max_length=NAME_CHARS, db_index=True, help_text="The exam's own id.")
    title = models.CharField(max_length=NAME_CHARS, help_text="The exam's title.")
    institution = models.CharField(max_length=NAME_CHARS, help_text="Who holds the exam.")
    policy_json = models.JSONField(
        help_text="The signed policy, with its preset's defaults written out."
    )
    created_at = models.DateTimeField(auto_now_add=True, help_text="When it was first seen here.")

    def __str__(self) -> str:
        return f"{self.title} ({self.exam_id})"

    @property
    def policy(self) -> Policy:
        """What the score goes by."""
        return policy_from_json(self.policy_json)
