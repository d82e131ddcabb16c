"""Colour differences against the published pairs."""

from __future__ import annotations

import numpy as np
import pytest

from video_core.finishing.colour import ciede2000, lab_of, rgb_of

SHARMA = (
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
)
"""From table 1 of Sharma, Wu, Dalal 2005."""


@pytest.mark.parametrize(("one", "other", "apart"), SHARMA)
def test_colour_differences_are_those_of_the_paper(one: tuple[float, ...], other: tuple[float, ...], apart: float) -> None:
    assert float(ciede2000(np.array(one), np.array(other))) == pytest.approx(apart, abs=1e-4)
    assert float(ciede2000(np.array(other), np.array(one))) == pytest.approx(apart, abs=1e-4)


def test_every_colour_goes_to_lab_and_back() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    assert np.abs(rgb_of(lab_of(frame)).astype(int) - frame).max() <= 1
