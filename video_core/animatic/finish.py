"""The last pass over a drawn frame: fog, light and paper of each style.

Knows whole images. Does not know shapes. Textures are fixed to the paper, so nothing crawls between frames.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.animatic.look import PAPER, Look
from video_core.conditioning import SceneCard

Bytes = NDArray[np.uint8]


@lru_cache(maxsize=8)
def _grain(size: tuple[int, int]) -> NDArray[np.uint8]:
    """Paper texture, 128 is neutral."""
    h, w = size
    rng = np.random.default_rng(77)
    fine = rng.normal(0, 1, (h, w)).astype(np.float32)
    fine = np.asarray(cv2.GaussianBlur(fine, (0, 0), 0.8), np.float32)
    coarse = cv2.resize(
        rng.normal(0, 1, (h // 6 + 2, w // 6 + 2)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
    )
    strength = min(1.0, h / 480) ** 0.7
    return np.clip(128 + (fine * 9 + coarse * 5) * strength, 0, 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _blotches(size: tuple[int, int]) -> NDArray[np.uint8]:
    """Slow unevenness of a wash, 128 is neutral."""
    h, w = size
    rng = np.random.default_rng(5)
    out = np.zeros((h, w), np.float32)
    for cell, k in ((90, 1.0), (30, 0.5)):
        step = max(4, round(cell * h / 480))
        out += k * cv2.resize(
            rng.normal(0, 1, (h // step + 3, w // step + 3)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
        )
    return np.clip(128 + out * 5, 0, 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _wobble(size: tuple[int, int], strength: float = 1.0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Sampling positions that make edges run a little, as wet paint does."""
    h, w = size
    rng = np.random.default_rng(9)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    amount = strength * h / 480
    step = max(3, round(13 * h / 480))
    dx, dy = (
        cv2.resize(
            rng.normal(0, 1, (h // step + 3, w // step + 3)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
        )
        for _ in range(2)
    )
    return x + dx * amount, y + dy * amount


@lru_cache(maxsize=8)
def _vignette(size: tuple[int, int]) -> NDArray[np.uint8]:
    h, w = size
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    d = np.hypot((x / w - 0.5) * 1.05, (y / h - 0.5) * 1.0)
    return np.clip(255 - np.clip(d - 0.42, 0, 1) ** 1.5 * 240, 0, 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _margin(size: tuple[int, int]) -> NDArray[np.uint8]:
    """How much bare paper shows near the edges of a watercolour, 0..255."""
    h, w = size
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    rng = np.random.default_rng(21)
    step = max(6, round(70 * h / 480))
    rough = cv2.resize(
        rng.normal(0, 1, (h // step + 3, w // step + 3)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
    )
    edge = np.minimum(np.minimum(x, w - 1 - x), np.minimum(y, h - 1 - y)) / h
    return np.clip((0.012 + 0.004 * rough - edge) * 255 / 0.012, 0, 255).astype(np.uint8)


def fog(image: Bytes, inverse_depth: NDArray[np.float16], metres_at_one: float, look: Look) -> None:
    """Fade what is far into the haze, by the depth map; in place."""
    near = inverse_depth.astype(np.float32)
    distance = metres_at_one / np.maximum(near, 1e-3)
    amount = (1 - np.exp(-np.maximum(distance - 2.5, 0) / 6.0)) * 0.86
    alpha = cv2.GaussianBlur((amount * 255).astype(np.uint8), (0, 0), max(1.0, 2.5 * look.scale))
    _over(image, look.tone(look.haze), alpha)


def _over(image: NDArray[Any], color: tuple[int, int, int], alpha: NDArray[Any]) -> None:
    weight = cv2.merge([alpha] * 3)
    layer = np.empty_like(image)
    layer[:] = color
    top = cv2.multiply(layer, weight, scale=1 / 255)
    under = cv2.multiply(image, weight, scale=1 / 255)
    np.add(cv2.subtract(image, under), top, out=image)


def finish(image: Bytes, scene: SceneCard, look: Look) -> Bytes:
    """The style's paper and light; returns the image to keep (it may be the same array)."""
    size = (image.shape[0], image.shape[1])
    match look.style:
        case "watercolor":
            return _watercolor(image, size)
        case "ink":
            return _ink(image, size)
        case _:
            dim = cv2.merge([_vignette(size)] * 3)
            out = cv2.multiply(image, dim, scale=1 / 255)
            if scene.time in ("sunset", "dawn") and not scene.indoor:
                glow = cv2.GaussianBlur(
                    cv2.resize(out, (size[1] // 8, size[0] // 8), interpolation=cv2.INTER_AREA), (0, 0), 4
                )
                glow = cv2.resize(glow, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
                out = cv2.addWeighted(out, 0.90, glow, 0.16, 0)
            return np.asarray(out)


def _watercolor(image: Bytes, size: tuple[int, int]) -> Bytes:
    h = size[0]
    x, y = _wobble(size)
    wet = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(wet, (0, 0), max(0.6, 1.3 * h / 480))
    wide = cv2.GaussianBlur(
        cv2.resize(wet, (size[1] // 2, size[0] // 2), interpolation=cv2.INTER_AREA), (0, 0), max(0.8, 2.6 * h / 480)
    )
    wide = cv2.resize(wide, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    rim = cv2.subtract(wide, soft)
    out = cv2.subtract(cv2.addWeighted(soft, 0.72, wet, 0.28, 0), cv2.convertScaleAbs(rim, alpha=0.55))
    out = cv2.multiply(out, cv2.merge([_blotches(size)] * 3), scale=1 / 128)
    out = cv2.multiply(out, cv2.merge([_grain(size)] * 3), scale=1 / 128)
    _over(out, PAPER, _margin(size))
    return np.asarray(out)


def _ink(image: Bytes, size: tuple[int, int]) -> Bytes:
    x, y = _wobble(size, 0.55)
    out = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    out = cv2.multiply(out, cv2.merge([_blotches(size)] * 3), scale=1 / 128)
    return np.asarray(cv2.multiply(out, cv2.merge([_grain(size)] * 3), scale=1 / 128))
