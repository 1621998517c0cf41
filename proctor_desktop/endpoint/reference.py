"""Which blob shows the candidate's face, and which their ID."""

from __future__ import annotations

import uuid

from proctor_desktop.endpoint import blobs
from proctor_desktop.endpoint.models import Session
from proctor_desktop.wire import rest


def mark(session_id: uuid.UUID, body: rest.VerifyInitialRequest) -> bool:
    """Note the reference photo; whether its blob is here yet.

    The blob may come later: order on the network must not cost anyone the reference.
    """
    column = "reference_face" if body["kind"] == "face" else "reference_id"
    Session.objects.filter(pk=session_id).update(**{column: body["blob"]})
    return blobs.has(session_id, body["blob"])
