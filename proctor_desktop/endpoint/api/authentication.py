"""Who asks: a client with a session's token, or a person logged in to the site."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from proctor_desktop.endpoint import tokens


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """A client that may see and add to one session, and nothing else.

    ``late``: it brings the session's export, and may do nothing but that.
    """

    session: uuid.UUID
    late: bool = False
    is_authenticated: bool = True
    is_active: bool = True
    pk: None = None


class SessionToken(BaseAuthentication):
    """``Authorization: Bearer <token>`` as given out at the enrolment."""

    def authenticate(self, request: Request) -> tuple[TokenHolder, None] | None:
        """The holder of the token; None without one, so that other ways are tried."""
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        opens = tokens.opened_by(token.strip().decode("latin-1"), timezone.now())
        if opens is None:
            raise AuthenticationFailed("The token is unknown or has expired; enrol again.")
        return TokenHolder(opens.session, opens.late), None

    def authenticate_header(self, _request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="proctor-desktop"'
