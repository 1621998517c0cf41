"""The exam file (``.exam``): what an institution signs and a candidate opens.

A DSSE envelope over a JSON object. Parsing refuses unknown keys and names every error at once; a
file that nobody signed, or that was changed after signing, is refused before its content is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter, ValidationError

from proctor_desktop.config.fault import in_words
from proctor_desktop.config.seal_to import NotForSealing, refuse_signing_keys, unlabelled
from proctor_desktop.core.chain import digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.policy import STRICT, Policy, Preset, preset_defaults
from proctor_desktop.wire import dsse
from proctor_desktop.wire.seal import check_key

MAX_EXAM_BYTES = 1024 * 1024
MAX_RECIPIENTS = 8
_ASK = "Ask the institution for the exam file again."
_CORRECT = "Correct the draft and sign it again."
_MOST_DIGITS = 30


@dataclass(frozen=True, kw_only=True)
class Exam:
    """What the institution decided about one exam.

    ``endpoint`` is the server's base address (``https://exams.example.edu``); ``notice`` is what
    the candidate is told about recording; ``page`` is the exam's own web page, if it has one.
    ``seal_to`` are the public keys (X25519, hex) to which stills, clips and video are sealed, such
    as the institution's and one held in escrow; without any they stay readable on the candidate's
    disk.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    title: str
    institution: str
    endpoint: str
    notice: str
    page: str = ""
    seal_to: tuple[str, ...] = ()
    policy: Policy = field(default_factory=Policy)

    def __post_init__(self) -> None:
        for name in ("id", "title", "institution", "notice"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} must not be empty")
        if not _is_web_address(self.endpoint):
            raise ValueError("endpoint must be an address such as https://exams.example.edu")
        _check_recipients(self.seal_to)


@dataclass(frozen=True, slots=True)
class SignedExam:
    """An exam with the envelope that proves it and the key (hex) that signed it."""

    exam: Exam
    envelope: bytes
    signer: str

    @property
    def sha256(self) -> str:
        """The hash of the envelope's bytes: how the evidence names this exam file."""
        return digest(self.envelope)


def _check_recipients(keys: tuple[str, ...]) -> None:
    if len(keys) > MAX_RECIPIENTS or len(set(keys)) < len(keys):
        raise ValueError(f"seal_to must hold at most {MAX_RECIPIENTS} keys, each of them once")
    for key in keys:
        try:
            check_key(key)
        except ValueError as problem:
            raise ValueError(f"seal_to: {key!r} is no public key for sealing") from problem


_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_PATH = re.compile(r"(/[A-Za-z0-9._~-]*)*")


def _is_web_address(text: str) -> bool:
    """Scheme, host, perhaps a port and a plain path: nothing that a client could trip over."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return (
        plain
        and parts.scheme in ("http", "https")
        and port != 0
        and not parts.netloc.endswith(":")
        and text == text.strip().rstrip("?#")
        and _is_host(parts.hostname or "")
        and _PATH.fullmatch(parts.path) is not None
    )


def _is_host(text: str) -> bool:
    labels = text.split(".")
    if ":" in text or all(label.isdigit() for label in labels):
        try:
            ip_address(text)
        except ValueError:
            return False
        return True
    return all(_LABEL.fullmatch(label) for label in labels)


_EXAM = TypeAdapter(Exam)
_POLICY = TypeAdapter(Policy)


def load(path: Path, trusted: Iterable[str] = ()) -> SignedExam:
    """Read, verify and parse an exam file.

    With no ``trusted`` keys the key inside the exam is taken (trust on first use: the caller shows
    its fingerprint). Raises EnvironmentProblem that names the file and every fault in it.
    """
    try:
        if path.stat().st_size > MAX_EXAM_BYTES:
            raise EnvironmentProblem(str(path), "it is too large for an exam file", _ASK)
        envelope = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise EnvironmentProblem(
            str(path), f"the exam file cannot be read ({reason})", "Check the path."
        ) from problem
    return open_envelope(envelope, str(path), trusted)


def open_envelope(envelope: bytes, name: str, trusted: Iterable[str] = ()) -> SignedExam:
    """Verify and parse an exam's envelope; ``name`` is what errors call it."""
    keys = tuple(trusted)
    try:
        stated = dsse.peek(envelope).get("institution_key")
        opened = dsse.verify(envelope, dsse.EXAM, keys or ([stated] if stated else []))
        body = opened.json()
    except (dsse.BadEnvelope, TypeError) as problem:
        raise EnvironmentProblem(
            name, f"it is not a properly signed exam file ({problem})", _ASK
        ) from problem
    if body.pop("institution_key", None) != opened.signer:
        raise EnvironmentProblem(name, "another key signed it than the one it names", _ASK)
    return SignedExam(parse(body, name), envelope, opened.signer)


def parse(body: Mapping[str, Any], name: str, remedy: str = _ASK) -> Exam:
    """An exam from its JSON object, with the preset's defaults where it says nothing.

    Raises EnvironmentProblem with every fault, under ``name`` and with ``remedy``.
    """
    try:
        whole = {**body, "policy": _with_defaults(body.get("policy", {}))}
        return _EXAM.validate_json(json.dumps(whole))
    except ValidationError as problem:
        faults = "; ".join(in_words(error, Exam) for error in problem.errors())
        raise EnvironmentProblem(name, f"the exam is not valid: {faults}", remedy) from problem


def policy_to_json(policy: Policy) -> dict[str, Any]:
    """A policy as the JSON object that the ``policy`` record holds."""
    dumped: dict[str, Any] = _POLICY.dump_python(policy, mode="json")
    return dumped


def policy_from_json(body: Mapping[str, Any]) -> Policy:
    """The inverse of :func:`policy_to_json`; raises ValueError."""
    return _POLICY.validate_json(json.dumps(body))


def to_json(exam: Exam) -> dict[str, Any]:
    """An exam as the JSON object that is signed."""
    dumped: dict[str, Any] = _EXAM.dump_python(exam, mode="json")
    return dumped


def _with_defaults(given: Any) -> Any:
    if not isinstance(given, dict) or given.get("preset") not in (None, *Preset):
        return given
    base = policy_to_json(preset_defaults(Preset(given.get("preset", Preset.EXAM))))
    return _merged(base, given)


def _merged(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        inner = result.get(key)
        both = isinstance(inner, dict) and isinstance(value, dict)
        result[key] = _merged(inner, value) if both and isinstance(inner, dict) else value
    return result


def sign_draft(draft: Path, key: Ed25519PrivateKey, key_folders: Iterable[Path] = ()) -> bytes:
    """Check an exam that is still plain JSON and sign it; raises EnvironmentProblem.

    A key in ``seal_to`` may have behind it what it is for, as in its ``.pub`` file. No key is taken
    that cannot be one for sealing, or that is one for signing as far as ``key_folders`` tell.
    """
    try:
        body = json.loads(draft.read_text("utf-8"), object_pairs_hook=_once_each, parse_int=_whole)
    except OSError as problem:
        raise EnvironmentProblem(
            str(draft), f"the draft cannot be read ({problem.strerror})", "Check the path."
        ) from problem
    except (ValueError, RecursionError) as problem:
        raise EnvironmentProblem(
            str(draft), f"the draft is not JSON ({problem})", _CORRECT
        ) from problem
    if not isinstance(body, dict):
        raise EnvironmentProblem(str(draft), "the draft is not a JSON object", _CORRECT)
    try:
        if "seal_to" in body:
            body["seal_to"] = unlabelled(body["seal_to"])
        exam = parse(body, str(draft), _CORRECT)
        refuse_signing_keys(exam.seal_to, dsse.public_hex(key), {draft.parent, *key_folders})
    except NotForSealing as problem:
        remedy = "Name a key made by 'proctor-desktop keys new --for sealing'."
        raise EnvironmentProblem(str(draft), str(problem), remedy) from problem
    return sign(exam, key)


def _whole(digits: str) -> int:
    """A whole number; no setting has more than _MOST_DIGITS, and Python reads none for ever."""
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"the number {digits[:_MOST_DIGITS]}... has {len(digits)} digits")
    return int(digits)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; of a setting that is written twice nobody knows which is meant."""
    body = dict(pairs)
    if len(body) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twice}" is written twice')
    return body


def sign(exam: Exam, key: Ed25519PrivateKey) -> bytes:
    """The exam file: the exam, whole, in an envelope that names and proves its signer."""
    body = {**to_json(exam), "institution_key": dsse.public_hex(key)}
    return dsse.sign_json(key, dsse.EXAM, body)


def dump_draft(exam: Exam) -> str:
    """An unsigned exam, indented for a person to edit."""
    return json.dumps(to_json(exam), indent=2, ensure_ascii=False)
