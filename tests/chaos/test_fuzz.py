"""A few inputs for every parser."""

from __future__ import annotations

from tests.chaos import fuzz
from tests.chaos.parsers import parsers


def test_no_parser_is_thrown_by_what_it_is_given() -> None:
    figures = fuzz.measure(short=True)
    assert {name: one["fault"] for name, one in figures.items() if one["fault"]} == {}
    assert all(one["inputs"] >= 100 for one in figures.values())
    assert fuzz.write(figures).count("| none |") == len(figures)


def test_the_samples_are_taken() -> None:
    for parser in parsers():
        if parser.name not in {"chain of keys", "enrolment"}:  # these need more than a sample
            for sample in parser.samples:
                parser.feed(sample)
