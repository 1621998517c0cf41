"""Killing the writer while keys change hands: the chain of keys goes on, and one key is left."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from proctor_desktop.wire import dsse
from tests.conftest import CHECKOUT
from tests.fakes.journals import chain
from tests.fakes.sessions import new_session, reading, urgent, writing

KILLS = 8
SEED = 20261121
_WRITES_WITHOUT_END = """
import sys
from pathlib import Path
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from tests.fakes.sessions import urgent
writer = Writer(SessionFolder(Path(sys.argv[1])), "boot-1")
print("writes", flush=True)
while True:
    writer.append(urgent("heartbeat"))
"""


def test_a_writer_that_is_killed_leaves_the_one_key_that_is_due(tmp_path: Path) -> None:
    draw = random.Random(SEED)
    folder = new_session(tmp_path)
    for _ in range(KILLS):
        words = [sys.executable, "-c", _WRITES_WITHOUT_END, str(folder.path)]
        with subprocess.Popen(words, cwd=CHECKOUT, stdout=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.readline() == b"writes\n"
            time.sleep(draw.uniform(0.0, 0.3))
            process.send_signal(signal.SIGKILL)
    with writing(folder) as writer:
        writer.append(urgent("x"))
    with reading(folder) as reader:
        records, due = chain(reader), [folder.session_key()]
        for seq, envelope in reader.checkpoints():
            stated = dsse.verify(envelope, dsse.CHECKPOINT, due[-1:]).json()
            assert stated["head"] == records[seq - 1].hash
            due.append(stated["next_key"])
        usable = [key for key in due if reader.signing_key(key)]
    assert usable == due[-1:]
    assert len(due) > KILLS
