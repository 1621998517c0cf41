"""Pictures of an X11 screen where the server puts them: in memory that both share.

Through mss, each picture is copied into fresh memory, 8 MB at 1920 x 1080, and the connection has
to be made anew to see whether the screen has another size.
"""

from __future__ import annotations

import mmap
import os
import sys
from contextlib import suppress

import numpy as np
from mss.exception import ScreenShotError
from mss.linux import xcb, xcbgen
from mss.linux.base import ALL_PLANES
from mss.linux.xcbhelpers import LIB, Connection
from mss.linux.xgetimage import MSSImplXGetImage
from numpy.typing import NDArray

from proctor_desktop.sources.mss_shooter import MSS_FAILURES, no_picture

if sys.platform != "linux":
    raise ImportError("only Linux has such memory")

_SHM_THAT_TAKES_FILES = (1, 2)
_PIXEL_BYTES = 4


class X11Shooter:
    """Takes pictures of all displays together, with the pointer, without copying them.

    A picture is valid until the next one is taken.
    """

    def __init__(self) -> None:
        """Raises ScreenShotError where the server does not share memory, or there is none."""
        self._server = MSSImplXGetImage(with_cursor=True)
        self._memory: mmap.mmap | bytes = b""
        self._segment = xcbgen.ShmSeg(0)
        self._size_px = (0, 0)
        try:
            self._check_server()
            self._shows_pointer = self._server._cursor_check_xfixes()
        except BaseException:
            self.close()
            raise

    def shoot(self) -> NDArray[np.uint8]:
        """The screen now, BGRA; raises EnvironmentProblem."""
        try:
            return self._shoot()
        except MSS_FAILURES as problem:
            raise no_picture(problem) from problem

    def look_again(self) -> None:
        """The size is asked for with each picture."""

    def close(self) -> None:
        """Let go of the display; a second time does nothing."""
        with suppress(*MSS_FAILURES):  # the server may have left first
            self._server.close()
        self._memory = b""  # goes with the last picture that was made of it

    def _shoot(self) -> NDArray[np.uint8]:
        connection = self._connection
        root = xcbgen.get_geometry(connection, self._server.drawable)
        if (root.width, root.height) != self._size_px:
            self._share((root.width, root.height))
        width_px, height_px = self._size_px
        xcbgen.shm_get_image(
            connection,
            self._server.drawable,
            0,
            0,
            width_px,
            height_px,
            ALL_PLANES,
            xcbgen.ImageFormat.ZPixmap,
            self._segment,
            0,
        )
        image = np.frombuffer(self._memory, np.uint8).reshape(height_px, width_px, 4)
        if self._shows_pointer:
            self._draw_pointer(image)
        return image

    @property
    def _connection(self) -> Connection:
        connection: Connection | None = self._server.conn
        if connection is None:
            raise ScreenShotError("the display was let go")
        return connection

    def _check_server(self) -> None:
        extension = xcb.get_extension_data(self._connection, LIB.shm_id)
        if not extension.present:
            raise ScreenShotError("the X server does not share memory")
        version = xcbgen.shm_query_version(self._connection)
        if (version.major_version, version.minor_version) < _SHM_THAT_TAKES_FILES:
            raise ScreenShotError("the X server shares memory in an old way only")

    def _share(self, size_px: tuple[int, int]) -> None:
        """Share memory for pictures of this size, in the place of what was shared before."""
        if self._memory:
            xcbgen.shm_detach(self._connection, self._segment)
        size_bytes = size_px[0] * size_px[1] * _PIXEL_BYTES
        handle = os.memfd_create("screen", os.MFD_CLOEXEC)
        try:
            os.ftruncate(handle, size_bytes)
            self._memory = mmap.mmap(handle, size_bytes)
        except OSError:
            os.close(handle)
            raise
        self._segment = xcbgen.ShmSeg(xcb.generate_id(self._connection).value)
        # The library closes the handle, whether or not the server takes it.
        xcbgen.shm_attach_fd(self._connection, self._segment, handle, read_only=False)
        self._size_px = size_px

    def _draw_pointer(self, image: NDArray[np.uint8]) -> None:
        """Where it is on the screen; its colours have been multiplied by its opacity already."""
        reply = xcbgen.xfixes_get_cursor_image(self._connection)
        pixels = np.frombuffer(bytes(xcbgen.xfixes_get_cursor_image_cursor_image(reply)), np.uint8)
        pointer = pixels.reshape(reply.height, reply.width, 4)
        left, top = reply.x - reply.xhot, reply.y - reply.yhot
        x, y = max(left, 0), max(top, 0)
        below = image[y : max(top + reply.height, 0), x : max(left + reply.width, 0)]
        height, width = below.shape[:2]
        shown = pointer[y - top : y - top + height, x - left : x - left + width].astype(np.uint16)
        through = 255 - shown[:, :, 3:]
        below[:] = np.minimum(shown + (below * through + 127) // 255, 255)
