"""How figures are told: median, 95th percentile and how many there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def percentiles(values_ms: Sequence[float]) -> dict[str, float]:
    """Of some milliseconds; nothing but ``n`` = 0 where there are none."""
    if not values_ms:
        return {"n": 0}
    p50, p95 = np.percentile(values_ms, [50, 95])
    return {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2), "n": len(values_ms)}
