"""A sample of the tampering campaign."""

from __future__ import annotations

from tests.chaos import tamper


def test_a_sample_of_forgeries_is_detected_and_no_honest_export_is_called_forged() -> None:
    figures = tamper.measure(short=True)
    assert figures["forgeries"]["escaped"] == []
    assert figures["honest"]["escaped"] == []
    assert figures["forgeries"]["tried"] > 600
    assert len(figures["forgeries"]["by_kind"]) == 9
    assert figures["honest"]["tried"] == tamper.SHORT_HONEST
    report = tamper.write(figures)
    assert report.startswith("## Tampering")
    assert "ESCAPED" not in report
