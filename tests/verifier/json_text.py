"""A strict JSON reader (RFC 8259): no key twice, nothing behind the value, no endless nesting."""

from __future__ import annotations

import re
from typing import Any

from tests.verifier.container import Refused, need

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_HEX4 = re.compile(r"[0-9A-Fa-f]{4}")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}
_DEEPEST = 100
_MOST_DIGITS = 4300


def parse(raw: bytes) -> Any:
    """The value of a JSON text."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise Refused("not UTF-8") from problem
    value, at = _value(text, _skip(text, 0), 0)
    need(_skip(text, at) == len(text), "something stands behind the JSON")
    return value


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    need(at < len(text), "JSON ends early")
    first = text[at]
    if first == "{":
        return _object(text, at + 1, depth + 1)
    if first == "[":
        return _array(text, at + 1, depth + 1)
    if first == '"':
        return _string(text, at + 1)
    for word, meaning in _WORDS.items():
        if text.startswith(word, at):
            return meaning, at + len(word)
    number = _NUMBER.match(text, at)
    if number is None:
        raise Refused("no JSON value")
    if number.group(1) or number.group(2):
        return float(number.group()), number.end()
    need(len(number.group().lstrip("-")) <= _MOST_DIGITS, "endless number")
    return int(number.group()), number.end()


def _object(text: str, at: int, depth: int) -> tuple[dict[str, Any], int]:
    need(depth <= _DEEPEST, "too deep")
    found: dict[str, Any] = {}
    at = _skip(text, at)
    if text[at : at + 1] == "}":
        return found, at + 1
    while True:
        need(text[at : at + 1] == '"', "no key")
        key, at = _string(text, at + 1)
        at = _skip(text, at)
        need(text[at : at + 1] == ":" and key not in found, "no colon, or a key twice")
        found[key], at = _value(text, _skip(text, at + 1), depth)
        at = _skip(text, at)
        if text[at : at + 1] == "}":
            return found, at + 1
        need(text[at : at + 1] == ",", "no comma")
        at = _skip(text, at + 1)


def _array(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    need(depth <= _DEEPEST, "too deep")
    found: list[Any] = []
    at = _skip(text, at)
    if text[at : at + 1] == "]":
        return found, at + 1
    while True:
        value, at = _value(text, at, depth)
        found.append(value)
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return found, at + 1
        need(text[at : at + 1] == ",", "no comma")
        at = _skip(text, at + 1)


def _string(text: str, at: int) -> tuple[str, int]:
    parts: list[str] = []
    while True:
        plain = _PLAIN.match(text, at)
        assert plain
        parts.append(plain.group())
        at = plain.end()
        need(at < len(text), "string without an end")
        if text[at] == '"':
            return _joined("".join(parts)), at + 1
        need(text[at] == "\\" and at + 1 < len(text), "control character")
        escape = text[at + 1]
        if escape == "u":
            digits = _HEX4.match(text, at + 2)
            if digits is None:
                raise Refused("bad escape")
            parts.append(chr(int(digits.group(), 16)))
            at += 6
        else:
            need(escape in _ESCAPES, "bad escape")
            parts.append(_ESCAPES[escape])
            at += 2


def _joined(text: str) -> str:
    """Surrogate pairs as the characters that they stand for."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
