from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import threading

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts import library_network
from proctor_desktop.hosts.library_network import (
    DEAD_END,
    confine_libraries,
    own_network_settings,
)
from proctor_desktop.weights.installed import require


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(library_network, "_before", {})


def test_libraries_are_led_into_a_dead_end_even_past_exceptions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    confine_libraries()
    assert os.environ["https_proxy"] == DEAD_END
    assert os.environ["no_proxy"] == "localhost"


def test_our_own_connections_keep_what_the_owner_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example.edu:3128")
    confine_libraries()
    confine_libraries()
    with own_network_settings():
        assert os.environ["https_proxy"] == "http://proxy.example.edu:3128"
        assert "NO_PROXY" not in os.environ
    assert os.environ["https_proxy"] == DEAD_END


def test_nothing_changes_before_anything_was_confined() -> None:
    with own_network_settings():
        assert "https_proxy" not in os.environ
    assert "https_proxy" not in os.environ


_LOOKS = """
    import sys, time
    import numpy as np
    from pathlib import Path
    from proctor_desktop.hosts import library_network
    if sys.argv[2]:
        library_network.DEAD_END = sys.argv[2]
        library_network._SETTINGS.update(https_proxy=sys.argv[2], HTTPS_PROXY=sys.argv[2])
    from proctor_desktop.vision.landmarker import VideoLandmarker
    landmarker = VideoLandmarker(Path(sys.argv[1]))
    landmarker.detect(np.zeros((480, 640, 3), np.uint8), 100)
    time.sleep(2)
    landmarker.close()
"""


@pytest.mark.slow
def test_what_the_landmarker_wants_to_report_ends_at_the_proxy_it_was_given() -> None:
    """A stand-in for the dead end hears the attempt, which shows that it does lead there."""
    try:
        model = require("face_landmarker")
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)

        def listen() -> None:
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(200))

        listener = threading.Thread(target=listen)
        listener.start()
        stand_in = f"http://127.0.0.1:{server.getsockname()[1]}"
        words = [sys.executable, "-c", textwrap.dedent(_LOOKS), str(model), stand_in]
        subprocess.run(words, check=True, capture_output=True, timeout=60)
        listener.join()
    assert heard[0].startswith(b"CONNECT ")
