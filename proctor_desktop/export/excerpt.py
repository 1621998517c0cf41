"""Choosing the files of an excerpt: by violation, or by their own hash."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from proctor_desktop.core.chain import Record, decode
from proctor_desktop.core.errors import EnvironmentProblem


def chosen(records: Iterable[bytes], wanted: Collection[str]) -> frozenset[str]:
    """The blobs (SHA-256) of the ``wanted`` violations and blobs, by number and by hash.

    A hash may be shortened to its first 8 digits. Raises EnvironmentProblem for what no record
    names, so that nobody takes an excerpt for more than it is.
    """
    by_violation: dict[str, set[str]] = {}
    every: set[str] = set()
    for raw in records:
        record = decode(raw)
        names = {blob.sha256 for blob in record.blobs}
        every |= names
        for number in _violations(record):
            by_violation.setdefault(str(number), set()).update(names)
    found: set[str] = set()
    for one in wanted:
        of_one = by_violation.get(one) or _starting_with(one, every)
        if not of_one:
            raise _not_there(one, one in by_violation)
        found |= of_one
    return frozenset(found)


_FEWEST_DIGITS = 8


def _violations(record: Record) -> Iterator[int]:
    """The numbers of the violations that a record is about: a clip may be about several."""
    several = record.data.get("violations")
    yield from several if isinstance(several, list) else ()
    if "violation" in record.data:
        yield record.data["violation"]


def _starting_with(start: str, names: Iterable[str]) -> set[str]:
    if len(start) < _FEWEST_DIGITS:
        return set()
    return {name for name in names if name.startswith(start.lower())}


def _not_there(one: str, known: bool) -> EnvironmentProblem:
    why = "this violation has no files" if known else "no record names such a violation or file"
    remedy = (
        "The table of the report (report --csv) has each violation's number and its files' hashes."
    )
    return EnvironmentProblem(f"--only {one}", why, remedy)
