"""A portrait made of numbers: the reference face painted as blobs, on a grey person."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.demo.portrait import Portrait
from proctor_desktop.vision.reference_face import load_reference_face

CENTRE = (320.0, 190.0)
PX_PER_MM = 1.05
SKIN, HAIR, CLOTHES, WALL = (220, 170, 140), (90, 60, 30), (40, 60, 160), (250, 250, 250)


@pytest.fixture(scope="session")
def portrait() -> Portrait:
    face = load_reference_face().points_mm * (PX_PER_MM, -PX_PER_MM, PX_PER_MM)
    landmarks = np.zeros((478, 3))
    landmarks[:468] = face + np.array((*CENTRE, 0.0))
    landmarks[468:] = landmarks[:10]
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), WALL, np.uint8)
    person = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    hull = cv2.convexHull(landmarks[:468, :2].astype(np.float32)).astype(np.int32)
    chin = int(hull[:, 0, 1].max())
    for canvas, colours in ((picture, (HAIR, CLOTHES, SKIN)), (person, ((255,),) * 3)):
        cv2.ellipse(canvas, (320, 160), (118, 130), 0, 0, 360, colours[0], -1)
        cv2.rectangle(canvas, (270, 200), (370, chin + 60), colours[2], -1)
        cv2.ellipse(
            canvas, (320, HEIGHT_PX), (220, HEIGHT_PX - chin - 20), 0, 0, 360, colours[1], -1
        )
        cv2.fillConvexPoly(canvas, hull, colours[2])
    return Portrait(picture, person, landmarks)
