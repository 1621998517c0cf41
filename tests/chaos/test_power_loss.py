"""Power cuts, and that the model would notice a program that does not sync."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from proctor_desktop.journal import blobs, twin_log
from tests.chaos import power_loss
from tests.chaos.power_model import Disk, Step, Survives
from tests.chaos.spoken_session import work


@pytest.mark.slow
def test_behind_every_fifth_step_of_a_session_all_that_was_acknowledged_is_there() -> None:
    found = power_loss.measure(power_loss.SHORT, every=5)
    for part in found.values():
        if "not_measured" not in part:
            assert part["states"] > 20
            assert (part["lost"], part["broken"]) == (0, 0)
    assert "| steps |" in power_loss.write(found)


@pytest.mark.parametrize("module", [blobs, twin_log], ids=["blobs", "twin log"])
@pytest.mark.parametrize("call", ["sync", "sync_folder"])
@pytest.mark.parametrize("session", [work, power_loss.on_full_disk], ids=["ample", "full"])
def test_a_program_that_does_not_sync_loses_what_it_promised(
    monkeypatch: pytest.MonkeyPatch, module: object, call: str, session: Callable[..., None]
) -> None:
    nothing: Callable[..., None] = lambda *_: None  # noqa: E731
    monkeypatch.setattr(module, call, nothing)
    found = power_loss._modelled(session, power_loss.SHORT, every=3)
    assert found["lost"] + found["broken"]


def after(*steps: Step) -> dict[str, bytes]:
    disk = Disk()
    for step in steps:
        disk.do(step)
    return disk.cut(Survives.NOTHING, random.Random(1))


MADE = (Step("create", "/d/a"), Step("write", "/d/a", 0, b"content"))


def test_content_counts_when_it_is_synced_and_names_when_their_folder_is() -> None:
    sync, folder = Step("sync", "/d/a"), Step("folder", "/d")
    assert after(*MADE) == {}
    assert after(*MADE, sync) == {}
    assert after(*MADE, folder) == {"/d/a": b""}
    assert after(*MADE, sync, folder) == {"/d/a": b"content"}


def test_a_rename_counts_when_its_folder_is_synced() -> None:
    steps = (*MADE, Step("sync", "/d/a"), Step("folder", "/d"), Step("rename", "/d/a", to="/d/b"))
    assert after(*steps) == {"/d/a": b"content"}
    assert after(*steps, Step("folder", "/d")) == {"/d/b": b"content"}
