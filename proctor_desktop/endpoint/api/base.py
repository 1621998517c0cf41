"""What all calls share."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, ClassVar, cast

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from proctor_desktop.endpoint.api import permissions, problems
from proctor_desktop.endpoint.api.authentication import SessionToken
from proctor_desktop.endpoint.api.parsers import BoundedJSON, PlainJSON
from proctor_desktop.endpoint.models import Session
from proctor_desktop.endpoint.refusal import Refusal

KIB = 1024
_MAX_DIGITS = 15


class EndpointView(APIView):
    """Takes nothing from the site's own DRF settings."""

    renderer_classes = (PlainJSON,)
    parser_classes = (BoundedJSON,)
    authentication_classes: Sequence[type[BaseAuthentication]] = (
        SessionToken,
        SessionAuthentication,
    )
    permission_classes: Sequence[type[BasePermission]] = (permissions.OwnSession,)
    throttle_classes: Sequence[type[BaseThrottle]] = ()
    max_body_bytes: ClassVar[int] = 64 * KIB

    def get_exception_handler(self) -> Any:
        """Problems, whatever the site has configured."""
        return problems.handle

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """State the answer's length: without it the server must close the connection."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.add_post_render_callback(_state_length)
        return answer

    def valid(self, body: type[Serializer[Any]], data: Any) -> dict[str, Any]:
        """The checked body; a wrong one becomes a 400 that names each fault."""
        checked = body(data=data)
        checked.is_valid(raise_exception=True)
        return cast("dict[str, Any]", checked.validated_data)


def require_session(session: uuid.UUID) -> None:
    """Raises NotFound. A token proves its session; a person may ask for one that is not there."""
    if not Session.objects.filter(pk=session).exists():
        raise NotFound


def whole_number(request: Request, name: str, default: int) -> int:
    """A number from the address's query; raises Refusal (400)."""
    text = request.query_params.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > _MAX_DIGITS:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"{name!r} must be a whole number.")
    return int(text)


def _state_length(answer: Response) -> None:
    answer.headers["Content-Length"] = str(len(answer.content))
