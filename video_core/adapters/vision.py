"""What Wan2.1's CLIP branch sees of the first picture.

Wan and AniSora squash the whole picture to 224x224; CLIP's own image processor may cut its sides off instead.
Source: Wan2.1 `wan/modules/clip.py` `CLIPModel.visual`. Feed to `image_encoder`, take `hidden_states[-2]` (257 tokens).
"""

from __future__ import annotations

import torch

from video_core.adapters.pictures import Picture, check_picture, picture_pixels

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def clip_pixels(picture: Picture, side: int = 224) -> torch.Tensor:
    """(H,W,3) to (1,3,side,side): bicubic squash of [-1, 1], then CLIP's mean and deviation. Raises on another kind of picture."""
    check_picture(picture, "the picture for CLIP")
    pixels = torch.from_numpy(picture_pixels(picture))[None]
    small = torch.nn.functional.interpolate(pixels, size=(side, side), mode="bicubic", align_corners=False)
    mean, std = (torch.tensor(x).view(1, 3, 1, 1) for x in (MEAN, STD))
    return (small * 0.5 + 0.5 - mean) / std
