"""Files of a session: taking them in, and knowing which are still to come."""

from __future__ import annotations

import io
import uuid
from http import HTTPStatus

from proctor_desktop.core.chain import digest
from proctor_desktop.core.media_type import BYTES, JPEG, MP4, OGG, PNG
from proctor_desktop.endpoint import conf
from proctor_desktop.endpoint.media import MediaFolder, Readable
from proctor_desktop.endpoint.models import NamedBlob, StoredBlob
from proctor_desktop.endpoint.refusal import Refusal
from proctor_desktop.wire import rest

ALLOWED_TYPES = frozenset({JPEG, PNG, MP4, OGG, BYTES})
JPEG_START = b"\xff\xd8\xff"


def folder() -> MediaFolder:
    """The configured media folder."""
    return MediaFolder(conf.current().media_folder)


def has(session: uuid.UUID, sha256: str) -> bool:
    """Whether this blob is here, in the table and on disk."""
    known = StoredBlob.objects.filter(session_id=session, sha256=sha256).exists()
    return known and folder().path(session, sha256).is_file()


def receive(
    session: uuid.UUID, sha256: str, media_type: str, source: Readable, size_bytes: int
) -> bool:
    """Store a blob, file first and row second; False if it was here. Raises Refusal."""
    if media_type not in ALLOWED_TYPES:
        detail = f"A blob is one of {', '.join(sorted(ALLOWED_TYPES))}."
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    if size_bytes > rest.MAX_BLOB_BYTES:
        detail = f"A blob has at most {rest.MAX_BLOB_BYTES} bytes."
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    if has(session, sha256):
        return False
    folder().receive(session, sha256, source, size_bytes)
    _, created = StoredBlob.objects.get_or_create(
        session_id=session,
        sha256=sha256,
        defaults={"type": media_type, "size_bytes": size_bytes},
    )
    return created


def receive_jpeg(session: uuid.UUID, image: bytes) -> str:
    """Store a JPEG that came inside JSON; its SHA-256. Raises Refusal."""
    if not image.startswith(JPEG_START):
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "The image is not a JPEG.")
    sha256 = digest(image)
    receive(session, sha256, JPEG, io.BytesIO(image), len(image))
    return sha256


def missing(session: uuid.UUID) -> list[str]:
    """The hashes that records name and that are not here, in the order of the records."""
    here = StoredBlob.objects.filter(session_id=session).values("sha256")
    named = NamedBlob.objects.filter(session_id=session).exclude(sha256__in=here)
    return list(named.order_by("seq", "pk").values_list("sha256", flat=True))
