"""The video autoencoder in numbers: exact parameters, FLOPs of decoding and encoding a clip, and the memory both need.

Knows the layers of diffusers' `AutoencoderKLWan` (both the Wan2.1 and the Wan2.2 form), its chunks of latent frames and its tiles.
Does not know torch. FLOPs equal those of `torch.utils.flop_counter` (a test). Bytes were counted on the real classes at real size with
tensors that hold no data: peak as the largest sum of live storages, traffic as what all operators but convolutions read and write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

TILE, STRIDE = 256, 192
"""Pixels; the defaults of `AutoencoderKLWan.enable_tiling`."""
TAEHV_SHARE = 1 / 25
"""FLOPs of the small decoder taew2_1 (madebyollin/taehv) against Wan's own: 11 of 273 TFLOP at 480x832x81."""


@dataclass(frozen=True)
class Conv:
    """One convolution: channels, kernel volume, output positions over the whole clip."""

    channels_in: int
    channels_out: int
    kernel: int
    positions: float

    @property
    def flops(self) -> float:
        return 2.0 * self.channels_in * self.channels_out * self.kernel * self.positions

    @property
    def parameters(self) -> int:
        return self.channels_in * self.channels_out * self.kernel + self.channels_out


@dataclass(frozen=True)
class VaeShape:
    """An `AutoencoderKLWan` by its config."""

    base: int = 96
    decoder_base: int = 96
    z: int = 16
    mult: tuple[int, ...] = (1, 2, 4, 4)
    res_blocks: int = 2
    temporal: tuple[bool, ...] = (False, True, True)
    channels: int = 3
    patch: int = 1
    residual: bool = False
    stride: int = 8
    """Pixels per latent, each way."""
    decode_bytes: float = 19_500
    """Peak bytes per pixel of decoding in float32, without the film itself."""
    encode_bytes: float = 14_100
    decode_traffic: float = 89_100
    """Bytes read and written per pixel of every frame while decoding in float32, convolutions left out."""
    encode_traffic: float = 53_200

    @property
    def frames_per_latent(self) -> int:
        return 2 ** sum(self.temporal)

    def latent(self, size: tuple[int, int], frames: int) -> tuple[int, int, int]:
        """(T, h, w) of a clip of `frames` of `size` (H, W)."""
        return (frames - 1) // self.frames_per_latent + 1, size[0] // self.stride, size[1] // self.stride

    @cached_property
    def parameters(self) -> int:
        """All parameters, encoder and decoder."""
        return self._parameters(self._decoder(1, 8, 8)) + self._parameters(self._encoder(1, 64, 64)) + self._norms()

    @cached_property
    def decoder_parameters(self) -> int:
        """About those of the decoder (norms of both halves included)."""
        return self._parameters(self._decoder(1, 8, 8)) + self._norms()

    def decode_flops(self, size: tuple[int, int], frames: int, *, tiled: bool = False) -> float:
        """FLOPs of decoding; tiles overlap, which costs two thirds more at usual sizes."""
        return sum(_decode(self, *side, frames) for side in self._tiles(size, tiled))

    def encode_flops(self, size: tuple[int, int], frames: int, *, tiled: bool = False) -> float:
        """FLOPs of encoding a clip."""
        return sum(_encode(self, *side, frames) for side in self._tiles(size, tiled))

    def decode_peak(self, size: tuple[int, int], frames: int, *, tiled: bool = False, item: int = 4) -> float:
        """Peak bytes of decoding beyond the weights. `item`: bytes per number."""
        film = 3.0 * item * frames * size[0] * size[1]
        if not tiled:
            return self.decode_bytes * item / 4 * size[0] * size[1] + film
        tiles = self._tiles(size, True)
        kept = 3.0 * item * frames * sum(h * w for h, w in tiles)
        largest = max(h * w for h, w in tiles)
        return max(kept + 3 * film, kept + self.decode_bytes * item / 4 * largest)

    def encode_peak(self, size: tuple[int, int], frames: int, *, tiled: bool = False, item: int = 4) -> float:
        """Peak bytes of encoding beyond the weights, the clip itself included."""
        film = 3.0 * item * frames * size[0] * size[1] * (2 if self.patch > 1 else 1)  # folded into patches: a second copy
        largest = max(h * w for h, w in self._tiles(size, tiled))
        return self.encode_bytes * item / 4 * largest + film

    def _tiles(self, size: tuple[int, int], tiled: bool) -> list[tuple[int, int]]:
        if not tiled or (size[0] <= TILE and size[1] <= TILE):
            return [size]
        rows, columns = ([min(TILE, side - start) for start in range(0, side, STRIDE)] for side in size)
        return [(h, w) for h in rows for w in columns]

    def decode_once(self, height: int, width: int, frames: int) -> float:
        """FLOPs of decoding one tile."""
        latents, h, w = self.latent((height, width), frames)
        return sum(part.flops for part in self._decoder(latents, h, w)) + self._attention(self.decoder_base, latents, h * w)

    def encode_once(self, height: int, width: int, frames: int) -> float:
        """FLOPs of encoding one tile."""
        latents, h, w = self.latent((height, width), frames)
        convolutions = self._encoder(latents, height // self.patch, width // self.patch)
        return sum(part.flops for part in convolutions) + self._attention(self.base, latents, h * w)

    def _attention(self, base: int, latents: int, area: int) -> float:
        return 4.0 * area * area * base * self.mult[-1] * latents

    @staticmethod
    def _parameters(convolutions: Iterator[Conv]) -> int:
        return sum(part.parameters for part in convolutions)

    @staticmethod
    def _res(channels_in: int, channels_out: int, positions: float) -> Iterator[Conv]:
        yield Conv(channels_in, channels_out, 27, positions)
        yield Conv(channels_out, channels_out, 27, positions)
        if channels_in != channels_out:
            yield Conv(channels_in, channels_out, 1, positions)

    def _middle(self, channels: int, positions: float) -> Iterator[Conv]:
        yield from self._res(channels, channels, positions)
        yield Conv(channels, 3 * channels, 1, positions)
        yield Conv(channels, channels, 1, positions)
        yield from self._res(channels, channels, positions)

    def _decoder(self, latents: int, h: int, w: int) -> Iterator[Conv]:
        """Latents are decoded one by one; the first gives one frame, the others `frames_per_latent`."""
        widths = [self.decoder_base * m for m in (self.mult[-1], *self.mult[::-1])]
        first, rest, area = 1, latents - 1, h * w
        yield Conv(self.z, self.z, 1, latents * area)
        yield Conv(self.z, widths[0], 27, latents * area)
        yield from self._middle(widths[0], latents * area)
        last = len(self.mult) - 1
        for i, (a, b) in enumerate(pairwise(widths)):
            inside = a // 2 if i > 0 and not self.residual else a
            for _ in range(self.res_blocks + 1):
                yield from self._res(inside, b, (first + rest) * area)
                inside = b
            if i == last:
                continue
            if self.temporal[::-1][i]:
                yield Conv(b, 2 * b, 3, rest * area)
                rest *= 2
            area *= 4
            yield Conv(b, b if self.residual else b // 2, 9, (first + rest) * area)
        yield Conv(widths[-1], self.channels * self.patch**2, 27, (first + rest) * area)

    def _encoder(self, latents: int, height: int, width: int) -> Iterator[Conv]:
        """Frames are encoded in chunks: the first alone, then `frames_per_latent` at a time. `height`, `width` after patching."""
        widths = [self.base * m for m in (1, *self.mult)]
        first, rest, area = 1, (latents - 1) * self.frames_per_latent, height * width
        yield Conv(self.channels * self.patch**2, widths[0], 27, (first + rest) * area)
        last = len(self.mult) - 1
        for i, (a, b) in enumerate(pairwise(widths)):
            inside = a
            for _ in range(self.res_blocks):
                yield from self._res(inside, b, (first + rest) * area)
                inside = b
            if i == last:
                continue
            area //= 4
            yield Conv(b, b, 9, (first + rest) * area)
            if self.temporal[i]:
                rest //= 2
                yield Conv(b, b, 3, rest * area)
        yield from self._middle(widths[-1], (first + rest) * area)
        yield Conv(widths[-1], 2 * self.z, 27, (first + rest) * area)
        yield Conv(2 * self.z, 2 * self.z, 1, (first + rest) * area)

    def _norms(self) -> int:
        """Scales of the root-mean-square norms of both halves."""
        top = self.decoder_base * self.mult[-1]
        up = [top, *(self.decoder_base * m for m in self.mult[::-1])]
        down = [self.base, *(self.base * m for m in self.mult)]
        count = 5 * (top + down[-1]) + up[-1] + down[-1]
        for i in range(len(self.mult)):
            inside = up[i] // 2 if i > 0 and not self.residual else up[i]
            count += inside + up[i + 1] + 2 * up[i + 1] * self.res_blocks
            count += down[i] + down[i + 1] + 2 * down[i + 1] * (self.res_blocks - 1)
        return count


@cache
def _decode(vae: VaeShape, height: int, width: int, frames: int) -> float:
    return vae.decode_once(height, width, frames)


@cache
def _encode(vae: VaeShape, height: int, width: int, frames: int) -> float:
    return vae.encode_once(height, width, frames)


WAN21_VAE = VaeShape()
WAN22_VAE = VaeShape(
    base=160, decoder_base=256, z=48, patch=2, residual=True, stride=16, decode_bytes=21_540, encode_bytes=7_180,
    decode_traffic=76_000, encode_traffic=23_950,
)
