"""Sound on its way through the pipeline: one channel at one rate, in short blocks."""

from __future__ import annotations

RATE_HZ = 16_000
BLOCK_SAMPLES = 1_600
BLOCK_S = BLOCK_SAMPLES / RATE_HZ

BLOCKS_A_REPORT = 5
"""What is heard is told of so many blocks together, unless something is to be told at once."""

REPORT_S = BLOCKS_A_REPORT * BLOCK_S
