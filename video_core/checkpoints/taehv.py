"""TAEHV's decoder: Wan latents to frames with 25 times less work than the VAE's own decoder, a little softer.

Knows the published layout of `taew2_1` (Wan2.1, Wan2.2-A14B, AniSora) and `taew2_2` (TI2V-5B), whose weights are MIT-licensed files of
https://github.com/madebyollin/taehv. Takes normalised latents and gives pictures in [0, 1]; no mean and deviation are involved.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from shotplan.errors import RenderError
from video_core.checkpoints.header import Files, check_archive, read_headers
from video_core.checkpoints.load import read_archive, read_state

WIDTHS = (256, 128, 64, 64)
GROWS = (1, 2, 2)
"""Frames out for a frame in, after each of the three stages."""
KINDS = {(16, 3): 1, (48, 12): 2}
"""Latent channels and output channels of the known files, and the side of their pixel shuffle."""


class Bound(nn.Module):
    """Keeps latents within -3 .. 3 smoothly."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(x / 3) * 3


class Memory(nn.Module):
    """A residual block that also sees the frame before."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            _conv(2 * width, width), nn.ReLU(), _conv(width, width), nn.ReLU(), _conv(width, width)
        )

    def forward(self, x: torch.Tensor, before: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.conv(torch.cat([x, before], dim=1)) + x)


class Grow(nn.Module):
    """One frame becomes `times` frames."""

    def __init__(self, width: int, times: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width * times, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x).reshape(-1, *x.shape[1:])


class FastDecoder(nn.Module):
    """Latents (1,C,T,h,w) to pictures (1,3,4T-3,H,W) in [0, 1]."""

    def __init__(self, channels: int, shuffle: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [Bound(), _conv(channels, WIDTHS[0]), nn.ReLU()]
        for stage, times in enumerate(GROWS):
            width, following = WIDTHS[stage], WIDTHS[stage + 1]
            layers += [Memory(width), Memory(width), Memory(width), nn.Upsample(scale_factor=2), Grow(width, times)]
            layers.append(nn.Conv2d(width, following, 3, padding=1, bias=False))
        layers += [nn.ReLU(), _conv(WIDTHS[-1], 3 * shuffle**2)]
        self.decoder = nn.ModuleList(layers)
        self.shuffle = shuffle

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """All frames at once through one layer after the other; a frame's memory is the frame before it, zeros for the first."""
        x = latents[0].transpose(0, 1)
        for layer in self.decoder:
            x = layer(x, torch.cat([torch.zeros_like(x[:1]), x[:-1]])) if isinstance(layer, Memory) else layer(x)
        if self.shuffle > 1:
            x = nn.functional.pixel_shuffle(x, self.shuffle)
        return x[3:].clamp(0, 1).transpose(0, 1)[None]


def check_taehv(path: Path, channels: int) -> None:
    """Raises `RenderError` when the file is missing, damaged, or decodes other latents."""
    if path.suffix != ".safetensors":
        check_archive(path)
        return
    shape = read_headers(Files((path,))).shapes.get("decoder.1.weight")
    if shape is None:
        raise RenderError("this is no TAEHV decoder", where=str(path), todo="give taew2_1.safetensors or taew2_2.safetensors")
    _check_channels(shape[1], channels, path)


def load_taehv(path: Path, channels: int, dtype: torch.dtype = torch.float32) -> FastDecoder:
    """The decoder on the CPU for latents of that many channels. Raises `RenderError`."""
    state = read_state((path,)) if path.suffix == ".safetensors" else read_archive(path)
    own = {name: tensor for name, tensor in state.items() if name.startswith("decoder.")}
    if "decoder.1.weight" not in own or "decoder.22.weight" not in own:
        raise RenderError("this is no TAEHV decoder", where=str(path), todo="give taew2_1 or taew2_2")
    found = own["decoder.1.weight"].shape[1]
    _check_channels(found, channels, path)
    kind = (found, own["decoder.22.weight"].shape[0])
    if kind not in KINDS:
        raise RenderError(f"no known TAEHV decoder has {kind[0]} latent channels", where=str(path), todo="give taew2_1 or taew2_2")
    model = FastDecoder(found, KINDS[kind])
    wanted = model.state_dict()
    for name, tensor in own.items():
        if name in wanted and tensor.shape[0] > wanted[name].shape[0]:  # files trained to grow more frames: the last ones count
            own[name] = tensor[-wanted[name].shape[0] :]
    missing, extra = model.load_state_dict(own, strict=False)
    if missing or extra:
        raise RenderError(f"the decoder does not fit its file: {(missing + extra)[0]}", where=str(path), todo="download the file again")
    return model.to(dtype).eval().requires_grad_(False)


def _check_channels(found: int, channels: int, path: Path) -> None:
    if found != channels:
        right = "taew2_2" if channels == 48 else "taew2_1"
        raise RenderError(f"the fast decoder is for latents of {found} channels, not {channels}", where=str(path), todo=f"give {right}")


def _conv(n_in: int, n_out: int) -> nn.Conv2d:
    return nn.Conv2d(n_in, n_out, 3, padding=1)
