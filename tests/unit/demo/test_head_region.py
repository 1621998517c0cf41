from __future__ import annotations

from proctor_desktop.demo.head_region import face_outline, face_region, head_region
from proctor_desktop.demo.portrait import Portrait

CHIN = 152


def test_the_head_is_hair_ears_and_face_but_no_shoulders(portrait: Portrait) -> None:
    region = head_region(portrait)
    chin = round(portrait.landmarks[CHIN, 1])
    assert region[40, 320]
    assert region[chin - 5, 320]
    assert not region[chin + 10 :].any()
    assert not (region & ~portrait.person).any()


def test_the_face_is_a_part_of_the_head(portrait: Portrait) -> None:
    face, head = face_region(portrait), head_region(portrait)
    assert 0.2 < (face > 0).sum() / (head > 0).sum() < 0.7
    assert not (face & ~head).any()


def test_the_outline_goes_around_the_face(portrait: Portrait) -> None:
    assert {CHIN, 10, 234, 454} <= set(face_outline(portrait.landmarks).tolist())
