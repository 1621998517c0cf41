"""The one way in which the app says no, whatever the reason."""

from __future__ import annotations

import logging
from http import HTTPStatus

from proctor_desktop.core.chain import Head

security = logging.getLogger("proctor_desktop.endpoint.security")
"""Where requests are told of that no honest client makes."""


class Refusal(Exception):
    """A request that is not done: an HTTP status and why, in words for the client's log.

    ``head`` is where the server's chain stands, for a client that must go on from there.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        head: Head | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.head = head
        self.retry_after_s = retry_after_s
