from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.kiosk.lines import MAX_LINE_BYTES, LineSplitter, newest, parse
from proctor_desktop.wire import stdio
from tests.fakes.kiosk_views import snapshot

TOAST = stdio.Toast("face_missing", "We can't see you, Zoë.")


@given(st.lists(st.integers(1, 9)))
def test_lines_come_out_whole_whatever_the_pieces(sizes: list[int]) -> None:
    stream = b"one\ntwo\r\n\nthree \xc3\xab\nrest"
    splitter = LineSplitter()
    lines: list[bytes] = []
    at = 0
    for size in [*sizes, len(stream)]:
        lines += splitter.feed(stream[at : at + size])
        at += size
    assert lines == [b"one", b"two", b"three \xc3\xab"]
    assert splitter.flush() == b"rest"


def test_a_line_without_an_end_does_not_fill_the_memory() -> None:
    splitter = LineSplitter()
    parts = splitter.feed(b"x" * (MAX_LINE_BYTES + 1))
    assert len(parts) == 1
    assert splitter.flush() == b""


def test_messages_are_parsed_and_faults_are_named() -> None:
    good = stdio.to_line(TOAST).encode()
    bad = [b"not json", b'{"type":"nonsense"}', b'{"type":"phase","phase":"elsewhere"}', b"\xff"]
    messages, faults = parse([bad[0], good, *bad[1:]])
    assert messages == [TOAST]
    assert len(faults) == len(bad)
    assert "not json" in faults[0]
    assert "nonsense" in faults[1]
    assert "elsewhere" in faults[2]


def test_only_the_newest_picture_and_snapshot_of_a_batch_are_kept() -> None:
    old, new = snapshot(elapsed_s=1.0), snapshot(elapsed_s=2.0)
    pictures = [stdio.Preview("a"), stdio.Preview("b")]
    assert newest([old, pictures[0], TOAST, new, TOAST, pictures[1]]) == [
        TOAST,
        new,
        TOAST,
        pictures[1],
    ]
