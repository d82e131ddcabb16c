"""The network: a per-frame convolutional U-Net in pixel space with time mixed in at its lower levels.

Knows tensors only. Does not know plans, conditioning bundles, schedulers or files: `controls` makes its inputs,
`pipeline` samples with it, `training.train` fits it.

Shape of the thing, and why: on a CPU with AMX a 3x3 convolution in bfloat16 is nearly free while anything element-wise
is not, so a block is a layer norm, two convolutions, one ReLU and one addition, and the feature-wise modulation (FiLM,
Perez et al. 2018) by time and context is folded into the weights of the first convolution, as StyleGAN2 does. A linear
shortcut that style and light choose carries colours straight through; it starts as the flat colour control. `Conv3d` is
five times slower than `Conv2d` here, so time is mixed by a three-tap temporal convolution made of shifted 1x1
convolutions, and by attention over frames at the lowest level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional as F

from video_core.embedded.controls import CHANNELS, GROUPS


class ModulatedConv(nn.Module):
    """A 3x3 convolution whose output channels are scaled and shifted by a conditioning vector."""

    def __init__(self, channels_in: int, channels_out: int, cond: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.film = nn.Linear(cond, 2 * channels_out)
        nn.init.zeros_(self.film.weight)
        nn.init.zeros_(self.film.bias)

    def forward(self, x: Tensor, cond: Tensor, frames: int) -> Tensor:
        """x (B*F, C, H, W), cond (B, D) -> (B*F, C', H, W)."""
        scale, shift = (self.film(cond)).chunk(2, dim=-1)
        bias = self.conv.bias
        assert bias is not None
        if cond.shape[0] == 1:  # one clip: the modulation is the same for every frame, so it goes into the weights
            weight = self.conv.weight * (1 + scale[0])[:, None, None, None]
            return F.conv2d(x, weight, bias * (1 + scale[0]) + shift[0], padding=1)
        y = self.conv(x)
        scale, shift = (m.repeat_interleave(frames, 0)[:, :, None, None].to(y.dtype) for m in (scale, shift))
        return torch.addcmul(shift, y, 1 + scale)


def normalised(x: Tensor) -> Tensor:
    """Every pixel's channels brought to zero mean and unit variance; (N, C, H, W), channels last in memory."""
    return F.layer_norm(x.permute(0, 2, 3, 1), x.shape[1:2]).permute(0, 3, 1, 2)


class ResidualBlock(nn.Module):
    """x + conv(relu(modulated conv(norm(x)))), the second convolution starting at zero."""

    def __init__(self, channels: int, cond: int) -> None:
        super().__init__()
        self.first = ModulatedConv(channels, channels, cond)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, cond: Tensor, frames: int) -> Tensor:
        """Shape of x is kept, (B*F, C, H, W)."""
        return self.second(F.relu_(self.first(normalised(x), cond, frames))) + x


class TemporalConv(nn.Module):
    """A three-tap convolution along time: 1x1 convolutions of the frame before, the frame and the frame after."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(channels, channels, 1)
        self.back = nn.Conv2d(channels, channels, 1, bias=False)
        self.forth = nn.Conv2d(channels, channels, 1, bias=False)
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """Shape of x is kept, (B*F, C, H, W); frames of different clips do not meet."""
        before, after = shifted(x, frames, 1), shifted(x, frames, -1)
        h = self.mix(x) + self.back(before) + self.forth(after)
        return self.out(F.relu_(h)) + x


def shifted(x: Tensor, frames: int, by: int) -> Tensor:
    """(B*F, C, H, W) with every clip moved by one frame along time; the end frame is repeated."""
    if frames == 1:
        return x
    clips = x.shape[0] // frames
    if clips == 1:
        return torch.cat([x[:1], x[:-1]]) if by > 0 else torch.cat([x[1:], x[-1:]])
    index = torch.arange(frames, device=x.device).sub(by).clamp(0, frames - 1)
    index = (index[None] + torch.arange(clips, device=x.device)[:, None] * frames).flatten()
    return x.index_select(0, index)


class TemporalAttention(nn.Module):
    """Every pixel attends to itself over all frames of its clip, with a learned bias per frame distance."""

    def __init__(self, channels: int, heads: int, reach: int) -> None:
        super().__init__()
        self.heads, self.reach = heads, reach
        self.norm = nn.LayerNorm(channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)
        self.distance = nn.Parameter(torch.zeros(heads, 2 * reach + 1))
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """Shape of x is kept, (B*F, C, H, W)."""
        n, c, h, w = x.shape
        tokens = x.permute(0, 2, 3, 1).reshape(n // frames, frames, h * w, c).transpose(1, 2).reshape(-1, frames, c)
        q, k, v = self.qkv(self.norm(tokens)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        steps = torch.arange(frames, device=x.device)
        offset = (steps[None] - steps[:, None]).clamp(-self.reach, self.reach) + self.reach
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=self.distance[:, offset][None].to(q.dtype))
        y = self.out(y.transpose(1, 2).reshape(-1, frames, c))
        y = y.reshape(n // frames, h, w, frames, c).permute(0, 3, 4, 1, 2).reshape(n, c, h, w)
        return x + y


class Level(nn.Module):
    """Residual blocks at one resolution, then the temporal mixing this level has."""

    def __init__(self, channels: int, blocks: int, cond: int, mix: str, heads: int, reach: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(ResidualBlock(channels, cond) for _ in range(blocks))
        self.conv = TemporalConv(channels) if mix in ("conv", "both") else None
        self.attention = TemporalAttention(channels, heads, reach) if mix in ("attention", "both") else None

    def forward(self, x: Tensor, cond: Tensor, frames: int) -> Tensor:
        """Shape of x is kept, (B*F, C, H, W)."""
        for block in self.blocks:
            x = block(x, cond, frames)
        if self.conv is not None:
            x = self.conv(x, frames)
        return x if self.attention is None else self.attention(x, frames)


SPREAD = 0.15
"""How far pictures in [-1, 1] are from what the controls say they are, root mean square."""


def preconditioning(timestep: Tensor) -> tuple[Tensor, Tensor]:
    """How much of the noisy sample to believe, and how much is left to the network (Karras et al. 2022, for this path).

    The first is the Wiener filter for what the controls do not say: pure noise says nothing, so it is 0 at noise level 1,
    where the network's own picture counts fully. Both for noise levels (B,).
    """
    power = (1 - timestep) ** 2 * SPREAD**2 + timestep**2
    return (1 - timestep) * SPREAD**2 / power, timestep / power.sqrt()


def time_embedding(timestep: Tensor, size: int = 64) -> Tensor:
    """(B,) noise levels in [0, 1] -> (B, size) sines and cosines of them."""
    rates = torch.exp(torch.linspace(0.0, math.log(1000.0), size // 2, device=timestep.device))
    angles = timestep.float()[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


class EkonteVideoModel(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Predicts the clean clip from a noisy one, its control maps, the noise level and the context (x-prediction).

    Sizes: any number of frames; height and width divisible by 8. Pixels are in [-1, 1].
    """

    @register_to_config
    def __init__(
        self,
        widths: Sequence[int] = (48, 96, 192),
        blocks: Sequence[int] = (2, 2, 3),
        mixing: Sequence[str] = ("none", "conv", "both"),
        control_channels: int = CHANNELS,
        context_sizes: Sequence[int] = (4, 5, 7),
        cond_width: int = 256,
        heads: int = 4,
        reach: int = 7,
    ) -> None:
        super().__init__()
        self.unshuffle = 2
        cells = self.unshuffle**2
        self.stem = nn.Conv2d((3 + control_channels) * cells, widths[0], 3, padding=1)
        self.time = nn.Sequential(nn.Linear(64, cond_width), nn.SiLU(), nn.Linear(cond_width, cond_width))
        self.context = nn.ModuleList(nn.Embedding(size, cond_width) for size in context_sizes)
        self.cond = nn.Sequential(nn.SiLU(), nn.Linear(cond_width, cond_width), nn.SiLU())
        last = len(widths) - 1

        def level(i: int) -> Level:
            return Level(widths[i], blocks[i], cond_width, mixing[i], heads, reach)

        self.down = nn.ModuleList(level(i) for i in range(last))
        self.reduce = nn.ModuleList(nn.Conv2d(widths[i], widths[i + 1], 2, stride=2) for i in range(last))
        self.middle = level(last)
        self.expand = nn.ModuleList(nn.ConvTranspose2d(widths[i + 1], widths[i], 2, stride=2) for i in range(last))
        self.up = nn.ModuleList(level(i) for i in range(last))
        self.head = nn.Conv2d(widths[0], 3 * cells, 3, padding=1)
        self.shortcut = nn.Parameter(torch.zeros(3, 3 * cells, (3 + control_channels) * cells))
        self.tint = nn.Linear(cond_width, self.shortcut[0].numel())
        nn.init.zeros_(self.tint.weight)
        nn.init.zeros_(self.tint.bias)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)  # type: ignore[arg-type]
        self._pass_colours_through(cells)

    @torch.no_grad()
    def _pass_colours_through(self, cells: int) -> None:
        """Start with the flat colour control as the picture."""
        for c in range(3):
            for k in range(cells):
                self.shortcut[0, c * cells + k, (3 + GROUPS["colour"].start + c) * cells + k] = 1

    def _straight(self, x: Tensor, timestep: Tensor, cond: Tensor) -> Tensor:
        """A linear map of every cell's inputs to its pixels that noise level, style and light of the clip choose."""
        n, c, h, w = x.shape
        basis = torch.stack([torch.ones_like(timestep), 1 - timestep, (1 - timestep) ** 4], dim=-1)
        weight = torch.einsum("bk,koi->boi", basis.to(self.shortcut.dtype), self.shortcut)
        weight = weight + self.tint(cond).view(weight.shape)
        y = x.permute(0, 2, 3, 1).reshape(len(cond), -1, c) @ weight.transpose(1, 2).to(x.dtype)
        return y.view(n, h, w, -1).permute(0, 3, 1, 2)

    def forward(self, sample: Tensor, controls: Tensor, timestep: Tensor, context: Tensor) -> Tensor:
        """The clean clip the network sees behind a noisy one.

        sample (B, 3, F, H, W) in [-1, 1] plus noise; controls (B, C, F, H, W) as `controls.stack` makes them;
        timestep (B,) noise level, 0 clean to 1 pure noise; context (B, 3) ids of style, time of day and weather, 0 for
        not given. Returns (B, 3, F, H, W).
        """
        b, _, f = sample.shape[:3]
        believed, left = (k.to(sample.dtype)[:, None, None, None, None] for k in preconditioning(timestep))
        told = sample * believed
        x = torch.cat([told, controls.to(sample.dtype)], dim=1).transpose(1, 2).flatten(0, 1)
        x = F.pixel_unshuffle(x, self.unshuffle).contiguous(memory_format=torch.channels_last)
        dtype = self.stem.weight.dtype
        cond = self.time(time_embedding(timestep).to(dtype))
        for i, table in enumerate(self.context):
            cond = cond + table(context[:, i])
        cond = self.cond(cond)
        straight = self._straight(x, timestep, cond)
        x = self.stem(x)
        skips = []
        for down, reduce in zip(self.down, self.reduce, strict=True):
            x = down(x, cond, f)
            skips.append(x)
            x = reduce(x)
        x = self.middle(x, cond, f)
        for up, expand, skip in zip(reversed(self.up), reversed(self.expand), reversed(skips), strict=True):
            x = up(expand(x) + skip, cond, f)
        x = F.pixel_shuffle(self.head(F.relu(normalised(x))) + straight, self.unshuffle)
        return told + left * x.unflatten(0, (b, f)).transpose(1, 2)
