"""What the calls' bodies must look like; the field names are those of ``wire.rest``."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from rest_framework import serializers

from proctor_desktop.core.chain import is_sha256
from proctor_desktop.core.moment import from_rfc3339
from proctor_desktop.core.observation import Health
from proctor_desktop.endpoint.envelope import canonical
from proctor_desktop.endpoint.ingest import MAX_INTEGER
from proctor_desktop.endpoint.models.people import EMAIL_CHARS, NAME_CHARS
from proctor_desktop.endpoint.models.session import WORD_CHARS
from proctor_desktop.endpoint.violations import RULE_NAME

MAX_SOURCES = 32
MAX_DETAILS_CHARS = 8192


class ExactText(serializers.Field[str, str, str, Any]):
    """A string as it stands: nothing is trimmed, and it has UTF-8 bytes."""

    def to_internal_value(self, data: Any) -> str:
        """``data`` itself."""
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be a string.")
        try:
            data.encode("utf-8")
        except UnicodeEncodeError as problem:
            raise serializers.ValidationError("This is no valid Unicode text.") from problem
        return data


class Sha256(ExactText):
    """64 lower-case hex digits."""

    def to_internal_value(self, data: Any) -> str:
        """``data`` itself."""
        text = super().to_internal_value(data)
        if not is_sha256(text):
            raise serializers.ValidationError("This must be 64 lower-case hex digits.")
        return text


class Wall(ExactText):
    """A time in the form of the records; stays text."""

    def to_internal_value(self, data: Any) -> str:
        """``data`` itself."""
        text = super().to_internal_value(data)
        _moment(text)
        return text


class WallTime(ExactText):
    """A time in the form of the records, as a datetime."""

    def to_internal_value(self, data: Any) -> Any:
        """``data`` as a datetime in UTC."""
        return _moment(super().to_internal_value(data))


class SessionId(ExactText):
    """A UUID in its usual spelling: the one that the records are bound to."""

    def to_internal_value(self, data: Any) -> Any:
        """``data`` as a UUID."""
        text = super().to_internal_value(data)
        try:
            found = uuid.UUID(text)
        except ValueError as problem:
            raise serializers.ValidationError("This must be a UUID.") from problem
        if str(found) != text:
            raise serializers.ValidationError("This must be a UUID in lower case with hyphens.")
        return found


class Envelope(serializers.Field[bytes, Any, Any, Any]):
    """A signed envelope as a JSON object; becomes the bytes that were made by signing."""

    def to_internal_value(self, data: Any) -> bytes:
        """The envelope's canonical bytes."""
        try:
            return canonical(data)
        except ValueError as problem:
            raise serializers.ValidationError(
                f"This is no signed envelope: {problem}."
            ) from problem


class CandidateBody(serializers.Serializer[Any]):
    """``rest.Candidate``."""

    name = serializers.CharField(max_length=NAME_CHARS)
    email = serializers.CharField(max_length=EMAIL_CHARS)


class OpeningBody(serializers.Serializer[Any]):
    """What a session says of itself at its start, whoever brings it."""

    session = SessionId()
    session_key = Sha256()
    exam = Envelope()
    candidate = CandidateBody()
    started = WallTime()
    client = serializers.CharField(max_length=NAME_CHARS)


class EnrolBody(OpeningBody):
    """``rest.EnrolPayload``, once its signature holds."""

    delegation = Envelope()
    sent = Wall()


class HeadBody(serializers.Serializer[Any]):
    """``rest.HeadBody``."""

    seq = serializers.IntegerField(min_value=0, max_value=MAX_INTEGER)
    hash = Sha256()


class RecordsBody(serializers.Serializer[Any]):
    """``rest.RecordsRequest``."""

    records = serializers.ListField(child=ExactText(), allow_empty=False)
    checkpoints = serializers.ListField(child=Envelope(), allow_empty=False)


class LateBody(serializers.Serializer[Any]):
    """``rest.LateRequest``."""

    exam = Envelope()
    records = serializers.ListField(child=ExactText(), allow_empty=False)
    checkpoint = Envelope()


class HeartbeatBody(serializers.Serializer[Any]):
    """``rest.HeartbeatRequest``."""

    wall = Wall()
    phase = serializers.CharField(max_length=WORD_CHARS)
    face_status = serializers.ChoiceField(
        choices=["one_face", "no_face", "multiple_faces", "unknown"]
    )
    sources = serializers.DictField(
        child=serializers.ChoiceField(choices=[state.value for state in Health])
    )
    pending_records = serializers.IntegerField(min_value=0, max_value=MAX_INTEGER)
    pending_blobs = serializers.IntegerField(min_value=0, max_value=MAX_INTEGER)

    def validate_sources(self, value: dict[str, str]) -> dict[str, str]:
        """A handful of plain words."""
        if len(value) > MAX_SOURCES or not all(
            name.isprintable() and len(name) <= WORD_CHARS for name in value
        ):
            raise serializers.ValidationError("These are too many, or not plain words.")
        return value


class VerifyInitialBody(serializers.Serializer[Any]):
    """``rest.VerifyInitialRequest``."""

    kind = serializers.ChoiceField(choices=["face", "id"])
    blob = Sha256()


class EndBody(serializers.Serializer[Any]):
    """``rest.EndRequest``."""

    head = HeadBody()


class SimpleViolationBody(serializers.Serializer[Any]):
    """A violation from a web client: JSON with a base64 JPEG."""

    session_id = SessionId()
    violation_type = serializers.RegexField(rf"\A{RULE_NAME.pattern}\Z")
    timestamp = serializers.DateTimeField(required=False)
    details = serializers.DictField(required=False)
    image = ExactText()

    def validate_details(self, value: dict[str, Any]) -> dict[str, Any]:
        """Small, and without what some databases cannot hold."""
        text = json.dumps(value)
        if len(text) > MAX_DETAILS_CHARS or "\\u0000" in text or "\\ud" in text:
            raise serializers.ValidationError("These are too long, or hold no plain text.")
        return value


def _moment(text: str) -> datetime:
    try:
        return from_rfc3339(text)
    except ValueError as problem:
        raise serializers.ValidationError(
            "This must be a UTC time such as 2026-05-04T09:30:00.000000Z."
        ) from problem
