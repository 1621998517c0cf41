"""Signed envelopes as they arrive inside JSON, and the bytes that they stand for."""

from __future__ import annotations

import json
from typing import Any

MAX_SIGNATURES = 4
MAX_CHECKPOINT_BYTES = 16 * 1024


def canonical(body: Any) -> bytes:
    """The envelope's bytes as ``dsse.sign`` lays them out; raises ValueError if it is none.

    The order of the fields is kept, so an envelope made by ``dsse.sign`` and carried as a JSON
    object comes out as the bytes that were hashed. The number of signatures is bounded because each
    costs a verification.
    """
    if not isinstance(body, dict) or set(body) != {"payloadType", "payload", "signatures"}:
        raise ValueError("a signed envelope has payloadType, payload and signatures")
    signatures = body["signatures"]
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= MAX_SIGNATURES:
        raise ValueError(f"a signed envelope has 1 to {MAX_SIGNATURES} signatures")
    if not all(isinstance(one, dict) and set(one) <= {"keyid", "sig"} for one in signatures):
        raise ValueError("a signature has keyid and sig")
    return json.dumps(body, separators=(",", ":")).encode("ascii")
