"""The standalone server: one command, one folder."""

from __future__ import annotations

import errno
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.endpoint.private_file import read_or_create

SETTINGS = "proctor_desktop.endpoint.project.settings"
THREADS = 8
MAX_CONNECTIONS = 1000
MAX_BODY_BYTES = 16 * 1024 * 1024
_OWNER_ONLY = 0o077

log = logging.getLogger(__name__)


def serve(
    data: Path,
    port: int,
    *,
    ready: Callable[[str], None],
    host: str = "127.0.0.1",
    institution_keys: tuple[str, ...] = (),
) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` is given the address once requests are answered.

    ``port`` 0 takes a free one. With no ``institution_keys`` the exam of any signer is accepted,
    and the log says so. Raises EnvironmentProblem for a port or folder that cannot be used, before
    anything is served. Sets the process's umask and Django's settings: one call a process.
    """
    with _listener(host, port) as listener, _stopped_by_signals():
        prepare(data, institution_keys)
        _run(listener, host, ready)


def prepare(data: Path, institution_keys: tuple[str, ...] = ()) -> None:
    """Make what is missing in ``data`` (keys, database) and set Django up for it."""
    os.umask(_OWNER_ONLY)
    try:
        data = data.resolve()
        data.mkdir(parents=True, exist_ok=True)
        read_or_create(data / "secret.key", lambda: secrets.token_urlsafe(50).encode())
        os.environ["PROCTOR_ENDPOINT_DATA"] = str(data)
        if institution_keys:
            os.environ["PROCTOR_ENDPOINT_INSTITUTION_KEYS"] = ",".join(institution_keys)
        os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
        _set_up_django(data)
    except OSError as problem:
        raise _unusable(data, problem.strerror or str(problem)) from problem


def _set_up_django(data: Path) -> None:
    import django  # noqa: PLC0415 - nothing of Django may load before its settings are known
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import DatabaseError  # noqa: PLC0415

    django.setup()
    from proctor_desktop.endpoint import blobs, server_key  # noqa: PLC0415

    _report_checks()
    server_key.current()
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as problem:
        raise EnvironmentProblem(
            str(data / "endpoint.sqlite3"),
            f"the database cannot be used ({problem})",
            "Restore it from the backup, or choose another data folder.",
        ) from problem
    if swept := blobs.folder().sweep():
        log.warning("%d half-received files of an earlier run were removed", swept)


def _report_checks() -> None:
    from django.core import checks  # noqa: PLC0415

    for message in checks.run_checks(tags=["proctor_desktop"]):
        if message.level >= checks.ERROR:
            raise EnvironmentProblem(
                "the endpoint's settings", message.msg.rstrip("."), message.hint or "Correct them."
            )
        log.warning("%s %s", message.msg, message.hint or "")


def _run(listener: socket.socket, host: str, ready: Callable[[str], None]) -> None:
    from waitress.server import create_server  # noqa: PLC0415 - only the server needs it

    from proctor_desktop.endpoint.project.wsgi import application  # noqa: PLC0415
    from proctor_desktop.endpoint.sqlite_checkpoint import Checkpointer  # noqa: PLC0415

    server = create_server(
        application,
        sockets=[listener],
        threads=THREADS,
        connection_limit=MAX_CONNECTIONS,
        max_request_body_size=MAX_BODY_BYTES,
        asyncore_use_poll=True,
        ident=None,
    )
    checkpointer = Checkpointer()
    checkpointer.start()
    try:
        ready(_address(host, listener.getsockname()[1]))
        server.run()
    finally:
        server.close()
        checkpointer.stop()


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _listener(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        if os.name == "posix":  # elsewhere it would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except (OSError, OverflowError) as problem:
            raise _cannot_bind(host, port, problem) from problem
        yield listener


def _cannot_bind(host: str, port: int, problem: Exception) -> EnvironmentProblem:
    number = problem.errno if isinstance(problem, OSError) else None
    remedies = {
        errno.EADDRINUSE: "Stop the program that listens there, or choose another port.",
        errno.EACCES: "Choose a port from 1024 up.",
    }
    reason = getattr(problem, "strerror", None) or str(problem)
    return EnvironmentProblem(
        f"port {port} on {host}",
        f"the endpoint cannot listen there ({reason})",
        remedies.get(number or 0, "Check the host and the port (1 to 65535)."),
    )


def _unusable(data: Path, reason: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        str(data),
        f"the endpoint cannot keep its data there ({reason})",
        "Choose a folder that this user may write to, on a disk with room.",
    )


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """End the server's loop on SIGTERM and SIGINT; only the main thread can be told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = {which: signal.signal(which, _stop) for which in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for which, handler in earlier.items():
            signal.signal(which, handler)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
