"""JSON bodies of bounded size, and JSON answers that any content can stand in."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from proctor_desktop.core import strict_json
from proctor_desktop.endpoint.refusal import Refusal


class BoundedJSON(BaseParser):
    """UTF-8 JSON of at most the view's ``max_body_bytes``; never read further than that."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        _media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body as Python values; raises Refusal (413) or ParseError (400)."""
        limit = (parser_context or {})["view"].max_body_bytes
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            detail = f"The body has more than {limit} bytes."
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
        try:
            return strict_json.loads(raw)
        except ValueError as problem:
            raise ParseError(f"The body is not JSON: {problem}.") from problem


class PlainJSON(JSONRenderer):
    """JSON in ASCII: lone surrogates that a client sent do not break the answer."""

    ensure_ascii = True
