from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from proctor_desktop.config.fault import in_words

STRICT = {"extra": "forbid", "strict": True}


@dataclass
class Desk:
    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    height_cm: float = 72.0
    legs: int = 4
    tidy: bool = True

    def __post_init__(self) -> None:
        if self.legs < 3:
            raise ValueError("a desk needs three legs")


@dataclass
class Room:
    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    name: str
    desk: Desk = field(default_factory=Desk)
    floor: Literal["wood", "stone"] = "wood"
    seats: tuple[str, ...] = ()


def fault(**body: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Room).validate_json(json.dumps({"name": "hall", **body}))
    (one,) = refused.value.errors()
    return in_words(one, Room)


def test_a_misspelt_setting_is_answered_with_the_one_that_was_meant() -> None:
    told = "desk.heigth_cm: there is no such setting (did you mean height_cm?)"
    assert fault(desk={"heigth_cm": 70.0}) == told


def test_a_setting_that_is_like_no_other_is_answered_with_all_there_are() -> None:
    told = "desk.xyz: there is no such setting (there are: height_cm, legs, tidy)"
    assert fault(desk={"xyz": 1}) == told
    assert fault(zz=1).endswith("(there are: name, desk, floor, seats)")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"desk": {"height_cm": "tall"}}, "desk.height_cm: this must be a number"),
        ({"desk": {"legs": 3.5}}, "desk.legs: this must be a whole number"),
        ({"desk": {"tidy": 1}}, "desk.tidy: this must be true or false"),
        ({"desk": {"legs": 2}}, "desk: a desk needs three legs"),
        ({"desk": []}, "desk: this must be an object with settings"),
        ({"name": 7}, "name: this must be text"),
        ({"floor": "sand"}, "floor: this must be 'wood' or 'stone'"),
        ({"seats": "A1"}, "seats: this must be a list"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_what_it_must_be(body: dict[str, Any], told: str) -> None:
    assert fault(**body) == told


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Room).validate_json("{}")
    assert in_words(refused.value.errors()[0], Room) == "name: this is missing"
