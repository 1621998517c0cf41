from __future__ import annotations

import threading

from proctor_desktop.hosts.worker import Worker


def test_stop_asks_the_body_to_return_and_waits_for_it() -> None:
    returned = threading.Event()

    def body(stopping: threading.Event) -> None:
        stopping.wait(10)
        returned.set()

    worker = Worker("test", body, crashed=lambda _: None)
    worker.start()

    assert worker.stop(10)
    assert returned.is_set()


def test_what_the_body_raises_is_told() -> None:
    told: list[BaseException] = []

    def body(_stopping: threading.Event) -> None:
        raise KeyError("a bug")

    worker = Worker("test", body, told.append)
    worker.start()
    worker.join(10)

    assert [type(one) for one in told] == [KeyError]


def test_a_body_that_hangs_is_told_by_stop() -> None:
    release = threading.Event()
    worker = Worker("test", lambda _: bool(release.wait(10)) and None, lambda _: None)
    worker.start()

    assert not worker.stop(0.01)

    release.set()
    assert worker.join(10)


def test_stopping_what_never_started_is_no_error() -> None:
    assert Worker("test", lambda _: None, lambda _: None).stop(0.1)
