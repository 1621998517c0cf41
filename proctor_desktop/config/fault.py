"""What is wrong with a file that a person wrote, in words that help to put it right."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_WORDS: Final = {
    "missing": "this is missing",
    "bool_type": "this must be true or false",
    "string_type": "this must be text",
    "int_type": "this must be a whole number",
    "float_type": "this must be a number",
    "finite_number": "this must be a finite number",
    "dataclass_type": "this must be an object with settings",
    "tuple_type": "this must be a list",
}


def in_words(error: ErrorDetails, root: type) -> str:
    """One fault of an object that should have been a ``root``: where, what, and what is possible.

    ``root`` is a dataclass; a misspelt setting is answered with those that exist beside it.
    """
    path = [str(part) for part in error["loc"]]
    place = ".".join(path) or "the file"
    match error["type"]:
        case "unexpected_keyword_argument":
            return f"{place}: there is no such setting{_instead(path[-1], _known(root, path[:-1]))}"
        case "enum" | "literal_error":
            return f"{place}: this must be {error['ctx']['expected']}"
        case "value_error":
            return f"{place}: {error['ctx']['error']}"
        case kind:
            return f"{place}: {_WORDS.get(kind, error['msg'])}"


def _instead(name: str, known: list[str]) -> str:
    if not known:
        return ""
    near = get_close_matches(name, known, n=1)
    return f" (did you mean {near[0]}?)" if near else f" (there are: {', '.join(known)})"


def _known(root: type, path: list[str]) -> list[str]:
    """The names of the settings at ``path``, found through the defaults on the way there."""
    here: Any = root
    for part in path:
        if not is_dataclass(here):
            return []
        here = next((_default(one) for one in fields(here) if one.name == part), None)
    return [one.name for one in fields(here)] if is_dataclass(here) else []


def _default(one: Field[Any]) -> Any:
    if one.default is not MISSING:
        return one.default
    return None if one.default_factory is MISSING else one.default_factory()
