"""Killing the monitor without warning, again and again: nothing acknowledged may be lost."""

from __future__ import annotations

import json
import random
import signal
import time
from pathlib import Path

import pytest
import requests

from proctor_desktop.core.policy import Rules
from proctor_desktop.core.rules import enabled_rules
from proctor_desktop.export.replay import replay
from proctor_desktop.export.verify import Outcome, Trust, verify
from tests.chaos import kill
from tests.fakes.footage import AWAY, HERE, write_footage
from tests.fakes.institution import Institution
from tests.fakes.journals import chain, head_seq, newest
from tests.fakes.media import tone, write_wav
from tests.fakes.program import monitor_words, run, running_endpoint, start, wait_until

KILLS = 20
JOURNAL_KILLS = 50
SEED = 20261121


@pytest.mark.slow
def test_fifty_kills_of_a_journal_lose_nothing_and_need_nobody() -> None:
    found = kill.measure(JOURNAL_KILLS, monitor_kills=0)["journal"]
    assert found["kills"] == JOURNAL_KILLS
    assert found["records"] > 0
    assert found["databases_destroyed"] > 0
    assert (found["lost"], found["broken_chains"], found["manual_repairs"]) == (0, 0, 0)


@pytest.mark.slow
@pytest.mark.x11
def test_twenty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path, x_server: str) -> None:
    draw = random.Random(SEED)
    camera = write_footage(tmp_path / "camera.mp4", [(1.5, HERE), (1.5, AWAY)] * 20)
    sound = write_wav(tmp_path / "sound.wav", tone(220, 60, 16_000))
    institution = Institution(tmp_path)
    data, log = tmp_path / "data", tmp_path / "monitor.log"
    strict = {"face_missing": {"after_s": 0.0, "cooldown_s": 0.0}}
    with running_endpoint(tmp_path / "endpoint", 0, institution.public_key) as endpoint:
        exam = institution.exam(endpoint.address, rules=strict, recording={"segment_s": 2})
        words = [w for w in monitor_words(exam, camera, sound, data) if w != "--no-desktop"]
        words.append("--skip-preparation")
        known: list[bytes] = []
        for _ in range(KILLS):
            process = start(words, log)
            before = len(known)
            wait_until(lambda n=before: head_seq(data) > n, 30, log.read_text())
            time.sleep(draw.uniform(0.0, 2.5))
            if data.exists() and head_seq(data):
                with newest(data) as reader:
                    seen = list(reader.records())
                    receipted = reader.receipted_seq()
            process.send_signal(signal.SIGKILL)
            process.wait()
            with newest(data) as reader:
                kept = list(reader.records())
                chain(reader)
            assert kept[: len(seen)] == seen, "a committed record is gone or changed"
            assert len(kept) >= receipted, "a record that the endpoint acknowledged is gone"
            assert kept[: len(known)] == known
            known = kept

        last = run(*words, "--duration", "3", timeout_s=90)
        assert last.returncode == 0, last.stderr
        (package,) = data.glob("*.evidence")
        trust = Trust((institution.public_key,), (endpoint.server_key,))
        verdict = verify(package, trust)
        assert verdict.outcome is Outcome.GAPS, verdict.lines()
        assert sum(gap.kind == "restart" for gap in verdict.gaps) == KILLS
        assert replay(package, trust).same
        with newest(data) as reader:
            records = chain(reader)
            assert [r.raw for r in records[: len(known)]] == known
            assert reader.delivery().pending == 0
            on_server = _server_records(endpoint.address, reader.session, reader.fact("token"))
            assert on_server == [r.raw for r in records]
    recovered = [r for r in records if r.kind == "segment" and r.data.get("recovered")]
    assert recovered, "no video prefix was ever recovered"


@pytest.mark.slow
def test_a_clip_that_a_kill_prevents_is_named_as_missing(tmp_path: Path) -> None:
    """Killed before the first clip is due, then about when one is made, then ended in order."""
    draw = random.Random(SEED)
    camera = write_footage(tmp_path / "camera.mp4", [(1.5, HERE), (1.5, AWAY)] * 20)
    sound = write_wav(tmp_path / "sound.wav", tone(220, 60, 16_000))
    institution = Institution(tmp_path)
    data, log = tmp_path / "data", tmp_path / "monitor.log"
    strict = {"face_missing": {"after_s": 0.0, "cooldown_s": 0.0}}
    with running_endpoint(tmp_path / "endpoint", 0, institution.public_key) as endpoint:
        exam = institution.exam(
            endpoint.address, rules=strict, recording={"clips": True, "clip_s": 2}
        )
        words = [*monitor_words(exam, camera, sound, data), "--skip-preparation"]
        for after_s in (draw.uniform(0.0, 1.0), draw.uniform(2.5, 3.5)):
            before = len(_promised(data))
            process = start(words, log)
            wait_until(lambda n=before: len(_promised(data)) > n, 30, log.read_text())
            time.sleep(after_s)
            process.send_signal(signal.SIGKILL)
            process.wait()

        last = run(*words, "--duration", "12", timeout_s=90)
        assert last.returncode == 0, last.stderr
        (package,) = data.glob("*.evidence")
        trust = Trust((institution.public_key,), (endpoint.server_key,))
        verdict = verify(package, trust)
        assert verdict.outcome is Outcome.GAPS, verdict.lines()
        assert sum(gap.kind == "restart" for gap in verdict.gaps) == 2
        assert replay(package, trust).same
        with newest(data) as reader:
            records = chain(reader)
            assert reader.delivery().pending == 0
            kept = [r for r in records if r.kind == "clip"]
            assert all(reader.blob_path(r.blobs[0].sha256) for r in kept)
    there = [number for record in kept for number in record.data["violations"]]
    missing = [
        r.data["for"] for r in records if r.kind == "not_captured" and r.data["what"] == "clip"
    ]
    assert there, "no clip was ever made"
    assert missing, "no clip was ever prevented"
    assert sorted(there + missing) == _promised(data)


def _promised(data: Path) -> list[int]:
    """The violations that keep a still, and with it a clip, in the order of their numbers."""
    if not head_seq(data):
        return []
    with newest(data) as reader:
        started = [r.data for r in chain(reader) if r.kind == "violation.start"]
    seen = {rule.name for rule in enabled_rules(Rules()) if rule.keeps_still}
    return sorted(data["violation"] for data in started if data["rule"] in seen)


def _server_records(address: str, session: str, token: str | None) -> list[bytes]:
    found: list[bytes] = []
    while True:
        answer = requests.get(
            f"{address}/api/proctor/v1/sessions/{session}/records/?after={len(found)}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
        page = json.loads(answer.content)["records"]
        if not page:
            return found
        found += [text.encode("utf-8") for text in page]
