"""Measurements: what the program costs, and how late it decides. They judge, but never fail."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does, before numpy is loaded
