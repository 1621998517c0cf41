"""Verifying an ``.evidence`` file: needs the standard library and ``cryptography``, nothing else.

Everything in the file is taken for hostile. Nothing is extracted, and whom to trust comes from the
caller. Three answers: VALID; VALID WITH GAPS, when all of it is authentic but something is not
there or not shown; INVALID.
"""

from proctor_desktop.export.verdict import Facts, Gap, Outcome, Trust, Verdict
from proctor_desktop.export.verify.archive import Archive
from proctor_desktop.export.verify.check import examine, verify
from proctor_desktop.export.verify.findings import Invalid

__all__ = ["Archive", "Facts", "Gap", "Invalid", "Outcome", "Trust", "Verdict", "examine", "verify"]
