"""How strict an exam wants each rule: one frozen class of settings a rule.

Durations are in seconds and never in frames, so that a slow machine is judged like a fast one.
``__pydantic_config__`` tells the exam file's parser to refuse unknown keys; the core itself stays
free of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}


@dataclass(frozen=True, kw_only=True)
class RuleSettings:
    """What every rule has.

    ``after_s``: how long the matter must last before it is a violation; ``cooldown_s``: how long
    after its end the next one of the rule may start; ``penalty``: points off the score, 0 for
    "recorded, not counted".
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    enabled: bool = True
    after_s: float = 0.0
    cooldown_s: float = 2.0
    penalty: float = 0.0

    def __post_init__(self) -> None:
        for name in ("after_s", "cooldown_s", "penalty"):
            if not 0 <= getattr(self, name) <= 3600:  # noqa: PLR2004 - an hour bounds them all
                raise ValueError(f"{name} must lie between 0 and 3600")


def _check_still(seconds: float) -> None:
    if not 1 <= seconds <= 3600:  # noqa: PLR2004 - people do keep still for a second
        raise ValueError("still_after_s must lie between 1 and 3600")


@dataclass(frozen=True, kw_only=True)
class FaceMissing(RuleSettings):
    """No face in the picture, or none but one in which nothing moved for ``still_after_s``.

    That one hangs in front of an empty chair: nobody sits without a blink for so long.
    """

    after_s: float = 5.0
    penalty: float = 5.0
    still_after_s: float = 30.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_still(self.still_after_s)


@dataclass(frozen=True, kw_only=True)
class MultipleFaces(RuleSettings):
    """Two faces or more in ``analyses`` analysed pictures in a row.

    A face in which nothing moved for ``still_after_s`` is a poster and nobody's.
    """

    analyses: int = 2
    penalty: float = 10.0
    still_after_s: float = 8.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_still(self.still_after_s)
        if not 1 <= self.analyses <= 100:  # noqa: PLR2004 - a dozen seconds
            raise ValueError("analyses must lie between 1 and 100")


@dataclass(frozen=True, kw_only=True)
class HeadTurned(RuleSettings):
    """The head turned from the calibrated pose beyond one of four limits."""

    after_s: float = 1.0
    cooldown_s: float = 1.0
    penalty: float = 2.0
    left_deg: float = 30.0
    right_deg: float = 30.0
    up_deg: float = 20.0
    down_deg: float = 25.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("left_deg", "right_deg", "up_deg", "down_deg"):
            if not 0 < getattr(self, name) <= 90:  # noqa: PLR2004 - a right angle
                raise ValueError(f"{name} must lie between 0 and 90")


@dataclass(frozen=True, kw_only=True)
class OutsideZone(RuleSettings):
    """The face's centre outside the central ``zone`` of the picture (a fraction, each way)."""

    after_s: float = 1.0
    cooldown_s: float = 1.0
    penalty: float = 2.0
    zone: float = 0.6

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.zone <= 1:
            raise ValueError("zone must lie between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class LookingAway(RuleSettings):
    """The gaze (head and eyes) more than ``margin_deg`` beyond the screen's edge."""

    after_s: float = 5.0
    cooldown_s: float = 5.0
    penalty: float = 2.0
    margin_deg: float = 5.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.margin_deg <= 45:  # noqa: PLR2004 - beyond it nobody looks at anything
            raise ValueError("margin_deg must lie between 0 and 45")


@dataclass(frozen=True, kw_only=True)
class EyesClosed(RuleSettings):
    """Both eyes open less than ``openness`` of this person's own open eyes."""

    after_s: float = 2.0
    cooldown_s: float = 5.0
    penalty: float = 2.0
    openness: float = 0.35

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.openness < 1:
            raise ValueError("openness must lie between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class LowConfidence(RuleSettings):
    """A face that is seen, but badly: a score below ``score``."""

    after_s: float = 3.0
    cooldown_s: float = 5.0
    score: float = 0.6

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.score <= 1:
            raise ValueError("score must lie between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class PicturedFace(RuleSettings):
    """A face in view in which nothing ever moves: a poster, a print. Recorded, not counted."""

    after_s: float = 10.0
    cooldown_s: float = 60.0


@dataclass(frozen=True, kw_only=True)
class RepeatedChecks(RuleSettings):
    """A rule that goes by ``needed`` suspicious results among the last ``checks``."""

    cooldown_s: float = 30.0
    penalty: float = 10.0
    needed: int = 3
    checks: int = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.needed <= self.checks <= 100:  # noqa: PLR2004 - a bound for memory
            raise ValueError("needed must lie between 1 and checks, and checks be at most 100")


@dataclass(frozen=True, kw_only=True)
class SuspiciousObject(RepeatedChecks):
    """One of ``objects`` seen with at least ``score``."""

    cooldown_s: float = 5.0
    score: float = 0.5
    objects: tuple[str, ...] = ("phone", "book", "laptop", "screen")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.score <= 1:
            raise ValueError("score must lie between 0 and 1")
        if not self.objects:
            raise ValueError("objects names nothing to look for; switch the rule off instead")
        unknown = sorted(set(self.objects) - {"phone", "book", "laptop", "screen"})
        if unknown:
            raise ValueError(f"objects knows phone, book, laptop and screen, not {unknown}")


@dataclass(frozen=True, kw_only=True)
class IdentityMismatch(RepeatedChecks):
    """The face is less like the reference photo than ``similarity``."""

    similarity: float = 0.30

    def __post_init__(self) -> None:
        super().__post_init__()
        if not -1 <= self.similarity <= 1:
            raise ValueError("similarity must lie between -1 and 1")


@dataclass(frozen=True, kw_only=True)
class SpoofSuspected(RepeatedChecks):
    """The face looks less alive than ``live``. Recorded, not counted: bad pictures look so, too."""

    penalty: float = 0.0
    live: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.live < 1:
            raise ValueError("live must lie between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class CameraCovered(RuleSettings):
    """A picture with hardly any ``detail``: a hand, a sticker, a lens cap, or only a bare wall.

    Recorded, not counted: the face that is missing then counts.
    """

    after_s: float = 1.0
    detail: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.detail < 1:
            raise ValueError("detail must lie between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class FrozenCamera(RuleSettings):
    """The same picture again and again; ``after_s`` counts from the last one that was new."""

    after_s: float = 2.0
    penalty: float = 5.0


@dataclass(frozen=True, kw_only=True)
class CameraChanged(RuleSettings):
    """Another camera than at the start, a virtual one, or another scene all at once.

    Each of them is told at once: ``after_s`` can only be 0.
    """

    penalty: float = 5.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.after_s:
            raise ValueError("after_s must be 0: a changed camera is told at once")


@dataclass(frozen=True, kw_only=True)
class VoiceDetected(RuleSettings):
    """Speech for ``speech_s`` within ``window_s``."""

    cooldown_s: float = 5.0
    penalty: float = 5.0
    speech_s: float = 2.0
    window_s: float = 5.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.speech_s <= self.window_s <= 60:  # noqa: PLR2004
            raise ValueError("speech_s must lie between 0 and window_s, and window_s be at most 60")


@dataclass(frozen=True, kw_only=True)
class DeadMicrophone(RuleSettings):
    """Unplugged, muted, or digitally silent. Recorded, not counted: drivers do it, too."""

    after_s: float = 2.0


@dataclass(frozen=True, kw_only=True)
class Clipping(RuleSettings):
    """More than ``share`` of the samples at full scale: nothing said then can be made out."""

    after_s: float = 2.0
    cooldown_s: float = 30.0
    share: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.share < 1:
            raise ValueError("share must lie between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class ProlongedSilence(RuleSettings):
    """Nothing to be heard; recorded but not counted in an exam, where silence is expected."""

    after_s: float = 10.0
    cooldown_s: float = 5.0


@dataclass(frozen=True, kw_only=True)
class FocusLost(RuleSettings):
    """The exam's window is not the active one; a blink of under ``after_s`` does not count."""

    after_s: float = 0.3
    cooldown_s: float = 0.0
    penalty: float = 8.0


@dataclass(frozen=True, kw_only=True)
class AppSwitched(RuleSettings):
    """While the focus was away, yet another application took it."""

    after_s: float = 0.3
    cooldown_s: float = 0.0
    penalty: float = 8.0
