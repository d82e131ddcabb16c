"""Which network to train: some minutes of each candidate on the same clips with the same CPU time, then scores.

    python -m evals.bench.architectures --bank runs/embedded/bank --held runs/embedded/held --minutes 5

Prints one line per candidate: parameters, seconds per training clip, clips seen, and on held-out clips at 4 steps the
PSNR of the whole frame and of what moves or stands in it (instance mask, where blur shows first).
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from diffusers import WanVACETransformer3DModel
from torch import Tensor, nn

from video_core.embedded.controls import Bytes, pixels_to_tensor, stack, tensor_to_pixels
from video_core.embedded.model import EkonteVideoModel
from video_core.embedded.training.bank import clip_paths, draw, read_clip
from video_core.embedded.training.objective import noise_levels, noise_like, velocity_loss


class PatchTransformer(nn.Module):
    """`WanVACETransformer3DModel` on 8x8 pixel patches, then convolutions at full resolution with the controls again."""

    def __init__(self, width: int = 160, layers: int = 6, head: int = 32, controls: int = 12) -> None:
        super().__init__()
        self.body: Any = WanVACETransformer3DModel(
            patch_size=(1, 8, 8), in_channels=3, out_channels=3, num_attention_heads=width // 32, attention_head_dim=32,
            text_dim=16, freq_dim=64, ffn_dim=width * 3, num_layers=layers, vace_layers=[0, layers // 2],
            vace_in_channels=controls,
        )  # fmt: skip
        self.words = nn.ModuleList(nn.Embedding(size, 16) for size in (4, 5, 7))
        self.head = nn.Sequential(
            nn.Conv2d(6 + controls, head, 3, padding=1), nn.ReLU(True),
            nn.Conv2d(head, head, 3, padding=1), nn.ReLU(True),
            nn.Conv2d(head, head, 3, padding=1), nn.ReLU(True),
            nn.Conv2d(head, 3, 3, padding=1),
        )  # fmt: skip

    def forward(self, sample: Tensor, controls: Tensor, timestep: Tensor, context: Tensor) -> Tensor:
        text = torch.stack([table(context[:, i]) for i, table in enumerate(self.words)], 1)
        coarse = self.body(
            sample, timestep * 1000, text, control_hidden_states=controls, return_dict=False,
            control_hidden_states_scale=torch.ones(len(self.body.config.vace_layers)),
        )[0]  # fmt: skip
        x = torch.cat([coarse, sample, controls], 1).transpose(1, 2)
        b, f = x.shape[:2]
        y = self.head(x.flatten(0, 1).to(memory_format=torch.channels_last))
        return coarse + y.unflatten(0, (b, f)).transpose(1, 2)


class FullResolutionHead(nn.Module):
    """The U-Net, and two convolutions at full resolution on its picture and the controls."""

    def __init__(self, channels: int = 24) -> None:
        super().__init__()
        self.body = EkonteVideoModel(widths=(64, 128, 256), context_sizes=(4, 5, 7))
        self.head = nn.Sequential(
            nn.Conv2d(18, channels, 3, padding=1), nn.ReLU(True), nn.Conv2d(channels, 3, 3, padding=1)
        )

    def forward(self, sample: Tensor, controls: Tensor, timestep: Tensor, context: Tensor) -> Tensor:
        coarse = self.body(sample, controls, timestep, context)
        x = torch.cat([coarse, sample, controls], 1).transpose(1, 2)
        y = self.head(x.flatten(0, 1).contiguous(memory_format=torch.channels_last))
        return coarse + y.unflatten(0, x.shape[:2]).transpose(1, 2)


CANDIDATES: dict[str, Callable[[], nn.Module]] = {
    "unet-64-128-256": lambda: EkonteVideoModel(widths=(64, 128, 256), context_sizes=(4, 5, 7)),
    "unet-48-96-192": lambda: EkonteVideoModel(widths=(48, 96, 192), context_sizes=(4, 5, 7)),
    "unet-64-128-256+head": FullResolutionHead,
    "vace-patch8+head": PatchTransformer,
}


def fit(network: nn.Module, bank: Path, minutes: float, frames: int, seed: int, rate: float) -> tuple[int, float]:
    """Train for `minutes` of this process's CPU time; returns clips seen and CPU seconds."""
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    paths, clips, start = clip_paths(bank), 0, time.process_time()
    while (spent := time.process_time() - start) < minutes * 60:
        left = 1 - spent / (minutes * 60)
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (clips + 1) / 60) * min(1.0, left / 0.3)
        optimizer.zero_grad()
        for _ in range(2):
            batch = draw(paths, rng, frames)
            t, noise = noise_levels(1, generator), noise_like(batch.video, generator)
            with torch.autocast("cpu", torch.bfloat16):
                loss = velocity_loss(network, batch, t, noise, torch.bfloat16)
            (loss / 2).backward()
            clips += 1
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    return clips, time.process_time() - start


@torch.no_grad()
def scores(network: nn.Module, held: Path, frames: int, steps: int, sheet: Path) -> dict[str, float]:
    """PSNR on held-out clips, whole frame and instances only, and a sheet of pictures."""
    whole: list[float] = []
    figures: list[float] = []
    rows: list[Bytes] = []
    generator = torch.Generator().manual_seed(7)
    for path in clip_paths(held):
        clip = read_clip(path)
        target = pixels_to_tensor(clip.target[:frames])[None]
        controls, context = stack(clip.maps[slice(0, frames)])[None], torch.tensor([clip.context])
        x = noise_like(target, generator)
        levels = np.linspace(1, 0, steps + 1)
        for t, s in pairwise(levels):
            with torch.autocast("cpu", torch.bfloat16):
                clean = network(x.bfloat16(), controls.bfloat16(), torch.tensor([float(t)]), context).float()
            x = clean + (x - clean) * float(s / t)
        error = ((x - target) / 2).square().mean(1)[0].numpy()
        mask = clip.ids[:frames] > 0
        whole.append(float(error.mean()))
        if mask.any():
            figures.append(float(error[mask].mean()))
        if len(rows) < 5:
            frame = tensor_to_pixels(x[0])
            rows.append(np.concatenate([clip.target[frames // 2], frame[frames // 2], frame[-1]], 1))
    sheet.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(sheet), np.concatenate(rows)[..., ::-1])
    return {"psnr": -10 * math.log10(float(np.mean(whole))), "psnr_figures": -10 * math.log10(float(np.mean(figures)))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", type=Path, required=True)
    parser.add_argument("--held", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=list(CANDIDATES), choices=list(CANDIDATES))
    parser.add_argument("--minutes", type=float, default=5.0, help="CPU minutes per candidate, one thread")
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--out", type=Path, default=Path("runs/architectures"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name in options.only:
        torch.manual_seed(0)
        network: Any = CANDIDATES[name]()
        clips, seconds = fit(network, options.bank, options.minutes, options.frames, 0, options.rate)
        row: dict[str, Any] = {"network": name, "parameters_M": sum(p.numel() for p in network.parameters()) / 1e6}
        row |= {"clips": clips, "cpu_s_per_clip": seconds / clips}
        row |= scores(network, options.held, options.frames, 4, options.out / f"{name}.png")
        print(json.dumps({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}), flush=True)


if __name__ == "__main__":
    main()
